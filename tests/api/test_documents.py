"""One declaration a document, two spellings: built is what is declared (D-21)."""

from typing import Any

import orjson
import pytest
from rest_framework.serializers import BaseSerializer, ListSerializer

from api.links import Links
from api.serializers.data_elements import DataElementSerializer, data_element_document
from api.serializers.history import InstanceEventSerializer, event_document
from api.serializers.instances import InstanceSerializer, instance_document
from api.serializers.spelling import Spelling
from data_elements.models import DataElement
from instances.models import Instance, InstanceEvent
from tests.factories import make_element, make_instance

pytestmark = pytest.mark.usefixtures("sandbox")
LINKS = Links("http://altinn.test:8000")


def rendered(document: object) -> dict[str, Any]:
    """Return the document as a client reads it."""
    read: dict[str, Any] = orjson.loads(orjson.dumps(document))
    return read


def built(
    instance: Instance, elements: list[DataElement], spelling: Spelling
) -> dict[str, Any]:
    """Return the instance's document as a client reads it."""
    return rendered(instance_document(instance, elements, LINKS, spelling))


def undeclared(document: object, serializer: BaseSerializer[object]) -> set[str]:
    """Return the members, at every depth, that the serializer does not declare."""
    if isinstance(serializer, ListSerializer):
        assert isinstance(document, list)
        found: set[str] = set()
        for item in document:
            found |= undeclared(item, serializer.child)
        return found
    if not isinstance(document, dict) or not hasattr(serializer, "fields"):
        return set()
    found = set(document) - set(serializer.fields)
    for name, field in serializer.fields.items():
        if isinstance(field, BaseSerializer) and document.get(name) is not None:
            found |= {f"{name}.{x}" for x in undeclared(document[name], field)}
    return found


@pytest.fixture(params=["new", "filled", "ended", "confirmed", "deleted"])
def any_instance(request: pytest.FixtureRequest) -> Instance:
    """Instances with every member set somewhere."""
    states: dict[str, dict[str, bool]] = {
        "new": {},
        "filled": {"filled": True},
        "ended": {"submitted": True},
        "confirmed": {"confirmed": True},
        "deleted": {"hard_deleted": True},
    }
    return make_instance(**states[request.param])  # type: ignore[arg-type]  # by name


def test_the_instance_is_built_as_declared(any_instance: Instance) -> None:
    """D-13, D-21"""
    elements = list(DataElement.objects.of([any_instance.pk]))
    full = rendered(
        instance_document(any_instance, elements, LINKS, Spelling.APPLICATION)
    )
    assert set(full) == set(InstanceSerializer().fields)
    assert undeclared(full, InstanceSerializer()) <= {"instanceOwner.party"}
    lean = built(any_instance, elements, Spelling.STORAGE)
    assert set(lean) <= set(full)
    for name in ("id", "appId", "org", "created", "lastChanged", "selfLinks"):
        assert lean[name] == full[name]


def test_the_spellings_differ_in_nulls_and_the_read_status_alone(
    any_instance: Instance,
) -> None:
    """D-21, A-007, A-009, S-016, S-018"""
    elements = list(DataElement.objects.of([any_instance.pk]))
    full = rendered(
        instance_document(any_instance, elements, LINKS, Spelling.APPLICATION)
    )
    lean = built(any_instance, elements, Spelling.STORAGE)
    names = {0: "Unread", 1: "Read", 2: "UpdatedSinceLastReview"}
    status = full["status"]
    assert isinstance(status, dict)
    status["readStatus"] = names[status["readStatus"]]
    assert without_nulls(full) == without_nulls(lean)


def without_nulls(value: object) -> object:
    """Return the document without members that are null, at every depth."""
    if isinstance(value, dict):
        return {k: without_nulls(v) for k, v in value.items() if v is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in value]
    return value


def test_the_data_element_is_built_as_declared(instance: Instance) -> None:
    """D-13"""
    element = make_element(instance=instance)
    document = rendered(
        data_element_document(element, instance, LINKS, Spelling.APPLICATION)
    )
    assert set(document) == set(DataElementSerializer().fields)
    assert undeclared(document, DataElementSerializer()) == set()
    assert document["contentHash"] is None
    path = f"nav/app2018/{instance.id}/data/{element.id}"
    assert document["blobStoragePath"] == path
    assert element.blob_key not in str(document)


def test_the_event_is_built_as_declared(submitted: Instance) -> None:
    """D-13"""
    for event in InstanceEvent.objects.of(submitted.pk):
        document = event_document(event)
        assert undeclared(document, InstanceEventSerializer()) == set()
