"""Layout sets, their pages and components: what they name must be there."""

import posixpath
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from apps_registry.app_contents import Contents
from apps_registry.expressions import components_asked, unknown_functions
from apps_registry.layout_model import Page
from apps_registry.layout_page import read_page
from apps_registry.metadata import FILE as METADATA
from apps_registry.public_files import FOOTER, LAYOUT_SETS, LAYOUT_SETTINGS, SETTINGS
from apps_registry.shape_check import check_shape, object_of_shape
from common.errors import Issue

_RECEIPT: Final = "CustomReceipt"  # stands among tasks for the page after the last one
_START_PAGES: Final = frozenset({"new-instance", "select-instance"})


@dataclass(frozen=True, slots=True)
class _LayoutSet:
    """A set of pages: its folder, and its pages' files by name."""

    id: str
    pages: Mapping[str, str]

    @property
    def settings(self) -> str:
        return LAYOUT_SETTINGS.path(self.id)


def check_layouts(contents: Contents) -> None:
    """Note what is wrong below ``ui/``, and where the metadata names no layout set."""
    folders = _folders(contents)
    declared = _check_layout_sets(contents, folders)
    known = folders.keys() if declared is None else declared
    _check_start_page(contents, known)
    ids = _component_ids(contents)
    for layout_set in folders.values():
        if declared is not None and layout_set.id not in declared:
            detail = f"layout-sets.json does not have the set {layout_set.id!r:.90}."
            place = f"ui/{layout_set.id}"
            contents.findings.warn(place, "layout-set-unlisted", detail)
        _check_settings(contents, layout_set)
        for file in layout_set.pages.values():
            _check_page(contents, file, known, ids)
    _check_navigation(contents)
    if FOOTER in contents.documents:
        document = contents.documents[FOOTER]
        check_shape(document, "footer", file=FOOTER, findings=contents.findings)


def _folders(contents: Contents) -> dict[str, _LayoutSet]:
    """Return what has a folder of its own below ``ui/``."""
    pages: dict[str, dict[str, str]] = {}
    for file in contents.files:
        parts = file.split("/")
        if parts[0] != "ui" or len(parts) < 3:
            continue
        found = pages.setdefault(parts[1], {})
        if len(parts) == 4 and parts[2] == "layouts" and parts[3].endswith(".json"):
            found[posixpath.splitext(parts[3])[0]] = file
    return {
        name: _LayoutSet(name, found)
        for name, found in pages.items()
        if found or LAYOUT_SETTINGS.path(name) in contents.files
    }


def _check_layout_sets(
    contents: Contents, folders: Mapping[str, _LayoutSet]
) -> dict[str, str] | None:
    """Return where each declared set stands, by id; None without a usable file."""
    findings = contents.findings
    document = _object(contents, LAYOUT_SETS, "layout-sets")
    if document is None:
        return None
    declared: dict[str, str] = {}
    for index, one in enumerate(document["sets"]):
        place, set_id = f"{LAYOUT_SETS}#/sets/{index}", one["id"]
        if set_id in declared:
            detail = f"Two layout sets have the id {set_id!r:.90}."
            findings.error(f"{place}/id", "layout-set-twice", detail)
        declared.setdefault(set_id, place)
        if set_id not in folders:
            detail = f"There is no folder ui/{set_id:.90}."
            findings.error(f"{place}/id", "layout-set-empty", detail)
        contents.require_data_type(f"{place}/dataType", one.get("dataType"))
        for number, task in enumerate(one.get("tasks") or ()):
            if task != _RECEIPT:
                where = f"The layout set {set_id!r:.90}"
                contents.expect_task(f"{place}/tasks/{number}", task, where=where)
    return declared


def _check_start_page(contents: Contents, known: Any) -> None:
    """Hold what is shown first to the layout sets: one of them, for stateless apps."""
    document = {} if contents.metadata is None else contents.metadata.document
    entry = document.get("onEntry")
    shown = entry.get("show") if isinstance(entry, Mapping) else None
    if isinstance(shown, str) and shown and shown not in {*_START_PAGES, *known}:
        detail = f"{shown!r:.90} is no layout set, new-instance or select-instance."
        place = f"{METADATA}#/onEntry/show"
        contents.findings.error(place, "layout-set-unknown", detail)


def _check_navigation(contents: Contents) -> None:
    """Hold what stands beside the sets to the tasks that it leads between."""
    document = _object(contents, SETTINGS, "settings") or {}
    for index, stop in enumerate(document.get("taskNavigation") or ()):
        place = f"{SETTINGS}#/taskNavigation/{index}/taskId"
        contents.expect_task(place, stop.get("taskId"), where="The navigation")


