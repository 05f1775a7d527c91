"""GET …/archive: everything that the caller may read, and a manifest (issue part 6)."""

import hashlib
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.utils import timezone

from data_elements import archives, blobs, marks
from data_elements.archives import ContentBroken
from data_elements.choices import FileScanResult
from data_elements.models import DataElement
from instances.models import Instance, InstanceEvent
from tests.api.test_statement_counts import statements
from tests.client import Api, assert_problem, body_of
from tests.factories import FORM, PDF, make_element, make_instance, reread

pytestmark = pytest.mark.usefixtures("sandbox")
NAMED = ("a.pdf", "a.pdf", None, "../../evil.pdf")


def url(instance: Instance) -> str:
    """Return the address of an instance's archive in storage."""
    return f"/storage/api/v1/instances/{instance.instance_id}/archive"


def opened(answer: Any) -> zipfile.ZipFile:
    """Return the archive of an answer, whole and sound."""
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "application/zip"
    archive = zipfile.ZipFile(BytesIO(body_of(answer)))
    assert archive.testzip() is None
    return archive


def manifest(archive: zipfile.ZipFile) -> Any:
    """Return what the archive says of itself."""
    assert archive.namelist()[-1] == "manifest.json"
    return orjson.loads(archive.read("manifest.json"))


@pytest.fixture
def full(instance: Instance) -> Instance:
    """An instance with a form and files whose names are alike, absent or hostile."""
    make_element(instance=instance)
    for number, name in enumerate(NAMED):
        make_element(
            instance=instance,
            type_id="vedlegg",
            content=PDF + bytes([number]),
            content_type="application/pdf",
            filename=name,
        )
    return instance


