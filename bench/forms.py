"""Forms: what validating one and patching one cost beside bare functions."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import jsonschema_rs
from lxml import etree

from bench.authorization import Effort
from bench.timing import Comparison, alternate
from forms import content as form_content
from forms import json_data, patches, rows, xml_data
from forms.breaches import breaches
from forms.constraints import read_constraints
from forms.model import Model
from forms.schema_model import read_json_schema
from forms.values import Value

_KILOBYTE = 1000
_ROW: Mapping[str, Value] = {
    "navn": "Grønn Rev Verksted AS",
    "dato": "2030-12-31",
    "belop": 1234.5,
    "antall": 12,
}
_SCHEMA = {
    "@xsdRootElement": "skjema",
    "type": "object",
    "required": ["rad"],
    "properties": {"rad": {"type": "array", "items": {"$ref": "#/$defs/Rad"}}},
    "$defs": {
        "Rad": {
            "type": "object",
            "required": ["navn", "dato"],
            "properties": {
                "navn": {"type": "string", "minLength": 1, "maxLength": 100},
                "dato": {"type": "string", "format": "date"},
                "belop": {"type": "number", "minimum": 0},
                "antall": {"type": "integer", "maximum": 1000},
            },
        }
    },
}
_CONTENT = json.dumps(_SCHEMA).encode()


def compare_forms(effort: Effort) -> Iterator[Comparison]:
    """Measure both, one after another."""
    yield _validation(effort)
    yield _patch(effort)


def _validation(effort: Effort) -> Comparison:
    """Compare validating a stored form with lxml and a library of schemas alone."""
    model, constraints = read_json_schema(_CONTENT), read_constraints(_CONTENT)
    content = _form(model, 50 * _KILOBYTE)
    bare = jsonschema_rs.validator_for(_SCHEMA, validate_formats=True, offline=True)

    def validate() -> None:
        found = breaches(xml_data.read(content, model), constraints, most=1000)
        assert not found.found  # noqa: S101  what is measured is a form that is right

    fast, slow = alternate(
        lambda: bare.is_valid(_read(content)),
        validate,
        rounds=effort.rounds,
        seconds=effort.seconds,
    )
    return Comparison(
        "validate a form of 50 kB",
        "lxml, and its values by the library",
        fast,
        "read by the model and validated",
        slow,
        note=f"{len(content):,} bytes",
    )


def _patch(effort: Effort) -> Comparison:
    """Compare a patch of one field with a function that knows the form by heart."""
    model, constraints = read_json_schema(_CONTENT), read_constraints(_CONTENT)
    content = _form(model, 200 * _KILOBYTE)
    operations = [{"op": "replace", "path": "/rad/7/antall", "value": 13}]
    library = jsonschema_rs.validator_for(_SCHEMA, validate_formats=True, offline=True)

    def bare() -> bytes:
        document = _read(content)
        document["rad"][7]["antall"] = 13
        assert library.is_valid(document)  # noqa: S101  as above
        return _written(document)

    def patch() -> bytes:
        document = xml_data.read(content, model)
        rows.fill(document, model.type)
        before = form_content.complete(document, model.type)
        after = patches.apply(before, operations)
        found = json_data.read_object(after, model.type, pointer="", strict=True)
        found = json_data.without_nulls(found)
        breaches(found, constraints, most=1000)
        return xml_data.write(found, model)

    fast, slow = alternate(bare, patch, rounds=effort.rounds, seconds=effort.seconds)
    return Comparison(
        "patch one field of a form of 200 kB",
        "lxml in, a field set, validated, lxml out",
        fast,
        "by the model: with row ids, patch and issues",
        slow,
        at_most=4,
        note=f"{len(content):,} bytes",
    )


def _read(content: bytes) -> dict[str, Any]:
    """Read this very form, and no other."""
    kinds: Mapping[str, Callable[[str], Value]] = {"belop": float, "antall": int}
    return {
        "rad": [
            {one.tag: kinds.get(one.tag, str)(one.text or "") for one in row}
            for row in etree.fromstring(content)
        ]
    }


def _written(document: Mapping[str, Any]) -> bytes:
    root = etree.Element("skjema")
    for row in document["rad"]:
        element = etree.SubElement(root, "rad")
        for name, value in row.items():
            etree.SubElement(element, name).text = str(value)
    return etree.tostring(root)


def _form(model: Model, size: int) -> bytes:
    """Return XML of about so many bytes."""
    one = len(xml_data.write({"rad": [dict(_ROW)] * 2}, model)) - len(
        xml_data.write({"rad": [dict(_ROW)]}, model)
    )
    return xml_data.write({"rad": [dict(_ROW)] * (size // one)}, model)
