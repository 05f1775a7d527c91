"""Elements of storage: rights of their types, scans, reading and deleting them."""

from pathlib import Path
from typing import Any

import pytest

from data_elements.models import DataElement
from instances.models import Instance, InstanceEvent
from tests.changed_app import deploy, form_type
from tests.client import Api, assert_problem, body_of
from tests.factories import FORM, PDF, reread

pytestmark = pytest.mark.usefixtures("sandbox")


def url_of(instance: Instance, tail: str = "") -> str:
    """Return the address of an instance."""
    return f"/storage/api/v1/instances/{instance.instance_id}{tail}"


def _guarded(metadata: dict[str, Any]) -> None:
    """Let nobody read or write the form by its own right."""
    form_type(metadata).update(
        actionRequiredToRead="sensitiveRead", actionRequiredToWrite="sensitiveWrite"
    )


def test_a_right_of_its_own_hides_the_content_alone(
    storage: Api, owner_storage: Api, element: DataElement, tmp_path: Path
) -> None:
    """S-052, S-053, S-054, S-193: by the stored type, whatever type the body names"""
    deploy(tmp_path, _guarded)
    instance, url = element.instance, url_of(element.instance)
    content = f"{url}/data/{element.id}"
    ids = {"id": str(element.id), "instanceGuid": str(instance.id)}
    described = {**ids, "dataType": "vedlegg", "tags": ["a"]}
    for api in (storage, owner_storage):
        assert [one["id"] for one in api.get(url).json()["data"]] == [ids["id"]]
        listed = api.get(f"{url}/dataelements").json()["dataElements"]
        assert [one["id"] for one in listed] == [ids["id"]]
        for answer in (
            api.get(content),
            api.put(content, body=b"<b/>"),
            api.delete(content),
            api.post(f"{url}/data?dataType=default", body=FORM),
            api.put(f"{url}/dataelements/{element.id}", json=described),
        ):
            assert_problem(answer, 403, code="not-permitted")
        assert api.post(f"{url}/data?dataType=vedlegg", body=PDF).status_code == 201
        DataElement.objects.filter(data_type="vedlegg").delete()
    row = reread(element)
    assert (row.tags, row.blob_key) == ([], element.blob_key)


def test_what_is_scanned_is_pending_with_each_new_content(
    storage: Api, instance: Instance, tmp_path: Path
) -> None:
    """S-158, S-171: of a type that asks for it, and of no other"""
    deploy(tmp_path, lambda metadata: form_type(metadata).update(enableFileScan=True))
    url = url_of(instance, "/data")
    made = storage.post(f"{url}?dataType=default", body=FORM).json()
    assert made["fileScanResult"] == "Pending"
    DataElement.objects.update(scan_result=2)
    replaced = storage.put(f"{url}/{made['id']}", body=b"<b/>").json()
    assert replaced["fileScanResult"] == "Pending"
    other = storage.post(f"{url}?dataType=vedlegg", body=PDF).json()
    assert other["fileScanResult"] == "NotApplicable"


def test_the_first_reading_by_another_than_the_owner_is_noted(
    storage: Api, owner_storage: Api, element: DataElement
) -> None:
    """S-139, S-140: on the element alone; neither on the instance nor as a change"""
    DataElement.objects.update(is_read=False)
    Instance.objects.update(read_status=0)
    url = url_of(element.instance, f"/data/{element.id}")
    body_of(owner_storage.get(url))
    assert reread(element).is_read is False
    body_of(storage.get(url))
    row, instance = reread(element), reread(element.instance)
    assert (row.is_read, row.last_changed) == (True, element.last_changed)
    assert (instance.read_status, instance.last_changed) == (
        0,
        reread(element.instance).last_changed,
    )


def test_an_element_is_deleted_with_delay_and_then_at_once(
    storage: Api, owner_storage: Api, element: DataElement, tmp_path: Path
) -> None:
    """S-138, S-180, S-181, S-182: marked, still the owner's, and removed by him"""
    deploy(
        tmp_path,
        lambda m: form_type(m)["appLogic"].update(autoDeleteOnProcessEnd=True),
    )
    url = url_of(element.instance, f"/data/{element.id}")
    marked = storage.delete(f"{url}?delay=True")
    assert marked.status_code == 200
    document = marked.json()
    assert document["deleteStatus"] == {
        "isHardDeleted": True,
        "hardDeleted": document["lastChanged"],
    }
    assert document["lastChangedBy"] == "1337"
    for answer in (storage.get(url), storage.delete(url), storage.put(url, body=b"x")):
        assert_problem(answer, 404, code="data-element-not-found")
    assert body_of(owner_storage.get(url)) == FORM
    events = InstanceEvent.objects.count()
    again = owner_storage.delete(f"{url}?delay=true")
    assert (again.status_code, again.json()["deleteStatus"]) == (
        200,
        document["deleteStatus"],
    )
    assert InstanceEvent.objects.count() == events
    assert owner_storage.delete(url).status_code == 200
    assert not DataElement.objects.exists()


def test_an_answer_to_a_deletion_has_who_deleted(
    owner_storage: Api, element: DataElement
) -> None:
    """S-179, 4.3.3: the element as it was, by the caller"""
    url = url_of(element.instance, f"/data/{element.id}")
    document = owner_storage.delete(url).json()
    assert document["id"] == str(element.id)
    assert document["createdBy"] == "1337"
    assert document["lastChangedBy"] == "310000000"
