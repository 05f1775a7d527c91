"""Data elements in storage: bytes in and out, what describes them, what is refused."""

from pathlib import Path

import pytest

from data_elements.models import DataElement
from instances.models import Instance, InstanceEvent
from tests.client import Api, assert_problem, body_of
from tests.factories import FORM, PDF, make_element, make_instance, reread
from tests.stored import files_in

pytestmark = pytest.mark.usefixtures("sandbox")


def data_url(instance: Instance, tail: str = "") -> str:
    """Return the address of an instance's data in storage."""
    return f"/storage/api/v1/instances/{instance.instance_id}/data{tail}"


def metadata_url(element: DataElement) -> str:
    """Return the address of an element's description."""
    base = f"/storage/api/v1/instances/{element.instance.instance_id}"
    return f"{base}/dataelements/{element.id}"


def test_storage_takes_what_the_app_would_not(storage: Api, instance: Instance) -> None:
    """S-146, S-163, clients.md: no check against the type, size or count"""
    for _ in range(2):
        answer = storage.post(
            data_url(instance, "?dataType=default"),
            body=b"<a>",
            content_type="image/gif",
        )
        assert answer.status_code == 201
        assert answer["Location"] == answer.json()["selfLinks"]["platform"]
    assert DataElement.objects.count() == 2


def test_the_owner_writes_a_receipt_after_the_end(
    owner_storage: Api, submitted: Instance
) -> None:
    """Issue part 4: kvittering is written through the platform API"""
    answer = owner_storage.post(
        data_url(submitted, "?dataType=kvittering"),
        body=PDF,
        content_type="application/pdf",
        filename="kvittering.pdf",
    )
    assert answer.status_code == 201
    assert answer.json()["isRead"] is False
    assert reread(submitted).read_status == 2  # UpdatedSinceLastReview (S-160)


def test_a_user_cannot_write_after_the_end(storage: Api, submitted: Instance) -> None:
    """Z-085: the policy of the sample ends writing with the tasks"""
    answer = storage.post(data_url(submitted, "?dataType=default"), body=FORM)
    assert_problem(answer, 403, code="not-permitted")
    assert DataElement.objects.count() == 1


def test_the_first_part_of_a_multipart_body_is_the_content(
    storage: Api, instance: Instance
) -> None:
    """S-148"""
    body = (
        b"--b\r\nContent-Disposition: form-data; name=x; filename=a.xml\r\n"
        b"Content-Type: text/xml\r\n\r\n" + FORM + b"\r\n--b\r\n\r\nignored\r\n--b--"
    )
    answer = storage.post(
        data_url(instance, "?dataType=default"),
        body=body,
        content_type="multipart/form-data; boundary=b",
    )
    assert answer.status_code == 201
    element = answer.json()
    assert (element["contentType"], element["filename"]) == ("text/xml", "a.xml")
    assert body_of(storage.get(data_url(instance, f"/{element['id']}"))) == FORM


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=" + "b" * 200, b"x"),
        ("multipart/form-data; boundary=b", b""),
        ("multipart/form-data; boundary=b", b"--b--"),
        ("multipart/form-data; boundary=b", b"--b\r\n\r\nunfinished"),
    ],
    ids=["no-boundary", "long-boundary", "empty", "no-part", "cut-off"],
)
def test_a_bad_multipart_body_is_400(
    storage: Api, instance: Instance, own_blobs: Path, content_type: str, body: bytes
) -> None:
    """S-148, W28: what is no multipart body has no first part"""
    url = data_url(instance, "?dataType=default")
    answer = storage.post(url, body=body, content_type=content_type)
    assert answer.status_code == 400
    assert not DataElement.objects.exists()
    assert not files_in(own_blobs)


