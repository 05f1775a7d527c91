"""The process of an instance: where it stands, and the next step."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from rest_framework.request import Request
from rest_framework.response import Response

from api.application.base import AppViewSet
from api.permissions import AUTHENTICATED
from api.serializers.history import history_document
from api.serializers.process import STATE, ProcessNextSerializer, process_document
from api.uploads import has_body
from apps_registry.bpmn import Task
from common.errors import Conflict
from instances.models import Instance, InstanceEvent
from process import engine
from process import services as process

_READ_WRITE = ("read", "write")


class NoCurrentTaskInfo(Conflict):
    """The process has ended, so nothing comes next."""

    code = "no-current-task"
    detail = "Instance does not have valid info about currentTask"


class ProcessViewSet(AppViewSet):
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
        "start": ("startEvent",),
        "advance": ("language", "elementId"),
        "complete": ("language",),
    }
    look_first = frozenset({"advance", "complete"})

    def retrieve(self, request: Request, **kwargs: object) -> Response:
        """Show where the process stands and what the caller may do there."""
        return Response(self.state_document(self.get_instance()))

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
        """Leave the current task, if its conditions are met."""
        instance = self.get_instance(action="read")
        self.leave_task(instance, action=self.stated_action(request))
        return Response(self.state_document(instance))

    def complete(self, request: Request, **kwargs: object) -> Response:
        """Take every step to the end of the process."""
        instance = self.get_instance(action="read")
        with _validation_issues():
            process.complete(
                self.roles,
                instance=instance,
                definition=self.app,
                elements=self.elements_of(instance),
            )
        return Response(self.state_document(instance))

    def history(self, request: Request, **kwargs: object) -> Response:
        """Show the events and tasks that the process passed."""
        instance = self.get_instance()
        return Response(history_document(InstanceEvent.objects.of(instance.pk)))

    # --- what the proposal's calls share ----------------------------------------------
    def leave_task(
        self,
        instance: Instance,
        *,
        action: str | None = None,
        target: str | None = None,
    ) -> None:
        """Take one step; conflicts bear ``validationIssues``, as clients expect."""
        with _validation_issues():
            process.advance(
                self.roles,
                instance=instance,
                definition=self.app,
                elements=self.elements_of(instance),
                action=action,
                target=target,
            )

    def stated_action(self, request: Request) -> str | None:
        """Return the action in the body.

        A stale content type without a body is ignored.
        """
        if not has_body(request._request):
            return None
        return self.read_input(ProcessNextSerializer).get("action") or None

    def state_document(self, instance: Instance) -> dict[str, object]:
        """Return the process state with the caller's rights and every task there is."""
        document = process_document(
            instance.process, self.spelling
        ) or self.spelling.apply(dict.fromkeys(STATE))
        task = engine.find_task(self.app.process, instance.current_task)
        current = document.get("currentTask")
        if task is not None and isinstance(current, Mapping):
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

    def _rights(self, instance: Instance, task: Task) -> dict[str, object]:
        types = {action.id: action.type for action in task.actions}
        types |= dict.fromkeys(_READ_WRITE, "processAction")
        permitted = {action: self.permits(instance, action) for action in types}
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
            "elementType": task.kind,
        }


@contextmanager
def _validation_issues() -> Iterator[None]:
    """Add ``validationIssues`` to conflicts that have none: clients read the member."""
    try:
        yield
    except Conflict as error:
        error.members.setdefault("validationIssues", None)
        raise
