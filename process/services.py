"""Moving an instance through its process: start, advance, complete.

Of two moves at once exactly one happens: the state is written on the condition that
nothing of the instance changed since it was read, the data that was validated included.
"""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace

from django.utils import timezone

from apps_registry.bpmn import Task
from apps_registry.definition import AppDefinition
from authorization import services as authorization
from authorization.services import RoleLookup
from common.errors import Conflict, Forbidden, Phrase
from common.transactions import atomic
from data_elements import blobs
from data_elements.models import DataElement
from instances import locks
from instances import services as instances
from instances.models import Instance, Transition
from payments import config as payment_config
from process import (
    engine,
    generated_contents,
    hook_calls,
    moving,
    pdf_tasks,
    service_runs,
    task_hooks,
    transitions,
    user_actions,
)
from process.engine import REJECT, Move, actions_allowing_next
from process.errors import (
    ProcessAlreadyStarted,
    ProcessLoop,
    ProcessNotRestarted,
    ServiceTaskTakesNoAction,
    TaskNotInDeployment,
    UserActionUnsupported,
)
from process.form_data import Form
from process.positions import state_of
from process.task_registry import performed_by_server, service_of, type_of
from process.task_types import Step
from process.validation.completeness import ensure_complete
from process.validation.subjects import subject_of
from process.validation.validators import DEFAULT_LANGUAGE

_MOST_STEPS = 100
_TASKS_THAT_DO_MORE = {"signing": "sign", "payment": "pay"}


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


class FlowDoesNotLeadThere(Conflict):
    """The process does not lead to that state from where it stands."""

    code = "flow-does-not-lead-there"
    detail = (
        "The process stands in {task} and does not lead to {target} from there; it"
        " leads to {reachable}."
    )


def start(
    roles: RoleLookup,
    *,
    instance: Instance,
    definition: AppDefinition,
    start_event: str | None,
) -> None:
    """Start the process of an instance that has none.

    Raises InstanceLocked and the engine's conflicts.
    """
    locks.ensure_open(roles.principal, instance=instance)
    if instance.process:
        raise ProcessAlreadyStarted
    now = timezone.now()
    move = engine.start(
        definition.process,
        now=now,
        start_event=start_event,
        pick=task_hooks.pick_for(definition),
    )
    row = moving.write(
        roles,
        instance=instance,
        definition=definition,
        move=move,
        elements=lambda: moving.elements_of(instance),
        now=now,
    )
    _do_service_tasks(row, instance)


def advance(
    roles: RoleLookup,
    *,
    instance: Instance,
    definition: AppDefinition,
    elements: Sequence[DataElement],
    action: str | None = None,
    on_behalf_of: str | None = None,
    target: str | None = None,
    language: str = DEFAULT_LANGUAGE,
) -> None:
    """Leave the current task ("next"): one step of the process.

    ``elements`` are the instance's data as it was read with it. ``target`` demands
    where the step must lead. Raises NotAuthorizedForTask, TaskNotComplete,
    FlowDoesNotLeadThere, InstanceLocked, InstanceChanged and the engine's conflicts;
    nothing is changed then.
    """
    now = timezone.now()
    task = engine.current_task(definition.process, state_of(instance))
    _authorise(
        roles, definition=definition, instance=instance, task=task, action=action
    )
    # Before the app's own code runs; the write asks again.
    locks.ensure_open(roles.principal, instance=instance)
    step = Step(roles.principal, definition, instance, task, lambda: elements, now)
    if action != REJECT and service_of(definition, task) is not None:
        _do_again(step, action=action, target=target)
        return
    with task_hooks.alone(roles, definition=definition, instance=instance) as inside:
        row = _leave(
            inside,
            step=replace(step, principal=inside.principal),
            action=action,
            on_behalf_of=on_behalf_of,
            target=target,
            language=language,
        )
    _do_service_tasks(row, instance)


def _do_again(step: Step, *, action: str | None, target: str | None) -> None:
    """Do the work of the service task anew, and go on from there."""
    instance, task = step.instance, step.task
    if action is not None and action.lower() not in ("write", task.task_type.lower()):
        raise ServiceTaskTakesNoAction(action=action)
    if target is not None:
        move = moving.next_move(step, action=None)
        _ensure_leads_to(move, task=task, target=target)
    in_call = moving.may_run_in_call(step)
    with atomic():
        instances.hold_unchanged(step.principal, instance=instance)
        row = transitions.take(
            step.principal, instance=instance, task=task, in_call=in_call
        )
    if in_call:
        _do_service_tasks(row, instance)
    else:
        instance.refresh_from_db()


def _do_service_tasks(row: Transition | None, instance: Instance) -> None:
    if service_runs.perform_in_call(row):
        instance.refresh_from_db()


