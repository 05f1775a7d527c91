"""Data models in an application's document, whatever schemas they come with.

An import refuses most of what is tried here; what an earlier one let through must make
no invalid document either.
"""

import json
from dataclasses import replace
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from api.application.openapi import document_of
from tests.api.application.test_app_openapi import validator
from tests.factories import sample_app

pytestmark = pytest.mark.usefixtures("sandbox")
_FORM = "sykmelding"  # what the model of the sample's form is called


def model_of(model: object, **others: object) -> tuple[dict[str, Any], Any]:
    """Return the document of an app with these models, and that of its form."""
    app = sample_app()
    schemas = {
        f"models/{name}.schema.json": json.dumps(schema).encode()
        for name, schema in {_FORM: model, **others}.items()
    }
    changed = replace(app, files={**app.files, **schemas})
    document = json.loads(document_of(changed))
    found = {
        name: schema
        for name, schema in document["components"]["schemas"].items()
        if name.startswith("data.")
    }
    OpenAPIV31SpecValidator(
        {**document, "paths": {}, "tags": [], "components": {"schemas": found}}
    ).validate()
    return document, found[f"data.{_FORM}"]


def test_older_schemas_are_made_valid() -> None:
    """Whatever the draft, and whatever stands in it besides"""
    _, model = model_of(
        model={
            "$schema": "http://json-schema.org/draft-04/schema#",
            "id": "http://elsewhere.no/model",
            "info": {"rootNode": ""},
            "@xsdType": "a",
            "type": "object",
            "required": True,
            "properties": {
                "a": {"type": "number", "minimum": 0, "exclusiveMinimum": True},
                "b": {"type": "array", "items": [{"type": "string"}, 1]},
                "c": {"type": "Text", "maxLength": "ten", "texts": {"a": "b"}},
                "d": {"type": ["string", "null"], "pattern": "^[a-z]+$"},
                "x": {"pattern": "^\\p{L}+$", "patternProperties": {"[": {}}},
                "altinnRowId": {"type": "string"},
                "e": "no schema",
            },
        },
    )
    assert model == {
        "type": "object",
        "properties": {
            "a": {"type": "number", "minimum": 0},
            "b": {"type": "array", "prefixItems": [{"type": "string"}, {}]},
            "c": {},
            "d": {"type": ["string", "null"], "pattern": "^[a-z]+$"},
            "x": {"patternProperties": {}},
            "e": {},
        },
    }


def test_references_lead_into_the_document_or_nowhere() -> None:
    """To definitions, to other models; nothing is fetched from elsewhere"""
    document, model = model_of(
        model={
            "$id": "http://altinn.no/sykmelding.schema.json",
            "properties": {
                "own": {"$ref": "#/$defs/A~1B"},
                "itself": {"$ref": "#"},
                "by_id": {"$ref": "http://altinn.no/sykmelding.schema.json#/$defs/C"},
                "shared": {"$ref": "shared.schema.json#/properties/x"},
                "gone": {"$ref": "#/$defs/gone"},
                "away": {"$ref": "http://elsewhere.no/a.json", "title": "kept"},
                "file": {"$ref": "file:///etc/passwd"},
            },
            "$defs": {"A/B": {"type": "string"}, "C": {"type": "integer"}},
        },
        shared={"properties": {"x": {"type": "boolean"}, "back": {"$ref": "model"}}},
    )
    here = "#/components/schemas/data.sykmelding"
    assert model["properties"] == {
        "own": {"$ref": f"{here}/$defs/A~1B"},
        "itself": {"$ref": here},
        "by_id": {"$ref": f"{here}/$defs/C"},
        "shared": {"$ref": "#/components/schemas/data.shared/properties/x"},
        "gone": {},
        "away": {"title": "kept"},
        "file": {},
    }
    check = validator(document, {"$ref": here})
    assert check.is_valid({"own": "a", "itself": {"own": "b"}, "shared": True})
    assert not check.is_valid({"itself": {"own": 1}})
    assert not check.is_valid({"shared": "no"})


def test_the_root_of_older_models_is_the_one_they_name() -> None:
    """app-api.md §15.6: ``info.rootNode``"""
    document, _ = model_of(
        model={
            "info": {"rootNode": "#/definitions/Form"},
            "properties": {"form": {"$ref": "#/definitions/Form"}},
            "definitions": {
                "Form": {"required": ["a"], "properties": {"a": {"type": "string"}}}
            },
        },
    )
    check = validator(document, {"$ref": "#/components/schemas/data.sykmelding"})
    assert check.is_valid({"a": "x"})
    assert not check.is_valid({"form": {"a": "x"}})


def test_a_model_as_deep_as_a_file_can_be_is_no_failure() -> None:
    """Bodies bounded: what is deeper than any form is left open"""
    deep: dict[str, Any] = {}
    for _ in range(30):
        deep = {"properties": {"a": deep}}
    _, model = model_of(model=deep)
    assert json.dumps(model).count("properties") == 25


@pytest.mark.parametrize("content", ["[]", "true", '"text"'])
def test_a_model_that_is_no_schema_is_left_open(content: str) -> None:
    """Never a 500"""
    _, model = model_of(model=json.loads(content))
    assert model == {}
