"""Pages: what stands in what, which rows there are, and what is hidden."""

import json

import pytest

from apps_registry.app_check import read_definition
from apps_registry.app_folder import read_folder
from apps_registry.bpmn import Task
from apps_registry.layout_model import Component, Kind
from forms.contexts import Contexts, FailedThere
from forms.errors import ExpressionFailed, LayoutUnreadable
from forms.layouts import layout_of, layout_set
from forms.task_data import data_type_of, layout_set_of
from forms.values import Value
from tests.forms.layout_app import (
    TASK,
    app_with,
    around,
    component,
    contexts,
    hidden_names,
    page,
    rows,
)
from tests.shared import APPS

FOLDERS = sorted(path.parent.name for path in APPS.glob("*/App"))
PEOPLE: Value = {
    "vis": True,
    "folk": [
        {"navn": "Ola", "barn": [{"navn": "Kari"}, {"navn": "Per"}]},
        {"navn": "Eva", "barn": []},
        None,
    ],
}


def tree(component_: Component) -> object:
    """Return the id of a component, with all that is inside."""
    inside = [tree(one) for one in component_.within]
    return (component_.id, inside) if inside else component_.id


def test_what_stands_in_what() -> None:
    """A-264: groups, grids, tabs, cards, accordions and rows, with what is beside"""
    cells = [{"cells": [{"component": "a"}, {"text": "x"}, None]}]
    app = app_with(
        {
            "en": page(
                *(component(name) for name in "abcdefghijk"),
                component("gruppe", "Group", children=["rutenett", "0:b"]),
                component("rutenett", "Grid", rows=cells),
                component("faner", "Tabs", tabs=[{"children": ["c"]}, {}]),
                component("kort", "Cards", cards=[{"media": "d", "children": ["e"]}]),
                component("trekk", "Accordion", children=["f"]),
                component("knapper", "ButtonGroup", children=["g"]),
                rows(
                    "rader",
                    "folk",
                    "1:h",
                    rowsBefore=[{"cells": [{"component": "i"}]}],
                    rowsAfter=[{"cells": [{"component": "j"}]}],
                ),
            )
        }
    )
    pages = layout_of(app, TASK)
    assert pages is not None
    assert [tree(one) for one in pages.pages[0].components] == [
        "g",
        "k",
        ("gruppe", [("rutenett", ["a"]), "b"]),
        ("faner", ["c"]),
        ("kort", ["d", "e"]),
        ("trekk", ["f"]),
        "knapper",
        ("rader", ["h", "i", "j"]),
    ]


def test_a_group_is_of_rows_by_its_count() -> None:
    """A-264"""
    kinds: dict[str, tuple[str, dict[str, object]]] = {
        "a": ("Group", {}),
        "b": ("group", {"maxCount": 1}),
        "c": ("Group", {"maxCount": 3}),
        "d": ("GROUP", {"maxCount": 0}),
        "e": ("RepeatingGroup", {"maxCount": 1}),
        "f": ("Paragraph", {}),
    }
    bound = {"dataModelBindings": {"group": "folk"}}
    listed = [component(n, t, **bound, **more) for n, (t, more) in kinds.items()]
    pages = layout_of(app_with({"en": page(*listed)}), TASK)
    assert pages is not None
    found = {one.id: one.kind for one in pages.pages[0].components}
    assert found == {
        "a": Kind.GROUP,
        "b": Kind.GROUP,
        "c": Kind.ROWS,
        "d": Kind.ROWS,
        "e": Kind.ROWS,
        "f": Kind.PLAIN,
    }


def test_the_pages_of_a_task_in_their_order() -> None:
    """A-206: the first set of the task, by order or by groups; none for other tasks"""
    files = {
        "ui/form/Settings.json": {
            "pages": {"groups": [{"order": ["b"]}, {"order": ["a"]}]}
        }
    }
    app = app_with({"a": page(), "b": page(), "ulistet": page()}, files=files)
    pages = layout_of(app, TASK)
    assert pages is not None
    assert [one.name for one in pages.pages] == ["b", "a"]
    assert pages.data_type == data_type_of(app, TASK) == "default"
    assert layout_set_of(app, "en annen") is None
    assert layout_of(app, "en annen") is None


def test_a_set_that_is_named_as_its_task() -> None:
    """A-206: newer applications list no sets"""
    files = {
        "ui/layout-sets.json": {"sets": []},
        f"ui/{TASK}/Settings.json": {
            "pages": {"order": ["a"]},
            "defaultDataType": "default",
        },
        f"ui/{TASK}/layouts/a.json": page(component("felt")),
    }
    pages = layout_of(app_with({}, files=files), TASK)
    assert pages is not None
    assert (pages.id, pages.data_type) == (TASK, "default")


def test_pages_are_read_once() -> None:
    """A-206"""
    app = sample_app_with_pages()
    assert layout_of(app, TASK) is layout_of(app, TASK)


def sample_app_with_pages() -> object:
    """Return an application with one page."""
    return app_with({"a": page(component("felt", field="navn"))})


