"""One step of a process: where it leads, and everything that is written with it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from apps_registry.definition import AppDefinition
from authorization.services import RoleLookup
from common import transactions
from common.transactions import atomic
from data_elements import rows
from data_elements.models import DataElement
from instances import services as instances
from instances.models import Instance, Transition
from process import engine, task_chain, task_hooks, transitions
from process.announcements import of_move
from process.engine import Move
from process.form_data import Form
from process.form_scope import Forms, choose_by
from process.generated_contents import Generated
from process.hook_views import step_view
from process.positions import history_of, position_of, state_of
from process.task_registry import service_of
from process.task_types import Elements, Step


def next_move(step: Step, *, action: str | None) -> Move:
    """Return where the step leads that leaves the task in this way.

    Raises the engine's conflicts, and what the app's code refuses with.
    """
    return engine.advance(
        step.definition.process,
        state_of(step.instance),
        now=step.now,
        action=action,
        choose=choose_by(
            Forms(
                definition=step.definition,
                instance=step.instance,
                elements=step.elements(),
            )
        ),
        pick=task_hooks.pick_for(
            step.definition,
            leaving=lambda: step_view(step, action=action),
        ),
    )


@atomic()
def write(
    roles: RoleLookup,
    *,
    instance: Instance,
    definition: AppDefinition,
    move: Move,
    elements: Elements,
    now: datetime,
    contents: Sequence[Generated] = (),
    known: Mapping[str, Form] | None = None,
    service_steps: int = 0,
    in_call: bool = True,
) -> Transition | None:
    """Write the move: state, history, outbox, and what it does to its tasks.

    The state comes first: nobody can overtake the move any more then. ``contents`` are
    what the end of the task left generated; ``known`` are forms that were read for the
    move, by the key of their content. Of a service task that is entered return the row
    if the caller shall do its work himself, which a worker does not.
    """
    principal = roles.principal
    ended = move.state.ended is not None
    task = engine.find_task(definition.process, move.entered)
    service = service_of(definition, task)
    instances.set_process_state(
        principal,
        instance=instance,
        position=position_of(move.state, waiting_since=now if service else None),
        history=history_of(move),
        announce=of_move(instance, entered=move.entered, now=now),
        now=now,
        hard_delete=ended and definition.auto_delete_on_process_end,
    )
    task_chain.run(
        principal,
        definition=definition,
        instance=instance,
        move=move,
        elements=elements,
        now=now,
        contents=contents,
        known=known or {},
    )
    if service is None or task is None:
        return None
    step = Step(principal, definition, instance, task, elements, now)
    in_call = in_call and may_run_in_call(step)
    row = transitions.begin(
        principal,
        instance=instance,
        task=task,
        in_call=in_call,
        now=now,
        steps=service_steps,
    )
    return row if in_call else None


def may_run_in_call(step: Step) -> bool:
    """Whether the call does the work of a service task before it answers.

    Not one that commits with its answer: what the work finds would be kept in it.
    """
    service = service_of(step.definition, step.task)
    return service is not None and not transactions.is_held() and service.is_quick(step)


def elements_of(instance: Instance) -> Sequence[DataElement]:
    """Return the data of the instance as it is now."""
    return rows.elements_of(instance.pk)
