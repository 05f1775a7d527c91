"""A step that takes long on a real server: others are told at once."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from events.models import CloudEvent
from instances.models import Instance
from tests.live.calls import Caller
from tests.live.slow_code import VARIABLE
from tests.servers import Command, Inside, LiveServer, Template, wait_until

CODE_SECONDS = 60  # what the code may take; a step's lock lasts twice that
_HOOKS = "nav/app2018=tests.live.slow_code:Slow"
_MOVED = "app.instance.process.movedTo.confirm"


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    """The file that makes the application's code slow while it is there."""
    file = tmp_path / "slow"
    file.write_text("")
    return file


@pytest.fixture
def running(template: Template, slow: Path) -> Iterator[LiveServer]:
    """A server of two processes with that code."""
    variables = {
        "ALTINN_APP_HOOKS": _HOOKS,
        "ALTINN_HOOK_SECONDS": str(CODE_SECONDS),
        VARIABLE: str(slow),
    }
    with template.server(Command(workers=2, threads=4), **variables) as server:
        yield server


def filled_in(user: Caller) -> str:
    """Return an instance whose first task can be left."""
    guid = user.create()
    assert user.fill_in(guid).status == 201
    return guid


def test_a_step_is_refused_while_another_is_taken(
    running: LiveServer, slow: Path, inside: Inside
) -> None:
    """A-142: four at once are told within a moment, and one step is taken"""
    user = Caller.user(running)
    guid = filled_in(user)
    with ThreadPoolExecutor(5) as pool:
        first = pool.submit(user.move_on, guid)
        try:
            wait_until(lambda: slow.read_text() == "begun")
            began = time.monotonic()
            others = list(pool.map(lambda _: user.move_on(guid), range(4)))
            took = time.monotonic() - began
            assert not first.done()
        finally:
            slow.unlink()
        answer = first.result(timeout=300)
    assert [other.status for other in others] == [409] * 4
    assert {other.json()["code"] for other in others} == {"instance-locked"}
    assert all(int(other.headers["Retry-After"]) > 0 for other in others)
    assert took < 10  # nobody waited for the step, or as long as SQLite does for rows
    assert answer.status == 200, answer.text
    with inside(running) as alias:
        told = CloudEvent.objects.using(alias).filter(
            resource_instance__endswith=guid, type=_MOVED
        )
        assert told.count() == 1
    assert user.move_on(guid).status == 200, "the lock was given back"


def test_a_step_that_a_crash_broke_off_is_taken_again(
    running: LiveServer, slow: Path, inside: Inside
) -> None:
    """D-16: nothing of it stays, and its lock ends by itself"""
    user = Caller.user(running)
    guid = filled_in(user)
    with ThreadPoolExecutor(1) as pool:
        broken = pool.submit(user.move_on, guid)
        wait_until(lambda: slow.read_text() == "begun")
        latest_end = timezone.now() + timedelta(seconds=2 * CODE_SECONDS)
        running.kill()
        slow.unlink()
        with pytest.raises(OSError):
            broken.result(timeout=300)
    with inside(running) as alias:
        row = Instance.objects.using(alias).get(pk=guid)
    assert (row.current_task, row.lock_holder) == ("formfilling", "user 1337 in a step")
    assert row.locked_until is not None
    assert row.locked_until <= latest_end
    # However long the server takes to start, it ends after that, and soon.
    _let_the_lock_end(running, inside, guid, timezone.now() + timedelta(hours=1))
    running.start()
    refused = user.move_on(guid)
    assert (refused.status, refused.json()["code"]) == (409, "instance-locked")
    end = timezone.now() + timedelta(seconds=1)
    _let_the_lock_end(running, inside, guid, end)
    asked = timezone.now()
    while (answer := user.move_on(guid)).status == 409:
        assert answer.json()["code"] == "instance-locked"
        assert asked < end  # who asks later is not refused, whenever he is answered
        time.sleep(0.1)
        asked = timezone.now()
    assert answer.status == 200, answer.text
    with inside(running) as alias:
        told = CloudEvent.objects.using(alias).filter(
            resource_instance__endswith=guid, type=_MOVED
        )
        assert told.count() == 1


def _let_the_lock_end(
    server: LiveServer, inside: Inside, guid: str, end: datetime
) -> None:
    with inside(server) as alias:
        Instance.objects.using(alias).filter(pk=guid).update(locked_until=end)
