"""Fields of a form that stand on its instance: presentation texts and data values."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final

from apps_registry.definition import AppDefinition
from forms.model import Model, ObjectType
from forms.values import Value

PRESENTATION, DATA = "presentationFields", "dataFields"
_LONGEST: Final = 4000  # as texts that callers set; lists show them of many instances


def fields_of(app: AppDefinition, member: str, data_type: str) -> Mapping[str, str]:
    """Return the paths of the fields that the app projects from a type, by their id."""
    declared = app.metadata.get(member)
    found: dict[str, str] = {}
    for one in declared if isinstance(declared, list) else ():
        if isinstance(one, Mapping) and one.get("dataTypeId") == data_type:
            name, path = one.get("id"), one.get("path")
            if isinstance(name, str) and isinstance(path, str):
                found[name] = path
    return found


def projected(
    document: Value, model: Model, fields: Mapping[str, str]
) -> dict[str, str | None]:
    """Return the text of each field, None where the form has no value.

    A path that the model lacks has none either: an import warns about it. What is
    longer than such a text may be is cut.
    """
    return {name: _text(_value(document, model, path)) for name, path in fields.items()}


def merged(
    present: Mapping[str, str] | None, projected_: Mapping[str, str | None]
) -> dict[str, str]:
    """Return the texts with the projected ones put in, and those without value gone."""
    kept = {**(present or {}), **projected_}
    return {name: text for name, text in kept.items() if text is not None}


def _value(document: Value, model: Model, path: str) -> Value:
    """Return what stands at a path, whose names are written in any case."""
    type_: object = model.type
    for name in path.replace("-", "").split("."):
        if not isinstance(type_, ObjectType) or not isinstance(document, dict):
            return None
        member = _find(type_.members, name)
        if member is None:
            return None
        type_ = type_.members[member].type
        document = document.get(member)
    return document


def _find(names: Iterable[str], wanted: str) -> str | None:
    lowered = wanted.lower()
    return next((n for n in names if n.replace("-", "").lower() == lowered), None)


def _text(value: Value) -> str | None:
    match value:
        case None | list() | dict():
            return None
        case bool():
            return str(value)
        case str():
            return value[:_LONGEST]
        case int():
            return str(value)
        case _:
            return format(Decimal(repr(value)), "f").removesuffix(".0")
