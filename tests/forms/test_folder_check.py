"""Data models, and the fields that an application's files name, looked at together."""

import json

import pytest

from tests.apps_registry.test_check_app import FILES, PAGE, report_of
from tests.forms.layout_app import component, page, rows

SCHEMA = "models/sykmelding.schema.json"
XSD = "models/sykmelding.xsd"


def schema_with(*changes: tuple[str, object]) -> bytes:
    """Return the sample's JSON schema with other members; None takes one out."""
    document = json.loads(FILES[SCHEMA])
    for name, value in changes:
        document["properties"].pop(name, None)
        if value is not None:
            document["properties"][name] = value
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    ("schema", "told"),
    [
        (schema_with(("diagnose", None)), "diagnose is in the XML schema alone"),
        (schema_with(("ny", {})), "ny is in the JSON schema alone"),
        (
            schema_with(("arbeidstaker", {"$ref": "#/$defs/Arbeidstaker"})),
            "the order of the members differs",
        ),
        (
            schema_with(("friskmeldtEtterPerioden", {"type": "string"})),
            "friskmeldtEtterPerioden is true or false in XML and a text in JSON",
        ),
        (
            FILES[SCHEMA].replace(b'"type": "integer"', b'"type": "number"'),
            "arbeidsgiver.stillingsprosent is a whole number in XML and a number in"
            " JSON; periode.grad is",
        ),
        (
            FILES[SCHEMA].replace(b'"type": "array"', b'"$ref": "#/$defs/Periode"'),
            "periode is a list in the XML schema alone",
        ),
    ],
)
def test_schemas_that_differ_are_a_warning(schema: bytes, told: str) -> None:
    """A-207: one finding, with the first of what differs"""
    report = report_of(**{SCHEMA: schema})
    (found,) = [one for one in report.all if one.code == "schemas-differ"]
    assert (found.severity, found.pointer) == ("warning", SCHEMA)
    assert told in found.detail
    assert not report.errors


def test_schemas_that_agree_are_no_finding() -> None:
    """A-207"""
    assert "schemas-differ" not in {one.code for one in report_of().all}


def test_a_schema_that_no_form_can_be_held_to_is_a_warning() -> None:
    """A-270: found at import, not when the first form comes in"""
    broken = FILES[SCHEMA].replace(b"^[0-9]{9}$", b"^a{99999999}$")
    report = report_of(**{SCHEMA: broken})
    (found,) = [one for one in report.all if one.code == "schema-not-validated"]
    assert (found.severity, found.pointer) == ("warning", SCHEMA)
    assert "regex" in found.detail


def test_much_that_differs_is_told_in_part() -> None:
    """A-207"""
    schema = schema_with(*((f"ny{n}", {}) for n in range(9)))
    (found,) = [
        one for one in report_of(**{SCHEMA: schema}).all if one.code == "schemas-differ"
    ]
    assert found.detail.endswith("ny4 is in the JSON schema alone. There is more.")


def unknown(**files: object) -> set[tuple[str, str]]:
    """Return where files name fields that there are not, and which."""
    report = report_of(**{p: json.dumps(f).encode() for p, f in files.items()})
    assert not report.errors
    return {
        (one.pointer, one.detail.rpartition(" ")[2])
        for one in report.warnings
        if one.code == "field-unknown"
    }


def test_fields_of_pages_are_looked_for() -> None:
    """A-207, A-264: of the pages' own type; rows need not be named"""
    own = page(
        component("a", field="arbeidsgiver.navn"),
        component("b", field="arbeidsgiver.nevn"),
        rows("c", "periode", "d"),
        component("d", field="periode.grad"),
        component("e", field="periode[0].fom"),
        component("f", field="..."),
    )
    assert unknown(**{PAGE: own}) == {
        (
            f"{PAGE}#/data/layout/1/dataModelBindings/simpleBinding",
            "'arbeidsgiver.nevn'.",
        ),
        (f"{PAGE}#/data/layout/5/dataModelBindings/simpleBinding", "'...'."),
    }


def test_fields_of_rules_and_calculations_are_looked_for() -> None:
    """A-244, A-268"""
    rule = {"message": "x", "condition": True}
    validation, calculation = (
        f"models/default.{kind}.json" for kind in ("validation", "calculation")
    )
    files = {
        validation: {"validations": {"periode.grad": [rule], "periode.gred": [rule]}},
        calculation: {"calculations": {"diagnose.kod": {"expression": 1}}},
    }
    assert unknown(**files) == {
        (f"{validation}#/validations/periode.gred", "'periode.gred'."),
        (f"{calculation}#/calculations/diagnose.kod", "'diagnose.kod'."),
    }


def test_a_binding_to_one_of_several_elements() -> None:
    """A-263: which one, nobody could say"""
    bound = {"simpleBinding": {"field": "navn", "dataType": "vedlegg"}}
    own = page(component("a", dataModelBindings=bound))
    report = report_of(**{PAGE: json.dumps(own).encode()})
    found = {(one.severity, one.pointer, one.code) for one in report.all}
    place = f"{PAGE}#/data/layout/0/dataModelBindings/simpleBinding"
    assert ("warning", place, "binding-ambiguous") in found
