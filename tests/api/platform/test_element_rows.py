"""Data elements in storage, row by row of its checklist."""

import base64

import pytest

from data_elements.choices import FileScanResult
from data_elements.models import DataElement
from instances.choices import ReadStatus
from instances.models import Instance, InstanceEvent
from tests.client import Api, assert_problem, body_of
from tests.factories import FORM, PDF, make_element, make_instance, reread

pytestmark = pytest.mark.usefixtures("sandbox")
UNKNOWN = "00000000-0000-4000-8000-000000000000"


def data_url(instance: Instance, tail: str = "") -> str:
    """Return the address of an instance's data in storage."""
    return f"/storage/api/v1/instances/{instance.instance_id}/data{tail}"


def element_url(element: DataElement, tail: str = "") -> str:
    """Return the address of an element's content."""
    return data_url(element.instance, f"/{element.id}{tail}")


def metadata_url(element: DataElement) -> str:
    """Return the address of an element's description."""
    base = f"/storage/api/v1/instances/{element.instance.instance_id}"
    return f"{base}/dataelements/{element.id}"


def described(element: DataElement, **members: object) -> dict[str, object]:
    """Return a body that describes an element."""
    ids = {"id": str(element.id), "instanceGuid": str(element.instance_id)}
    return {**ids, **members}


def last_event(instance: Instance) -> tuple[str, object]:
    """Return type and element of the last event."""
    event = InstanceEvent.objects.of(instance.id).last()
    assert event is not None
    return event.event_type, event.data_id


# --- read -----------------------------------------------------------------------------
def test_content_comes_back_with_its_type_and_name(
    storage: Api, instance: Instance
) -> None:
    """S-133, S-134: and without a name none is told"""
    for filename, told in (
        ("brev.txt", "filename=\"brev.txt\"; filename*=UTF-8''brev.txt"),
        ("æ 1.txt", "filename=\"_ 1.txt\"; filename*=UTF-8''%C3%A6%201.txt"),
        ('"a"%.txt', 'filename="\\"a\\"%.txt"; filename*=UTF-8\'\'%22a%22%25.txt'),
    ):
        named = make_element(
            instance=instance, content_type="text/plain", filename=filename
        )
        answer = storage.get(element_url(named))
        assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain")
        assert answer["Content-Disposition"] == f"attachment; {told}"
        assert body_of(answer) == FORM
    plain = make_element(instance=instance)
    assert storage.get(element_url(plain))["Content-Disposition"] == "attachment"


def test_the_list_is_in_order_and_hides_what_is_gone(
    storage: Api, owner_storage: Api, instance: Instance
) -> None:
    """S-145: from all but the owner"""
    made = [make_element(instance=instance) for _ in range(3)]
    DataElement.objects.filter(pk=made[1].pk).update(deleted_at=made[1].created)
    url = f"/storage/api/v1/instances/{instance.instance_id}/dataelements"
    ids = [str(one.id) for one in made]
    listed = [one["id"] for one in storage.get(url).json()["dataElements"]]
    assert listed == [ids[0], ids[2]]
    owners = [one["id"] for one in owner_storage.get(url).json()["dataElements"]]
    assert owners == ids


def test_what_waits_for_a_scan_is_handed_out(
    storage: Api, element: DataElement
) -> None:
    """S-141, D-26: pending content; what is infected is not"""
    DataElement.objects.filter(pk=element.pk).update(scan_result=FileScanResult.PENDING)
    assert body_of(storage.get(element_url(element))) == FORM


# --- create ---------------------------------------------------------------------------
def test_what_a_raw_body_makes(storage: Api, instance: Instance) -> None:
    """S-147, S-156, S-157, S-159, S-161, S-162: all of it in one transaction"""
    answer = storage.post(
        data_url(instance, "?dataType=default"),
        body=FORM,
        content_type="Application/XML; charset=UTF-8",
    )
    document = answer.json()
    assert document["contentType"] == "Application/XML; charset=UTF-8"
    assert document["refs"] == []
    assert "references" not in document
    assert document["isRead"] is True
    assert document["fileScanResult"] == "NotApplicable"
    element = DataElement.objects.get(pk=document["id"])
    row = reread(instance)
    assert row.last_changed >= element.last_changed > instance.last_changed
    assert row.last_changed_by == element.last_changed_by == "1337"
    assert last_event(instance) == ("Created", element.id)


def test_refs_are_ids(storage: Api, instance: Instance) -> None:
    """S-156"""
    url = data_url(instance, "?dataType=default&refs=nei")
    assert storage.post(url, body=FORM, content_type="text/xml").status_code == 400
    url = data_url(instance, f"?dataType=default&refs={UNKNOWN}&refs={instance.id}")
    document = storage.post(url, body=FORM, content_type="text/xml").json()
    assert document["refs"] == [UNKNOWN, str(instance.id)]
    assert DataElement.objects.count() == 1