def test_a_page_that_importing_would_refuse_is_not_evaluated() -> None:
    """A-264: a deployment that was made before says where it is wrong"""
    app = app_with({"a": page(component("g", "Group", children=["borte"]))})
    with pytest.raises(LayoutUnreadable, match=r"a\.json#/data/layout/0/children/0"):
        layout_of(app, TASK)


def test_each_row_is_a_context() -> None:
    """A-262, A-264: rows within rows, and what stands before and after them"""
    before = [{"cells": [{"component": "sum"}]}]
    app = app_with(
        {
            "a": page(
                rows("folk", "folk", "navn", "barn", rowsBefore=before),
                component("navn", field="folk.navn"),
                rows("barn", "folk.barn", "barnets-navn"),
                component("barnets-navn", field="folk.barn.navn"),
                component("sum"),
            )
        }
    )
    found = contexts(app, default=PEOPLE)
    fields = {
        (one.name, one.place.rows): [
            ref.field
            for bound in one.component.bindings.values()
            if (ref := found.reference(one, bound))
        ]
        for one in found.all()
        if one.component and not one.row
    }
    assert fields == {
        ("folk", ()): ["folk"],
        ("sum", ()): [],
        ("navn", (0,)): ["folk[0].navn"],
        ("barn", (0,)): ["folk[0].barn"],
        ("barnets-navn", (0, 0)): ["folk[0].barn[0].navn"],
        ("barnets-navn", (0, 1)): ["folk[0].barn[1].navn"],
        ("navn", (1,)): ["folk[1].navn"],
        ("barn", (1,)): ["folk[1].barn"],
        ("navn", (2,)): ["folk[2].navn"],
        ("barn", (2,)): ["folk[2].barn"],
    }


def test_what_stands_in_what_is_hidden_is_hidden() -> None:
    """A-248: pages, groups, rows, and rows that are null"""
    ola = ["equals", ["dataModel", "folk.navn"], "Ola"]
    app = app_with(
        {
            "a": page(
                rows("folk", "folk", "navn", hiddenRow=ola),
                component("navn", field="folk.navn"),
                component("gruppe", "Group", children=["felt"], hidden=True),
                component("felt", field="vis"),
                component("synlig", hidden=["equals", 1, 2]),
            ),
            "b": page(component("annen"), hidden=["dataModel", "vis"]),
        }
    )
    assert hidden_names(contexts(app, default=PEOPLE)) == {
        *("folk[0]", "navn[0]", "folk[2]", "navn[2]"),
        *("gruppe", "felt", "b", "annen"),
    }


@pytest.mark.parametrize(
    ("hidden", "expected"),
    [
        (None, False),
        (False, False),
        ("true", True),
        (1, True),
        ("kanskje", False),
        (["list"], False),
        (["equals", ["argv", 0], 1], None),
        (["ukjent"], None),
    ],
)
def test_what_hides(hidden: object, expected: bool | None) -> None:
    """§19.3: what is no truth value is false; what cannot be evaluated says where"""
    found = contexts(app_with({"a": page(component("felt", hidden=hidden))}))
    if expected is None:
        with pytest.raises(FailedThere, match=r"^a: felt\.hidden: "):
            hidden_names(found)
    else:
        assert hidden_names(found) == ({"felt"} if expected else set())


def test_choices_that_are_rows_are_hidden_until_they_are_checked() -> None:
    """A-248"""
    bound = {"group": "valg", "simpleBinding": "valg.verdi", "checked": "valg.på"}
    app = app_with(
        {"a": page(component("v", "Checkboxes", dataModelBindings=bound, options=[]))}
    )
    data: Value = {"valg": [{"verdi": "a", "på": True}, {"verdi": "b"}, None]}
    assert hidden_names(contexts(app, default=data)) == {"v[1]", "v[2]"}


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_pages_of_a_real_application(folder: str) -> None:
    """A-206, A-264: each task's pages are read, and evaluated over forms that are empty

    What a client alone can evaluate says so, and nothing else fails.
    """
    read = read_folder(APPS / folder)
    app = read_definition(read, org="ttd", app=folder.replace("_", "-"))
    tasks = [one for one in app.process.elements.values() if isinstance(one, Task)]
    found = [pages for one in tasks if (pages := layout_of(app, one.id)) is not None]
    assert found
    empty: dict[str, Value] = {name: {} for name in app.data_types}
    for pages in found:
        shown = Contexts(
            around(app, **empty),
            pages,
            data_type=pages.data_type,
            sets=lambda name: layout_set(app, name),
        )
        for context in shown.all():
            try:
                shown.is_hidden(context)
            except FailedThere as error:
                assert "'authContext' is not known" in str(error)


def test_more_rows_than_can_be_evaluated() -> None:
    """A-264: an error and no end of memory"""
    app = app_with({"a": page(rows("r", "r", "x"), component("x", field="r.x"))})
    with pytest.raises(ExpressionFailed, match="more than"):
        contexts(app, default={"r": [None] * 60_000})


def test_without_the_element_there_are_no_rows() -> None:
    """A-262"""
    app = app_with({"a": page(rows("folk", "folk", "navn"), component("navn"))})
    found = contexts(app)
    assert [one.name for one in found.all()] == ["a", "folk"]
    assert json.dumps(sorted(hidden_names(found))) == "[]"
