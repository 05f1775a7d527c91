"""Data models as components of an OpenAPI document, from their JSON Schemas.

Schemas come in several drafts, with members that are no JSON Schema at all and with
references to anywhere. What is left of them here is valid in OpenAPI 3.1, whatever they
held, and references lead to what is in the document.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from apps_registry.definition import AppDefinition, DataType
from apps_registry.public_files import JSON_SCHEMA, parsed
from common.pointers import referred_to

Schema = dict[str, Any]  # as JSON Schema has it, which this module keeps it to

_MAX_DEPTH = 24  # deeper than any form, and far from the interpreter's limit
_ROW_ID = "altinnRowId"  # given by the server, and none of the model's own
_TYPES = frozenset(
    ["array", "boolean", "integer", "null", "number", "object", "string"]
)


def model_components(app: AppDefinition) -> dict[str, Schema]:
    """Return a component for each data model that a data type or a model refers to."""
    found: dict[str, Schema] = {}
    models = (model_of(app, one) for one in app.data_types.values())
    wanted = [name for name in models if name]
    while wanted:
        name = wanted.pop()
        key = component_name(name)
        if key in found or JSON_SCHEMA.find(app, name) is None:
            continue
        model = _Model(app, name)
        found[key] = model.component()
        wanted += model.mentioned
    for schema in found.values():
        _drop_dangling(schema, found)
    return found


def model_of(app: AppDefinition, data_type: DataType) -> str:
    """Return the model that a data type's form data has a JSON Schema by, if it has.

    It is named as the type is, or as the last part of its class.
    """
    names = (data_type.id, data_type.class_ref.rpartition(".")[2])
    found = (name for name in names if JSON_SCHEMA.find(app, name) is not None)
    return next(found, "") if data_type.is_form else ""


def component_name(model: str) -> str:
    """Return the name of a model's component, which OpenAPI has few letters for."""
    plain = "".join(
        c if c.isascii() and c not in " /" else f"-{ord(c):x}" for c in model
    )
    return f"data.{plain}"


class _Model:
    """One model's schema on its way into the document; ``mentioned`` are others."""

    def __init__(self, app: AppDefinition, name: str) -> None:
        self._app = app
        self._name = name
        self._document = parsed(app, JSON_SCHEMA.path(name))
        self.mentioned: list[str] = []

    def component(self) -> Schema:
        """Return the schema of the form data: that of its root element."""
        root = self._document if isinstance(self._document, dict) else {}
        cleaned = self.schema(root)
        schema: Schema = cleaned if isinstance(cleaned, dict) else {}
        info = root.get("info")
        start = info.get("rootNode") if isinstance(info, dict) else None
        if isinstance(start, str) and start.startswith("#/"):
            kept: Schema = {
                n: schema[n] for n in ("$defs", "definitions") if n in schema
            }
            schema = {"$ref": self._reference(start), **kept}
        return schema

    def schema(self, value: object, depth: int = 0) -> Schema | bool:
        """Return a schema with the members alone that JSON Schema 2020-12 has."""
        if isinstance(value, bool):
            return value
        if not isinstance(value, dict) or depth > _MAX_DEPTH:
            return {}
        cleaned: Schema = {}
        for name, inner in value.items():
            if name in _OF_SCHEMAS and isinstance(inner, dict):
                cleaned[name] = {
                    key: self.schema(one, depth + 1)
                    for key, one in inner.items()
                    if key != _ROW_ID
                    and (name != "patternProperties" or _is_pattern(key))
                }
            elif name in _LISTS and isinstance(inner, list) and inner:
                cleaned[name] = [self.schema(one, depth + 1) for one in inner]
            elif name == "items" and isinstance(inner, list) and inner:
                # What the drafts before 2020-12 call a tuple.
                cleaned["prefixItems"] = [self.schema(one, depth + 1) for one in inner]
            elif name in _SCHEMAS and isinstance(inner, dict | bool):
                cleaned[name] = self.schema(inner, depth + 1)
            elif name == "$ref" and isinstance(inner, str):
                cleaned[name] = self._reference(inner)
            elif name in _VALUES and _VALUES[name](inner):
                cleaned[name] = inner
        return cleaned

    def _reference(self, reference: str) -> str:
        """Return where in the document the reference leads, empty for elsewhere."""
        file, _, pointer = reference.partition("#")
        identity = (
            self._document.get("$id") if isinstance(self._document, dict) else None
        )
        name = file.rpartition("/")[2].removesuffix(JSON_SCHEMA.after)
        if file in ("", identity) or name == self._name:
            name = self._name
        elif JSON_SCHEMA.find(self._app, name) is None:
            return ""
        else:
            self.mentioned.append(name)
        return f"#/components/schemas/{component_name(name)}{pointer}"


def _drop_dangling(schema: object, components: Mapping[str, Schema]) -> None:
    """Remove references to what the document does not have: anything fits there."""
    for inner in _members(schema):
        reference = inner.get("$ref")
        if isinstance(reference, str) and not _leads(reference, components):
            del inner["$ref"]


def _members(schema: object) -> Iterator[Schema]:
    """Yield the schema and all objects in it."""
    waiting = [schema]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield value
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


def _leads(reference: str, components: Mapping[str, Schema]) -> bool:
    try:
        schema = referred_to({"components": {"schemas": components}}, reference)
    except LookupError:
        return False
    return isinstance(schema, dict | bool)


# --- what JSON Schema 2020-12 has, and what its members may be ------------------------
def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_pattern(value: object) -> bool:
    """Whether it is an expression here too; those of XML Schema often are none."""
    try:
        return isinstance(value, str) and re.compile(value) is not None
    except (re.error, OverflowError, RecursionError):
        return False


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_positive(value: object) -> bool:
    return _is_number(value) and bool(value) and value > 0  # type: ignore[operator]  # a number


def _is_texts(value: object) -> bool:
    return (
        isinstance(value, list)
        and all(isinstance(one, str) for one in value)
        and len(set(value)) == len(value)
    )


def _is_type(value: object) -> bool:
    if isinstance(value, str):
        return value in _TYPES
    return bool(value) and _is_texts(value) and set(value) <= _TYPES  # type: ignore[call-overload]  # a list of texts


def _is_list(value: object) -> bool:
    return isinstance(value, list)


_OF_SCHEMAS = frozenset(
    ["properties", "patternProperties", "dependentSchemas", "$defs", "definitions"]
)
_LISTS = frozenset(["allOf", "anyOf", "oneOf", "prefixItems"])
_SCHEMAS = frozenset(
    [
        "additionalProperties",
        "contains",
        "else",
        "if",
        "items",
        "not",
        "propertyNames",
        "then",
    ]
)
_VALUES: Mapping[str, Callable[[object], bool]] = {
    "type": _is_type,
    "title": _is_text,
    "description": _is_text,
    "format": _is_text,
    "pattern": _is_pattern,
    "required": _is_texts,
    "enum": _is_list,
    "examples": _is_list,
    "const": lambda value: True,
    "default": lambda value: True,
    "minimum": _is_number,
    "maximum": _is_number,
    "exclusiveMinimum": _is_number,
    "exclusiveMaximum": _is_number,
    "multipleOf": _is_positive,
    **dict.fromkeys(["minLength", "maxLength", "minItems", "maxItems"], _is_count),
    **dict.fromkeys(["minProperties", "maxProperties"], _is_count),
    **dict.fromkeys(["readOnly", "writeOnly", "deprecated"], _is_flag),
    "uniqueItems": _is_flag,
}
