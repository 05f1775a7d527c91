"""Fields as the OpenAPI documents show them, where drf-spectacular cannot tell itself.

Importing registers them, which the documents' own module does: what writes documents is
loaded where some are written, and by no server.
"""

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension

from api.serializers.enums import EnumField


class EnumFieldExtension(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]  # comes without types
    """What is answered is a name; a number is read as well."""

    target_class = EnumField

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        """Return the field's schema."""
        names = {"type": "string", "enum": self.target.names}
        if direction == "response":
            nothing = [None] if self.target.allow_null else []
            return {**names, "enum": [*self.target.names, *nothing]}
        numbers = {"type": "integer", "enum": list(range(len(self.target.names)))}
        return {"oneOf": [names, numbers]}
