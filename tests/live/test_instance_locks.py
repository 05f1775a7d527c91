"""The lock of an instance on a real server: many callers, and holders that die."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Barrier, Event

import pytest

from instances.models import Instance
from samples.journeys.transport import Answer
from tests.cast import PROPOSAL_PARTY
from tests.instance_lock import HEADER
from tests.live.calls import Caller
from tests.servers import Command, Inside, LiveServer, Template, wait_until

CALLERS = 20
ROUNDS = 5
SECONDS = 600

# The backend of an application: it takes the lock, says so, and would go on.
_BACKEND = """
import sys, time, urllib.request
address, token, seconds = sys.argv[1:]
request = urllib.request.Request(
    address,
    data=b'{"ttlSeconds": %s}' % seconds.encode(),
    headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
)
print(urllib.request.urlopen(request).read().decode(), flush=True)
time.sleep(600)
"""


@pytest.fixture
def running(template: Template) -> Iterator[LiveServer]:
    """A server of two processes, which a test may kill."""
    with template.server(Command(workers=2, threads=4)) as server:
        yield server


def storage(guid: str, tail: str) -> str:
    """Return an address of the instance in storage."""
    return f"/storage/api/v1/instances/{PROPOSAL_PARTY}/{guid}/{tail}"


def take(caller: Caller, guid: str, seconds: int = 60) -> Answer:
    """Take the lock, or be refused."""
    return caller.call(
        "POST",
        storage(guid, "lock"),
        body=json.dumps({"ttlSeconds": seconds}).encode(),
        content_type="application/json",
    )


def keep(caller: Caller, guid: str, token: str, seconds: int) -> Answer:
    """Extend the lock, or give it back."""
    return caller.call(
        "PATCH",
        storage(guid, "lock"),
        body=json.dumps({"ttlSeconds": seconds}).encode(),
        content_type="application/json",
        headers={HEADER: token},
    )


def note(caller: Caller, guid: str, name: str) -> Answer:
    """Set a data value of this name."""
    return caller.call(
        "PUT",
        storage(guid, "datavalues"),
        body=json.dumps({"values": {name: "a"}}).encode(),
        content_type="application/json",
    )


@contextmanager
def backend(server: LiveServer, caller: Caller, guid: str) -> Iterator[str]:
    """Take the lock in a process of its own; kill it at the end. Give its token."""
    address = f"http://localhost:{server.port}{storage(guid, 'lock')}"
    process = subprocess.Popen(
        [sys.executable, "-c", _BACKEND, address, caller.token, str(SECONDS)],
        stdout=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["lockToken"]
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=300)


def test_of_twenty_calls_at_once_exactly_one_gets_the_lock(
    running: LiveServer,
) -> None:
    """S-221: also of callers who are the same user"""
    callers = [Caller.user(running), Caller.owner(running)]
    for _ in range(ROUNDS):
        guid = callers[0].create()
        barrier = Barrier(CALLERS)

        def together(
            number: int, guid: str = guid, barrier: Barrier = barrier
        ) -> Answer:
            barrier.wait(timeout=300)
            return take(callers[number % 2], guid)

        with ThreadPoolExecutor(CALLERS) as pool:
            answers = list(pool.map(together, range(CALLERS)))
        assert Counter(answer.status for answer in answers) == {
            200: 1,
            409: CALLERS - 1,
        }
        codes = {a.json()["code"] for a in answers if a.status == 409}
        assert codes == {"instance-lock-held"}


@pytest.mark.parametrize("server_too", [False, True], ids=["holder", "server-too"])
def test_a_lock_ends_by_itself_when_its_holder_dies(
    running: LiveServer, inside: Inside, server_too: bool
) -> None:
    """S-211, S-218, D-25: not before the time it was taken for, and then at once"""
    user, owner = Caller.user(running), Caller.owner(running)
    guid = user.create()
    with backend(running, owner, guid) as token:
        pass
    if server_too:
        running.kill()
        running.start()
    refused = note(user, guid, "a")
    assert refused.status == 409, refused.text
    assert refused.json()["code"] == "instance-locked"
    assert 1 <= int(refused.headers["Retry-After"]) <= SECONDS
    assert take(user, guid).status == 409

    # Bring the end nearer than a busy machine would let it come by waiting.
    end = datetime.now(UTC) + timedelta(seconds=2)
    with inside(running) as alias:
        locked = Instance.objects.using(alias).filter(pk=guid)
        assert locked.get().locked_until > end
        locked.update(locked_until=end)
    asked = datetime.now(UTC)
    while (answer := note(user, guid, "a")).status == 409:
        assert asked < end  # who asks later is not refused, whenever he is answered
        time.sleep(0.05)
        asked = datetime.now(UTC)
    assert answer.status == 200, answer.text
    assert datetime.now(UTC) >= end
    late = keep(owner, guid, token, 60)
    assert (late.status, late.json()["code"]) == (422, "instance-lock-expired")
    assert take(user, guid).status == 200


def test_nothing_of_anothers_is_written_between_taking_and_giving_back(
    running: LiveServer,
) -> None:
    """D-25: while four callers write as fast as they can"""
    user, owner = Caller.user(running), Caller.owner(running)
    guid = user.create()
    done = Event()
    counted: list[Counter[int]] = [Counter() for _ in range(4)]

    def write(statuses: Counter[int], number: int) -> None:
        while not done.is_set():
            # Each overwrites its own few, so that there are never too many.
            name = f"{number}-{statuses.total() % 20}"
            statuses[note(user, guid, name).status] += 1

    def told(status: int) -> int:
        return sum(statuses[status] for statuses in counted)

    def wait_for_one(status: int) -> None:
        before = told(status)
        wait_until(lambda: told(status) > before)

    def values() -> object:
        return owner.call("GET", storage(guid, "").rstrip("/")).json().get("dataValues")

    with ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(write, counted[n], n) for n in range(4)]
        try:
            for round_ in range(ROUNDS):
                time.sleep(0.2)
                wait_for_one(200)
                token = take(owner, guid, SECONDS).json()["lockToken"]
                before = values()
                time.sleep(0.3)
                wait_for_one(409)
                assert values() == before
                assert note(owner, guid, f"owner-{round_}").status == 200
                assert keep(owner, guid, token, 0).status == 204
        finally:
            done.set()
    for writer in writers:
        writer.result()
    assert sum(counted, Counter()).keys() == {200, 409}