def test_the_first_part_of_a_multipart_body_counts(
    storage: Api, instance: Instance
) -> None:
    """S-148: its own type and name"""
    body = (
        b'--x\r\nContent-Disposition: form-data; name="a"; filename="en.pdf"\r\n'
        b"Content-Type: application/pdf\r\n\r\n" + PDF + b"\r\n--x\r\n"
        b'Content-Disposition: form-data; name="b"\r\n\r\nto\r\n--x--\r\n'
    )
    document = storage.post(
        data_url(instance, "?dataType=vedlegg"),
        body=body,
        content_type="multipart/form-data; boundary=x",
    ).json()
    assert (document["contentType"], document["filename"]) == (
        "application/pdf",
        "en.pdf",
    )
    assert document["size"] == len(PDF)


@pytest.mark.parametrize(
    ("disposition", "filename"),
    [
        ("attachment; filename=a.pdf; filename*=UTF-8''%C3%A6.pdf", "æ.pdf"),
        ('attachment; filename="med fnutter.pdf"', "med fnutter.pdf"),
        ('attachment; filename="a/b.pdf"', "a_b.pdf"),
        ('attachment; filename="a%20b.pdf"', "a b.pdf"),
        ('attachment; filename="1+1 er 100%.pdf"', "1+1 er 100%.pdf"),
    ],
)
def test_file_names(
    storage: Api, instance: Instance, disposition: str, filename: str
) -> None:
    """S-149, S-150, S-151, S-152"""
    document = storage.post(
        data_url(instance, "?dataType=vedlegg"),
        body=PDF,
        content_type="application/pdf",
        headers={"Content-Disposition": disposition},
    ).json()
    assert document["filename"] == filename


@pytest.mark.parametrize("query", ["", "?dataType=", "?dataType=finnesikke"])
def test_the_data_type_must_be_declared(
    storage: Api, instance: Instance, query: str
) -> None:
    """S-153, S-154"""
    answer = storage.post(data_url(instance, query), body=FORM)
    assert answer.status_code == 400
    assert not DataElement.objects.exists()


def test_storage_holds_content_to_the_right_alone(
    storage: Api, owner_storage: Api, stranger_storage: Api
) -> None:
    """S-163, S-164, S-166: neither type, size, count, task nor archive"""
    ended = make_instance(submitted=True)
    url = data_url(ended, "?dataType=kvittering")
    for _ in range(2):
        made = owner_storage.post(url, body=b"hva som helst", content_type="x/y")
        assert made.status_code == 201
    before = DataElement.objects.count()
    refused = stranger_storage.post(url, body=b"x", content_type="x/y")
    assert_problem(refused, 403, code="not-permitted")
    assert DataElement.objects.count() == before


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (ReadStatus.READ, ReadStatus.UPDATED_SINCE_LAST_REVIEW),
        (ReadStatus.UNREAD, ReadStatus.UNREAD),
    ],
)
def test_what_the_owner_adds_is_news(
    owner_storage: Api, instance: Instance, before: ReadStatus, after: ReadStatus
) -> None:
    """S-159, S-160, S-366"""
    Instance.objects.filter(pk=instance.pk).update(read_status=before)
    made = owner_storage.post(
        data_url(instance, "?dataType=kvittering"), body=PDF, content_type="x/pdf"
    )
    assert made.json()["isRead"] is False
    assert reread(instance).read_status == after


# --- overwrite ------------------------------------------------------------------------
def test_what_new_content_changes_and_keeps(storage: Api, element: DataElement) -> None:
    """S-167, S-169, S-170, S-174, S-178"""
    DataElement.objects.filter(pk=element.pk).update(
        tags=["a"], metadata=[{"key": "k", "value": "v"}], filename="gammel.xml"
    )
    document = storage.put(
        element_url(element, "?generatedFromTask=formfilling"),
        body=b"<ny/>",
        content_type="text/xml",
    ).json()
    assert document["selfLinks"]["platform"].endswith(element_url(element))
    assert (document["contentType"], document["size"]) == ("text/xml", 5)
    assert "filename" not in document
    assert document["references"][0]["value"] == "formfilling"
    assert document["tags"] == ["a"]
    assert document["metadata"] == [{"key": "k", "value": "v"}]
    assert document["fileScanResult"] == "NotApplicable"
    row = reread(element)
    assert row.created == element.created
    assert row.last_changed > element.last_changed
    assert last_event(element.instance) == ("Saved", element.id)


