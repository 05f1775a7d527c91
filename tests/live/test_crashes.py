"""A server that is killed leaves no half state (kill -9 of every process at once)."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException

import pytest
from django.db import connections

from data_elements.models import DataElement
from events.models import CloudEvent
from instances.models import Instance, InstanceEvent
from tests.factories import FORM
from tests.live.calls import Caller, data_path
from tests.live.gates import GATED, gate
from tests.live.slow_tables import slow_down
from tests.servers import Command, Inside, LiveServer, Template, wait_until

MEBIBYTE = 2**20
INSTANCES = 12
MOST_MOVES = 6  # before the crash, so that it comes in the middle


@pytest.fixture
def victim(template: Template) -> Iterator[LiveServer]:
    """A server that the test may kill."""
    with template.server(Command(workers=2), **GATED) as running:
        yield running


def test_a_crash_in_an_upload_leaves_no_row_and_an_orphan_that_the_sweep_finds(
    victim: LiveServer, inside: Inside
) -> None:
    user = Caller.user(victim)
    guid = user.create()
    with inside(victim) as alias:
        before = Instance.objects.using(alias).values().get()
        history = InstanceEvent.objects.using(alias).count()

    broken = user.begin(
        "POST",
        data_path(guid, "vedlegg"),
        content_type="application/pdf",
        length=16 * MEBIBYTE,
        sent=b"%" * (8 * MEBIBYTE),
    )
    with broken:
        wait_until(lambda: sum(victim.blobs().values()) >= 4 * MEBIBYTE)
        victim.kill()

    with inside(victim) as alias:
        assert not DataElement.objects.using(alias).exists()
        assert Instance.objects.using(alias).values().get() == before
        assert InstanceEvent.objects.using(alias).count() == history
        _assert_intact(alias)
    orphan = sum(victim.blobs().values())
    assert orphan >= 4 * MEBIBYTE
    found = f"Looked at 1 blobs, found 1 orphans ({orphan} bytes), removed"
    dry = victim.manage("sweep_blobs", "--older-than", "0")
    assert dry == f"{found} none (dry run; --execute removes).\n"
    assert sum(victim.blobs().values()) == orphan
    assert victim.manage("sweep_blobs", "--older-than", "0", "--execute") == (
        f"{found} 1.\n"
    )
    assert sum(victim.blobs().values()) == 0


def test_a_crash_between_bytes_and_row_leaves_no_row(
    victim: LiveServer, inside: Inside
) -> None:
    user = Caller.user(victim)
    guid = user.create()
    with inside(victim) as alias:
        before = Instance.objects.using(alias).values().get()
    # Written after the element, before the commit.
    with gate(victim, InstanceEvent) as shut, ThreadPoolExecutor(1) as pool:
        upload = pool.submit(user.fill_in, guid)
        shut.wait()
        assert list(victim.blobs().values()) == [len(FORM)]
        victim.kill()
        with pytest.raises((OSError, HTTPException)):
            upload.result()
    with inside(victim) as alias:
        assert not DataElement.objects.using(alias).exists()
        assert Instance.objects.using(alias).values().get() == before
        _assert_intact(alias)
    swept = victim.manage("sweep_blobs", "--older-than", "0", "--execute")
    assert f"found 1 orphans ({len(FORM)} bytes), removed 1." in swept
    assert victim.blobs() == {}


def test_after_a_crash_the_server_goes_on_where_it_was(victim: LiveServer) -> None:
    user = Caller.user(victim)
    guid = user.create()
    stored = user.fill_in(guid).json()["data"][0]
    victim.kill()
    victim.start()
    user = Caller.user(victim)
    answer = user.call("GET", f"/nav/app2018/instances/{guid}/data/{stored['id']}")
    assert answer.status == 200
    assert len(answer.body) == stored["size"]
    assert user.move_on(guid).status == 200
    swept = victim.manage("sweep_blobs", "--older-than", "0", "--execute")
    assert "found 0 orphans" in swept


@pytest.mark.parametrize("seed", range(3))
def test_a_crash_in_a_burst_of_moves_leaves_each_instance_before_or_after_its_move(
    victim: LiveServer, inside: Inside, seed: int
) -> None:
    user = Caller.user(victim)
    known = _states_without_a_crash(victim, user, inside)
    guids = [user.create() for _ in range(INSTANCES)]
    for guid in guids:
        assert user.fill_in(guid).status == 201
    with inside(victim) as alias:
        slow_down(alias, CloudEvent)  # written after the state, before the locks
    moved: Counter[str] = Counter()

    def move_twice(guid: str) -> None:
        for _ in range(2):
            try:
                answer = user.move_on(guid)
            except (OSError, HTTPException):
                return  # the crash
            assert answer.status == 200, answer.text
            moved[guid] += 1

    wanted = random.Random(seed).randrange(1, MOST_MOVES)
    with ThreadPoolExecutor(4) as pool:
        moves = [pool.submit(move_twice, guid) for guid in guids]
        wait_until(lambda: moved.total() >= wanted)
        time.sleep(random.Random(seed).uniform(0.05, 0.15))  # into the next move
        victim.kill()
        for move in moves:
            move.result()

    assert wanted <= moved.total() < 2 * INSTANCES
    with inside(victim) as alias:
        for guid in guids:
            found = _state(alias, guid)
            assert found in known
            # What was answered with 200 is there, and at most the move after it.
            assert known.index(found) - moved[guid] in (0, 1)
        _assert_intact(alias)


def _states_without_a_crash(
    server: LiveServer, user: Caller, inside: Inside
) -> list[tuple[object, ...]]:
    """Return what is stored in each state of an instance that nothing disturbs."""
    guid = user.create()
    user.fill_in(guid)
    states = []
    for moves in range(3):
        if moves:
            assert user.move_on(guid).status == 200
        with inside(server) as alias:
            states.append(_state(alias, guid))
    assert len(set(states)) == 3
    return states


def _state(alias: str, guid: str) -> tuple[object, ...]:
    """Return all that a move changes: state, history, outbox, and locks of the data."""
    instance = Instance.objects.using(alias).get(pk=guid)
    history = InstanceEvent.objects.using(alias).filter(instance_id=guid)
    outbox = CloudEvent.objects.using(alias).filter(
        resource_instance=instance.instance_id
    )
    elements = DataElement.objects.using(alias).filter(instance_id=guid)
    task = instance.process.get("currentTask") or {}
    return (
        instance.current_task,
        task.get("elementId"),
        instance.end_event,
        instance.process.get("endEvent"),
        instance.process_ended is not None,
        instance.archived_at is not None,
        tuple(sorted(history.values_list("event_type", flat=True))),
        tuple(sorted(outbox.values_list("type", flat=True))),
        tuple(element.is_locked for element in elements),
    )


def _assert_intact(alias: str) -> None:
    if connections[alias].vendor == "sqlite":
        with connections[alias].cursor() as cursor:
            cursor.execute("PRAGMA integrity_check")
            assert cursor.fetchall() == [("ok",)]
    connections[alias].check_constraints()
