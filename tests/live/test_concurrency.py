"""Several writers at once: all are served, and of two moves exactly one happens."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest

from events.models import CloudEvent
from instances.models import Instance, InstanceEvent
from samples.journeys.transport import Answer
from tests.live.calls import APP, Caller
from tests.servers import Command, Inside, LiveServer, Template

WRITERS = 8
ROUNDS = 10
RACES = 20
MOVED = ["process_EndTask", "process_StartTask", "app.instance.process.movedTo.confirm"]
ENDED = [
    "process_EndTask",
    "process_EndEvent",
    "Submited",
    "app.instance.process.completed",
]


@pytest.fixture(scope="module")
def busy(template: Template) -> Iterator[LiveServer]:
    """A server with as many threads as there are writers, in two processes."""
    command = Command(workers=2, threads=WRITERS // 2)
    with template.server(command) as running:
        yield running


def test_eight_writers_at_once_are_all_served(busy: LiveServer, inside: Inside) -> None:
    """D-9: no "database is locked"; 7 * 10 calls each"""
    user, owner = Caller.user(busy), Caller.owner(busy)

    def write(_: int) -> list[str]:
        return [_submit_and_receive(user, owner) for _ in range(ROUNDS)]

    with ThreadPoolExecutor(WRITERS) as pool:
        guids = [
            guid for written in pool.map(write, range(WRITERS)) for guid in written
        ]
    assert "database is locked" not in busy.log
    assert len(set(guids)) == WRITERS * ROUNDS
    with inside(busy) as alias:
        done = Instance.objects.using(alias).filter(
            pk__in=guids, end_event="submitted", confirmed=True
        )
        assert done.count() == WRITERS * ROUNDS


@pytest.mark.parametrize(
    ("before", "step", "stands_in", "told"),
    [
        (1, "process/next", "submitted", ENDED),
        (0, "workflow/confirm", "confirm", MOVED),
    ],
    ids=["to-the-end", "to-a-named-state"],
)
def test_of_two_moves_at_once_exactly_one_happens(
    busy: LiveServer,
    inside: Inside,
    before: int,
    step: str,
    stands_in: str,
    told: list[str],
) -> None:
    """A-137: one 200, the other 409, and one move in history and outbox"""
    user = Caller.user(busy)
    for _ in range(RACES):
        guid = user.create()
        user.fill_in(guid)
        for _ in range(before):
            _expected(user.move_on(guid), 200)
        with inside(busy) as alias:
            earlier = _told(alias, guid)
        move = partial(user.call, "PUT", f"{APP}/{guid}/{step}")
        answers = _at_once(move, 2)
        assert sorted(answer.status for answer in answers) == [200, 409]
        with inside(busy) as alias:
            instance = Instance.objects.using(alias).get(pk=guid)
            assert (instance.current_task or instance.end_event) == stands_in
            later = _told(alias, guid)
        assert later - earlier == Counter(told)


def test_two_plain_moves_at_once_are_as_many_moves_as_were_answered_with_200(
    busy: LiveServer, inside: Inside
) -> None:
    """The later of the two may still lead on, when it came after the first was done"""
    user = Caller.user(busy)
    for _ in range(RACES):
        guid = user.create()
        user.fill_in(guid)
        answers = _at_once(partial(user.move_on, guid), 2)
        statuses = sorted(answer.status for answer in answers)
        assert statuses in ([200, 409], [200, 200])
        with inside(busy) as alias:
            instance = Instance.objects.using(alias).get(pk=guid)
        ended = statuses == [200, 200]
        assert (instance.end_event == "submitted") is ended
        assert (instance.current_task == "confirm") is not ended


def _submit_and_receive(user: Caller, owner: Caller) -> str:
    """Write in every way there is, also in transactions that read first."""
    guid = user.create()
    at = f"{APP}/{guid}"
    (element,) = _expected(user.fill_in(guid), 201).json()["data"]
    _expected(user.move_on(guid), 200)
    _expected(user.move_on(guid), 200)
    _expected(owner.call("GET", f"{at}/data/{element['id']}"), 200)
    _expected(owner.call("POST", f"{at}/data/{element['id']}/downloaded"), 200)
    _expected(owner.call("POST", f"{at}/complete"), 200)
    return guid


def _at_once(call: Callable[[], Answer], times: int) -> list[Answer]:
    barrier = Barrier(times)

    def together(_: int) -> Answer:
        barrier.wait(timeout=300)
        return call()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(together, range(times)))


def _told(alias: str, guid: str) -> Counter[str]:
    """Return what history and outbox hold about the instance, by type."""
    history = InstanceEvent.objects.using(alias).filter(instance_id=guid)
    outbox = CloudEvent.objects.using(alias).filter(resource_instance__endswith=guid)
    types = [*history.values_list("event_type"), *outbox.values_list("type")]
    return Counter(name for (name,) in types)


def _expected(answer: Answer, status: int) -> Answer:
    assert answer.status == status, answer.text
    return answer
