"""Members of a JSON body in any case of letters, as Altinn's serializers take them."""

from collections.abc import Mapping

from rest_framework import serializers


def in_wire_case(
    document: object, serializer: serializers.BaseSerializer[object]
) -> object:
    """Rename the members of a document to the serializer's own spelling, at every depth.

    Unknown members are left out. Keys of free mappings are data and stay as they are.
    """
    if isinstance(serializer, serializers.ListSerializer):
        if not isinstance(document, list):
            return document
        return [in_wire_case(item, serializer.child) for item in document]
    if not isinstance(serializer, serializers.Serializer) or not isinstance(
        document, Mapping
    ):
        return document
    fields = {name.casefold(): name for name in serializer.fields}
    renamed: dict[str, object] = {}
    for name, value in document.items():
        known = fields.get(str(name).casefold())
        if known is not None:
            field = serializer.fields[known]
            nested = isinstance(field, serializers.BaseSerializer)
            renamed[known] = in_wire_case(value, field) if nested else value
    return renamed