def _leave(
    roles: RoleLookup,
    *,
    step: Step,
    action: str | None,
    on_behalf_of: str | None,
    target: str | None,
    language: str,
) -> Transition | None:
    """Leave the task, as ``advance`` says, for a caller who may.

    Return the work of a service task that it leads to, if the call shall do it.
    """
    instance, definition, task = step.instance, step.definition, step.task
    _ensure_types_are_known(definition, step.elements())
    _ensure_supported(definition, task, action)
    built_in = performed_by_server(definition, task, action)
    # Rejecting is the engine's own; no code stands between.
    handled = (
        None
        if action == REJECT or built_in
        else hook_calls.handled_action(definition, action)
    )
    is_service = service_of(definition, task) is not None
    # What the handler writes itself stands or falls with the step.
    is_one = handled or built_in or is_service
    with blobs.all_or_none(), atomic() if is_one else nullcontext():
        if built_in:
            instances.hold_unchanged(step.principal, instance=instance)
            type_of(definition, task).perform_and_leave(
                step, action=built_in, on_behalf_of=on_behalf_of
            )
            # The step goes on with what the action made, too.
            made = moving.elements_of(instance)
            step = replace(step, elements=lambda: made)
        elif handled:
            performed = user_actions.perform(
                step.principal,
                instance=instance,
                definition=definition,
                elements=step.elements(),
                action=handled,
                now=step.now,
            )
            if performed.forms:
                changed = moving.elements_of(instance)
                step = replace(step, elements=lambda: changed)
        known: dict[str, Form] = {}
        if not (is_service or (action == REJECT and _may_reject(task))):
            subject = subject_of(
                roles,
                definition=definition,
                instance=instance,
                task=task,
                elements=step.elements(),
                action=action,
                language=language,
            )
            ensure_complete(subject)
            known = subject.forms.by_content(subject.elements)
        move = moving.next_move(step, action=action)
        if target is not None:
            _ensure_leads_to(move, task=task, target=target)
        if is_service:
            instances.hold_unchanged(step.principal, instance=instance)
            transitions.end(instance)
        drawn = [] if is_service or action == REJECT else pdf_tasks.drawn_at_end(step)
        with generated_contents.stored(drawn, task=task.id) as contents:
            return moving.write(
                roles,
                instance=instance,
                definition=definition,
                move=move,
                elements=step.elements,
                now=step.now,
                contents=contents,
                known=known,
            )


def complete(
    roles: RoleLookup,
    *,
    instance: Instance,
    definition: AppDefinition,
    elements: Sequence[DataElement],
    language: str = DEFAULT_LANGUAGE,
) -> None:
    """Take every step to the end, or to a service task that the worker does.

    Each that was taken stays taken if a later one fails. Raises ProcessNotRestarted.
    """
    if instance.process_ended is not None:
        raise ProcessNotRestarted
    for _ in range(_MOST_STEPS):
        task = engine.current_task(definition.process, state_of(instance))
        advance(
            roles,
            instance=instance,
            definition=definition,
            elements=elements,
            action=action_completing(task),
            language=language,
        )
        if instance.process_ended is not None or transitions.MEMBER in instance.process:
            return
        elements = moving.elements_of(instance)
    raise ProcessLoop


def action_completing(task: Task) -> str | None:
    """Return the action that completes a task; to pay takes the payer's own doing."""
    if task.task_type == payment_config.TASK_TYPE:
        return None
    return actions_allowing_next(task.task_type)[0]


def _ensure_types_are_known(
    definition: AppDefinition, elements: Sequence[DataElement]
) -> None:
    """Stop an instance whose data the app knows no more: what holds of it, nobody says.

    Raises TaskNotInDeployment.
    """
    kept = (element for element in elements if element.deleted_at is None)
    for element in kept:
        if element.data_type not in definition.data_types:
            raise TaskNotInDeployment(what=Phrase("data type"), name=element.data_type)


def _authorise(
    roles: RoleLookup,
    *,
    definition: AppDefinition,
    instance: Instance,
    task: Task,
    action: str | None,
) -> None:
    wanted = (action,) if action else actions_allowing_next(task.task_type)
    permitted = authorization.decide_many(
        roles, resource=instance.resource, actions=wanted
    )
    for one in wanted:
        if permitted[one] and task_hooks.permits(
            roles.principal,
            definition=definition,
            instance=instance,
            task=task,
            action=one,
        ):
            roles.relied_on.append((instance.resource, one))
            return
    raise NotAuthorizedForTask(
        task=task.id,
        task_type=task.task_type,
        action=action or "none",
        wanted=wanted[0],
    )


def _ensure_supported(
    definition: AppDefinition, task: Task, action: str | None
) -> None:
    """Raise for what would leave a signature or a payment unmade."""
    actions = type_of(definition, task).actions
    needed = _TASKS_THAT_DO_MORE.get(task.task_type)
    leaves_undone = needed is not None and needed not in actions and action != REJECT
    unmade = action in _TASKS_THAT_DO_MORE.values() and action not in actions
    if leaves_undone or unmade:
        performed = action or actions_allowing_next(task.task_type)[0]
        raise UserActionUnsupported(task=task.id, action=performed)


def _may_reject(task: Task) -> bool:
    return any(action.id == REJECT for action in task.actions)


def _ensure_leads_to(move: Move, *, task: Task, target: str) -> None:
    reached = move.entered or move.state.end_event
    if reached.lower() != target.lower():
        raise FlowDoesNotLeadThere(task=task.id, target=target, reachable=reached)