@pytest.fixture
def secret_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading attachments takes a right that nobody has."""
    from dataclasses import replace

    from apps_registry import catalogue

    app = catalogue.definition_of("nav", "app2018")
    types = {
        name: replace(found, action_required_to_read="read-secret")
        if name == "vedlegg"
        else found
        for name, found in app.data_types.items()
    }
    changed = replace(app, data_types=types)
    monkeypatch.setattr(catalogue, "definition_of", lambda *_: changed)


def test_it_has_every_element_and_says_what_each_is(
    storage: Api, full: Instance
) -> None:
    answer = storage.get(url(full))
    assert answer["Content-Disposition"] == (
        f'attachment; filename="app2018-{full.pk}.zip";'
        f" filename*=UTF-8''app2018-{full.pk}.zip"
    )
    archive = opened(answer)
    said = manifest(archive)
    assert said["instance"] == full.instance_id
    assert said["appId"] == "nav/app2018"
    assert [line["path"] for line in said["elements"]] == [
        "data/default.xml",
        "data/a.pdf",
        "data/a (2).pdf",
        "data/vedlegg.pdf",
        "data/_.._evil.pdf",
    ]
    for line in said["elements"]:
        element = DataElement.objects.get(pk=line["id"])
        content = archive.read(line["path"])
        assert len(content) == line["size"] == element.size
        assert hashlib.sha256(content).hexdigest() == line["sha256"]
        assert line["contentType"] == element.content_type
        assert line["filename"] == element.filename
        assert line["leftOut"] is None
    assert archive.read("data/default.xml") == FORM


def test_an_instance_without_elements_has_an_archive(
    storage: Api, instance: Instance
) -> None:
    archive = opened(storage.get(url(instance)))
    assert manifest(archive)["elements"] == []
    assert archive.namelist() == ["manifest.json"]


def test_infected_content_is_left_out_and_the_manifest_says_so(
    storage: Api, owner_storage: Api, full: Instance
) -> None:
    """D-26, to the owner too; he has downloaded none of it"""
    bad = DataElement.objects.filter(filename="a.pdf").first()
    assert bad is not None
    marks.record_scan_result(element=bad, result=FileScanResult.INFECTED)
    for api in (storage, owner_storage):
        archive = opened(api.get(url(full)))
        (line,) = (e for e in manifest(archive)["elements"] if e["id"] == str(bad.pk))
        assert (line["path"], line["leftOut"]) == (None, "infected")
        assert len(archive.namelist()) == 5
    assert reread(bad).first_downloaded_at is None


def test_what_takes_a_right_of_its_own_is_left_out_without_it(
    storage: Api, full: Instance, secret_pdf: None
) -> None:
    """S-052, S-054, as for the element alone: its entry is there, its content not"""
    element = DataElement.objects.filter(data_type="vedlegg").first()
    assert element is not None
    alone = f"/storage/api/v1/instances/{full.instance_id}/data/{element.pk}"
    assert_problem(storage.get(alone), 403, code="not-permitted")
    archive = opened(storage.get(url(full)))
    assert archive.namelist() == ["data/default.xml", "manifest.json"]
    reasons = {line["leftOut"] for line in manifest(archive)["elements"][1:]}
    assert reasons == {"not-permitted"}


def test_the_app_face_does_not_name_what_it_does_not_show(
    app: Api, full: Instance, secret_pdf: None
) -> None:
    archive = opened(app.get(f"/nav/app2018/instances/{full.instance_id}/archive"))
    assert archive.namelist() == ["data/default.xml", "manifest.json"]
    assert len(manifest(archive)["elements"]) == 1


def test_the_owners_download_is_logged_for_each_element(
    owner_storage: Api, full: Instance
) -> None:
    """As the single one (seed-api.md §4.1): time, history; then it can be confirmed"""
    before = InstanceEvent.objects.count()
    DataElement.objects.update(is_read=False)
    opened(owner_storage.get(url(full)))
    opened(owner_storage.get(url(full)))
    lines = InstanceEvent.objects.filter(event_type="DownloadedByOwner")
    assert lines.count() == 10 == InstanceEvent.objects.count() - before
    assert not DataElement.objects.filter(is_read=True).exists()
    for element in DataElement.objects.all():
        assert len(element.owner_downloads) == 2
        assert element.first_downloaded_at is not None
        assert lines.filter(data_id=element.pk).count() == 2


def test_a_users_download_marks_read_and_logs_nothing(
    storage: Api, full: Instance
) -> None:
    DataElement.objects.update(is_read=False)
    before = reread(full), InstanceEvent.objects.count()
    opened(storage.get(url(full)))
    assert not DataElement.objects.filter(is_read=False).exists()
    assert not DataElement.objects.exclude(owner_downloads=[]).exists()
    assert (reread(full), InstanceEvent.objects.count()) == before
    assert reread(full).last_changed == before[0].last_changed


def test_asking_for_the_headers_hands_nothing_out(
    owner_storage: Api, full: Instance
) -> None:
    answer = owner_storage.head(url(full))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    assert not DataElement.objects.exclude(owner_downloads=[]).exists()


def test_marked_elements_are_there_for_the_owner_alone(
    storage: Api, owner_storage: Api, full: Instance
) -> None:
    """S-138"""
    marked = DataElement.objects.filter(data_type="vedlegg")
    marked.update(deleted_at=timezone.now())
    assert len(opened(storage.get(url(full))).namelist()) == 2
    assert len(opened(owner_storage.get(url(full))).namelist()) == 6


def test_lost_content_is_told_and_keeps_nothing_else_back(
    storage: Api, full: Instance
) -> None:
    lost = DataElement.objects.filter(filename="a.pdf").first()
    assert lost is not None
    blobs.discard(lost.blob_key)
    archive = opened(storage.get(url(full)))
    (line,) = (e for e in manifest(archive)["elements"] if e["id"] == str(lost.pk))
    assert (line["path"], line["leftOut"]) == (None, "content-missing")
    assert len(archive.namelist()) == 5


def test_content_that_is_replaced_meanwhile_comes_as_the_manifest_says(
    storage: Api, full: Instance
) -> None:
    answer = storage.get(url(full))
    new = make_element(instance=full, type_id="vedlegg", content=b"%PDF-new")
    old = DataElement.objects.get(data_type="default")
    blobs.discard(old.blob_key)
    values = {"blob_key": new.blob_key, "size": new.size, "sha256": new.sha256}
    new.delete()
    DataElement.objects.filter(pk=old.pk).update(**values)
    archive = opened(answer)
    line = manifest(archive)["elements"][0]
    assert archive.read(line["path"]) == b"%PDF-new"
    assert line["sha256"] == hashlib.sha256(b"%PDF-new").hexdigest()


def test_an_archive_of_broken_content_does_not_end(
    storage: Api, full: Instance, own_blobs: Path
) -> None:
    """A download that is cut off is better than a file that is not what it says"""
    element = DataElement.objects.get(data_type="default")
    (own_blobs / element.blob_key).write_bytes(FORM[:-1])
    answer = storage.get(url(full))
    with pytest.raises(ContentBroken):
        body_of(answer)


def test_who_breaks_off_leaves_no_file_open(
    storage: Api, full: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = []
    real = blobs.open_blob

    def opening(key: str) -> Any:
        files.append(real(key))
        return files[-1]

    monkeypatch.setattr(archives.blobs, "open_blob", opening)
    content: Iterator[bytes] = archives.archive(
        full,
        [archives.Choice(e) for e in DataElement.objects.of([full.pk])],
        now=full.created,
    )
    next(content)
    content.close()  # type: ignore[attr-defined]  # a generator
    assert [file.closed for file in files] == [True]


def test_who_may_not_read_the_instance_gets_nothing(
    stranger_storage: Api, stranger_app: Api, anonymous_app: Api, full: Instance
) -> None:
    """403 to a stranger, 404 for what is not there, as for reading each"""
    assert_problem(stranger_storage.get(url(full)), 403, code="not-permitted")
    in_app = f"/nav/app2018/instances/{full.instance_id}/archive"
    assert_problem(stranger_app.get(in_app), 403, code="not-permitted")
    assert_problem(anonymous_app.get(in_app), 401, code="token-missing")
    nowhere = url(full).replace(str(full.owner_party_id), "1", 1)
    answer = stranger_storage.get(nowhere)
    assert_problem(answer, 404, code="instance-not-found")
    assert not InstanceEvent.objects.filter(event_type="DownloadedByOwner").exists()


@pytest.mark.parametrize("count", [1, 10, 50])
def test_an_archive_takes_the_same_statements_for_any_number(
    owner_storage: Api, count: int
) -> None:
    """Instance, elements, lock, times, history; content costs none"""
    instance = make_instance()
    for _ in range(count):
        make_element(instance=instance, type_id="vedlegg", content=PDF)

    def call() -> Any:
        answer = owner_storage.get(url(instance))
        body_of(answer)
        return answer

    assert len(statements(call)) == 5
