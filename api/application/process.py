"""The process of an instance: where it stands, and the next step."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from rest_framework.request import Request
from rest_framework.response import Response

from api import audit
from api.application import long_poll
from api.application.plans import DRY_RUN, PlannedViewSet
from api.entity_tags import state_tag
from api.explanations import explain_refusal
from api.languages import language_of
from api.permissions import AUTHENTICATED
from api.serializers.history import history_document
from api.serializers.process import (
    STATE,
    ProcessNextSerializer,
    process_document,
    transition_document,
)
from api.uploads import has_body
from apps_registry.bpmn import Task
from authorization import services as authorization
from authorization.services import RoleLookup
from common.errors import Conflict
from instances.models import Instance, InstanceEvent
from process import engine, task_hooks
from process import services as process
from process.plans import rehearsal
from process.services import NotAuthorizedForTask
from process.task_registry import type_of

_READ_WRITE = ("read", "write")


class NoCurrentTaskInfo(Conflict):
    """The process has ended, so nothing comes next."""

    code = "no-current-task"
    detail = "Instance does not have valid info about currentTask"


class ProcessViewSet(PlannedViewSet):
    """The process of an instance of the application."""

    actions = {
        "retrieve": "read",
        "start": "instantiate",
        "next_elements": "read",
        "advance": AUTHENTICATED,  # the engine asks for the right that the task takes
        "complete": AUTHENTICATED,
        "history": "read",
    }
    parameters = {
        "retrieve": ("after", "waitFor"),
        "start": ("startEvent",),
        "advance": ("language", "elementId", DRY_RUN),
        "complete": ("language",),
    }
    look_first = frozenset({"advance", "complete"})

    def retrieve(self, request: Request, **kwargs: object) -> Response:
        """Show where the process stands and what the caller may do there.

        With `after`, the ETag of a state that the caller has, and `waitFor`, it answers
        when the state is another, or with 304 after so many seconds. Where too many
        wait already, it answers at once, with `Retry-After`.
        """
        known = self.query.text("after")
        seconds = self.query.integer("waitFor", least=0, most=long_poll.MOST_SECONDS)
        if seconds and not known:
            raise self.query.refused("after", "", "the ETag of a state")
        instance = self.get_instance()
        document = self._tagged_state(instance)
        headers: dict[str, str] = {}
        if known and seconds and long_poll.is_same(known, self.tag):
            with long_poll.seats.seat() as free:
                if free:
                    document = self._awaited(instance, document, seconds=seconds)
                else:
                    headers["Retry-After"] = str(long_poll.ASK_AGAIN)
        if known and long_poll.is_same(known, self.tag):
            return Response(status=304, headers={**headers, "ETag": self.tag})
        return Response(document)

    def _tagged_state(self, instance: Instance) -> dict[str, object]:
        """Return the document, and remember its tag for the answer."""
        document = self.state_document(instance)
        self.tag = state_tag(document)
        return document

    def _awaited(
        self, instance: Instance, document: dict[str, object], *, seconds: int
    ) -> dict[str, object]:
        """Wait for a document with another tag, and return it, or the same."""
        until, seen = time.monotonic() + seconds, self.tag
        while self.tag == seen and long_poll.wait_for_change(instance, until=until):
            # The rights of the caller, too, may be others by now.
            self.roles = RoleLookup(self.principal)
            instance = self.get_instance()
            document = self._tagged_state(instance)
        return document

    def start(self, request: Request, **kwargs: object) -> Response:
        """Start the process of an instance that has none."""
        instance = self.get_instance()
        process.start(
            self.roles,
            instance=instance,
            definition=self.app,
            start_event=self.query.text("startEvent") or None,
        )
        return Response(self.state_document(instance))

    def next_elements(self, request: Request, **kwargs: object) -> Response:
        """List the start events of a process that has not begun; otherwise nothing."""
        instance = self.get_instance()
        if not instance.process:
            return Response(list(engine.start_events(self.app.process)))
        if instance.current_task is None:
            raise NoCurrentTaskInfo
        return Response([])

    def advance(self, request: Request, **kwargs: object) -> Response:
        """Leave the current task, if its conditions are met.

        With `dryRun` nothing is stored: the answer is every step to the end, and all
        that stands in their way.
        """
        instance = self.get_instance(action="read")
        if self.is_dry_run():
            stated = self.stated_step(request)
            with rehearsal():
                return self.plan(
                    instance,
                    action=stated.get("action") or None,
                    on_behalf_of=stated.get("actionOnBehalfOf") or None,
                )
        self.leave_task(instance, self.stated_step(request))
        return Response(self.state_document(instance))

    def complete(self, request: Request, **kwargs: object) -> Response:
        """Take every step to the end of the process."""
        instance = self.get_instance(action="read")
        with self.told(instance):
            process.complete(
                self.roles,
                instance=instance,
                definition=self.app,
                elements=self.elements_of(instance),
                language=language_of(request, self.app),
            )
        return Response(self.state_document(instance))

    def history(self, request: Request, **kwargs: object) -> Response:
        """Show the events and tasks that the process passed."""
        instance = self.get_instance()
        rows = InstanceEvent.objects.of_process(instance.pk)
        return Response(history_document(rows, self.spelling))

    # --- what the proposal's calls share ----------------------------------------------
    def leave_task(
        self,
        instance: Instance,
        stated: Mapping[str, str | None],
        *,
        target: str | None = None,
    ) -> None:
        """Take one step; conflicts bear ``validationIssues``, as clients expect."""
        with self.told(instance):
            process.advance(
                self.roles,
                instance=instance,
                definition=self.app,
                elements=self.elements_of(instance),
                action=stated.get("action") or None,
                on_behalf_of=stated.get("actionOnBehalfOf") or None,
                target=target,
                language=language_of(self.request, self.app),
            )

    @contextmanager
    def told(self, instance: Instance) -> Iterator[None]:
        """Tell of a refusal what clients read: ``validationIssues``, explanation."""
        try:
            yield
        except Conflict as error:
            error.members.setdefault("validationIssues", None)
            raise
        except NotAuthorizedForTask as error:
            task, action = str(error.context["task"]), str(error.context["wanted"])
            resource = replace(instance.resource, task=task)
            audit.note_refusal(resource, action)
            error.members["explanation"] = explain_refusal(
                self.roles, resource=resource, action=action, app_stated=True
            )
            raise

    def stated_step(self, request: Request) -> Mapping[str, str | None]:
        """Return what the body says of the step.

        A stale content type without a body is ignored.
        """
        if not has_body(request._request):
            return {}
        return self.read_input(ProcessNextSerializer)

    def state_document(self, instance: Instance) -> dict[str, object]:
        """Return the process state with the caller's rights and every task there is."""
        document = process_document(instance.process, self.spelling) or {
            **self.spelling.apply(dict.fromkeys(STATE)),
            "transition": transition_document({}, self.spelling),
        }
        task = engine.find_task(self.app.process, instance.current_task)
        current = document.get("currentTask")
        if isinstance(current, Mapping):
            document["currentTask"] = {**current, **self._rights(instance, task)}
        tasks = [t for t in self.app.process.elements.values() if isinstance(t, Task)]
        document["processTasks"] = [
            {
                "altinnTaskType": t.task_type,
                "elementId": t.id,
                "elementType": t.kind,
            }
            for t in tasks
        ]
        return document

    def _rights(self, instance: Instance, task: Task | None) -> dict[str, object]:
        """Return what the caller may do in a task; none is one that the app lost."""
        own = {action.id: action.type for action in (task.actions if task else ())}
        always = dict.fromkeys(_READ_WRITE, "processAction")
        types = always | own | always  # these come first, and of this kind
        by_policy = authorization.decide_many(
            self.roles, resource=instance.resource, actions=types
        )
        permitted = {
            action: is_permitted and self._may(instance, task, action)
            for action, is_permitted in by_policy.items()
        }
        return {
            "actions": {
                action: permitted[action]
                for action, kind in types.items()
                if kind == "processAction"
            },
            "userActions": [
                {
                    "id": action,
                    "authorized": permitted[action],
                    "type": kind[0].upper() + kind[1:],
                }
                for action, kind in types.items()
            ],
            "read": permitted["read"],
            "write": permitted["write"],
            "elementType": task.kind if task else "Task",
        }

    def _may(self, instance: Instance, task: Task | None, action: str) -> bool:
        """Whether the task's type and the app's code permit it, besides the policy.

        Reading and writing data is not for the code to narrow, so it is not asked.
        """
        if task is None:
            return True
        if action in _READ_WRITE:
            return type_of(self.app, task).permits(
                self.principal, instance=instance, task=task, action=action
            )
        return task_hooks.shows(
            self.principal,
            definition=self.app,
            instance=instance,
            task=task,
            action=action,
        )
