"""Reads one page: which component stands in which, and when they are hidden.

What is wrong is noted with its JSON pointer, and the rest is read all the same.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from apps_registry.expressions import Expression, read_expression
from apps_registry.layout_model import Binding, Component, Kind, Page
from common.errors import Issue

Node = Mapping[str, Any]

_GROUPS: Final = frozenset({"accordion", "accordiongroup", "grid", "tabs", "cards"})
_OPTIONS: Final = frozenset(
    {"checkboxes", "radiobuttons", "dropdown", "multipleselect"}
)
_CHOICES: Final = ("optionsId", "options", "source")
_EXPRESSIONS: Final = ("hidden", "hiddenRow", "required", "removeWhenHidden")
_COMPONENTS: Final = "/data/layout"
_MOST_DEEP: Final = 40  # components within components


def read_page(document: Node, name: str, issues: list[Issue]) -> Page:
    """Return the page; the document is of the shape that pages have."""
    data = document["data"]
    reader = _Reader(_by_id(data["layout"], issues), issues)
    return Page(
        name=name,
        components=reader.components(),
        hidden=reader.expression(data, "hidden", "/data"),
        remove_when_hidden=reader.expression(data, "removeWhenHidden", "/data"),
    )


def kind_of(node: Node) -> Kind:
    """Return what kind of component this is."""
    match str(node.get("type")).lower():
        case "group":
            most = node.get("maxCount")
            return Kind.GROUP if most in (None, 1) else Kind.ROWS
        case "repeatinggroup":
            return Kind.ROWS
        case "likert":
            return Kind.LIKERT
        case "subform":
            return Kind.SUBFORM
        case name if name in _OPTIONS:
            return Kind.OPTIONS
        case name:
            return Kind.GROUP if name in _GROUPS else Kind.PLAIN


def _by_id(nodes: Sequence[Node], issues: list[Issue]) -> dict[str, tuple[int, Node]]:
    """Return the components with their places; the first of an id counts."""
    found: dict[str, tuple[int, Node]] = {}
    for number, node in enumerate(nodes):
        if node["id"] in found:
            detail = f"Two components of the page have the id {node['id']!r:.90}."
            pointer = f"{_COMPONENTS}/{number}/id"
            issues.append(Issue(pointer, "component-twice", detail))
        found.setdefault(node["id"], (number, node))
    return found


class _Reader:
    """Puts components into those that claim them; the first that does has one."""

    def __init__(
        self, nodes: Mapping[str, tuple[int, Node]], issues: list[Issue]
    ) -> None:
        self._nodes = nodes
        self._issues = issues
        self._claimed: dict[str, str] = {}  # by which component
        self._within: dict[str, list[str]] = {}
        self._beside: dict[str, list[str]] = {}

    def components(self) -> tuple[Component, ...]:
        """Return those that stand in no other, with all that is inside them."""
        for place, node in self._nodes.values():
            self._claim(node, f"{_COMPONENTS}/{place}")
        outermost = [id_ for id_ in self._nodes if id_ not in self._claimed]
        made = tuple(self._component(id_, _MOST_DEEP) for id_ in outermost)
        self._note_circles(outermost)
        return made

    def expression(self, node: Node, member: str, place: str) -> Expression:
        """Return a member that is an expression, nothing for one that is none."""
        try:
            return read_expression(node.get(member))
        except ValueError:
            detail = (
                "An expression is a value, or a list that a function's name begins."
            )
            self._note(f"{place}/{member}", "condition-malformed", detail)
            return None

    # --- who stands in whom -----------------------------------------------------------
    def _claim(self, node: Node, place: str) -> None:
        kind = kind_of(node)
        within = self._within.setdefault(node["id"], [])
        beside = self._beside.setdefault(node["id"], [])
        for pointer, child in _named(node, within_rows=True):
            if self._is_there(child, place + pointer) and kind in (
                Kind.GROUP,
                Kind.ROWS,
            ):
                self._take(node["id"], child, within, place + pointer)
        if kind is Kind.ROWS:
            for pointer, child in _named(node, within_rows=False):
                if self._is_there(child, place + pointer):
                    self._take(node["id"], child, beside, place + pointer)

    def _is_there(self, child: str, pointer: str) -> bool:
        if child in self._nodes:
            return True
        detail = f"The page has no component {child!r:.90}."
        self._note(pointer, "component-unknown", detail)
        return False

    def _take(self, parent: str, child: str, into: list[str], pointer: str) -> None:
        if child in self._claimed:
            detail = (
                f"The component {child!r:.90} stands in {self._claimed[child]!r:.90}"
                " already."
            )
            self._note(pointer, "component-claimed-twice", detail)
            return
        self._claimed[child] = parent
        into.append(child)

    def _note_circles(self, outermost: list[str]) -> None:
        """Note components that no outermost one leads to: they stand in each other."""
        reached = self._reached(outermost)
        for id_, (place, _) in self._nodes.items():
            if id_ not in reached:
                detail = f"The component {id_!r:.90} stands in itself."
                self._note(f"{_COMPONENTS}/{place}", "component-in-itself", detail)
                reached |= self._reached([id_])

    def _reached(self, ids: Sequence[str]) -> set[str]:
        """Return components, with all that stands in them."""
        waiting, reached = list(ids), set(ids)
        while waiting:
            id_ = waiting.pop()
            inner = {*self._within[id_], *self._beside[id_]} - reached
            reached |= inner
            waiting.extend(inner)
        return reached

    # --- one component ----------------------------------------------------------------
    def _component(self, id_: str, deep: int) -> Component:
        number, node = self._nodes[id_]
        place, kind = f"{_COMPONENTS}/{number}", kind_of(node)
        bindings = dict(_bindings(node))
        self._check_kind(node, kind, bindings, place)
        found = {name: self.expression(node, name, place) for name in _EXPRESSIONS}
        texts = node.get("textResourceBindings") or {}
        title = texts.get("title")
        return Component(
            id=id_,
            type=str(node["type"]).lower(),
            kind=kind,
            bindings=bindings,
            hidden=found["hidden"],
            hidden_row=found["hiddenRow"],
            required=found["required"],
            remove_when_hidden=found["removeWhenHidden"],
            title=title if isinstance(title, str) else "",
            layout_set=_text(node.get("layoutSet")),
            children=self._inside(self._within[id_], deep, place),
            beside_rows=self._inside(self._beside[id_], deep, place),
        )

    def _inside(
        self, ids: Sequence[str], deep: int, place: str
    ) -> tuple[Component, ...]:
        if ids and not deep:
            detail = f"More than {_MOST_DEEP} components stand in each other."
            self._note(place, "component-too-deep", detail)
            return ()
        return tuple(self._component(one, deep - 1) for one in ids)

    def _check_kind(
        self, node: Node, kind: Kind, bindings: Mapping[str, Binding], place: str
    ) -> None:
        """Note what a component of its kind must have, or may not."""
        needed = {Kind.ROWS: "group", Kind.LIKERT: "questions"}.get(kind)
        if needed is not None and needed not in bindings:
            detail = f"{node['type']} is bound to no list: it has no {needed}."
            pointer = f"{place}/dataModelBindings"
            self._note(pointer, "component-unbound", detail)
        if kind is Kind.SUBFORM and not _text(node.get("layoutSet")):
            detail = "The subform names no layout set."
            self._note(f"{place}/layoutSet", "subform-without-pages", detail)
        if kind is Kind.OPTIONS:
            self._check_options(node, bindings, place)

    def _check_options(
        self, node: Node, bindings: Mapping[str, Binding], place: str
    ) -> None:
        given = [name for name in _CHOICES if node.get(name) is not None]
        if len(given) != 1:
            detail = (
                "The component takes its options from one of optionsId, options and"
                f" source; it has {' and '.join(given) or 'none'}."
            )
            self._note(place, "options-unclear", detail)
        if node.get("secure") is True and "optionsId" not in given:
            detail = "Options are secure only where they have an optionsId."
            self._note(f"{place}/secure", "options-unclear", detail)
        if "checked" in bindings and "group" not in bindings:
            detail = "What is checked stands in rows, and there is no group."
            pointer = f"{place}/dataModelBindings/checked"
            self._note(pointer, "component-unbound", detail)

    def _note(self, pointer: str, code: str, detail: str) -> None:
        self._issues.append(Issue(pointer, code, detail))


def _named(node: Node, *, within_rows: bool) -> Iterator[tuple[str, str]]:
    """Yield the ids of components that one names, with their places in it."""
    if not within_rows:
        for member in ("rowsBefore", "rowsAfter"):
            yield from _in_cells(node.get(member), f"/{member}")
        return
    for index, child in enumerate(_list(node.get("children"))):
        if isinstance(child, str):
            yield f"/children/{index}", _without_column(child)
    match kind_of(node), str(node.get("type")).lower():
        case Kind.GROUP, "grid":
            yield from _in_cells(node.get("rows"), "/rows")
        case Kind.GROUP, "tabs":
            for index, tab in enumerate(_list(node.get("tabs"))):
                yield from _listed(tab, f"/tabs/{index}")
        case Kind.GROUP, "cards":
            for index, card in enumerate(_list(node.get("cards"))):
                if isinstance(card, Mapping) and isinstance(card.get("media"), str):
                    yield f"/cards/{index}/media", card["media"]
                yield from _listed(card, f"/cards/{index}")


def _listed(holder: object, place: str) -> Iterator[tuple[str, str]]:
    children = holder.get("children") if isinstance(holder, Mapping) else None
    for index, child in enumerate(_list(children)):
        if isinstance(child, str):
            yield f"{place}/children/{index}", child


def _in_cells(rows: object, place: str) -> Iterator[tuple[str, str]]:
    for number, row in enumerate(_list(rows)):
        cells = row.get("cells") if isinstance(row, Mapping) else None
        for index, cell in enumerate(_list(cells)):
            if isinstance(cell, Mapping) and isinstance(cell.get("component"), str):
                yield f"{place}/{number}/cells/{index}/component", cell["component"]


def _bindings(node: Node) -> Iterator[tuple[str, Binding]]:
    for name, bound in (node.get("dataModelBindings") or {}).items():
        if isinstance(bound, str) and bound:
            yield name, Binding(bound)
        elif isinstance(bound, Mapping) and _text(bound.get("field")):
            yield name, Binding(bound["field"], _text(bound.get("dataType")))


def _without_column(child: str) -> str:
    """Return the id of ``2:name``, which stands on the second page of a row."""
    column, colon, name = child.partition(":")
    return name if colon and column.isdecimal() else child


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
