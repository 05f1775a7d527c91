"""Pages whose components do not fit together, found before they are evaluated."""

import pytest

from tests.apps_registry.test_check_app import PAGE, found, report_of

# Each found where Altinn fails when the page is first evaluated.
BROKEN_LAYOUTS = [
    (
        b'{"id": "a", "type": "Group", "children": ["b"]}, {"id": "b", "type":'
        b' "Accordion", "children": ["a"]}, {"id": "c", "type": "Input"}',
        "error",
        "#/data/layout/0",
        "component-in-itself",
    ),
    (
        b'{"id": "a", "type": "Group", "children": ["c"]}, {"id": "b", "type":'
        b' "Tabs", "tabs": [{"children": ["c"]}]}, {"id": "c", "type": "Input"}',
        "error",
        "#/data/layout/1/tabs/0/children/0",
        "component-claimed-twice",
    ),
    (
        b'{"id": "a", "type": "RepeatingGroup", "dataModelBindings": {"group": "x"},'
        b' "rowsBefore": [{"cells": [null, {"component": "b"}]}]}',
        "error",
        "#/data/layout/0/rowsBefore/0/cells/1/component",
        "component-unknown",
    ),
    (
        b'{"id": "a", "type": "Grid", "rows": [{"cells": [{"component": "b"}]}]}',
        "error",
        "#/data/layout/0/rows/0/cells/0/component",
        "component-unknown",
    ),
    (
        b'{"id": "a", "type": "Cards", "cards": [{"media": "b"}]}',
        "error",
        "#/data/layout/0/cards/0/media",
        "component-unknown",
    ),
    (
        b'{"id": "a", "type": "Group", "maxCount": 3}',
        "error",
        "#/data/layout/0/dataModelBindings",
        "component-unbound",
    ),
    (
        b'{"id": "a", "type": "Likert", "options": []}',
        "error",
        "#/data/layout/0/dataModelBindings",
        "component-unbound",
    ),
    (
        b'{"id": "a", "type": "Subform"}',
        "error",
        "#/data/layout/0/layoutSet",
        "subform-without-pages",
    ),
    (
        b'{"id": "a", "type": "Dropdown"}',
        "error",
        "#/data/layout/0",
        "options-unclear",
    ),
    (
        b'{"id": "a", "type": "RadioButtons", "options": [], "optionsId": "land"}',
        "error",
        "#/data/layout/0",
        "options-unclear",
    ),
    (
        b'{"id": "a", "type": "Checkboxes", "options": [], "secure": true}',
        "error",
        "#/data/layout/0/secure",
        "options-unclear",
    ),
    (
        b'{"id": "a", "type": "Checkboxes", "options": [],'
        b' "dataModelBindings": {"checked": "x"}}',
        "error",
        "#/data/layout/0/dataModelBindings/checked",
        "component-unbound",
    ),
    (
        b'{"id": "a", "type": "Input", "hidden": {"equals": 1}}',
        "error",
        "#/data/layout/0/hidden",
        "condition-malformed",
    ),
    (
        b'{"id": "a", "type": "Input", "required": [1, 2]}',
        "error",
        "#/data/layout/0/required",
        "condition-malformed",
    ),
    (
        b'{"id": "a", "type": "Input", "required": ["not", ["displayValue", "b"]]}',
        "warning",
        "",
        "function-unknown",
    ),
    (
        b'{"id": "a", "type": "Input", "hidden": ["not", ["component", "borte"]]}',
        "warning",
        "",
        "component-asked-unknown",
    ),
    (
        b",".join(
            b'{"id": "c%d", "type": "Group", "children": ["c%d"]}' % (n, n + 1)
            for n in range(60)
        )
        + b', {"id": "c60", "type": "Input"}',
        "error",
        "#/data/layout/40",
        "component-too-deep",
    ),
]


@pytest.mark.parametrize(("layout", "severity", "place", "code"), BROKEN_LAYOUTS)
def test_a_fault_of_a_page_is_found_at_its_place(
    layout: bytes, severity: str, place: str, code: str
) -> None:
    """A-264, D-2: at import, where Altinn fails at first use; one fault, one finding"""
    report = report_of(**{PAGE: b'{"data": {"layout": [' + layout + b"]}}"})
    assert (severity, f"{PAGE}{place}", code) in found(report)
    assert len(report.errors) <= 1


@pytest.mark.parametrize(
    ("file", "document", "place"),
    [
        (
            "models/default.calculation.json",
            b'{"calculations": {"diagnose.kode": {"expression": ["ukjent", 1]}}}',
            "#/calculations/diagnose.kode/expression",
        ),
        (
            "models/default.validation.json",
            b'{"definitions": {"d": {"condition": ["not", ["ukjent"]]}}}',
            "#/definitions/d/condition",
        ),
    ],
)
def test_functions_that_the_server_lacks_are_told(
    file: str, document: bytes, place: str
) -> None:
    """A-251: a warning, for it is evaluated only where it is reached"""
    report = report_of(**{file: document})
    assert found(report) >= {("warning", f"{file}{place}", "function-unknown")}
    assert not report.errors
