"""The app's own code on the way of an instance through its process."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from math import ceil

from django.conf import settings

from apps_registry.bpmn import Task
from apps_registry.definition import AppDefinition
from authorization.services import RoleLookup
from common import transactions
from instances import locks, values
from instances import services as instances
from instances.models import Instance
from parties.identity import Principal
from process import engine, hook_calls
from process.hook_refusals import HookFailed, StepRefusedByApp
from process.hook_views import caller_of, instance_view, task_view
from process.hooks import ActionView, FlowChoice, InstanceChanges, TaskView
from process.task_registry import type_of
from process.task_types import Elements

_AFTER_A_MOVE = ("on_task_end", "on_task_abandon", "on_task_start", "on_process_end")
_IN_A_STEP = (
    "validate_task",
    "validate_form_data",
    "validate_data",
    "choose_flow",
    "perform_action",
    *_AFTER_A_MOVE,
)
_UNLIMITED_SECONDS = 300  # of a lock, where the code may take as long as it likes


@contextmanager
def alone(
    roles: RoleLookup, *, definition: AppDefinition, instance: Instance
) -> Iterator[RoleLookup]:
    """Keep others from the instance while the app's own code takes its time in a step.

    A second step that comes meanwhile is refused at once, instead of running the code
    again for nothing. Without code a step is over before another can wait, and whoever
    holds the lock already goes on under it. A lock that is committed with the step
    alone, as in a call that is answered once, would tell nobody. Raises LockHeld.
    """
    if (
        locks.is_held(instance)
        or transactions.is_held()
        or not hook_calls.has_any(definition, _IN_A_STEP)
    ):
        yield roles
        return
    limit = settings.ALTINN_HOOK_SECONDS
    with locks.held_for_step(
        roles.principal,
        instance=instance,
        seconds=2 * ceil(limit) if limit > 0 else _UNLIMITED_SECONDS,
    ) as principal:
        yield replace(roles, principal=principal)


def permits(
    principal: Principal,
    *,
    definition: AppDefinition,
    instance: Instance,
    task: Task,
    action: str,
) -> bool:
    """Whether the task's type and the app's code let the caller do this, too."""
    if not type_of(definition, task).permits(
        principal, instance=instance, task=task, action=action
    ):
        return False
    permitted = hook_calls.call(
        definition,
        "may_perform",
        lambda: ActionView(
            caller=caller_of(principal),
            instance=instance_view(instance),
            task=task.id,
            action=action,
            data=(),
        ),
        refusal=StepRefusedByApp,
        accept=hook_calls.truth,
    )
    return permitted is not False


def shows(
    principal: Principal,
    *,
    definition: AppDefinition,
    instance: Instance,
    task: Task,
    action: str,
) -> bool:
    """Whether ``permits`` holds, to tell of it: code that fails permits nothing."""
    try:
        return permits(
            principal,
            definition=definition,
            instance=instance,
            task=task,
            action=action,
        )
    except (StepRefusedByApp, HookFailed):
        return False


def pick_for(
    definition: AppDefinition, leaving: Callable[[], TaskView | None] = lambda: None
) -> engine.Pick:
    """Return how the app's code chooses among the flows of a gateway."""

    def pick(gateway: str, flows: tuple[str, ...]) -> str | None:
        def among_them(answer: object) -> str | None:
            chosen = hook_calls.text(answer)
            if chosen is not None and chosen not in flows:
                raise ValueError(f"{chosen!r} is no flow of {gateway}")
            return chosen

        return hook_calls.call(
            definition,
            "choose_flow",
            lambda: FlowChoice(definition.app_id, gateway, flows, leaving()),
            refusal=StepRefusedByApp,
            accept=among_them,
        )

    return pick


class Acting:
    """The app's code on the tasks that a move leaves and enters, in its transaction.

    What the code changes of the instance is written once, at the end.
    """

    def __init__(
        self, principal: Principal, *, definition: AppDefinition, instance: Instance
    ) -> None:
        self._principal = principal
        self._definition = definition
        self._instance = instance
        self._wanted: list[InstanceChanges | None] = []

    def act(self, hook: str, task: Task | None, elements: Elements) -> None:
        """Let the code act on the task, if it has any for this."""
        if not hook_calls.has(self._definition, hook):
            return
        self._wanted.append(
            hook_calls.call(
                self._definition,
                hook,
                lambda: task_view(
                    self._principal,
                    definition=self._definition,
                    instance=self._instance,
                    elements=elements(),
                    task=task.id if task else "",
                    task_type=task.task_type if task else "",
                ),
                refusal=StepRefusedByApp,
                accept=hook_calls.changes,
            )
        )

    def write(self, *, now: datetime) -> None:
        """Write what the code changes of the instance."""
        for changes in self._wanted:
            apply_changes(
                self._principal, instance=self._instance, changes=changes, now=now
            )


def apply_changes(
    principal: Principal,
    *,
    instance: Instance,
    changes: InstanceChanges | None,
    now: datetime,
) -> None:
    """Write what the app's code changes of the instance, if anything."""
    if changes is None or changes == InstanceChanges():
        return
    # Others change these without changing the instance, whose row is held here.
    values.refresh(instance)
    instances.update(
        principal,
        instance=instance,
        now=now,
        data_values=values.merged(instance.data_values, changes.data_values),
        presentation_texts=values.merged(
            instance.presentation_texts, changes.presentation_texts
        ),
    )
