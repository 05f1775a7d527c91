"""Receiving in bulk over HTTP: queue, archive, export and purge, on a real server.

The server's own worker does what waits; nothing here reaches around the API.
"""

import hashlib
import zipfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import orjson
import pytest

from tests.cast import PROPOSAL_PARTY
from tests.factories import FORM
from tests.live.calls import Caller, path_of
from tests.servers import Command, LiveServer, Template, wait_until

STORAGE = "/storage/api/v1"
QUEUE = f"{STORAGE}/queues/nav/app2018"
WORKLIST = f"{STORAGE}/instances?org=nav&excludeConfirmedBy=nav&process.isComplete=true"
SENT_IN, WORKERS = 24, 6


@pytest.fixture(scope="module")
def house(template: Template) -> Iterator[LiveServer]:
    """A server with a worker inside."""
    command = Command(workers=2)
    with template.server(command, ALTINN_EMBEDDED_WORKER="true") as running:
        yield running


def sent_in(server: LiveServer, count: int) -> set[str]:
    """Send forms in as a user; return the guids."""
    user = Caller.user(server)
    guids = set()
    for _ in range(count):
        guid = user.create()
        assert user.fill_in(guid).status == 201
        for _ in range(2):
            assert user.move_on(guid).status == 200
        guids.add(guid)
    return guids


def guid_of(instance: Any) -> str:
    """Return the guid of an instance's document."""
    return str(instance["id"]).partition("/")[2]


def waiting(owner: Caller) -> set[str]:
    """Return what the owner has not confirmed, page after page."""
    found, url = set(), f"{WORKLIST}&size=10"
    while url:
        page = owner.call("GET", url).json()
        found |= {guid_of(one) for one in page["instances"]}
        following = page["next"]
        url = following and following[following.index(STORAGE) :]
    return found


def test_an_owners_workers_receive_each_case_once(house: LiveServer) -> None:
    """OWN-3 by the queue: one case each, and the same query afterwards is empty"""
    guids = sent_in(house, SENT_IN)
    owner = Caller.owner(house)
    assert guids <= waiting(owner)

    def work(number: int) -> list[str]:
        cases = []
        while True:
            lease = owner.call("POST", f"{QUEUE}/lease?max=3&visibility=600").json()
            if not lease["instances"]:
                return cases
            for instance in lease["instances"]:
                (element,) = instance["data"]
                link = path_of(element["selfLinks"]["platform"])
                assert owner.call("GET", link).body == FORM
                cases.append(guid_of(instance))
            url = f"{QUEUE}/leases/{lease['leaseId']}/complete"
            for _ in range(1 + number % 2):  # some lose the answer, and say it again
                done = owner.call("POST", url)
                assert done.json() == {"count": len(lease["instances"])}, done.text

    with ThreadPoolExecutor(WORKERS) as pool:
        cases = Counter(one for got in pool.map(work, range(WORKERS)) for one in got)
    assert set(cases.values()) == {1}
    assert guids <= set(cases)
    assert waiting(owner) == set()
    for guid in list(guids)[:3]:
        url = f"{STORAGE}/instances/{PROPOSAL_PARTY}/{guid}/events"
        told = owner.call("GET", f"{url}?eventTypes=ConfirmedComplete").json()
        assert len(told["instanceEvents"]) == 1


def test_one_archive_has_the_same_bytes_as_the_single_downloads(
    house: LiveServer,
) -> None:
    """EUS-10: one bundle call, with a manifest of hashes"""
    (guid,) = sent_in(house, 1)
    user = Caller.user(house)
    instance = user.call("GET", f"/nav/app2018/instances/{guid}").json()
    for base in ("/nav/app2018/instances", f"{STORAGE}/instances"):
        answer = user.call("GET", f"{base}/{PROPOSAL_PARTY}/{guid}/archive")
        assert answer.status == 200, answer.text
        with zipfile.ZipFile(BytesIO(answer.body)) as archive:
            manifest = orjson.loads(archive.read("manifest.json"))
            assert len(manifest["elements"]) == len(instance["data"]) >= 1
            for line, element in zip(
                manifest["elements"], instance["data"], strict=True
            ):
                assert line["id"] == element["id"]
                link = path_of(element["selfLinks"]["platform"])
                alone = user.call("GET", link).body
                assert archive.read(line["path"]) == alone
                assert line["sha256"] == hashlib.sha256(alone).hexdigest()


def test_an_export_and_the_owners_books_agree(house: LiveServer) -> None:
    """OWN-3, the reconciliation: what was exported is what was sent in, and once"""
    guids = sent_in(house, 3)
    owner = Caller.owner(house)
    ordered = owner.call(
        "POST", f"{STORAGE}/exports?org=nav&process.isComplete=true&includeContent=true"
    )
    assert ordered.status == 202, ordered.text
    link = path_of(ordered.json()["selfLink"])

    def completed() -> bool:
        state = owner.call("GET", link).json()["state"]
        assert state in ("waiting", "running", "completed")
        return bool(state == "completed")

    wait_until(completed, seconds=300)
    result = owner.call("GET", f"{link}/result")
    with zipfile.ZipFile(BytesIO(result.body)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        documents = [
            orjson.loads(line)
            for name in names
            if name.startswith("instances-")
            for line in archive.read(name).splitlines()
        ]
        cases = Counter(map(guid_of, documents))
        assert guids <= set(cases)
        assert set(cases.values()) == {1}
        forms = [n for n in names if n.startswith("content/") and n.endswith(".xml")]
        assert {archive.read(name) for name in forms} == {FORM}


def test_a_draft_that_is_deleted_for_good_is_gone_soon(template: Template) -> None:
    """OWN-13: the worker removes it, bytes too, and the list has it no more"""
    with template.server() as server:  # whose worker does not come on its own
        _delete_a_draft(server)


def _delete_a_draft(house: LiveServer) -> None:
    user, owner = Caller.user(house), Caller.owner(house)
    guid = user.create()
    assert user.fill_in(guid).status == 201
    address = f"{STORAGE}/instances/{PROPOSAL_PARTY}/{guid}"
    blobs = len(house.blobs())
    assert user.call("DELETE", f"{address}?hard=true").status == 200
    assert owner.call("GET", address).status == 200
    house.manage("purge_instances", "--execute")
    assert owner.call("GET", address).status == 404
    assert len(house.blobs()) == blobs - 1
