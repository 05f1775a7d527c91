"""What happens to the tasks that a move leaves and enters, and in which order."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from authorization.services import RoleLookup
from common.errors import Conflict
from data_elements.models import DataElement
from instances.models import Instance, InstanceEvent
from process import services as process
from process import task_registry
from process.task_types import Step, TaskType
from tests.cast import SOPHIE_PRINCIPAL
from tests.factories import make_instance, reread, sample_app
from tests.process.permitting import permitting

pytestmark = pytest.mark.usefixtures("sandbox")


class Refused(Conflict):
    """What the noted type of task raises when it is told to."""

    code = "refused-by-the-type"


class Noted(TaskType):
    """A type of task that notes what it was asked, and whether the data was locked."""

    actions = frozenset({"write"})

    def __init__(self) -> None:
        self.notes: list[tuple[str, str, bool]] = []
        self.fails_at = ""

    def _note(self, what: str, step: Step) -> None:
        rows = DataElement.objects.of([step.instance.pk])
        locked = any(row.locked_at for row in rows)
        self.notes.append((what, step.task.id, locked))
        if what == self.fails_at:
            raise Refused

    def start(self, step: Step) -> None:
        """Note it."""
        self._note("start", step)

    def end(self, step: Step) -> None:
        """Note it."""
        self._note("end", step)

    def abandon(self, step: Step) -> None:
        """Note it."""
        self._note("abandon", step)

    def perform_and_leave(
        self, step: Step, *, action: str, on_behalf_of: str | None
    ) -> None:
        """Note for whom it was; the action comes with a step here."""
        self._note(f"{action} for {on_behalf_of}", step)


@pytest.fixture
def noted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Noted]:
    """Let every type of task of the sample be the noted one."""
    one = Noted()
    types = {**task_registry.TASK_TYPES, "data": one, "confirmation": one}
    monkeypatch.setattr(task_registry, "TASK_TYPES", types)
    return one


def advance(
    instance: Instance,
    **how: str,
) -> None:
    """Take one step as Sophie."""
    process.advance(
        RoleLookup(SOPHIE_PRINCIPAL),
        instance=instance,
        definition=sample_app(),
        elements=list(DataElement.objects.of([instance.pk])),
        **how,  # type: ignore[arg-type]  # action and on_behalf_of
    )


def test_a_type_ends_before_the_lock_and_starts_after_it(noted: Noted) -> None:
    """A-220, A-224"""
    instance = make_instance(filled=True)
    noted.notes.clear()
    advance(instance)
    assert noted.notes == [
        ("end", "formfilling", False),
        ("start", instance.current_task, True),
    ]


@pytest.mark.parametrize("moment", ["end", "start", "write for 910514318"])
def test_what_a_type_raises_undoes_the_whole_step(noted: Noted, moment: str) -> None:
    """A-220, D-15: state, history, outbox and locks are one transaction"""
    instance = make_instance(filled=True)
    before = reread(instance)
    history = InstanceEvent.objects.count()
    noted.fails_at = moment
    with pytest.raises(Refused):
        advance(instance, action="write", on_behalf_of="910514318")
    after = reread(instance)
    assert (after.process, after.last_changed) == (before.process, before.last_changed)
    assert InstanceEvent.objects.count() == history
    assert not DataElement.objects.filter(locked_at__isnull=False).exists()


def test_an_action_of_the_type_is_performed_before_the_task_ends(noted: Noted) -> None:
    """A-143, A-215: in the place of app code, with whom it is for"""
    instance = make_instance(filled=True)
    noted.notes.clear()
    advance(instance, action="write", on_behalf_of="910514318")
    assert [what for what, _, _ in noted.notes] == [
        "write for 910514318",
        "end",
        "start",
    ]


def test_a_rejected_task_is_abandoned_and_its_data_stays_open(
    noted: Noted, tmp_path: Path
) -> None:
    """A-223: neither the type's end nor the lock"""
    instance = make_instance(filled=True)
    noted.notes.clear()
    process.advance(
        permitting(tmp_path, "reject"),
        instance=instance,
        definition=sample_app(),
        elements=list(DataElement.objects.of([instance.pk])),
        action="reject",
    )
    assert [what for what, _, _ in noted.notes] == ["abandon", "start"]
    assert not DataElement.objects.filter(locked_at__isnull=False).exists()
