"""What happens to the tasks that a move leaves and enters, in Altinn's order.

A task that was completed: its type's end, its forms as they are kept, the app's code,
the lock on its data, what was drawn of it. One that was rejected: its type's
abandonment, the app's code. One that was entered: its data is unlocked, the forms that
the server makes, the app's code, its type's start. The end of the process: the data
that the app does not keep, the app's code. All of it is part of the move.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Final

from apps_registry.definition import AppDefinition
from data_elements import services as data_elements
from instances.choices import InstanceEventType
from instances.models import Instance
from parties.identity import Principal
from process import auto_creation, engine, generated_contents
from process.ending import give_receipt
from process.engine import Move
from process.finalizing import finalize
from process.form_data import Form
from process.generated_contents import Generated
from process.positions import deleted_on_end
from process.task_hooks import Acting
from process.task_registry import type_of
from process.task_types import Elements, Step

_NONE: Final[Mapping[str, Form]] = {}


def run(
    principal: Principal,
    *,
    definition: AppDefinition,
    instance: Instance,
    move: Move,
    elements: Elements,
    now: datetime,
    is_new: bool = False,
    contents: Sequence[Generated] = (),
    known: Mapping[str, Form] = _NONE,
) -> None:
    """Do all of it; the move is written already, so of two at once only one is here.

    ``known`` are forms that were read already, by the key of their content. Of an
    instance that is new no data is locked yet, and its forms are made already.
    """
    abandoned = any(
        event.event_type == InstanceEventType.PROCESS_ABANDON_TASK
        for event in move.events
    )
    ended = move.state.ended is not None
    present = cache(elements)
    acting = Acting(principal, definition=definition, instance=instance)

    def step(task_id: str) -> Step | None:
        task = engine.find_task(definition.process, task_id)
        if task is None:
            return None
        return Step(principal, definition, instance, task, present, now)

    if left := step(move.left):
        if abandoned:
            type_of(definition, left.task).abandon(left)
            acting.act("on_task_abandon", left.task, present)
        else:
            type_of(definition, left.task).end(left)
            finalize(
                principal,
                definition=definition,
                instance=instance,
                task=move.left,
                elements=present(),
                known=known,
            )
            acting.act("on_task_end", left.task, present)
    if not is_new:
        # One statement, for what is left and what is entered.
        data_elements.apply_task_change(
            principal,
            instance_id=instance.id,
            lock_types=[] if abandoned else _types_of(definition, move.left),
            unlock_types=_types_of(definition, move.entered),
            delete_types=deleted_on_end(definition) if ended else [],
            now=now,
        )
    if contents:
        generated_contents.replace(
            principal,
            definition=definition,
            instance=instance,
            task=move.left,
            contents=contents,
            now=now,
            # Signatures and payments are generated from their task, too.
            types={new.data_type for new, _ in contents},
        )
    with auto_creation.entering(
        principal,
        definition=definition,
        instance=instance,
        task="" if is_new else move.entered,
        elements=elements,
        now=now,
    ) as made:
        if made:
            present = cache(lambda: [*elements(), *made])
        if entered := step(move.entered):
            acting.act("on_task_start", entered.task, present)
            type_of(definition, entered.task).start(entered)
        if ended:
            acting.act("on_process_end", left.task if left else None, present)
        acting.write(now=now)
    if ended:
        # Last of all: ends of the same application wait for each other from here on.
        give_receipt(instance, definition=definition, now=now)


def _types_of(definition: AppDefinition, task_id: str) -> list[str]:
    if not task_id:
        return []
    return [t.id for t in definition.data_types.values() if t.task_id == task_id]
