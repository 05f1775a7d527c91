"""Addresses and calls of forms, for the tests of what becomes of them."""

from typing import Any

from data_elements.models import DataElement
from instances.models import Instance
from tests.client import Api
from tests.factories import reread

JSON, XML = "application/json", "application/xml"


def data_url(instance: Instance, tail: str = "") -> str:
    """Return the address of an instance's data."""
    return f"/nav/app2018/instances/{instance.instance_id}/data{tail}"


def element_url(element: DataElement, tail: str = "") -> str:
    """Return the address of an element."""
    return data_url(element.instance, f"/{element.id}{tail}")


def as_json(api: Api, url: str) -> dict[str, Any]:
    """Return a form as JSON."""
    answer = api.get(url, headers={"Accept": JSON})
    assert answer["Content-Type"] == JSON
    document: dict[str, Any] = answer.json()
    return document


def stored(element: DataElement) -> tuple[object, ...]:
    """Return what a refused write must leave as it was."""
    row = reread(element)
    instance = Instance.objects.get(pk=row.instance_id)
    return (
        bytes(row.sha256 or b""),
        row.blob_key,
        row.last_changed,
        instance.last_changed,
        instance.presentation_texts,
    )


def patch(api: Api, element: DataElement, *operations: dict[str, object]) -> Any:
    """Patch one form by the present call."""
    body = {"patches": [{"dataElementId": str(element.id), "patch": operations}]}
    return api.call("PATCH", data_url(element.instance), json=body)