@pytest.mark.parametrize(
    ("query", "body", "code"),
    [
        ("", FORM, "data-type-missing"),
        ("?dataType=ukjent", FORM, "data-type-unknown"),
        ("?dataType=default", b"", "content-empty"),
        ("?dataType=default&refs=nei", FORM, "parameter-invalid"),
    ],
    ids=["M:S-39-type", "M:S-39-unknown", "M:S-39-empty", "refs"],
)
def test_upload_mistakes_store_nothing(
    storage: Api,
    instance: Instance,
    own_blobs: Path,
    query: str,
    body: bytes,
    code: str,
) -> None:
    """M:S-39, S-153, S-154, S-155, S-156"""
    answer = storage.post(data_url(instance, query), body=body)
    assert_problem(answer, 400, code=code)
    assert not DataElement.objects.exists()
    assert not files_in(own_blobs)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "There is no data type 'ukjent'; the application declares: default, "),
        ("nn", "Datatypen 'ukjent' finst ikkje; applikasjonen har: default, "),
    ],
)
def test_an_unknown_type_is_named_beside_those_there_are(
    storage: Api, instance: Instance, language: str, words: str
) -> None:
    """M:S-39, wishes 1.C: the offending value, and what to send in its place"""
    url = data_url(instance, "?dataType=ukjent")
    answer = storage.post(url, body=FORM, headers={"Accept-Language": language})
    (issue,) = answer.json()["issues"]
    assert issue["code"] == "data-type-unknown"
    assert issue["detail"].startswith(words)


def test_refs_and_origin_are_kept_and_reset(storage: Api, instance: Instance) -> None:
    """S-156, S-157, S-169"""
    ref = "5F3A0C1E-9a5b-4c39-8a50-0d4c2f2f9b11"
    query = f"?dataType=default&refs={ref}&generatedFromTask=formfilling"
    element = storage.post(data_url(instance, query), body=FORM).json()
    assert element["refs"] == [ref.lower()]
    assert element["references"] == [
        {"value": "formfilling", "relation": "GeneratedFrom", "valueType": "Task"}
    ]
    url = data_url(instance, f"/{element['id']}")
    replaced = storage.put(url, body=b"<b/>", content_type="text/xml").json()
    assert replaced["refs"] == []
    assert "references" not in replaced


def test_replacing_answers_200_and_starts_the_confirmation_over(
    storage: Api, owner_storage: Api, element: DataElement
) -> None:
    """S-167, S-174, clients.md: PUT answers 200 in storage"""
    url = data_url(element.instance, f"/{element.id}")
    owner_storage.get(url)
    assert reread(element).first_downloaded_at is not None
    answer = storage.put(url, body=b"<b/>", content_type="text/xml")
    assert answer.status_code == 200
    assert answer.json()["appOwner"]["downloaded"] == []
    assert InstanceEvent.objects.of(element.instance_id).last().event_type == "Saved"


def test_an_empty_replacement_keeps_the_old(storage: Api, element: DataElement) -> None:
    """M:S-43, S-176"""
    url = data_url(element.instance, f"/{element.id}")
    assert_problem(storage.put(url), 422, code="replacement-empty")
    assert body_of(storage.get(url)) == FORM
    assert reread(element).size == len(FORM)


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_locked_element_does_not_change(
    storage: Api, element: DataElement, method: str
) -> None:
    """M:S-42, S-168, D-23, D-24"""
    DataElement.objects.filter(pk=element.pk).update(
        locked_at=element.created, locked_by="1337"
    )
    url = data_url(element.instance, f"/{element.id}")
    answer = storage.call(method, url, body=b"<b/>")
    assert_problem(answer, 409, code="data-element-locked")
    assert body_of(storage.get(url)) == FORM


def test_deleting_removes_row_and_bytes(
    storage: Api,
    element: DataElement,
    own_blobs: Path,
    django_capture_on_commit_callbacks: object,
) -> None:
    """S-179, D-10: the bytes go when the row's removal has committed"""
    url = data_url(element.instance, f"/{element.id}")
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]  # a fixture
        answer = storage.delete(url)
        assert files_in(own_blobs)
    assert answer.json()["id"] == str(element.id)
    assert not DataElement.objects.exists()
    assert not files_in(own_blobs)


