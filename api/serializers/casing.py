"""Members of a JSON body in any case of letters, as Altinn's serializers take them."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from rest_framework import serializers


@cache
def shape_of(
    serializer: type[serializers.Serializer[object]],
) -> serializers.Serializer[object]:
    """Return the serializer of this kind that serves all calls.

    To make one copies each of its fields, which takes more time than to read with it.
    """
    return serializer()


def in_wire_case(
    document: object,
    serializer: serializers.Field[object, object, object, object] | None,
) -> object:
    """Rename the members of a document to the serializer's spelling, at every depth.

    Unknown members are left out. Keys of free mappings are data and stay as they are.
    """
    if isinstance(serializer, serializers.ListSerializer | serializers.ListField):
        if not isinstance(document, list):
            return document
        return [in_wire_case(item, serializer.child) for item in document]
    if not isinstance(serializer, serializers.Serializer) or not isinstance(
        document, Mapping
    ):
        return document
    fields = {
        name.casefold(): (name, field) for name, field in serializer.fields.items()
    }
    renamed: dict[str, object] = {}
    for name, value in document.items():
        known = fields.get(str(name).casefold())
        if known is not None:
            wire_name, field = known
            renamed[wire_name] = in_wire_case(value, field)
    return renamed


def read_as(
    serializer: type[serializers.Serializer[object]], document: object
) -> dict[str, Any]:
    """Return what the serializer reads in a document; raises ValidationError."""
    try:
        return dict(shape_of(serializer).run_validation(document))
    except serializers.ValidationError:
        # One of its own words what is wrong of the whole document, too.
        serializer(data=document).is_valid(raise_exception=True)
        raise
