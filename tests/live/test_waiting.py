"""Calls that wait for the process to change, on real servers with several processes."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from samples.journeys.transport import Answer
from tests.cast import PROPOSAL_PARTY
from tests.hooks.service_app import write_service_app
from tests.live.calls import APP, Caller, data_path
from tests.servers import Command, LiveServer, Template, wait_until


@pytest.fixture
def house(template: Template, tmp_path: Path) -> Iterator[LiveServer]:
    """A server of an application with a task of its owner's; two of its calls wait."""
    variables = {"ALTINN_WAITING_CALLS": "2"}
    with template.server(Command(threads=4), **variables) as server:
        folder = write_service_app(tmp_path, task_type="feedback")
        server.manage("import_app", str(folder))
        yield server


def waiting(user: Caller, guid: str, tag: str, seconds: int) -> Answer:
    """Ask for another state than the one of the tag."""
    query = f"after={tag.strip(chr(34))}&waitFor={seconds}"
    return user.call("GET", f"{APP}/{PROPOSAL_PARTY}/{guid}/process?{query}")


def sent_in(user: Caller) -> tuple[str, str]:
    """Return an instance that waits for its owner's feedback, and the state's tag."""
    guid = user.create()
    assert user.fill_in(guid).status == 201
    assert user.move_on(guid).status == 200
    state = user.call("GET", f"{APP}/{PROPOSAL_PARTY}/{guid}/process")
    assert state.json()["currentTask"]["altinnTaskType"] == "feedback"
    return guid, state.headers["ETag"]


def test_feedback_from_another_server_ends_the_waiting(house: LiveServer) -> None:
    """EUS-5, OWN-6: without polling, and nobody waits for longer than he said"""
    user = Caller.user(house)
    guid, tag = sent_in(user)
    began = time.monotonic()
    unchanged = waiting(user, guid, tag, 1)
    assert (unchanged.status, unchanged.headers["ETag"]) == (304, tag)
    assert 1 <= time.monotonic() - began < 15

    def until_it_is_another() -> Answer:
        """Wait, and on a machine that is busy wait some more."""
        tries = (waiting(user, guid, tag, 20) for _ in range(15))
        return next((one for one in tries if one.status != 304), unchanged)

    with house.beside() as other, ThreadPoolExecutor(1) as pool:
        owner = Caller.owner(other)
        call = pool.submit(until_it_is_another)
        time.sleep(1)
        receipt = owner.call(
            "POST",
            data_path(guid, "vedlegg"),
            body=b"%PDF-1.7 svar",
            content_type="application/pdf",
        )
        assert receipt.status == 201, receipt.text
        time.sleep(1)
        assert not call.done()  # new data is no new state of the process
        assert owner.move_on(guid).status == 200
        moved = time.monotonic()
        answer = call.result(timeout=300)
        assert time.monotonic() - moved < 10
    assert answer.status == 200
    assert answer.json()["endEvent"] == "submitted"
    assert answer.headers["ETag"] != tag


def test_who_finds_no_room_to_wait_is_answered_at_once(house: LiveServer) -> None:
    """Half of the threads go on with what others ask"""
    user = Caller.user(house)
    guid, tag = sent_in(user)

    def seated(_: int) -> Answer:
        """Wait for as long as one may, once there is room."""
        while "Retry-After" in (answer := waiting(user, guid, tag, 20)).headers:
            pass
        return answer

    def full() -> bool:
        return "Retry-After" in waiting(user, guid, tag, 1).headers

    with ThreadPoolExecutor(2) as pool:
        calls = [pool.submit(seated, number) for number in range(2)]
        wait_until(full)
        began = time.monotonic()
        third = waiting(user, guid, tag, 20)
        state = user.call("GET", f"{APP}/{PROPOSAL_PARTY}/{guid}/process")
        assert time.monotonic() - began < 8
        assert not any(call.done() for call in calls)
        assert third.status == 304
        assert int(third.headers["Retry-After"]) > 0
        assert state.status == 200
        answers = [call.result(timeout=300) for call in calls]
    assert [answer.status for answer in answers] == [304, 304]
    assert waiting(user, guid, tag, 1).status == 304  # there is room again
