"""Between the engine's state and what an instance stores of it."""

from datetime import datetime

from apps_registry.definition import AppDefinition
from instances.history import HistoryEntry
from instances.models import Instance
from instances.services import ProcessPosition
from process import transitions
from process.engine import REJECT, Move, ProcessState, actions_allowing_next


def state_of(instance: Instance) -> ProcessState:
    """Return where the instance's process stands."""
    return ProcessState.from_document(instance.process)


def position_of(
    state: ProcessState, *, waiting_since: datetime | None = None
) -> ProcessPosition:
    """Return the state as an instance stores it.

    In a service task it says since when the work waits to be done.
    """
    task = state.current_task
    document = state.to_document()
    if waiting_since is not None:
        document[transitions.MEMBER] = transitions.waiting(waiting_since)
    return ProcessPosition(
        document=document,
        current_task=task.element_id if task else None,
        ended=state.ended,
        end_event=state.end_event or None,
    )


def history_of(move: Move) -> list[HistoryEntry]:
    """Return the lines of history that a move leaves."""
    return [
        HistoryEntry(event.event_type, process=event.state.to_document())
        for event in move.events
    ]


def actions_in_task(instance: Instance) -> tuple[str, ...]:
    """Return the actions of which any lets the caller work on what stands in a task.

    Those that leave the task, ``write`` where there is none, and ``reject``
    (storage-api.md §6.3).
    """
    task_type = instance.task_type if instance.current_task else "data"
    leaving = actions_allowing_next(task_type) if task_type else ()
    return (*leaving, REJECT)


def deleted_on_end(definition: AppDefinition) -> list[str]:
    """Return the data types that the app does not keep when the process ends."""
    return [
        t.id for t in definition.data_types.values() if t.auto_delete_on_process_end
    ]
