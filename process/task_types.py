"""What a type of task does of its own, when an instance enters and leaves the task."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from apps_registry.bpmn import Task
from apps_registry.definition import AppDefinition
from data_elements.models import DataElement
from instances.models import Instance
from parties.identity import Principal
from process.hooks import ActionResult

Elements = Callable[[], Sequence[DataElement]]


@dataclass(frozen=True, slots=True)
class Step:
    """A task, and who enters, works on or leaves it; ``elements`` reads its data."""

    principal: Principal
    definition: AppDefinition
    instance: Instance
    task: Task
    elements: Elements
    now: datetime


class TaskType:
    """A type of task that does nothing of its own; others override what they do.

    ``start``, ``end`` and ``abandon`` are part of the move: its state is written
    already, on the condition that nobody was quicker, and what they raise undoes it.
    One object serves all threads of a process, so it keeps no state.
    """

    # What the server itself performs in a task of this type, in place of app code.
    actions: frozenset[str] = frozenset()

    def start(self, step: Step) -> None:
        """Act on a task that was entered; its data is unlocked and made already."""

    def end(self, step: Step) -> None:
        """Act on a task that was completed; its data is locked after this."""

    def abandon(self, step: Step) -> None:
        """Act on a task that was rejected."""

    def permits(
        self, principal: Principal, *, instance: Instance, task: Task, action: str
    ) -> bool:
        """Whether the caller may do here what the policy permits; it only narrows."""
        return True

    def perform(
        self, step: Step, *, action: str, on_behalf_of: str | None
    ) -> ActionResult:
        """Do one of ``actions``, on a row that nobody else can change meanwhile.

        The transaction is the caller's: leaving the task follows in it.
        """
        raise NotImplementedError(f"{type(self).__name__} has no action {action}")

    def perform_and_leave(
        self, step: Step, *, action: str, on_behalf_of: str | None
    ) -> None:
        """Do one of ``actions`` as the way to leave the task, as ``perform`` does."""
        self.perform(step, action=action, on_behalf_of=on_behalf_of)
