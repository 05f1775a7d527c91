"""Whatever an application's files hold, it is a finding and no error."""

import json
from collections.abc import Iterator

import pytest

from apps_registry.lenient_json import MAX_DEPTH
from apps_registry.metadata import FILE as METADATA
from apps_registry.public_files import LAYOUT_SETS
from tests.apps_registry.test_check_app import (
    FILES,
    PAGE,
    SETTINGS,
    report_of,
)

ODD: list[object] = [None, True, 0, -1, 1.5, "", "x", [], [None], {}, {"x": None}]
MORE = {
    "ui/Settings.json": b'{"taskNavigation": [{"taskId": "formfilling"}]}',
    "ui/footer.json": b'{"footer": [{"type": "Link", "title": "a"}]}',
    "options/land.json": b'[{"value": "no", "label": "Norge"}]',
    "appsettings.json": b'{"FrontEndSettings": {"a": "b"}, "AppSettings": {}}',
    "models/default.prefill.json": b'{"ER": {"Name": "arbeidsgiver.navn"}}',
    "models/default.validation.json": (
        b'{"definitions": {"d": {"message": "m", "condition": ["a"]}},'
        b' "validations": {"f": ["d", {"ref": "d"}]}}'
    ),
    "models/default.calculation.json": b'{"calculations": {"a": {"expression": 1}}}',
}
SMALL = {
    METADATA: (
        b'{"id": "nav/app2018", "org": "nav", "title": {"nb": "x"}, "dataTypes":'
        b' [{"id": "default", "appLogic": {"classRef": "a.sykmelding"}, "taskId":'
        b' "formfilling", "allowedContentTypes": ["a/b"], "maxCount": 1}], "onEntry":'
        b' {"show": "form"}, "presentationFields": [{"dataTypeId": "default"}],'
        b' "copyInstanceSettings": {"excludedDataTypes": ["default"]},'
        b' "apiScopes": {"users": {"read": "a"}}}'
    ),
    LAYOUT_SETS: FILES[LAYOUT_SETS],
    SETTINGS: b'{"pages": {"groups": [{"order": ["arbeid", "sykdom"]}]}}',
    PAGE: (
        b'{"data": {"layout": [{"id": "a", "type": "Group", "children": ["0:b"],'
        b' "dataModelBindings": {"group": {"field": "a", "dataType": "default"}},'
        b' "layoutSet": "form", "maxCount": 2, "hiddenRow": ["equals", 1, 2],'
        b' "rowsAfter": [{"cells": [{"component": "c"}]}]}, {"id": "b", "type":'
        b' "Cards", "cards": [{"media": "d", "children": ["e"]}]}, {"id": "c",'
        b' "type": "Dropdown", "optionsId": "land"}, {"id": "d", "type": "Tabs",'
        b' "tabs": [{"children": ["f"]}]}, {"id": "e", "type": "Grid", "rows":'
        b' [{"cells": [{"component": "g"}]}]}, {"id": "f", "type": "Image"},'
        b' {"id": "g", "type": "Input"}]}}'
    ),
    "config/texts/resource.nb.json": (
        b'{"language": "nb", "resources": [{"id": "a", "value": "b", "variables":'
        b' [{"key": "k", "dataSource": "text"}]}]}'
    ),
    "models/sykmelding.schema.json": (
        b'{"$schema": "https://json-schema.org/draft/2020-12/schema", "properties":'
        b' {"a": {"$ref": "#/$defs/A"}}, "$defs": {"A": {"type": "string"}}}'
    ),
}


def mutations(value: object) -> Iterator[object]:
    """Yield a document with each of its parts replaced by each odd value."""
    yield from ODD
    if isinstance(value, dict):
        for name, inner in value.items():
            for changed in mutations(inner):
                yield {**value, name: changed}
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            for changed in mutations(inner):
                yield [*value[:index], changed, *value[index + 1 :]]


@pytest.mark.parametrize("file", [*SMALL, *MORE])
def test_whatever_a_file_holds_the_report_tells(file: str) -> None:
    """400, never 500: every part of every file, by every wrong kind of value"""
    files = {**FILES, **SMALL, **MORE}
    assert not report_of(**files).errors
    for document in mutations(json.loads(files[file])):
        report_of(**{**files, file: json.dumps(document).encode()})


@pytest.mark.parametrize("file", [*SMALL, *MORE])
@pytest.mark.parametrize("depth", [70, 500, 5000])
def test_a_file_that_is_nested_too_deeply_is_told(file: str, depth: int) -> None:
    """T-19"""
    for opening, closing in (("[", "]"), ('{"properties":{"a":', "}}")):
        content = f"{opening * depth}1{closing * depth}".encode()
        codes = {f.code for f in report_of(**{file: content}).errors}
        assert "json-too-deep" in codes


def test_a_schema_at_the_deepest_can_be_checked() -> None:
    """T-19: no frame of Python is missing for it"""
    depth = MAX_DEPTH // 2 - 1
    content = b'{"properties":{"a":' * depth + b"{}" + b"}}" * depth
    assert not report_of(**{"models/default.schema.json": content}).errors