def test_who_overwrites_decides_whether_it_was_read(
    storage: Api, owner_storage: Api, element: DataElement
) -> None:
    """S-172"""
    storage.put(element_url(element), body=b"<a/>", content_type="text/xml")
    assert reread(element).is_read is True
    owner_storage.put(element_url(element), body=b"<b/>", content_type="text/xml")
    assert reread(element).is_read is False


def test_overwriting_what_is_locked_or_not_there(
    storage: Api, element: DataElement
) -> None:
    """S-168, S-175"""
    DataElement.objects.filter(pk=element.pk).update(
        locked_at=element.created, locked_by="1337"
    )
    answer = storage.put(element_url(element), body=b"<a/>", content_type="text/xml")
    assert_problem(answer, 409, code="data-element-locked")
    url = data_url(element.instance, f"/{UNKNOWN}")
    answer = storage.put(url, body=b"<a/>", content_type="text/xml")
    assert_problem(answer, 404, code="data-element-not-found")
    assert reread(element).blob_key == element.blob_key


# --- delete ---------------------------------------------------------------------------
def test_a_deletion_takes_the_right_to_write_and_is_told(
    storage: Api, element: DataElement
) -> None:
    """S-179, S-183: the row and the bytes; the sample's policy permits no delete"""
    answer = storage.delete(element_url(element))
    assert answer.status_code == 200
    assert answer.json()["id"] == str(element.id)
    assert not DataElement.objects.exists()
    assert last_event(element.instance) == ("Deleted", element.id)


def test_what_is_deleted_already(
    storage: Api, owner_storage: Api, element: DataElement
) -> None:
    """S-138, S-182: unknown to others; the owner removes it"""
    DataElement.objects.filter(pk=element.pk).update(deleted_at=element.created)
    assert storage.delete(element_url(element)).status_code == 404
    assert reread(element).deleted_at == element.created
    assert owner_storage.delete(element_url(element)).status_code == 200
    assert not DataElement.objects.exists()


def test_an_element_is_deleted_in_its_instance_alone(
    storage: Api, element: DataElement
) -> None:
    """S-144, S-186: no side effect"""
    other = data_url(make_instance(), f"/{element.id}")
    for method in ("GET", "DELETE"):
        answer = storage.call(method, other)
        assert_problem(answer, 404, code="data-element-not-found")
    assert reread(element).last_changed == element.last_changed


# --- metadata -------------------------------------------------------------------------
def test_what_describes_an_element(storage: Api, element: DataElement) -> None:
    """S-188, S-189, S-190, S-192: what a caller may set, null clears it, no event"""
    before = InstanceEvent.objects.of(element.instance_id).count()
    url = metadata_url(element)
    body = described(
        element,
        tags=["a"],
        metadata=[{"key": "k", "value": "v"}],
        filename="ny.xml",
        contentType="x/y",
        size=1,
        isRead=False,
        fileScanResult="Infected",
    )
    document = storage.put(url, json=body).json()
    assert document["tags"] == ["a"]
    assert document["contentType"] == element.content_type
    assert document["size"] == len(FORM)
    assert document["isRead"] is True
    assert document["fileScanResult"] == "NotApplicable"
    document = storage.put(url, json=described(element, metadata=None)).json()
    assert "metadata" not in document
    assert InstanceEvent.objects.of(element.instance_id).count() == before


def test_descriptions_that_are_refused(
    storage: Api, stranger_storage: Api, element: DataElement
) -> None:
    """S-187, S-194: nothing changes"""
    url = metadata_url(element)
    wrong = {**described(element), "instanceGuid": UNKNOWN}
    assert storage.put(url, json=wrong).status_code == 400
    unknown = url.replace(str(element.id), UNKNOWN)
    body = {**described(element), "id": UNKNOWN}
    assert storage.put(unknown, json=body).status_code == 404
    answer = stranger_storage.put(url, json=described(element, tags=["min"]))
    assert answer.status_code == 403
    assert reread(element).tags == []


def test_the_instance_changes_with_its_element(
    storage: Api, element: DataElement
) -> None:
    """S-191, S-369: whatever time the body states"""
    before = reread(element.instance).last_changed
    body = described(element, tags=["a"], lastChanged="2001-01-01T00:00:00Z")
    storage.put(metadata_url(element), json=body)
    after = reread(element.instance)
    assert after.last_changed > before
    assert reread(element).last_changed <= after.last_changed


def test_the_links_and_what_stays_untold(storage: Api, element: DataElement) -> None:
    """S-059, S-062, D-10: no contentHash; the hash is the entity tag"""
    document = storage.get(
        f"/storage/api/v1/instances/{element.instance.instance_id}"
    ).json()["data"][0]
    assert document["selfLinks"]["platform"].endswith(element_url(element))
    assert "contentHash" not in document
    assert base64.b64encode(bytes(element.sha256 or b"")).decode() not in str(document)
