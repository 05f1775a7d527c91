"""The worker's loop: what it does with rows, and what with those that fail."""

import os
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.db.models import QuerySet
from django.utils import timezone
from structlog.testing import capture_logs

from altinn import worker
from altinn.embedded import LEASE, Leadership
from cleanup.models import RecurringTask
from cleanup.recurring import EMBEDDED_WORKER, TASKS
from common.errors import Unavailable
from common.leases import LeaseLost
from common.work import Handler, Hold, Stopped, Work
from data_elements.errors import StorageUnavailable

pytestmark = pytest.mark.usefixtures("sandbox")


def kind(
    handle: Handler, *, name: str = "a", batch: int = 1, attempts: int = 3
) -> Work:
    """Return work on one row, or on all whose name begins like it."""

    def rows() -> QuerySet[RecurringTask]:
        return RecurringTask.objects.filter(name__startswith=name)

    return Work("test", rows, handle, batch=batch, most_attempts=3)


def row(name: str = "a") -> RecurringTask:
    """Return a row as it is now."""
    return RecurringTask.objects.get(name=name)


def run(*kinds: Work) -> int:
    """Work until nothing is due."""
    return worker.run(kinds, stop=threading.Event(), once=True)


def test_a_done_row_is_due_when_its_room_says() -> None:
    RecurringTask.objects.create(name="a")
    later = timezone.now() + timedelta(hours=1)
    assert run(kind(lambda row, hold: later)) == 1
    assert (row().due_at, row().leased_until, row().attempts) == (later, None, 0)


def test_a_row_that_is_never_due_again_stays_as_it_ended() -> None:
    RecurringTask.objects.create(name="a")
    assert run(kind(lambda row, hold: None)) == 1
    assert run(kind(lambda row, hold: None)) == 0
    assert row().due_at is None


def test_a_failure_waits_says_why_and_stops_nothing_else() -> None:
    RecurringTask.objects.bulk_create(map(_named, ["a", "b"]))

    def fail(row: RecurringTask, hold: Hold) -> datetime | None:
        raise ValueError("the disk is full")

    began = timezone.now()
    assert run(kind(fail), kind(lambda row, hold: None, name="b")) == 2
    assert row("a").last_error == "ValueError: the disk is full"
    assert row("a").due_at > began + timedelta(seconds=8)
    assert (row("a").leased_until, row("a").dead_at) == (None, None)
    assert row("b").due_at is None


def test_what_is_out_of_reach_is_told_in_one_line_and_tried_again() -> None:
    """Whatever it is; what nobody foresaw is told with its place in the code"""
    RecurringTask.objects.bulk_create(map(_named, ["a", "b", "c"]))

    def reach(row: RecurringTask, hold: Hold) -> datetime | None:
        try:
            raise OSError("No route to host\nvalue")
        except OSError as error:
            raise StorageUnavailable(retry_after=10) from error

    def ask(row: RecurringTask, hold: Hold) -> datetime | None:
        raise Unavailable

    def fail(row: RecurringTask, hold: Hold) -> datetime | None:
        raise ValueError("the disk is full")

    began = timezone.now()
    with capture_logs() as lines:
        run(kind(reach), kind(ask, name="b"), kind(fail, name="c"))
    told = {line["row"]: line for line in lines if line["event"] == "work_failed"}
    reached, asked, failed = (told[str(row(name).pk)] for name in "abc")
    assert (reached["error"], reached["reason"]) == (
        "StorageUnavailable",
        "OSError: No route to host",
    )
    assert asked["reason"] == f"Unavailable: {Unavailable.detail}"
    assert "exc_info" not in {*reached, *asked}
    assert isinstance(failed["exc_info"], ValueError)
    for one in (row("a"), row("b"), row("c")):
        waits = one.due_at - began
        assert timedelta(seconds=8) < waits < timedelta(minutes=1)
        assert (one.attempts, one.leased_until, one.dead_at) == (1, None, None)
        assert one.last_error


def test_what_fails_each_time_is_dead_at_last() -> None:
    RecurringTask.objects.create(name="a")

    def fail(row: RecurringTask, hold: Hold) -> datetime | None:
        raise ValueError("never")

    for _ in range(3):
        run(kind(fail))
        RecurringTask.objects.filter(dead_at=None).update(due_at=timezone.now())
    assert row().dead_at is not None
    assert run(kind(fail)) == 0


