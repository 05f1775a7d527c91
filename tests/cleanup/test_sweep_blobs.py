"""The sweep of orphan blobs: dry run first, and never what a row points to."""

from datetime import timedelta
from io import BytesIO, StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone
from structlog.testing import capture_logs
from structlog.typing import EventDict

from cleanup.models import RecurringTask
from data_elements import blobs
from data_elements.blobs import Incoming
from data_elements.models import DataElement
from tests.stored import files_in

pytestmark = pytest.mark.usefixtures("sandbox")


def sweep(*arguments: str) -> str:
    """Run the command and return what it printed."""
    output = StringIO()
    call_command("sweep_blobs", *arguments, stdout=output)
    return output.getvalue()


@pytest.fixture
def orphan(own_blobs: Path) -> Path:
    """A blob without a row, and an upload that a crash broke off."""
    with blobs.stored(Incoming(BytesIO(b"orphan"), max_bytes=10)) as blob:
        pass
    path = own_blobs / blob.key
    path.with_name(f"{path.name[:4]}{'0' * 28}.part").write_bytes(b"half")
    return path


def test_a_dry_run_counts_and_removes_nothing(
    element: DataElement, orphan: Path
) -> None:
    """Safe by default"""
    printed = sweep("--older-than", "0")
    assert "found 2 orphans (10 bytes), removed none" in printed
    assert orphan.exists()


def test_execute_removes_orphans_and_keeps_what_rows_point_to(
    element: DataElement, orphan: Path, own_blobs: Path
) -> None:
    """What a crash left behind is found"""
    assert "removed 2" in sweep("--older-than", "0", "--execute")
    assert not orphan.exists()
    assert files_in(own_blobs) == [own_blobs / element.blob_key]


def test_young_blobs_are_left_alone(orphan: Path) -> None:
    """An upload may still be on its way: a day by default"""
    assert "Looked at 0 blobs" in sweep("--execute")
    assert orphan.exists()


def put_many(folder: Path) -> None:
    """Put contents into the store that no row points to."""
    for number in range(101):
        name = f"{number:032x}"
        path = folder / name[:2] / name[2:4] / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"content")


def test_a_store_of_which_nothing_belongs_is_left_alone(own_blobs: Path) -> None:
    """A database that is not restored yet must not cost the contents"""
    put_many(own_blobs)
    with pytest.raises(CommandError, match="None of the first 101 blobs"):
        sweep("--older-than", "0", "--execute")
    assert "found 101 orphans" in sweep("--older-than", "0")
    assert "removed 101" in sweep("--older-than", "0", "--execute", "--force")


def test_one_that_belongs_is_enough(element: DataElement, own_blobs: Path) -> None:
    put_many(own_blobs)
    assert "removed 101" in sweep("--older-than", "0", "--execute")
    assert (own_blobs / element.blob_key).exists()


def test_a_store_out_of_order_is_told_in_a_line_and_swept_when_it_is_back(
    orphan: Path, own_blobs: Path
) -> None:
    """As what recurs: after ten seconds, twenty, and so on"""
    away = own_blobs.with_name("away")
    own_blobs.rename(away)
    own_blobs.write_bytes(b"no folder")
    began = timezone.now()
    with time_machine.travel(began, tick=False) as clock:
        for attempt, longest in ((1, 10), (2, 20)):
            lines = work()
            [told] = [line for line in lines if line["event"] == "work_failed"]
            assert "exc_info" not in told
            assert told["error"] == "StorageUnavailable"
            assert told["reason"].startswith("NotADirectoryError: ")
            task = RecurringTask.objects.get(name="sweep-blobs")
            assert (task.attempts, task.last_run_at) == (attempt, None)
            waits = task.due_at - timezone.now()
            assert timedelta(seconds=longest * 0.8) < waits
            assert waits <= timedelta(seconds=longest)
            clock.shift(longest)
        own_blobs.unlink()
        away.rename(own_blobs)
        clock.shift(timedelta(days=2))
        assert "work_failed" not in {line["event"] for line in work()}
    task = RecurringTask.objects.get(name="sweep-blobs")
    assert task.last_outcome == "Looked at 2 blobs, removed 2 orphans."
    assert (task.attempts, task.last_error) == (0, "")
    assert files_in(own_blobs) == []


def work() -> list[EventDict]:
    """Let a worker do what recurs and is due; return what it logged."""
    with capture_logs() as lines:
        call_command("worker", "--once", "--rooms", "cleanup")
    return list(lines)
