"""Components that ask for each other, for other data types, and in subforms."""

import pytest

from forms.contexts import FailedThere
from forms.errors import ExpressionFailed
from forms.values import Value
from tests.forms.layout_app import (
    app_with,
    component,
    contexts,
    hidden_names,
    page,
    rows,
    with_counts,
)

PEOPLE: Value = {
    "vis": True,
    "folk": [
        {"navn": "Ola", "barn": [{"navn": "Kari"}, {"navn": "Per"}]},
        {"navn": "Eva", "barn": []},
        None,
    ],
}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("navn", {"vis[1]"}),  # the row's own
        ("kommune", {"vis[0]", "vis[1]"}),  # around the rows
        ("land", {"vis[0]", "vis[1]"}),  # on another page
        ("sagt", set()),
        ("skjult", {"vis[0]", "vis[1]"}),
    ],
)
def test_the_value_of_a_component(asked: str, expected: set[str]) -> None:
    """A-261, A-262: in the row, hidden ones have none"""
    app = app_with(
        {
            "a": page(
                rows("folk", "folk", "navn", "vis"),
                component("navn", field="folk.navn"),
                component("vis", hidden=["notEquals", ["component", asked], "Ola"]),
                component("kommune", field="kommune"),
                component("skjult", field="ola", hidden=True),
            ),
            "b": page(component("land", field="land"), component("sagt", field="ola")),
        }
    )
    data = {**PEOPLE, "ola": "Ola", "kommune": "Oslo", "land": "NO"}  # type: ignore[dict-item]  # it is an object
    found = hidden_names(contexts(app, default=data))
    assert found == expected | {"skjult", "folk[2]", "navn[2]", "vis[2]"}


@pytest.mark.parametrize(
    "asked", ["borte", "folk", "tekst"], ids=["unknown", "group", "unbound"]
)
def test_a_component_without_a_value(asked: str) -> None:
    """A-261: unknown, a group, without simpleBinding"""
    app = app_with(
        {
            "a": page(
                rows("folk", "folk"),
                component("tekst", "Paragraph"),
                component("felt", hidden=["component", asked]),
            )
        }
    )
    with pytest.raises(ExpressionFailed, match=asked):
        hidden_names(contexts(app, default=PEOPLE))


def test_a_component_of_rows_has_no_value_outside_of_them() -> None:
    """A-261"""
    app = app_with(
        {
            "a": page(
                rows("folk", "folk", "navn"),
                component("navn", field="folk.navn"),
                component("felt", hidden=["equals", ["component", "navn"], None]),
            )
        }
    )
    assert "felt" in hidden_names(contexts(app, default=PEOPLE))


def test_components_that_ask_for_each_other() -> None:
    """A-261: an error and no endless work"""
    app = app_with(
        {
            "a": page(
                component("en", field="a", hidden=["component", "to"]),
                component("to", field="a", hidden=["component", "en"]),
            )
        }
    )
    with pytest.raises(FailedThere, match="asks itself"):
        hidden_names(contexts(app, default={"a": True}))


def test_components_that_ask_one_after_the_other() -> None:
    """A-261: so far, and no farther"""

    def chain(length: int) -> object:
        listed = [
            component(f"c{n}", field="a", hidden=["component", f"c{n + 1}"])
            for n in range(length)
        ]
        return app_with({"a": page(*listed, component(f"c{length}", field="a"))})

    assert hidden_names(contexts(chain(20), default={"a": False})) == set()  # type: ignore[arg-type]  # it is one
    with pytest.raises(FailedThere):
        hidden_names(contexts(chain(500), default={"a": False}))  # type: ignore[arg-type]  # it is one


def test_another_data_type_is_asked_where_it_is_one_element() -> None:
    """A-263"""
    bound = {"simpleBinding": {"field": "navn", "dataType": "andre"}}
    app = app_with(
        {
            "a": page(
                component("felt", dataModelBindings=bound),
                component("ja", hidden=["equals", ["component", "felt"], "Ola"]),
                component("nei", hidden=["dataModel", "vis", "andre"]),
            )
        },
        max_counts={"andre": 1},
    )
    andre: Value = {"navn": "Ola", "vis": False}
    assert hidden_names(contexts(app, default={}, andre=andre)) == {"ja"}
    several = with_counts(app, andre=2)
    with pytest.raises(FailedThere, match="andre may have several"):
        hidden_names(contexts(several, default={}, andre=andre))


def test_a_subform_shows_its_pages_for_each_element() -> None:
    """A-263: there the type's own element is meant, however many there are"""
    bound = {"simpleBinding": {"field": "navn", "dataType": "del"}}
    app = app_with(
        {"a": page(component("deler", "Subform", layoutSet="delside"))},
        sets={
            "delside": (
                "del",
                {
                    "d": page(
                        component("navn", dataModelBindings=bound),
                        component("x", hidden=["equals", ["component", "navn"], "Per"]),
                    )
                },
            )
        },
        max_counts={"del": 0},
    )
    found = contexts(app, default={}, del_1={"navn": "Ola"}, del_2={"navn": "Per"})
    hidden = {
        (one.name, one.place.element_id) for one in found.all() if found.is_hidden(one)
    }
    assert hidden == {("x", "del_2")}
    shown = [one.place.element_id for one in found.all() if one.name == "navn"]
    assert shown == ["del_1", "del_2"]


def test_a_subform_that_stands_in_itself() -> None:
    """A-264: an error and no endless work"""
    own = {"a": page(component("s", "Subform", layoutSet="form"))}
    with pytest.raises(ExpressionFailed, match="stands in itself"):
        contexts(app_with(own), default={})
