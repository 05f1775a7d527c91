"""Code that takes too long: interrupted where Python can, and nothing half done."""

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from django.conf import LazySettings
from django.db import DatabaseError, connection, transaction
from structlog.testing import capture_logs

from instances.models import Instance
from process import hook_limit
from process.hook_limit import HookOverdue, run_limited
from tests.cast import SOPHIE
from tests.client import APP_HOST, Api, assert_problem
from tests.factories import make_instance
from tests.hooks.app_code import SECRET
from tests.hooks.hanging_code import ASLEEP, HANGING, WAKE_UP, Hangs
from tests.process.test_concurrency import at_once

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("committed_sandbox"),
]
LIMIT = 0.4
NEW = "/nav/app2018/instances?instanceOwnerPartyId=500000"
Everything = Callable[[], dict[str, object]]
PROFILED = """
import sys
import django
django.setup()
from process.hook_limit import HookOverdue, run_limited

def hang():
    while True:
        pass

def tell():
    print("interrupted")

try:
    run_limited(hang, 0.05, app_id="a/b", hook="h")
except HookOverdue:
    sys.setprofile(lambda *event: None)
    tell()
"""


@pytest.fixture
def hang(
    install: Callable[[str], None],
    settings: LazySettings,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[..., None]]:
    """Have the sample's code hang in a way, and a limit while it does."""
    install("tests.hooks.hanging_code:Hangs")

    def name(how: str, *, where: str = "on_task_end") -> None:
        # Code that does not hang may take its time on a machine that is busy.
        settings.ALTINN_HOOK_SECONDS = 60.0 if how == "nothing" else LIMIT
        monkeypatch.setattr(Hangs, "how", how)
        monkeypatch.setattr(Hangs, "where", where)

    yield name
    assert hook_limit._watch._calls == set()


@pytest.mark.parametrize("how", sorted(HANGING.keys() - {"sleep", "swallow"}))
def test_code_that_hangs_fails_its_operation(
    hang: Callable[..., None], everything: Everything, how: str
) -> None:
    """Inside the transaction: all of it is rolled back, and the next call is served"""
    instance = make_instance(filled=True)
    before = everything()
    hang(how)
    app = Api(APP_HOST, SOPHIE)
    url = f"/nav/app2018/instances/{instance.instance_id}/process/next"
    began = time.monotonic()
    with capture_logs() as logs:
        answer = app.put(url)
    assert time.monotonic() - began < 20
    problem = assert_problem(answer, 500, code="app-hook-timed-out")
    assert "took longer than 0.4 seconds in on_task_end" in problem["detail"]
    assert SECRET not in answer.content.decode()
    assert [one["hook"] for one in logs if one["event"] == "app_hook_overdue"] == [
        "on_task_end"
    ]
    assert everything() == before
    hang("nothing", where="nowhere")
    assert app.put(url).status_code == 200


def test_code_that_hangs_before_the_transaction_fails_its_operation(
    hang: Callable[..., None], everything: Everything
) -> None:
    """And nothing is made"""
    before = everything()
    hang("loop", where="validate_instantiation")
    app = Api(APP_HOST, SOPHIE)
    assert_problem(app.post(NEW), 500, code="app-hook-timed-out")
    assert everything() == before
    hang("nothing", where="nowhere")
    assert app.post(NEW).status_code == 201


def test_code_that_waits_outside_of_python_fails_when_it_returns(
    hang: Callable[..., None], everything: Everything
) -> None:
    """Meanwhile PostgreSQL has rolled back, so that nobody waits for its locks"""
    instance = make_instance(filled=True)
    before = everything()
    hang("sleep")
    url = f"/nav/app2018/instances/{instance.instance_id}/process/next"

    def wake_up() -> None:
        """When its limit is over: its row can be written to then."""
        ASLEEP.get(timeout=300)
        try:
            if connection.vendor == "postgresql":
                with transaction.atomic():
                    Instance.objects.filter(pk=instance.pk).update(end_event=None)
            else:
                time.sleep(3 * LIMIT)
        finally:
            WAKE_UP.put(True)

    answer, _ = at_once(lambda: Api(APP_HOST, SOPHIE).put(url), wake_up)
    assert WAKE_UP.empty(), "the lock was kept until the code returned"
    assert_problem(answer, 500, code="app-hook-timed-out")
    assert everything() == before


def test_without_a_limit_code_takes_its_time(
    hang: Callable[..., None], settings: LazySettings
) -> None:
    """0 is no limit"""
    settings.ALTINN_HOOK_SECONDS = 0
    assert run_limited(lambda: time.sleep(0.1) or "done", 0, app_id="", hook="") == (
        "done"
    )


def test_nothing_is_raised_once_the_code_has_ended() -> None:
    """However close to its limit it ends, in whatever thread"""
    stray: list[BaseException] = []

    def race() -> None:
        try:
            for number in range(60):
                until = time.monotonic() + 0.005 + (number % 5 - 2) / 20_000

                def busy(until: float = until) -> None:
                    while time.monotonic() < until:
                        pass

                with contextlib.suppress(HookOverdue):
                    run_limited(busy, 0.005, app_id="a/b", hook="h")
                for _ in range(1000):  # where a stray one would be raised
                    pass
        except BaseException as error:
            stray.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=race) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert stray == []
    assert hook_limit._watch._calls == set()


def test_a_process_can_be_profiled_after_an_interruption() -> None:
    """Python 3.11 goes round for ever, if it thinks that something is on its way"""
    script = [sys.executable, "-c", PROFILED]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    done = subprocess.run(
        script, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.stdout == "interrupted\n", done.stderr


def test_the_connection_is_whole_again_after_an_interruption() -> None:
    """In a transaction, in savepoints, and outside of both"""
    for depth in range(3):
        with pytest.raises((HookOverdue, DatabaseError)):
            _nested(depth, HANGING["savepoints"])
        assert not connection.in_atomic_block
        assert connection.savepoint_ids == []
        with transaction.atomic():
            make_instance()
    assert Instance.objects.count() == 3


def _nested(depth: int, function: Callable[[], None]) -> None:
    if depth:
        with transaction.atomic():
            return _nested(depth - 1, function)
    run_limited(function, 0.2, app_id="a/b", hook="h")
    return None