def test_told_to_stop_it_ends_what_it_holds_and_gives_the_rest_back() -> None:
    RecurringTask.objects.bulk_create(map(_named, ["a1", "a2", "a3"]))
    stop = threading.Event()
    done = []

    def work(row: RecurringTask, hold: Hold) -> datetime | None:
        done.append(row.name)
        stop.set()
        return None

    worker.run([kind(work, batch=3)], stop=stop)
    rest = RecurringTask.objects.exclude(name__in=done)
    assert len(done) == 1
    assert {(r.attempts, r.leased_until) for r in rest} == {(0, None)}
    assert all(r.due_at <= timezone.now() for r in rest)


def test_a_handler_that_is_told_to_stop_gives_its_row_back() -> None:
    RecurringTask.objects.create(name="a")
    stop = threading.Event()

    def work(row: RecurringTask, hold: Hold) -> datetime | None:
        stop.set()
        hold.checkpoint()
        raise AssertionError("it should have stopped")

    worker.run([kind(work)], stop=stop)
    assert (row().attempts, row().leased_until) == (0, None)
    assert row().due_at <= timezone.now()


def test_who_has_lost_the_lease_leaves_the_row_to_the_other() -> None:
    RecurringTask.objects.create(name="a")
    other = timezone.now() + timedelta(days=1)

    def work(row: RecurringTask, hold: Hold) -> datetime | None:
        RecurringTask.objects.update(leased_until=other, due_at=other)
        return None

    run(kind(work))
    assert (row().leased_until, row().due_at) == (other, other)


def test_a_hold_renews_only_when_half_of_the_lease_is_over() -> None:
    held = _named("a")
    held.leased_until = timezone.now() + timedelta(seconds=50)
    hold = Hold(held, timedelta(seconds=60))
    hold.renew()  # there is no such row: a write would have raised
    held.leased_until = timezone.now() + timedelta(seconds=20)
    with pytest.raises(LeaseLost):
        hold.renew()
    with pytest.raises(Stopped):
        Hold(held, timedelta(seconds=60), stopping=lambda: True).checkpoint()


def test_a_database_that_is_away_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_AFTER_FAILURE", 0.01)
    RecurringTask.objects.create(name="a")
    stop = threading.Event()
    attempts = []

    def rows() -> QuerySet[RecurringTask]:
        attempts.append(1)
        if len(attempts) < 3:
            raise OperationalError("the server went away")
        stop.set()
        return RecurringTask.objects.filter(name="a")

    worker.run([Work("test", rows, lambda r, h: None)], stop=stop, poll=0.01)
    assert len(attempts) == 3


def test_the_command_does_each_recurring_task_once_and_ends() -> None:
    call_command("worker", "--once", "--rooms", "cleanup")
    done = RecurringTask.objects.exclude(name=EMBEDDED_WORKER)
    assert {task.name for task in done} == set(TASKS)
    for task in done:
        assert task.last_run_at is not None, task.name
        assert task.due_at == task.last_run_at + TASKS[task.name].every
        assert task.last_outcome
        assert task.last_error == ""


def test_a_room_without_work_is_named_and_nothing_is_done() -> None:
    with pytest.raises(CommandError, match=r"no room attic with work; there are "):
        call_command("worker", "--once", "--rooms", "attic")
    assert not RecurringTask.objects.exists()


def test_of_several_processes_one_is_the_embedded_worker() -> None:
    first, second = Leadership(), Leadership()
    assert first.held()
    assert not second.held()
    assert first.held()
    first.give_up()
    assert second.held()
    assert not first.held()


def test_a_leader_that_died_is_followed_by_another() -> None:
    dead, heir = Leadership(), Leadership()
    assert dead.held()
    with time_machine.travel(timezone.now() + LEASE, tick=False):
        assert heir.held()
        assert not dead.held()  # had it only slept, it would stop now


def _named(name: str) -> RecurringTask:
    return RecurringTask(name=name)


def test_a_server_ends_with_the_worker_in_it(tmp_path: Path) -> None:
    """Nothing waits for a thread that nobody tells to stop"""
    program = "import time; import altinn.wsgi; time.sleep(3)"
    subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).resolve().parents[2],
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "altinn.settings",
            "ALTINN_DATA_DIR": str(tmp_path),
        },
        check=True,
        timeout=300,
    )


def test_work_apart_that_breaks_ends_the_rest_and_is_told() -> None:
    """And is not lost in its thread"""

    def break_down() -> None:
        raise LookupError("no such thing")

    apart = replace(kind(lambda row, hold: None), apart=True, prepare=break_down)
    with pytest.raises(LookupError, match="no such thing"):
        worker.run([apart], stop=threading.Event(), poll=0.01)
