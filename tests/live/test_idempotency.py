"""Calls with a key on a server that is killed: the work is done once, whatever is seen.

The answer is kept in the transaction of the work, so a caller who saw no answer sends
the call again and is told what was done, or it is done then.
"""

import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.client import HTTPException

import pytest
from django.utils import timezone

from data_elements.models import DataElement
from idempotency.models import KeptAnswer
from instances.models import Instance, InstanceEvent
from samples.journeys.transport import Answer
from tests.cast import PROPOSAL_PARTY
from tests.factories import FORM
from tests.live.calls import APP, Caller
from tests.live.gates import GATED, gate
from tests.live.slow_tables import slow_down
from tests.servers import Command, Inside, LiveServer, Template, wait_until

CALLS = 20
MOST_ANSWERS = 6  # before the crash, so that it comes in the middle


@pytest.fixture
def victim(template: Template) -> Iterator[LiveServer]:
    """A server that the test may kill."""
    with template.server(Command(workers=2), **GATED) as running:
        yield running


def _create(user: Caller, key: str) -> Answer:
    path = f"{APP}?instanceOwnerPartyId={PROPOSAL_PARTY}"
    return user.call("POST", path, headers={"Idempotency-Key": key})


def _let_leases_end(alias: str) -> None:
    """Do what half a minute does."""
    ended = timezone.now() - timedelta(seconds=1)
    running = KeptAnswer.objects.using(alias).filter(status__isnull=True)
    running.update(leased_until=ended)


def test_a_crash_in_the_work_leaves_nothing_and_the_key_does_it_later(
    victim: LiveServer, inside: Inside
) -> None:
    """Killed between the first row and the commit"""
    user = Caller.user(victim)
    # Written after the instance.
    with gate(victim, InstanceEvent) as shut, ThreadPoolExecutor(1) as pool:
        call = pool.submit(_create, user, "once")
        shut.wait()
        with inside(victim) as alias:
            assert KeptAnswer.objects.using(alias).exists()
        victim.kill()
        with pytest.raises((OSError, HTTPException)):
            call.result()
    with inside(victim) as alias:
        assert not Instance.objects.using(alias).exists()
    victim.start()
    user = Caller.user(victim)
    with inside(victim) as alias:
        _let_leases_run(alias)
    busy = _create(user, "once")
    assert busy.status == 409
    assert int(busy.headers["Retry-After"]) >= 1
    with inside(victim) as alias:
        _let_leases_end(alias)
    made = _create(user, "once")
    assert made.status == 201
    again = _create(user, "once")
    assert again.body == made.body
    assert again.headers["Idempotency-Replayed"] == "true"
    with inside(victim) as alias:
        (row,) = Instance.objects.using(alias).all()
    assert row.instance_id == made.json()["id"]


def _let_leases_run(alias: str) -> None:
    """Take back the time that a restart took, which may be more than half a minute."""
    running = KeptAnswer.objects.using(alias).filter(status__isnull=True)
    assert running.update(leased_until=timezone.now() + timedelta(hours=1)) == 1


@pytest.mark.parametrize("seed", range(3))
def test_a_crash_in_a_burst_does_no_work_twice(
    victim: LiveServer, inside: Inside, seed: int
) -> None:
    """Killed at any moment: after a retry of all there is one instance for each key"""
    user = Caller.user(victim)
    with inside(victim) as alias:
        slow_down(alias, InstanceEvent)
    seen: dict[str, str] = {}

    def create(key: str) -> None:
        try:
            answer = _create(user, key)
        except (OSError, HTTPException):
            return  # the crash
        assert answer.status == 201, answer.text
        seen[key] = answer.json()["id"]

    keys = [f"key-{number}" for number in range(CALLS)]
    wanted = random.Random(seed).randrange(1, MOST_ANSWERS + 1)
    with ThreadPoolExecutor(4) as pool:
        calls = [pool.submit(create, key) for key in keys]
        wait_until(lambda: len(seen) >= wanted)
        time.sleep(random.Random(seed).uniform(0, 0.3))
        victim.kill()
        for call in calls:
            call.result()
    assert len(seen) < CALLS
    victim.start()
    with inside(victim) as alias:
        _let_leases_end(alias)
    again = Caller.user(victim)
    told = {key: _create(again, key) for key in keys}
    assert {answer.status for answer in told.values()} == {201}
    ids = {key: answer.json()["id"] for key, answer in told.items()}
    assert seen.items() <= ids.items()
    with inside(victim) as alias:
        made = {one.instance_id for one in Instance.objects.using(alias).all()}
    assert made == set(ids.values())
    assert len(made) == CALLS


@pytest.mark.parametrize("length", [len(FORM), None], ids=["length", "chunked"])
def test_an_upload_is_replayed_whole(
    either_server: LiveServer, inside: Inside, length: int | None
) -> None:
    """Its body is hashed as it comes, with a length or in chunks, and stored once"""
    user = Caller.user(either_server)
    guid = user.create()
    path = f"/nav/app2018/instances/{PROPOSAL_PARTY}/{guid}/data?dataType=default"
    answers = [
        user.stream(
            "POST",
            path,
            [FORM[:100], FORM[100:]],
            content_type="application/xml",
            length=length,
            headers={"Idempotency-Key": "upload"},
        )
        for _ in range(2)
    ]
    assert [one.status for one in answers] == [201, 201], answers[0].text
    assert answers[0].body == answers[1].body
    assert answers[1].headers["Idempotency-Replayed"] == "true"
    with inside(either_server) as alias:
        assert DataElement.objects.using(alias).filter(instance_id=guid).count() == 1


def test_an_upload_that_broke_off_gives_its_key_back(
    server: LiveServer, inside: Inside
) -> None:
    """Nothing was done, so the same key carries the whole upload"""
    user = Caller.user(server)
    guid = user.create()
    path = f"/nav/app2018/instances/{PROPOSAL_PARTY}/{guid}/data?dataType=default"
    header = {"Idempotency-Key": f"broken {guid}"}

    def rows() -> int:
        with inside(server) as alias:
            return KeptAnswer.objects.using(alias).filter(status__isnull=True).count()

    broken = user.begin(
        "POST",
        path,
        content_type="application/xml",
        length=len(FORM),
        sent=FORM[:100],
        headers=header,
    )
    with broken:
        wait_until(lambda: rows() == 1)
        busy = user.call(
            "POST", path, body=FORM, content_type="application/xml", headers=header
        )
        assert busy.status == 409
    wait_until(lambda: rows() == 0)
    whole = user.call(
        "POST", path, body=FORM, content_type="application/xml", headers=header
    )
    assert whole.status == 201, whole.text
    with inside(server) as alias:
        assert DataElement.objects.using(alias).filter(instance_id=guid).count() == 1
