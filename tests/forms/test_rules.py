"""What is required, and what an application's own rules find wrong in a form."""

from typing import Any

import pytest

from forms.contexts import Contexts
from forms.errors import ExpressionFailed
from forms.field_paths import fields_at
from forms.hidden import hidden_fields
from forms.paths import written
from forms.required import missing
from forms.rule_file import calculations_of, rules_of
from forms.rules import Broken, broken
from forms.values import Value
from tests.forms.layout_app import (
    app_with,
    around,
    component,
    contexts,
    page,
    rows,
)

RULES = "models/default.validation.json"
CALCULATIONS = "models/default.calculation.json"
TEXTS = "config/texts/resource.nb.json"


def lacking(found: Contexts) -> list[tuple[str, str, str]]:
    """Return component, binding and field of what is missing."""
    return [(one.component.id, one.binding, one.field) for one in missing(found)]


@pytest.mark.parametrize(
    ("value", "is_missing"),
    [
        (None, True),
        ("", True),
        (" \n", True),
        ([], True),
        ({}, True),
        (0, False),
        (False, False),
        ("x", False),
        ([None], False),
    ],
)
def test_what_is_empty(value: Value, is_missing: bool) -> None:
    """A-267"""
    app = app_with({"a": page(component("x", field="x", required=True))})
    assert lacking(contexts(app, default={"x": value})) == (
        [("x", "simpleBinding", "x")] if is_missing else []
    )


def test_what_is_required() -> None:
    """A-267: each binding, in each row; neither what is hidden nor what need not be"""
    adult = ["greaterThan", ["dataModel", "folk.alder"], 17]
    address = {"address": "adresse.gate", "zipCode": "adresse.nr"}
    app = app_with(
        {
            "a": page(
                component("adr", "Address", dataModelBindings=address, required=True),
                rows("folk", "folk", "navn"),
                component("navn", field="folk.navn", required=adult),
                component("skjult", field="y", required=True, hidden=True),
                component("valgfri", field="z", required=["equals", 1, 2]),
            )
        }
    )
    data: Value = {
        "adresse": {"gate": "Storgata"},
        "folk": [{"alder": 3}, {"alder": 18}, {"alder": 20, "navn": "Per"}],
    }
    assert lacking(contexts(app, default=data)) == [
        ("adr", "zipCode", "adresse.nr"),
        ("navn", "simpleBinding", "folk[1].navn"),
    ]


def test_questions_are_required_one_by_one() -> None:
    """A-267"""
    bound = {"questions": "spm", "answer": "spm.svar"}
    app = app_with(
        {"a": page(component("l", "Likert", dataModelBindings=bound, required=True))}
    )
    data: Value = {"spm": [{"svar": 1}, {"svar": None}]}
    assert lacking(contexts(app, default=data)) == [("l", "answer", "spm[1].svar")]


@pytest.mark.parametrize("checked", [True, False])
def test_choices_as_rows_are_required_as_one(checked: bool) -> None:
    """A-267: one that is checked is enough"""
    bound = {"group": "valg", "simpleBinding": "valg.v", "checked": "valg.på"}
    given = component(
        "v", "Checkboxes", dataModelBindings=bound, options=[], required=True
    )
    data: Value = {"valg": [{"v": "a", "på": checked}]}
    found = lacking(contexts(app_with({"a": page(given)}), default=data))
    assert found == ([] if checked else [("v", "group", "valg")])


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a", ["a"]),
        ("r.x", ["r[0].x", "r[1].x"]),
        ("r.s.x", ["r[0].s[0].x", "r[0].s[1].x"]),
        ("r[0].s.x", ["r[0].s[0].x", "r[0].s[1].x"]),
        ("r", ["r"]),
        ("r[]", ["r[0]", "r[1]"]),
        ("tall", ["tall"]),
        ("tall[]", ["tall[0]", "tall[1]", "tall[2]"]),
        ("r.s[]", ["r[0].s[0]", "r[0].s[1]"]),
        ("borte.x", ["borte.x"]),
        ("borte[]", []),
    ],
)
def test_a_path_without_rows_means_all_of_them(path: str, expected: list[str]) -> None:
    """A-244, A-268"""
    data: Value = {
        "a": 1,
        "r": [{"x": 1, "s": [{"x": 1}, {"x": 2}]}, {"x": 2, "s": []}],
        "tall": [1, 2, 3],
    }
    assert [written(steps) for steps, _ in fields_at(data, path)] == expected


