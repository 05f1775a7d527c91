"""Fields that calculations fill in, as the kinds of their fields."""

from copy import deepcopy

import pytest
from structlog.testing import capture_logs

from forms.calculation import calculate
from forms.model import Member, Model, ObjectType, Simple
from forms.rule_file import calculations_of
from forms.values import Value
from tests.forms.layout_app import app_with, around, component, contexts, page

FILE = "models/default.calculation.json"


def object_type(**members: object) -> ObjectType:
    """Return a type; a list means rows of what is in it."""
    made = ObjectType()
    for name, kind in members.items():
        repeated = isinstance(kind, list)
        type_ = kind[0] if isinstance(kind, list) else kind
        made.add(Member(name, type_, name, repeated=repeated))
    return made


ROW = object_type(a=Simple.NUMBER, b=Simple.NUMBER, sum=Simple.NUMBER)
TYPE = object_type(
    t=Simple.TEXT,
    n=Simple.NUMBER,
    i=Simple.INTEGER,
    b=Simple.TRUTH,
    r=[ROW],
    o=object_type(t=Simple.TEXT, r=[ROW]),
    tall=[Simple.NUMBER],
)
MODEL = Model("form", "", TYPE)


def calculated(
    data: Value,
    pages: dict[str, dict[str, object]] | None = None,
    **expressions: object,
) -> Value:
    """Return the form with the calculations done; ``__`` stands for a dot."""
    named = {
        name.replace("__", "."): {"expression": one}
        for name, one in expressions.items()
    }
    app = app_with(pages or {"a": page()}, files={FILE: {"calculations": named}})
    form = deepcopy(data)
    changed = calculate(
        around(app, default=form),
        data_type="default",
        element_id="default",
        model=MODEL,
        calculations=calculations_of(app, "default"),
        components=contexts(app, default=form),
    )
    assert changed is (form != data)
    return form


@pytest.mark.parametrize(
    ("field", "expression", "expected"),
    [
        ("t", "x", "x"),
        ("t", 1.5, "1.5"),
        ("t", True, "true"),
        ("n", "2.50", 2.5),
        ("n", True, 1),
        ("n", 3, 3),
        ("i", "3", 3),
        ("i", 4.0, 4),
        ("i", False, 0),
        ("b", "true", True),
        ("b", 1, True),
        ("b", 0, False),
        ("t", ["plus", 1, 2], "3"),
    ],
)
def test_a_result_becomes_the_kind_of_its_field(
    field: str, expression: object, expected: Value
) -> None:
    """A-244"""
    assert calculated({}, **{field: expression}) == {field: expected}


@pytest.mark.parametrize(
    ("field", "expression"),
    [
        ("n", "tre"),
        ("n", "1e999"),
        ("i", "-1e999"),
        ("i", 1.5),
        ("b", "kanskje"),
        ("n", ["list", 1]),
        ("n", ["divide", 1, 0]),
        ("n", ["ukjent"]),
        ("borte", 1),
        ("o", 1),
        ("r", 1),
        ("tall", 1),
        ("a..b", 1),
    ],
)
def test_what_does_not_fit_is_logged_and_changes_nothing(
    field: str, expression: object
) -> None:
    """A-244"""
    data: Value = {"n": 7, "i": 7, "b": True, "t": "x"}
    with capture_logs() as logs:
        assert calculated(data, **{field: expression}) == data
    assert [one["event"] for one in logs] == ["calculation_failed"]


def test_each_row_is_calculated_for_itself() -> None:
    """A-244: the row's own fields, and the path that argv has"""
    added = ["plus", ["dataModel", "r.a"], ["dataModel", "r.b"]]
    data: Value = {"r": [{"a": 1, "b": 2}, {"a": 3}], "t": ""}
    assert calculated(data, r__sum=added, t=["argv", 0]) == {
        "r": [{"a": 1, "b": 2, "sum": 3}, {"a": 3, "sum": 3}],
        "t": "t",
    }


def test_items_of_a_list_are_calculated_one_by_one() -> None:
    """A-244: ``[]`` at the end of the path"""
    doubled = ["multiply", ["dataModel", ["argv", 0]], 2]
    assert calculated({"tall": [1, 2]}, **{"tall[]": doubled}) == {"tall": [2, 4]}


def test_calculations_see_those_before_them() -> None:
    """A-244: in the file's order"""
    found = calculated({}, n=2, i=["plus", ["dataModel", "n"], 1])
    assert found == {"n": 2, "i": 3}


def test_what_holds_a_field_is_made_and_null_takes_it_out() -> None:
    """A-244"""
    assert calculated({"t": "x"}, o__t="y", t=None) == {"o": {"t": "y"}}
    assert calculated({"t": "x"}, o__t=None) == {"t": "x"}


def test_a_calculation_may_ask_for_a_component() -> None:
    """A-244, A-261"""
    pages = {"a": page(component("felt", field="n"))}
    assert calculated({"n": 2}, pages, i=["component", "felt"]) == {"n": 2, "i": 2}
