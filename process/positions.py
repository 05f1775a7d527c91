"""Between the engine's state and what an instance stores of it."""

from apps_registry.definition import AppDefinition
from instances.history import HistoryEntry
from instances.models import Instance
from instances.services import ProcessPosition
from process.engine import Move, ProcessState


def state_of(instance: Instance) -> ProcessState:
    """Return where the instance's process stands."""
    return ProcessState.from_document(instance.process)


def position_of(state: ProcessState) -> ProcessPosition:
    """Return the state as an instance stores it."""
    task = state.current_task
    return ProcessPosition(
        document=state.to_document(),
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


def deleted_on_end(definition: AppDefinition) -> list[str]:
    """Return the data types that the app does not keep when the process ends."""
    return [
        t.id for t in definition.data_types.values() if t.auto_delete_on_process_end
    ]