def _check_settings(contents: Contents, layout_set: _LayoutSet) -> None:
    file, findings = layout_set.settings, contents.findings
    if file not in contents.files:
        detail = f"The layout set {layout_set.id!r:.90} has no Settings.json."
        findings.warn(f"ui/{layout_set.id}", "settings-missing", detail)
        return
    document = _object(contents, file, "settings")
    if document is None:
        return
    contents.require_data_type(
        f"{file}#/defaultDataType", document.get("defaultDataType")
    )
    pages = document.get("pages") or {}
    if ("order" in pages) == ("groups" in pages):
        detail = "The pages have an order and groups, or neither."
        findings.error(f"{file}#/pages", "pages-unordered", detail)
        return
    listed = dict(_listed(pages))
    for pointer, page in listed.items():
        if page not in layout_set.pages:
            detail = f"There is no layouts/{page:.90}.json."
            findings.error(f"{file}#/pages{pointer}", "layout-missing", detail)
    unlisted = layout_set.pages.keys() - set(listed.values())
    for page in sorted(unlisted - {pages.get("pdfLayoutName")}):
        detail = f"{file} does not list the page, so nobody sees it."
        findings.warn(layout_set.pages[page], "page-unlisted", detail)


def _object(contents: Contents, file: str, shape: str) -> Mapping[str, Any] | None:
    """Return a file that is of the shape; None for one that is not, or is not there.

    Of one that cannot be read, that was said.
    """
    if file not in contents.documents:
        return None
    document, findings = contents.documents[file], contents.findings
    return object_of_shape(document, shape, file=file, findings=findings)


def _listed(pages: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each page that is listed, with its place."""
    for index, page in enumerate(pages.get("order") or ()):
        yield f"/order/{index}", page
    for number, group in enumerate(pages.get("groups") or ()):
        for index, page in enumerate(group.get("order") or ()):
            yield f"/groups/{number}/order/{index}", page


def _check_page(contents: Contents, file: str, sets: Any, ids: Collection[str]) -> None:
    document = _object(contents, file, "layout")
    if document is None:
        return
    issues: list[Issue] = []
    page = read_page(document, posixpath.splitext(posixpath.basename(file))[0], issues)
    contents.findings.take(
        replace(one, pointer=f"{file}#{one.pointer}") for one in issues
    )
    for index, component in enumerate(document["data"]["layout"]):
        place = f"{file}#/data/layout/{index}"
        _check_component(contents, place, component, sets=sets)
    _warn_of_expressions(contents, file, page, ids)


def _check_component(
    contents: Contents,
    place: str,
    component: Mapping[str, Any],
    *,
    sets: Any,
) -> None:
    bindings = component.get("dataModelBindings") or {}
    for name, binding in bindings.items():
        if isinstance(binding, Mapping):
            pointer = f"{place}/dataModelBindings/{name}/dataType"
            contents.require_data_type(pointer, binding.get("dataType"))
    named = component.get("layoutSet")
    if isinstance(named, str) and named not in sets:
        detail = f"There is no layout set {named!r:.90}."
        contents.findings.error(f"{place}/layoutSet", "layout-set-unknown", detail)


def _warn_of_expressions(
    contents: Contents, file: str, page: Page, known: Collection[str]
) -> None:
    """Warn of what the server is to evaluate and cannot: functions, components."""
    asked = [(page.name, page.hidden), (page.name, page.remove_when_hidden)]
    for one in page.all_components():
        expressions = (one.hidden, one.hidden_row, one.required, one.remove_when_hidden)
        asked += [(one.id, expression) for expression in expressions]
    for name, expression in asked:
        for function in sorted(unknown_functions(expression)):
            detail = f"{name:.90} asks for {function!r:.60}, which the server lacks."
            contents.findings.warn(file, "function-unknown", detail)
        for component in sorted(components_asked(expression) - frozenset(known)):
            detail = f"{name:.90} asks for {component!r:.90}, which no page has."
            contents.findings.warn(file, "component-asked-unknown", detail)


def _component_ids(contents: Contents) -> frozenset[str]:
    """Return the ids of the components of all pages, as far as they can be read."""
    found: set[str] = set()
    for file, document in contents.documents.items():
        if file.startswith("ui/") and isinstance(document, Mapping):
            data = document.get("data")
            layout = data.get("layout") if isinstance(data, Mapping) else None
            nodes = layout if isinstance(layout, list) else []
            ids = [node.get("id") for node in nodes if isinstance(node, Mapping)]
            found |= {one for one in ids if isinstance(one, str)}
    return frozenset(found)
