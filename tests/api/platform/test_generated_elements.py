"""Entering a task removes what was generated from it before."""

import pytest

from data_elements import blobs
from data_elements.models import DataElement
from instances.models import Instance, InstanceEvent
from tests.api.platform.stated import AT_CONFIRM, ENDED, step_url, told
from tests.client import Api, assert_problem
from tests.factories import make_element, make_instance, reread

pytestmark = pytest.mark.usefixtures("sandbox")


def generated(
    instance: Instance, *references: dict[str, str | None] | None
) -> DataElement:
    """Return an element with these references."""
    element = make_element(instance=instance, type_id="kvittering")
    found = [one for one in references if one is not None]
    DataElement.objects.filter(pk=element.pk).update(references=found or None)
    return element


ORIGIN: dict[str, str | None] = {
    "relation": "GeneratedFrom",
    "valueType": "Task",
    "value": "confirm",
}


@pytest.mark.parametrize("query", ["", "?deleteGeneratedElements=True"])
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("committed_sandbox")
def test_what_was_generated_from_the_task_entered_is_removed(
    storage: Api, query: str
) -> None:
    """S-237, S-238, S-239: row, bytes and a line of history; locked ones too"""
    instance = make_instance()
    removed = [
        generated(instance, ORIGIN),
        generated(instance, {**ORIGIN, "value": "other"}, ORIGIN),
    ]
    DataElement.objects.filter(pk=removed[0].pk).update(
        locked_at=instance.created, locked_by="1337"
    )
    kept = [
        generated(instance, None),
        generated(instance, {**ORIGIN, "value": "formfilling"}),
        generated(instance, {**ORIGIN, "valueType": "DataElement"}),
        generated(instance, {**ORIGIN, "relation": None}),
        generated(make_instance(), ORIGIN),
    ]
    before = told(instance)
    answer = storage.put(step_url(instance) + query, json={"state": AT_CONFIRM})
    assert answer.status_code == 200
    shown = [element["id"] for element in answer.json()["data"]]
    assert shown == [str(element.pk) for element in kept[:4]]
    assert set(DataElement.objects.values_list("pk", flat=True)) == {
        element.pk for element in kept
    }
    assert told(instance) == [*before, "Deleted", "Deleted"]
    deleted = InstanceEvent.objects.filter(event_type="Deleted")
    assert set(deleted.values_list("data_id", flat=True)) == {e.pk for e in removed}
    for element in removed:
        with pytest.raises(FileNotFoundError):
            blobs.open_blob(element.blob_key)
    for element in kept:
        blobs.open_blob(element.blob_key).close()


def test_nothing_is_removed_where_that_is_asked(
    storage: Api, instance: Instance
) -> None:
    """S-239: and what is no boolean is refused"""
    element = generated(instance, ORIGIN)
    url = f"{step_url(instance)}?deleteGeneratedElements="
    body = {"state": AT_CONFIRM}
    assert_problem(storage.put(f"{url}maybe", json=body), 400, code="parameter-invalid")
    assert reread(instance).current_task == "formfilling"
    answer = storage.put(f"{url}false", json=body)
    assert [one["id"] for one in answer.json()["data"]] == [str(element.pk)]
    assert DataElement.objects.filter(pk=element.pk).exists()


def test_neither_the_end_nor_a_stranger_removes_anything(
    storage: Api, stranger_storage: Api, instance: Instance
) -> None:
    """S-240"""
    element = generated(instance, ORIGIN)
    answer = stranger_storage.put(step_url(instance), json={"state": AT_CONFIRM})
    assert_problem(answer, 403, code="not-permitted")
    assert DataElement.objects.filter(pk=element.pk).exists()
    assert storage.put(step_url(instance), json={"state": ENDED}).status_code == 200
    assert DataElement.objects.filter(pk=element.pk).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("committed_sandbox")
def test_bytes_that_cannot_be_removed_keep_no_other(
    storage: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S-241: the step is taken; the sweep finds what is left"""
    instance = make_instance()
    elements = [generated(instance, ORIGIN) for _ in range(3)]
    discard = blobs.discard

    def failing(key: str) -> None:
        if key == elements[0].blob_key:
            raise OSError("the store does not answer")
        discard(key)

    monkeypatch.setattr(blobs, "discard", failing)
    answer = storage.put(step_url(instance), json={"state": AT_CONFIRM})
    assert answer.json()["data"] == []
    assert not DataElement.objects.filter(instance=instance).exists()
    blobs.open_blob(elements[0].blob_key).close()
    for element in elements[1:]:
        with pytest.raises(FileNotFoundError):
            blobs.open_blob(element.blob_key)
