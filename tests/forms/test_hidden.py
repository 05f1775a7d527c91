"""Data of what is hidden: what goes, what stays, and in which order."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps_registry.definition import AppDefinition
from forms.hidden import Hidden, hidden_fields, remove
from forms.values import Value
from tests.forms.layout_app import (
    app_with,
    component,
    contexts,
    page,
    rows,
)

FOLK: dict[str, Value] = {
    "vis": True,
    "folk": [
        {"navn": "Ola", "alder": 3},
        {"navn": "Eva", "alder": 40},
        {"navn": "Per", "alder": 9},
    ],
}


def fields(app: AppDefinition, *, for_removal: bool = True, **data: Any) -> list[str]:
    """Return the hidden fields of the form, in order."""
    found = hidden_fields(contexts(app, **data), for_removal=for_removal)
    return [one.field for one in found]


def after(app: AppDefinition, data: Value, *, delete_rows: bool = True) -> Value:
    """Return a form without what is hidden."""
    kept = deepcopy(data)
    assert isinstance(kept, dict)
    found = hidden_fields(contexts(app, default=data), for_removal=delete_rows)
    remove(kept, found, delete_rows=delete_rows)
    return kept


def test_what_is_shown_elsewhere_stays() -> None:
    """A-248: shared bindings"""
    app = app_with(
        {
            "a": page(
                component("en", field="delt", hidden=True),
                component("to", field="borte", hidden=True),
            ),
            "b": page(component("tre", field="delt")),
        }
    )
    assert fields(app, default={"delt": 1, "borte": 2}) == ["borte"]


def test_an_ancestor_that_is_hidden_hides() -> None:
    """A-248: page and group"""
    app = app_with(
        {
            "a": page(
                component("gruppe", "Group", children=["en"], hidden=True),
                component("en", field="en"),
                component("fri", field="fri"),
            ),
            "b": page(component("to", field="to.navn"), hidden=True),
        }
    )
    data: Value = {"en": 1, "to": {"navn": 2, "mer": 3}, "fri": 4}
    assert after(app, data) == {"to": {"mer": 3}, "fri": 4}


def test_rows_go_from_the_last_to_the_first() -> None:
    """A-248: so that each index still means its row"""
    young = ["lessThan", ["dataModel", "folk.alder"], 18]
    app = app_with(
        {
            "a": page(
                rows("folk", "folk", "navn", hiddenRow=young),
                component("navn", field="folk.navn"),
            )
        }
    )
    assert fields(app, default=FOLK) == [
        *("folk[2].navn", "folk[2]", "folk[0].navn", "folk[0]"),
    ]
    assert after(app, FOLK) == {"vis": True, "folk": [{"navn": "Eva", "alder": 40}]}
    assert after(app, FOLK, delete_rows=False) == {
        "vis": True,
        "folk": [None, {"navn": "Eva", "alder": 40}, None],
    }


def test_rows_are_ordered_by_number() -> None:
    """A-248: the tenth after the ninth"""
    app = app_with({"a": page(rows("r", "r", "x", hiddenRow=True), component("x"))})
    many: Value = {"r": [{} for _ in range(12)]}
    assert fields(app, default=many) == [f"r[{n}]" for n in reversed(range(12))]
    assert after(app, many) == {"r": []}


def test_rows_that_are_null_go() -> None:
    """A-248"""
    app = app_with({"a": page(rows("r", "r", "x"), component("x", field="r.x"))})
    assert after(app, {"r": [None, {"x": 1}, None]}) == {"r": [{"x": 1}]}


def test_a_hidden_group_takes_its_whole_list() -> None:
    """A-248"""
    app = app_with({"a": page(rows("r", "r", "x", hidden=True), component("x"))})
    assert after(app, {"r": [{"x": 1}], "s": 1}) == {"s": 1}


@pytest.mark.parametrize(
    ("on_component", "on_group", "goes"),
    [
        (None, None, True),
        (True, True, True),
        (False, None, False),
        (None, False, False),
        (["equals", 1, 2], True, False),
        (["dataModel", "borte"], True, True),
    ],
)
def test_what_wants_to_stay_stays(
    on_component: object, on_group: object, goes: bool
) -> None:
    """A-248: removeWhenHidden of the component, and of what hides it; null is true"""
    app = app_with(
        {
            "a": page(
                component(
                    "g",
                    "Group",
                    children=["x"],
                    hidden=True,
                    removeWhenHidden=on_group,
                ),
                component("x", field="x", removeWhenHidden=on_component),
            )
        }
    )
    assert fields(app, default={"x": 1}) == (["x"] if goes else [])
    assert fields(app, default={"x": 1}, for_removal=False) == ["x"]


@pytest.mark.parametrize("stays", [True, False])
def test_a_page_may_keep_what_it_hides(stays: bool) -> None:
    """A-248"""
    app = app_with(
        {"a": page(component("x", field="x"), hidden=True, removeWhenHidden=not stays)}
    )
    assert fields(app, default={"x": 1}) == ([] if stays else ["x"])


def test_what_holds_something_shown_stays() -> None:
    """A-248: a hidden list keeps the one field that a component shows elsewhere"""
    app = app_with(
        {
            "a": page(
                rows("r", "r", "x", "y", hidden=True),
                component("x", field="r.x"),
                component("y", field="r.y", removeWhenHidden=False),
                component("fri", field="r[0].x"),
            )
        }
    )
    data: Value = {"r": [{"x": 1, "y": 2}, {"x": 3, "y": 4}]}
    assert after(app, data) == {"r": [{"x": 1, "y": 2}, {"y": 4}]}


def test_choices_that_are_not_checked_go() -> None:
    """A-248: of those kept as rows the list alone is bound"""
    bound = {"group": "valg", "simpleBinding": "valg.verdi", "checked": "valg.på"}
    app = app_with(
        {"a": page(component("v", "Checkboxes", dataModelBindings=bound, options=[]))}
    )
    data: Value = {"valg": [{"verdi": "a", "på": True}, {"verdi": "b", "på": False}]}
    assert after(app, data) == {"valg": [{"verdi": "a", "på": True}]}


def test_answers_to_questions_stay() -> None:
    """A-248: likert"""
    bound = {"questions": "spm", "answer": "spm.svar"}
    app = app_with(
        {"a": page(component("l", "Likert", dataModelBindings=bound, hidden=True))}
    )
    assert fields(app, default={"spm": [{"svar": 1}]}) == []


def test_what_is_inside_something_hidden_is_out_of_sight() -> None:
    """A-268"""
    app = app_with({"a": page(rows("r", "r", "x", hidden=True), component("x"))})
    found = contexts(app, default={"r": [{"x": 1}], "rx": 1})
    out_of_sight = Hidden(hidden_fields(found, for_removal=False))
    sight = contexts(
        app_with(
            {
                "a": page(
                    rows("r", "r", "x"),
                    component("x", field="r.x"),
                    component("rx", field="rx"),
                )
            }
        ),
        default={"r": [{"x": 1}], "rx": 1},
    )
    seen = {
        ref.field: ref in out_of_sight
        for one in sight.all()
        if one.component and not one.row
        for bound in one.component.bindings.values()
        if (ref := sight.reference(one, bound))
    }
    assert seen == {"r": True, "r[0].x": True, "rx": False}


FLAGS = st.lists(st.booleans(), min_size=6, max_size=6)


@settings(
    max_examples=60,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(FLAGS, st.lists(st.booleans(), max_size=5), FLAGS)
def test_what_is_shown_is_never_lost_and_what_is_not_is_gone(
    hidden: list[bool], rows_hidden: list[bool], kept: list[bool]
) -> None:
    """A-248: whatever is hidden, and whatever wants to stay"""
    names = ("g", "x", "y", "r", "rx", "fri")
    flags: dict[str, Any] = {
        name: {"hidden": hide, "removeWhenHidden": not keep}
        for name, hide, keep in zip(names, hidden, kept, strict=True)
    }
    app = app_with(
        {
            "a": page(
                component("g", "Group", children=["x", "r"], **flags["g"]),
                component("x", field="x", **flags["x"]),
                component("y", field="y", **flags["y"]),
                rows("r", "r", "rx", hiddenRow=["dataModel", "r.skjul"], **flags["r"]),
                component("rx", field="r.x", **flags["rx"]),
            ),
            "b": page(component("fri", field="x", **flags["fri"])),
        }
    )
    listed = [{"nr": n, "skjul": hide, "x": n} for n, hide in enumerate(rows_hidden)]
    data: Any = {"x": 1, "y": 2, "r": listed}
    shown = contexts(app, default=data)
    left: Any = after(app, data)
    by_number = {row["nr"]: row for row in left.get("r") or ()}
    stays: dict[tuple[str, int | None], bool] = {}
    for context in shown.all():
        if context.component is None or context.row or context.name in ("g", "r"):
            continue
        row = context.place.rows[0] if context.place.rows else None
        field = context.component.bindings["simpleBinding"].field
        stays[field, row] = stays.get((field, row), False) or not shown.is_removable(
            context
        )
    for (field, row), stay in stays.items():
        there = left.get(field) if row is None else by_number.get(row, {}).get("x")
        wanted = (data[field] if row is None else row) if stay else None
        assert there == wanted, (field, row)
