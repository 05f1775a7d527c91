"""Exports as the worker writes them: whole, once, resumed, cancelled, expired."""

import zipfile
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import orjson
import pytest
import time_machine
from django.utils import timezone

from api.exporting import QueryReader
from cleanup.services import sweep_blobs
from common import leases
from common.work import Hold
from data_elements.models import DataElement
from exports import packing, running, services
from exports.errors import TooManyExports
from exports.models import Export, ExportPart
from instances import statistics
from instances.models import Instance
from tests.cast import OWNER, OWNER_PRINCIPAL
from tests.client import PLATFORM_HOST, Api, body_of
from tests.exports.working import work
from tests.factories import PDF, make_element, make_instance
from tests.stored import files_in

APP = "nav/app2018"
pytestmark = pytest.mark.usefixtures("sandbox")


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three instances a part, so that a few are several parts."""
    monkeypatch.setattr(running, "_INSTANCES", 3)


def order(*, content: bool = False, **query: str) -> Export:
    """Order an export as the owner."""
    asked = {"appId": [APP], **{name: [value] for name, value in query.items()}}
    return services.order(
        OWNER_PRINCIPAL, app_ids=[APP], query=asked, with_content=content
    )


def result(export: Export) -> zipfile.ZipFile:
    """Download the result as the owner."""
    answer = Api(PLATFORM_HOST, OWNER).get(
        f"/storage/api/v1/exports/{export.pk}/result"
    )
    assert answer.status_code == 200, answer.content
    archive = zipfile.ZipFile(BytesIO(body_of(answer)))
    assert archive.testzip() is None
    return archive


def lines(archive: zipfile.ZipFile, kind: str = "instances") -> list[Any]:
    """Return the documents in an archive."""
    names = [name for name in archive.namelist() if name.startswith(f"{kind}-")]
    return [
        orjson.loads(line) for name in names for line in archive.read(name).splitlines()
    ]


def reread(export: Export) -> Export:
    """Return the export as it is now."""
    return Export.objects.get(pk=export.pk)


def files(folder: Path) -> int:
    """Count the blobs in the store."""
    return len(files_in(folder))


@pytest.mark.parametrize("count", [0, 1, 3, 7])
def test_every_instance_is_written_once_as_the_list_shows_it(
    count: int, owner_storage: Api
) -> None:
    made = [make_instance(filled=True).instance_id for _ in range(count)]
    export = order()
    work()
    export = reread(export)
    assert (export.state, export.instances_written) == ("completed", count)
    archive = result(export)
    documents = lines(archive)
    assert [one["id"] for one in documents] == made
    listed = owner_storage.get(f"/storage/api/v1/instances?appId={APP}").json()
    by_id = {one["id"]: one for one in listed["instances"]}
    assert documents == [by_id[one] for one in made]
    assert archive.namelist()[-1] == "manifest.json"
    said = orjson.loads(archive.read("manifest.json"))
    assert (said["instances"], said["contents"]) == (count, 0)


def test_the_filters_are_those_of_the_list() -> None:
    make_instance()
    ended = make_instance(submitted=True)
    export = order(**{"process.isComplete": "true", "confirmed": "false"})
    work()
    assert [one["id"] for one in lines(result(export))] == [ended.instance_id]


def test_content_comes_beside_the_documents_if_asked_for() -> None:
    instance = make_instance(filled=True)
    twin = make_element(
        instance=instance, type_id="vedlegg", content=PDF, filename="../a.pdf"
    )
    export = order(content=True)
    work()
    archive = result(export)
    entries = {entry["id"]: entry for entry in lines(archive, "contents")}
    folder = f"content/{instance.owner_party_id}-{instance.pk}"
    assert entries[str(twin.pk)]["path"] == f"{folder}/_a.pdf"
    for element in DataElement.objects.all():
        entry = entries[str(element.pk)]
        assert entry["leftOut"] is None
        assert len(archive.read(entry["path"])) == element.size
        assert entry["sha256"] == bytes(element.sha256 or b"").hex()
    assert reread(export).contents_written == 2
    # A copy for analysis is no download of the owner's systems.
    assert not DataElement.objects.exclude(owner_downloads=[]).exists()


def test_infected_lost_and_forbidden_content_is_left_out_and_said_so(
    own_blobs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D-26; each read right is asked when the piece is written"""
    instance = make_instance(filled=True)
    bad = make_element(instance=instance, type_id="vedlegg", content=PDF)
    DataElement.objects.filter(pk=bad.pk).update(scan_result=3)
    lost = make_element(instance=instance, type_id="vedlegg", content=PDF + b"1")
    (own_blobs / lost.blob_key).unlink()
    export = order(content=True)
    work()
    reasons = {e["id"]: e["leftOut"] for e in lines(result(export), "contents")}
    assert reasons[str(bad.pk)] == "infected"
    assert reasons[str(lost.pk)] == "content-missing"
    assert (reread(export).contents_written, reread(export).contents_left_out) == (1, 2)
    monkeypatch.setattr(packing, "_right", lambda *_: packing.NOT_PERMITTED)
    export = order(content=True)
    work()
    found = [e["leftOut"] for e in lines(result(export), "contents")]
    assert found == ["not-permitted"] * 3  # what else is amiss is told who may read it


