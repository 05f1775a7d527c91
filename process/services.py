"""Moving an instance through its process: start, advance, complete.

Of two moves at once exactly one happens: the state is written on the condition that
nothing of the instance changed since it was read, the data that was validated included.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from apps_registry.bpmn import Task
from apps_registry.definition import AppDefinition
from authorization import services as authorization
from authorization.services import RoleLookup
from common.errors import Conflict, Forbidden
from data_elements import services as data_elements
from data_elements.models import DataElement
from instances import services as instances
from instances.choices import InstanceEventType
from instances.models import Instance
from process import engine
from process.announcements import of_move
from process.conditions import evaluate
from process.engine import REJECT, Move, actions_allowing_next
from process.errors import ProcessAlreadyStarted, ProcessLoop
from process.positions import deleted_on_end, history_of, position_of, state_of
from process.validation import SCAN_PENDING, findings

_MOST_STEPS = 100
_ACTIONS_THAT_DO_MORE = frozenset({"sign", "pay"})
_TASKS_THAT_DO_MORE = frozenset({"signing", "payment"})


class NotAuthorizedForTask(Forbidden):
    """The policy does not let the caller leave this task in this way.

    The detail names the task and its type; the policy says who may act there.
    """

    code = "process-next-not-permitted"
    title = "Unauthorized"
    detail = (
        "User is not authorized to perform process next. Task ID: {task}. Task type:"
        " {task_type}. Action: {action}."
    )


class TaskNotComplete(Conflict):
    """The task's conditions are not met; ``validationIssues`` lists what is missing."""

    code = "task-not-complete"
    title = "Validation failed for task"
    detail = "{count} validation errors found for task {task}"


class FlowDoesNotLeadThere(Conflict):
    """The process does not lead to that state from where it stands."""

    code = "flow-does-not-lead-there"
    detail = (
        "The process stands in {task} and does not lead to {target} from there; it"
        " leads to {reachable}."
    )


class ServiceTaskUnsupported(Conflict):
    """The task is done by a service that this server lacks, so it cannot be left."""

    code = "service-task-unsupported"
    title = "Service task failed!"
    detail = (
        "The service task {task} of type {task_type} cannot be executed by this server."
    )


class UserActionUnsupported(Conflict):
    """The action does more than move the process, and this server does not do that yet.

    Signing makes a signature and paying a payment; without them the step would be
    false.
    """

    code = "user-action-unsupported"
    title = "User action not supported!"
    detail = "The action {action} of task {task} cannot be executed by this server."


def start(
    roles: RoleLookup,
    *,
    instance: Instance,
    definition: AppDefinition,
    start_event: str | None,
) -> None:
    """Start the process of an instance that has none; raises the engine's conflicts."""
    if instance.process:
        raise ProcessAlreadyStarted
    now = timezone.now()
    move = engine.start(definition.process, now=now, start_event=start_event)
    _apply(roles, instance=instance, definition=definition, move=move, now=now)


def advance(
    roles: RoleLookup,
    *,
    instance: Instance,
    definition: AppDefinition,
    elements: Sequence[DataElement],
    action: str | None = None,
    target: str | None = None,
) -> None:
    """Leave the current task ("next"): one step of the process.

    ``elements`` are the instance's data as it was read with it. ``target`` demands
    where the step must lead. Raises NotAuthorizedForTask, TaskNotComplete,
    FlowDoesNotLeadThere, InstanceChanged and the engine's conflicts; nothing is changed
    then.
    """
    now = timezone.now()
    state = state_of(instance)
    task = engine.current_task(definition.process, state)
    _authorise(roles, instance=instance, task=task, action=action)
    _ensure_supported(task, action)
    if task.kind == "ServiceTask" and action != REJECT:
        raise ServiceTaskUnsupported(task=task.id, task_type=task.task_type)
    if not (action == REJECT and _may_reject(task)):
        _ensure_complete(definition, task=task, elements=elements)
    move = engine.advance(
        definition.process, state, now=now, action=action, choose=evaluate
    )
    if target is not None:
        _ensure_leads_to(move, task=task, target=target)
    _apply(roles, instance=instance, definition=definition, move=move, now=now)


def complete(
    roles: RoleLookup,
    *,
    instance: Instance,
    definition: AppDefinition,
    elements: Sequence[DataElement],
) -> None:
    """Take every step to the end.

    Each that was taken stays taken if a later one fails.
    """
    for _ in range(_MOST_STEPS):
        task = engine.current_task(definition.process, state_of(instance))
        advance(
            roles,
            instance=instance,
            definition=definition,
            elements=elements,
            action=actions_allowing_next(task.task_type)[0],
        )
        if instance.process_ended is not None:
            return
    raise ProcessLoop


@transaction.atomic
def _apply(
    roles: RoleLookup,
    *,
    instance: Instance,
    definition: AppDefinition,
    move: Move,
    now: datetime,
) -> None:
    """Write the move: state, history, outbox, and the locks of the tasks' data."""
    ended = move.state.ended is not None
    instances.set_process_state(
        roles.principal,
        instance=instance,
        position=position_of(move.state),
        history=history_of(move),
        announce=[of_move(instance, entered=move.entered, now=now)],
        now=now,
        hard_delete=ended and definition.auto_delete_on_process_end,
    )
    abandoned = any(
        event.event_type == InstanceEventType.PROCESS_ABANDON_TASK
        for event in move.events
    )
    data_elements.apply_task_change(
        roles.principal,
        instance_id=instance.id,
        lock_types=[] if abandoned else _types_of(definition, move.left),
        unlock_types=_types_of(definition, move.entered),
        delete_types=deleted_on_end(definition) if ended else [],
        now=now,
    )


def _authorise(
    roles: RoleLookup, *, instance: Instance, task: Task, action: str | None
) -> None:
    wanted = (action,) if action else actions_allowing_next(task.task_type)
    permitted = authorization.decide_many(
        roles, resource=instance.resource, actions=wanted
    )
    if not any(permitted.values()):
        raise NotAuthorizedForTask(
            task=task.id, task_type=task.task_type, action=action or "none"
        )


def _ensure_supported(task: Task, action: str | None) -> None:
    """Raise for what would leave a signature or a payment unmade."""
    leaves_undone = task.task_type in _TASKS_THAT_DO_MORE and action != REJECT
    if leaves_undone or action in _ACTIONS_THAT_DO_MORE:
        performed = action or actions_allowing_next(task.task_type)[0]
        raise UserActionUnsupported(task=task.id, action=performed)


def _may_reject(task: Task) -> bool:
    return any(action.id == REJECT for action in task.actions)


def _ensure_complete(
    definition: AppDefinition, *, task: Task, elements: Sequence[DataElement]
) -> None:
    found = findings(definition, task_id=task.id, elements=elements)
    if found:
        raise TaskNotComplete(
            count=len(found),
            task=task.id,
            members={
                "validationIssues": [finding.to_document() for finding in found],
                "pendingScans": [
                    finding.data_element_id
                    for finding in found
                    if finding.code == SCAN_PENDING
                ],
            },
        )


def _ensure_leads_to(move: Move, *, task: Task, target: str) -> None:
    reached = move.entered or move.state.end_event
    if reached.lower() != target.lower():
        raise FlowDoesNotLeadThere(task=task.id, target=target, reachable=reached)


def _types_of(definition: AppDefinition, task_id: str) -> list[str]:
    if not task_id:
        return []
    return [t.id for t in definition.data_types.values() if t.task_id == task_id]
