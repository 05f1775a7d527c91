"""A service task whose worker, or whose server, is killed in the middle (kill -9)."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from http.client import HTTPException
from pathlib import Path

import pytest
from django.utils import timezone

from data_elements.models import DataElement
from events.models import CloudEvent
from instances.models import Instance, InstanceEvent, Transition
from tests.hooks.service_app import write_service_app
from tests.live.calls import APP, Caller
from tests.live.slow_code import VARIABLE
from tests.servers import ROOT, Command, Inside, LiveServer, Template, wait_until

_HOOKS = "nav/app2018=tests.live.slow_code:SlowService"
_STEPS = {
    "process_StartEvent": 1,
    "process_StartTask": 2,
    "process_EndTask": 2,
    "process_EndEvent": 1,
}


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    """The file that makes the work take long while it is there."""
    file = tmp_path / "slow"
    file.write_text("")
    return file


@pytest.fixture
def house(template: Template, slow: Path, tmp_path: Path) -> Iterator[LiveServer]:
    """A server whose application has a service task; nothing works by itself."""
    variables = {"ALTINN_APP_HOOKS": _HOOKS, VARIABLE: str(slow)}
    with template.server(Command(workers=1, threads=4), **variables) as server:
        server.manage("import_app", str(write_service_app(tmp_path)))
        yield server


@contextmanager
def worker(server: LiveServer) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a worker on the server's data."""
    command = [sys.executable, "manage.py", "worker", "--poll", "0.1"]
    process = subprocess.Popen(
        [*command, "--rooms", "process"],
        cwd=ROOT,
        env=server.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(timeout=300)


def test_a_worker_that_is_killed_in_a_service_task_loses_and_doubles_nothing(
    house: LiveServer, slow: Path, inside: Inside
) -> None:
    """D-15, A-217: the next has the same key, and one receipt comes about"""
    user = Caller.user(house)
    guid = user.create()
    assert user.fill_in(guid).status == 201
    headers = {"Idempotency-Key": "leaves the work to the worker"}
    moved = user.call("PUT", f"{APP}/{guid}/process/next", headers=headers)
    assert moved.status == 200, moved.text
    assert moved.json()["transition"]["state"] == "running"
    with inside(house) as alias:
        with worker(house) as victim:
            wait_until(lambda: slow.read_text().endswith(" 1"), seconds=300)
            victim.kill()
        key = slow.read_text().split()[0]
        _stands_in_the_task(alias, guid)
        _end_the_lease(alias)
        with worker(house):
            wait_until(lambda: slow.read_text() == f"{key} 2", seconds=300)
            slow.unlink()
            wait_until(lambda: _has_ended(alias, guid), seconds=300)
        _happened_once(alias, guid)


def test_a_server_that_is_killed_in_a_service_task_leaves_it_to_the_worker(
    house: LiveServer, slow: Path, inside: Inside
) -> None:
    """D-15, A-217: the caller hears nothing, and the process goes on"""
    user = Caller.user(house)
    guid = user.create()
    assert user.fill_in(guid).status == 201
    with inside(house) as alias, ThreadPoolExecutor(1) as pool:
        call = pool.submit(user.move_on, guid)
        wait_until(lambda: slow.read_text().endswith(" 1"), seconds=300)
        house.kill()
        with pytest.raises((HTTPException, OSError)):
            call.result(timeout=300)
        _stands_in_the_task(alias, guid)
        _end_the_lease(alias)
        slow.unlink()
        with worker(house):
            wait_until(lambda: _has_ended(alias, guid), seconds=300)
        _happened_once(alias, guid)


def _stands_in_the_task(alias: str, guid: str) -> None:
    instance = Instance.objects.using(alias).get(pk=guid)
    assert instance.current_task == "confirm"
    assert instance.process["transition"]["state"] == "running"
    row = Transition.objects.using(alias).get()
    assert (row.attempts, row.dead_at) == (1, None)
    assert row.leased_until is not None
    assert row.leased_until > timezone.now()
    assert not DataElement.objects.using(alias).filter(data_type="vedlegg").exists()


def _end_the_lease(alias: str) -> None:
    past = timezone.now() - timedelta(seconds=1)
    Transition.objects.using(alias).update(leased_until=past, due_at=past)


def _has_ended(alias: str, guid: str) -> bool:
    rows = Instance.objects.using(alias).filter(pk=guid)
    return rows.filter(process_ended__isnull=False).exists()


def _happened_once(alias: str, guid: str) -> None:
    history = InstanceEvent.objects.using(alias).filter(instance_id=guid)
    kinds = Counter(history.values_list("event_type", flat=True))
    assert {kind: kinds[kind] for kind in _STEPS} == _STEPS
    told = Counter(CloudEvent.objects.using(alias).values_list("type", flat=True))
    assert told["app.instance.process.movedTo.confirm"] == 1
    assert told["app.instance.process.completed"] == 1
    receipts = DataElement.objects.using(alias).filter(data_type="vedlegg")
    assert receipts.count() == 1
    assert not Transition.objects.using(alias).exists()