def test_only_some_types_are_deleted_with_delay(
    storage: Api, element: DataElement
) -> None:
    """M:S-48, S-180"""
    url = data_url(element.instance, f"/{element.id}?delay=true")
    document = assert_problem(
        storage.delete(url), 400, code="delayed-deletion-unsupported"
    )
    assert document["detail"] == "DataType default does not support delayed deletion"
    assert reread(element).deleted_at is None


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_an_element_of_another_instance_is_unknown(
    storage: Api, element: DataElement, method: str
) -> None:
    """M:S-34, M:S-44, S-144, S-186, D-15"""
    url = data_url(make_instance(), f"/{element.id}")
    answer = storage.call(method, url, body=b"<b/>")
    assert_problem(answer, 404, code="data-element-not-found")
    assert reread(element).blob_key == element.blob_key


def test_what_describes_an_element_is_replaced_wholesale(
    storage: Api, element: DataElement
) -> None:
    """S-188, S-191, T-26, Z-100: locks, deletion and times of the body do not count"""
    body = {
        "id": str(element.id),
        "instanceGuid": str(element.instance_id),
        "dataType": "vedlegg",
        "locked": True,
        "deleteStatus": {"isHardDeleted": True},
        "lastChanged": "2020-01-01T00:00:00Z",
        "tags": ["a", "b"],
        "metadata": [{"key": "k", "value": None}],
    }
    document = storage.put(metadata_url(element), json=body).json()
    assert document["tags"] == ["a", "b"]
    assert document["metadata"] == [{"key": "k", "value": None}]
    assert document["locked"] is False
    assert document["dataType"] == "default"
    assert document["lastChanged"] > "2026"


def test_ids_in_body_and_address_must_agree(storage: Api, element: DataElement) -> None:
    """M:S-46, S-187"""
    body = {"id": str(element.instance_id), "instanceGuid": str(element.instance_id)}
    answer = storage.put(metadata_url(element), json=body)
    assert_problem(answer, 400, code="element-address-mismatch")


def test_elements_are_listed_in_the_order_they_were_made(
    storage: Api, instance: Instance
) -> None:
    """S-145"""
    made = [str(make_element(instance=instance).id) for _ in range(3)]
    url = f"/storage/api/v1/instances/{instance.instance_id}/dataelements"
    listed = storage.get(url).json()["dataElements"]
    assert [element["id"] for element in listed] == made


def test_lost_bytes_are_told_and_not_a_500(
    storage: Api, element: DataElement, own_blobs: Path
) -> None:
    """S-136"""
    (own_blobs / element.blob_key).unlink()
    answer = storage.get(data_url(element.instance, f"/{element.id}"))
    assert_problem(answer, 404, code="content-missing")


def test_infected_content_is_handed_to_nobody(
    storage: Api, owner_storage: Api, element: DataElement
) -> None:
    """S-141, D-26"""
    DataElement.objects.filter(pk=element.pk).update(scan_result=3)
    for api in (storage, owner_storage):
        answer = api.get(data_url(element.instance, f"/{element.id}"))
        assert_problem(answer, 403, code="data-element-infected")
    assert reread(element).owner_downloads == []


def test_a_stranger_sees_and_changes_nothing(
    stranger_storage: Api, element: DataElement
) -> None:
    """S-142, S-166, M:S-31, M:S-38, M:S-41, M:S-45, M:S-47"""
    url = data_url(element.instance, f"/{element.id}")
    for method in ("GET", "PUT", "DELETE"):
        answer = stranger_storage.call(method, url, body=b"<b/>")
        assert_problem(answer, 403, code="not-permitted")
    create = data_url(element.instance, "?dataType=default")
    assert_problem(stranger_storage.post(create, body=FORM), 403, code="not-permitted")
    described = stranger_storage.put(metadata_url(element), json={"tags": ["x"]})
    assert_problem(described, 403, code="not-permitted")
    assert reread(element).tags == []
    assert DataElement.objects.count() == 1


def test_the_read_status_falls_back_when_nothing_is_read(
    storage: Api, owner_storage: Api, element: DataElement
) -> None:
    """S-173, S-185: the owner's overwriting, and the deletion of what is unread"""
    instance = element.instance
    url = data_url(instance, f"/{element.id}")
    # The sample's owner may write at every state.
    assert owner_storage.put(url, body=b"<b/>").status_code == 200
    assert reread(instance).read_status == 0
    type(instance).objects.filter(pk=instance.pk).update(read_status=1)
    assert storage.delete(url).status_code == 200
    assert reread(instance).read_status == 0
