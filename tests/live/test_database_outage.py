"""PostgreSQL is killed under load, and started again: nothing confirmed is lost."""

import itertools
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest

from bench.cluster import Cluster, ClusterUnavailable
from data_elements.models import DataElement
from events.models import CloudEvent
from instances.models import Instance, InstanceEvent
from samples.journeys.transport import Answer
from tests.cast import PROPOSAL_PARTY
from tests.live.calls import APP, Caller
from tests.servers import Command, Inside, LiveServer, Template, wait_until

pytestmark = [
    pytest.mark.slow,
    # Both ends of a connection that was cut are closed late, and say so.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
WRITERS = 6
OUTAGES = 2
_CODES = {503: "database-unavailable"}


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server that the test may kill."""
    try:
        with Cluster.running() as running:
            yield running
    except ClusterUnavailable as reason:
        pytest.skip(f"needs a PostgreSQL server of its own: {reason}")


@pytest.fixture
def server(cluster: Cluster) -> Iterator[LiveServer]:
    """A server of ours on it."""
    with ExitStack() as stack:
        template = Template.make(stack, beside=cluster.url)
        command = Command(workers=2, threads=WRITERS // 2)
        yield stack.enter_context(template.server(command))


@dataclass
class Told:
    """What callers were told: how far each instance came, and which answers there were.

    ``steps`` counts the confirmed steps of each instance: created, filled in, moved on
    once, moved on twice.
    """

    steps: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    odd: list[str] = field(default_factory=list)

    def note(self, answer: Answer) -> bool:
        """Keep the answer; return whether it confirms."""
        self.statuses[answer.status] += 1
        if answer.status in (200, 201):
            return True
        code = (answer.json() or {}).get("code")
        if code != _CODES.get(answer.status) or not answer.headers["Retry-After"]:
            self.odd.append(f"{answer.status} {answer.text}")
        return False


def test_no_confirmed_write_is_lost_when_the_database_is_killed_under_load(
    cluster: Cluster, server: LiveServer, inside: Inside
) -> None:
    """Performance.md §6: callers get 503 with a code and Retry-After meanwhile"""
    user = Caller.user(server)
    told, over = Told(), threading.Event()

    def write(_: int) -> None:
        while not over.is_set():
            _submit(user, told)

    with ThreadPoolExecutor(WRITERS) as pool:
        writers = [pool.submit(write, number) for number in range(WRITERS)]
        try:
            for _ in range(OUTAGES):
                _wait_for_more(told, 200, 40)
                cluster.stop("immediate")
                _wait_for_more(told, 503, 20)
                cluster.start()
            _wait_for_more(told, 200, 40)
        finally:
            over.set()
        for writer in writers:
            writer.result()

    assert told.odd == []
    assert set(told.statuses) == {200, 201, 503}
    with inside(server) as alias:
        _assert_all_is_there(alias, server, told)


def test_while_its_database_is_gone_a_server_says_so_and_then_answers_again(
    cluster: Cluster, server: LiveServer
) -> None:
    """Reads and the health check too say that it is the database"""
    user = Caller.user(server)
    guid = user.create()
    path = f"/storage/api/v1/instances/{PROPOSAL_PARTY}/{guid}"
    assert user.call("GET", path).status == 200
    cluster.stop("immediate")
    for asked in (path, "/health"):
        answer = user.call("GET", asked)
        assert answer.status == 503, answer.text
        assert answer.json()["code"] == "database-unavailable"
        assert int(answer.headers["Retry-After"]) > 0
        assert "connection" not in answer.json()["detail"]
    cluster.start()
    assert user.call("GET", path).status == 200
    assert user.call("GET", "/health").status == 200


def _submit(user: Caller, told: Told) -> None:
    """Take an instance as far as the database lets one."""
    answer = user.call("POST", f"{APP}?instanceOwnerPartyId={PROPOSAL_PARTY}")
    if not told.note(answer):
        time.sleep(0.05)
        return
    guid = str(answer.json()["id"]).partition("/")[2]
    told.steps[guid] = 1
    for step in (user.fill_in, user.move_on, user.move_on):
        if not told.note(step(guid)):
            return
        told.steps[guid] += 1


def _wait_for_more(told: Told, status: int, count: int) -> None:
    before = told.statuses[status]
    wait_until(lambda: told.statuses[status] >= before + count, seconds=300)


def _assert_all_is_there(alias: str, server: LiveServer, told: Told) -> None:
    """Each instance is as far as was confirmed, or one step further, and whole."""
    stored = {str(row.pk): row for row in Instance.objects.using(alias).all()}
    assert set(told.steps) <= set(stored), "an instance that was confirmed is lost"
    history: dict[str, list[str]] = {}
    for guid, kind in InstanceEvent.objects.using(alias).values_list(
        "instance_id", "event_type"
    ):
        history.setdefault(str(guid), []).append(kind)
    outbox: Counter[str] = Counter(
        CloudEvent.objects.using(alias).values_list("resource_instance", flat=True)
    )
    elements = {str(row.instance_id): row for row in DataElement.objects.using(alias)}
    blobs = server.blobs()
    kinds: dict[int, set[tuple[object, ...]]] = {}
    for guid, row in stored.items():
        element = elements.get(guid)
        if element is not None:
            assert blobs[element.blob_key.rpartition("/")[2]] == element.size
        step = _step(row, element)
        assert step - told.steps[guid] in (0, 1), guid
        whole = (*sorted(history[guid]), outbox[row.instance_id])
        kinds.setdefault(step, set()).add(whole)
    # State, history and outbox change together: one form of each step.
    assert {step: len(forms) for step, forms in kinds.items()} == dict.fromkeys(
        kinds, 1
    )
    for one, other in itertools.combinations(kinds.values(), 2):
        assert one != other


def _step(row: Instance, element: DataElement | None) -> int:
    if row.process_ended is not None:
        return 4
    if row.current_task != "formfilling":
        return 3
    return 1 if element is None else 2
