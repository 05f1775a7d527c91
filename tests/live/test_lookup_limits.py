"""Guesses at a real server: one allowance for all processes, also after a restart."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, repeat

import orjson
import pytest

from parties.models import LookUpAttempt
from tests.live.calls import Caller
from tests.servers import Command, Inside, LiveServer, Template

ALLOWED = 5
GUESSES = 40


@pytest.fixture
def guessed(template: Template) -> Iterator[LiveServer]:
    """A server of two processes, which the test may kill."""
    with template.server(Command(workers=2, threads=4)) as running:
        yield running


def _guess(caller: Caller, last_name: str = "Wrong") -> int:
    body = {"socialSecurityNumber": "13838441100", "lastName": last_name}
    answer = caller.call(
        "POST",
        "/nav/app2018/api/v1/lookup/person",
        body=orjson.dumps(body),
        content_type="application/json",
    )
    if answer.status == 200:
        assert answer.json()["success"] is (last_name != "Wrong")
    return answer.status


def test_two_processes_share_one_allowance_and_a_restart_keeps_it(
    guessed: LiveServer, inside: Inside
) -> None:
    """Z-041, Z-110, T-31, T-36: forty guesses at once, then one by one"""
    caller = Caller.user(guessed)
    with ThreadPoolExecutor(8) as pool:
        at_once = Counter(pool.map(_guess, repeat(caller, GUESSES)))
    assert at_once.keys() <= {200, 429}
    assert at_once[200] <= ALLOWED
    one_by_one = (_guess(caller) for _ in range(ALLOWED - at_once[200]))
    assert set(chain(one_by_one, [200])) == {200}
    assert _guess(caller) == _guess(caller, "Tindlund") == 429
    guessed.kill()
    guessed.start()
    caller = Caller.user(guessed)
    assert _guess(caller) == _guess(caller, "Tindlund") == 429
    assert _guess(Caller.user(guessed, 1001), "Tindlund") == 200
    with inside(guessed) as alias:
        rows = LookUpAttempt.objects.using(alias).filter(subject="user:1337")
        assert rows.count() == ALLOWED