def found(
    data: Value, rules: object, language: str = "nb", **more: Any
) -> list[Broken]:
    """Return what the rules say about the form of a page that shows nothing."""
    pages = more.pop("pages", {"a": page()})
    app = app_with(pages, files={RULES: rules, **more})
    shown = contexts(app, default=data)
    return list(
        broken(
            around(app, language, default=data),
            data_type="default",
            element_id="default",
            rules=rules_of(app, "default"),
            hidden=hidden_fields(shown, for_removal=False),
            components=shown,
        )
    )


SAYS = {"message": "feil", "condition": ["equals", ["dataModel", ["argv", 0]], "x"]}


def test_a_rule_that_is_broken() -> None:
    """A-268: field, text, severity; in each row by argv and the row itself"""
    own_row = ["equals", ["dataModel", "r.b"], "y"]
    rules = {
        "validations": {
            "a": [SAYS],
            "r.a": [{"message": "rad", "condition": own_row, "severity": "warning"}],
        }
    }
    data: Value = {"a": "x", "r": [{"a": 1, "b": "y"}, {"a": 1, "b": "n"}]}
    assert found(data, rules) == [
        Broken("default", "a", "feil", "error"),
        Broken("default", "r[0].a", "rad", "warning"),
    ]


def test_definitions_are_named_and_overridden() -> None:
    """A-268: by name, by ref with members of its own, from an earlier definition"""
    rules = {
        "definitions": {
            "felles": SAYS,
            "mild": {"ref": "felles", "severity": "info"},
        },
        "validations": {
            "a": ["felles"],
            "b": [{"ref": "mild", "message": "annet"}],
            "c": ["borte", {"ref": "borte"}, {"message": "uten"}, {"condition": True}],
        },
    }
    assert found({"a": "x", "b": "x", "c": "x"}, rules) == [
        Broken("default", "a", "feil", "error"),
        Broken("default", "b", "annet", "info"),
    ]


def test_what_is_null_or_hidden_is_left_alone() -> None:
    """A-268: a hidden list hides the fields of its rows"""
    always = {"message": "feil", "condition": True}
    rules = {"validations": {path: [always] for path in ("tom", "skjult", "r.x", "a")}}
    pages = {
        "p": page(
            component("s", field="skjult", hidden=True),
            rows("r", "r", hidden=True),
            component("a", field="a"),
        )
    }
    data: Value = {"skjult": 1, "r": [{"x": 1}], "a": 1, "tom": None}
    assert [one.field for one in found(data, rules, pages=pages)] == ["a"]


def test_a_rule_may_ask_for_a_component() -> None:
    """A-268, A-261"""
    rules = {
        "validations": {
            "a": [{"message": "feil", "condition": ["equals", ["component", "k"], 1]}]
        }
    }
    pages = {"p": page(component("k", field="k"))}
    assert len(found({"a": 1, "k": 1}, rules, pages=pages)) == 1
    assert not found({"a": 1, "k": 2}, rules, pages=pages)


@pytest.mark.parametrize("condition", [None, "ja", 1, ["dataModel", "borte"]])
def test_a_condition_that_is_neither_true_nor_false(condition: object) -> None:
    """A-268: an error, unless it is not there at all"""
    rules = {"validations": {"a": [{"message": "x", "condition": condition}]}}
    if condition is None:
        assert found({"a": 1}, rules) == []
    else:
        with pytest.raises(ExpressionFailed, match="not true or false"):
            found({"a": 1}, rules)


def test_what_a_rule_says_in_words() -> None:
    """A-268, A-274: the text of its message, with variables; none for a plain text"""
    texts = {
        "language": "nb",
        "resources": [
            {
                "id": "feil",
                "value": "{0} er feil",
                "variables": [{"key": "r.a", "dataSource": "dataModel.default"}],
            }
        ],
    }
    rules = {"validations": {"r.a": [SAYS, {**SAYS, "message": "Rett på det"}]}}
    told = found({"r": [{"a": "n"}, {"a": "x"}]}, rules, **{TEXTS: texts})
    assert [(one.field, one.text_key, one.description) for one in told] == [
        ("r[1].a", "feil", "x er feil"),
        ("r[1].a", "Rett på det", None),
    ]


def test_files_that_an_older_deployment_may_have() -> None:
    """A-244, A-268: what importing refuses now is left out"""
    app = app_with(
        {"a": page()},
        files={
            RULES: {"validations": {"a": [{"message": {}, "condition": True}]}},
            CALCULATIONS: {"calculations": {"a": {"expression": {}}, "b": 1}},
        },
    )
    assert rules_of(app, "default") == {"a": ()}
    assert calculations_of(app, "default") == {}
    assert rules_of(app, "vedlegg") == {}
    broken_file = app_with({"a": page()}, files={RULES: b"{"})
    assert rules_of(broken_file, "default") == {}
