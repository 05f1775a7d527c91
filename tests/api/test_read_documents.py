"""Bodies are read as DRF's serializers read them, by one serializer for all calls."""

from typing import Any

import pytest
from rest_framework.serializers import Serializer, ValidationError

from api.serializers.casing import in_wire_case, read_as, shape_of
from api.serializers.instances import InstanceTemplateSerializer, SubstatusSerializer
from api.serializers.lookups import PartyNamesLookupSerializer
from api.serializers.process import StatedProcessSerializer

TASK = {"elementId": "Task_1", "flow": 2, "started": "2030-01-01T12:00:00Z"}
CASES: list[tuple[type[Serializer[Any]], object]] = [
    (SubstatusSerializer, {"label": "a", "description": None}),
    (SubstatusSerializer, {"LABEL": "a", "unknown": 1}),
    (SubstatusSerializer, {}),
    (SubstatusSerializer, {"label": {"not": "a text"}}),
    (SubstatusSerializer, None),
    (SubstatusSerializer, []),
    (SubstatusSerializer, "text"),
    (StatedProcessSerializer, {"started": TASK["started"], "currentTask": TASK}),
    (StatedProcessSerializer, {"currentTask": {"flow": "much"}}),
    (StatedProcessSerializer, {"ended": TASK["started"], "currentTask": TASK}),
    (PartyNamesLookupSerializer, {"parties": [{"ssn": "1"}, {}]}),
    (InstanceTemplateSerializer, {"instanceOwner": {"PARTYID": "500000"}}),
    (InstanceTemplateSerializer, {"dueBefore": "soon", "dataValues": {"a": 1}}),
]


def read_document(serializer: type[Serializer[Any]], document: object) -> Any:
    """Read a body as the views do."""
    return read_as(serializer, in_wire_case(document, shape_of(serializer)))


def by_drf(serializer: type[Serializer[Any]], document: object) -> object:
    """Return what a serializer of its own reads, or what it refuses with."""
    reading = serializer(data=in_wire_case(document, serializer()))
    try:
        reading.is_valid(raise_exception=True)
    except ValidationError as error:
        return error.get_full_details()
    return dict(reading.validated_data)


@pytest.mark.parametrize(("serializer", "document"), CASES)
def test_a_document_is_read_as_by_a_serializer_of_its_own(
    serializer: type[Serializer[Any]], document: object
) -> None:
    """Also after others were read and refused, and changed by who read them"""
    for other_serializer, other in CASES:
        if other_serializer is serializer:
            try:
                read_document(serializer, other).clear()
            except ValidationError:
                continue
    try:
        found: object = read_document(serializer, document)
    except ValidationError as error:
        found = error.get_full_details()
    assert found == by_drf(serializer, document)
