"""Content over HTTP, whatever it lies in; and what callers are told when it fails."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.core.management import CommandError
from django.http import FileResponse

from data_elements import blobs
from data_elements.desk import content_for_owner
from data_elements.errors import StorageUnavailable
from data_elements.intake import LONGEST_UPLOAD_HOURS
from data_elements.models import DataElement
from instances.models import Instance, InstanceEvent
from tests.api.application.form_calls import data_url
from tests.api.platform.test_data import data_url as data_url_in_storage
from tests.cleanup.test_sweep_blobs import sweep
from tests.client import Api, assert_problem, body_of
from tests.data_elements.stores.kinds import PART, Kind
from tests.data_elements.stores.test_contract import content_of
from tests.data_elements.stores.test_faults import is_read
from tests.factories import FORM, make_element, now, reread
from tests.faulty_proxy import Fault

pytestmark = pytest.mark.usefixtures("sandbox")

LARGE = content_of(PART + 1000)


@pytest.fixture
def address(kind: Kind, instance: Instance) -> str:
    """The address of a large content."""
    element = make_element(
        instance=instance, type_id="vedlegg", content=LARGE, filename="stor.pdf"
    )
    return data_url(instance, f"/{element.id}")


def test_content_goes_in_and_comes_out(
    kind: Kind, app: Api, instance: Instance
) -> None:
    """S-384, S-385: whatever the store, the wire tells a path, which is no key"""
    answer = app.post(
        data_url(instance, "?dataType=vedlegg"),
        body=LARGE,
        content_type="application/pdf",
        filename="stor.pdf",
    )
    assert answer.status_code == 201
    element = DataElement.objects.get()
    assert kind.names() == [element.blob_key]
    (document,) = app.get(f"/nav/app2018/instances/{instance.id}").json()["data"]
    path = f"nav/app2018/{instance.id}/data/{element.id}"
    assert document["blobStoragePath"] == path
    got = app.get(data_url(instance, f"/{element.id}"))
    assert body_of(got) == LARGE
    assert got["Content-Length"] == str(len(LARGE))
    assert app.delete(data_url(instance, f"/{element.id}")).status_code == 200


def test_ranges_are_answered_from_every_store(app: Api, address: str) -> None:
    """206, suffixes, 416 and If-Range"""
    etag = app.head(address)["ETag"]
    size = len(LARGE)
    for header, start, end in [
        ("bytes=0-0", 0, 1),
        (f"bytes={PART - 2}-{PART + 1}", PART - 2, PART + 2),
        (f"bytes={size - 5}-", size - 5, size),
        ("bytes=-7", size - 7, size),
        (f"bytes=1-{size + 50}", 1, size),
    ]:
        answer = app.get(address, headers={"Range": header, "If-Range": etag})
        assert answer.status_code == 206
        assert answer["Content-Range"] == f"bytes {start}-{end - 1}/{size}"
        assert body_of(answer) == LARGE[start:end]
    beyond = app.get(address, headers={"Range": f"bytes={size}-"})
    assert_problem(beyond, 416, code="range-not-satisfiable")
    stale = {"Range": "bytes=0-0", "If-Range": '"other"'}
    assert body_of(app.get(address, headers=stale)) == LARGE


def test_content_that_the_store_lost_is_missing(
    kind: Kind, app: Api, address: str
) -> None:
    """S-136: told apart from an element that is not there; nothing is noted"""
    element = DataElement.objects.get()
    for lost in (LARGE[:-1], None):
        if lost is None:
            blobs.discard(element.blob_key)
        else:
            kind.put(element.blob_key, lost)
        assert_problem(app.get(address), 404, code="content-missing")
        assert app.head(address).status_code == 404
    assert reread(element).is_read == element.is_read


def test_an_upload_to_a_store_that_fails_is_503_and_changes_nothing(
    far_away: Kind, app: Api, instance: Instance
) -> None:
    """With Retry-After; the instance, its history and the store are as before"""
    before = Instance.objects.values().get()
    history = InstanceEvent.objects.count()
    far_away.faulty.faults.append(Fault("error", lambda method, path: method == "PUT"))
    for body in (FORM, LARGE):
        answer = app.post(
            data_url(instance, "?dataType=vedlegg"),
            body=body,
            content_type="application/pdf",
            filename="a.pdf",
        )
        assert_problem(answer, 503, code="storage-unavailable")
        assert int(answer["Retry-After"]) > 0
    far_away.faulty.faults.clear()
    assert Instance.objects.values().get() == before
    assert InstanceEvent.objects.count() == history
    assert not DataElement.objects.exists()
    assert far_away.names() == []


def test_a_replacement_that_fails_keeps_the_old_content(
    far_away: Kind, app: Api, element: DataElement
) -> None:
    """S-176: nothing of the old is touched before the new is safe"""
    url = data_url(element.instance, f"/{element.id}")
    far_away.faulty.faults.append(Fault("error", lambda method, path: method == "PUT"))
    answer = app.put(url, body=b"<new/>", content_type="application/xml")
    assert_problem(answer, 503, code="storage-unavailable")
    far_away.faulty.faults.clear()
    assert body_of(app.get(url)) == FORM
    assert far_away.names() == [element.blob_key]


def test_a_deletion_holds_though_the_bytes_cannot_be_deleted(
    far_away: Kind,
    storage: Api,
    element: DataElement,
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]],
) -> None:
    """The row is gone, and the sweep finds the bytes"""
    url = data_url_in_storage(element.instance, f"/{element.id}")
    deletion = Fault("error", lambda method, path: method == "DELETE")
    far_away.faulty.faults.append(deletion)
    with django_capture_on_commit_callbacks(execute=True):
        assert storage.delete(url).status_code == 200
    assert deletion.times < 10**9
    far_away.faulty.faults.clear()
    assert_problem(storage.get(url), 404, code="data-element-not-found")
    assert "removed 1" in sweep("--older-than", "0", "--execute")
    assert far_away.names() == []


def test_a_download_from_a_store_that_fails_is_503_and_no_download(
    far_away: Kind, owner_app: Api, submitted: Instance
) -> None:
    """Nothing was handed out, so nothing is logged as handed out"""
    element = DataElement.objects.get()
    far_away.faulty.faults.append(Fault("error"))
    answer = owner_app.get(data_url(submitted, f"/{element.id}"))
    assert_problem(answer, 503, code="storage-unavailable")
    assert int(answer["Retry-After"]) > 0
    assert reread(element).owner_downloads == []


def test_a_download_that_breaks_off_never_looks_whole(
    far_away: Kind, app: Api, instance: Instance
) -> None:
    """The connection breaks, and Content-Length says that something is missing"""
    element = make_element(instance=instance, type_id="vedlegg", content=LARGE)
    far_away.faulty.faults.append(Fault("cut", is_read))
    answer = app.get(data_url(instance, f"/{element.id}"))
    if far_away.name == "azure":  # whose first bytes are there before the answer begins
        assert_problem(answer, 503, code="storage-unavailable")
        return
    assert answer["Content-Length"] == str(len(LARGE))
    with pytest.raises(StorageUnavailable):
        body_of(answer)


def test_the_sweep_removes_what_a_crash_left_and_nothing_else(
    kind: Kind, element: DataElement
) -> None:
    """Over every store"""
    kind.leave_unfinished("00/11/" + "0011" * 8, b"half")
    kind.put("22/33/" + "2233" * 8, b"whole")
    kind.put("somebody/elses.txt", b"theirs")
    assert "found 0 orphans" in sweep("--execute")
    printed = sweep("--older-than", "0")
    assert re.search(r"Looked at 3 blobs, found 2 orphans \(9 bytes\)", printed)
    assert "removed 2" in sweep("--older-than", "0", "--execute")
    assert kind.names() == sorted([element.blob_key, "somebody/elses.txt"])


def test_an_upload_in_progress_is_never_swept(kind: Kind) -> None:
    """No upload lasts as long as what is swept is old"""
    assert LONGEST_UPLOAD_HOURS < 24
    kind.leave_unfinished("00/11/" + "0011" * 8, b"half")
    moment = now() - timedelta(hours=LONGEST_UPLOAD_HOURS)
    assert list(blobs.keys_older_than(moment)) == []


def test_a_sweep_of_a_store_that_fails_says_so(far_away: Kind) -> None:
    """No traceback, and nothing is called an orphan"""
    far_away.faulty.faults.append(Fault("error"))
    with pytest.raises(CommandError, match="cannot be used just now"):
        sweep("--execute")


def test_the_desk_hands_content_out_of_every_store(
    kind: Kind, element: DataElement
) -> None:
    """A stream that cannot be sought is a file to Django all the same"""
    assert b"".join(FileResponse(content_for_owner(element))) == FORM