def test_what_the_policy_permits_no_more_is_not_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The policy counts at the time of running, for each piece anew"""
    for _ in range(4):
        make_instance()
    export = order()
    work(most=1)
    assert reread(export).instances_written == 3
    nobody = lambda self, principal, *, app_ids=None: self.none()  # noqa: E731
    monkeypatch.setattr(type(Instance.objects.all()), "visible_to", nobody)
    work()
    assert len(lines(result(export))) == 3


def test_what_changes_meanwhile_is_neither_lost_nor_repeated() -> None:
    there = [make_instance(filled=True) for _ in range(7)]
    export = order()
    work(most=1)
    # The last change would move them in every other order.
    for instance in (there[0], there[6]):
        make_element(instance=instance, type_id="vedlegg", content=PDF)
    late = make_instance()
    work()
    found = [one["id"] for one in lines(result(export))]
    assert found == [one.instance_id for one in there]
    assert late.instance_id not in found


def test_a_worker_that_dies_is_followed_where_it_was(own_blobs: Path) -> None:
    """Before the commit a blob is left over, which the sweep finds; no part is twice"""
    there = [make_instance(filled=True).instance_id for _ in range(7)]
    export = order()
    work(most=1)
    before = files(own_blobs)
    (held,) = leases.claim(
        Export.objects.all(),
        limit=1,
        lease=timedelta(minutes=5),
        most_attempts=10,
        now=timezone.now(),
    )
    with pytest.MonkeyPatch.context() as dying:
        dying.setattr(running, "_commit", _die)
        with pytest.raises(MemoryError):
            running.step(held, Hold(held, timedelta(minutes=5)), reader=QueryReader())
    assert files(own_blobs) == before + 1
    assert work() == 0  # its lease runs
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        work()
    assert [one["id"] for one in lines(result(export))] == there
    assert ExportPart.objects.count() == 4  # 3 + 3 + 1, and the manifest
    found = sweep_blobs(older_than=timezone.now() + timedelta(days=1), execute=True)
    assert found.found == 1
    assert len(lines(result(export))) == 7


def test_two_that_hold_it_do_not_both_write(own_blobs: Path) -> None:
    """A worker that slept over its lease writes nothing more"""
    for _ in range(4):
        make_instance()
    export = order()
    early = timezone.now() - timedelta(minutes=10)
    Export.objects.update(due_at=early)
    slow = leases.claim(
        Export.objects.all(),
        limit=1,
        lease=timedelta(minutes=5),
        most_attempts=10,
        now=early,
    )[0]
    work(most=1)
    before = files(own_blobs)
    with pytest.raises(leases.LeaseLost):
        running.step(slow, Hold(slow, timedelta(minutes=5)), reader=QueryReader())
    assert files(own_blobs) == before
    work()
    assert len(lines(result(export))) == 4


def test_told_to_stop_a_part_ends_with_its_instance() -> None:
    for _ in range(3):
        make_instance()
    export = order()
    (held,) = leases.claim(
        Export.objects.all(),
        limit=1,
        lease=timedelta(minutes=5),
        most_attempts=10,
        now=timezone.now(),
    )
    stopping = Hold(held, timedelta(minutes=5), stopping=lambda: True)
    due = running.step(held, stopping, reader=QueryReader())
    leases.finish(held, due_at=due)
    assert reread(export).instances_written == 1
    work()
    assert len(lines(result(export))) == 3


def test_the_same_order_is_the_same_export_until_it_is_finished() -> None:
    first = order()
    assert order().pk == first.pk
    assert order(content=True).pk != first.pk
    assert order(confirmed="true").pk != first.pk
    work()
    assert order().pk != first.pk


def test_an_owner_has_no_more_than_twenty_at_a_time() -> None:
    for number in range(20):
        order(**{"process.endEvent": str(number)})
    with pytest.raises(TooManyExports):
        order(**{"process.endEvent": "one more"})
    assert Export.objects.count() == 20
    work()
    order(**{"process.endEvent": "one more"})


def test_the_estimate_is_what_was_counted_last_and_costs_no_count() -> None:
    assert order().estimated is None
    for state in ({}, {"submitted": True}, {"soft_deleted": True}):
        make_instance(**state)
    statistics.refresh()
    work()
    make_instance()
    assert order().estimated == 3


def test_a_cancelled_export_is_removed_and_its_writer_loses_it(own_blobs: Path) -> None:
    for _ in range(4):
        make_instance()
    export = order()
    work(most=1)
    (held,) = leases.claim(
        Export.objects.all(),
        limit=1,
        lease=timedelta(minutes=5),
        most_attempts=10,
        now=timezone.now(),
    )
    services.cancel(export=export)
    with pytest.raises(leases.LeaseLost):
        running.step(held, Hold(held, timedelta(minutes=5)), reader=QueryReader())
    work()
    assert reread(export).state == "cancelled"
    assert not ExportPart.objects.exists()
    assert files(own_blobs) == 0
    at = reread(export).cancelled_at
    services.cancel(export=export)
    assert reread(export).cancelled_at == at
    assert work() == 0


def test_a_result_is_kept_for_its_time_and_then_removed(own_blobs: Path) -> None:
    make_instance()
    export = order()
    work()
    done = reread(export)
    assert done.expires_at == done.finished_at + timedelta(days=7)
    with time_machine.travel(timezone.now() + timedelta(days=6, hours=23)):
        work()
        assert reread(export).state == "completed"
    with time_machine.travel(timezone.now() + timedelta(days=7, seconds=1)):
        work()
    assert reread(export).state == "expired"
    assert files(own_blobs) == 0


def test_what_was_given_up_is_removed_later(own_blobs: Path) -> None:
    for _ in range(4):
        make_instance()
    export = order()
    work(most=1)
    long_ago = timezone.now() - timedelta(days=8)
    Export.objects.update(dead_at=long_ago, due_at=None)
    assert reread(export).state == "failed"
    running.release_dead()
    assert files(own_blobs) == 0
    assert reread(export).discarded_at is not None


def test_what_was_given_up_goes_while_the_worker_runs(own_blobs: Path) -> None:
    """Not only when one starts: another export that is over takes it along"""
    make_instance()
    given_up, other = order(), order(content=True)
    work()
    long_ago = timezone.now() - timedelta(days=8)
    Export.objects.filter(pk=given_up.pk).update(
        dead_at=long_ago, due_at=None, finished_at=None, expires_at=None
    )
    services.cancel(export=other)
    work()
    assert reread(given_up).discarded_at is not None
    assert files(own_blobs) == 0


def test_an_app_that_is_not_served_any_more_is_passed_over() -> None:
    make_instance()
    export = services.order(
        OWNER_PRINCIPAL,
        app_ids=["nav/app2018", "nav/gone"],
        query={"org": ["nav"]},
        with_content=False,
    )
    work()
    assert len(lines(result(export))) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_a_part_takes_the_same_statements_for_any_number(
    count: int, django_assert_max_num_queries: Any
) -> None:
    for _ in range(count):
        make_instance(filled=True)
    order(content=True)
    with django_assert_max_num_queries(16):
        work(most=1)


def _die(*args: object, **kwargs: object) -> Iterator[None]:
    raise MemoryError
