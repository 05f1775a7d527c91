"""The pages of each task, read once per deployment in each process."""

from collections.abc import Iterator, Mapping
from typing import Any
from weakref import WeakKeyDictionary

from apps_registry.definition import AppDefinition
from apps_registry.errors import AppFileUnreadable
from apps_registry.layout_model import LayoutSet, Page
from apps_registry.layout_page import read_page
from apps_registry.public_files import page_path, parsed
from common.errors import Issue
from forms.errors import LayoutUnreadable
from forms.task_data import data_type_of_set, layout_set_of, settings_of_set

_read: WeakKeyDictionary[AppDefinition, dict[str, LayoutSet | None]] = (
    WeakKeyDictionary()
)


def layout_of(app: AppDefinition, task: str) -> LayoutSet | None:
    """Return the pages of a task, None when it has none; raises LayoutUnreadable."""
    set_id = layout_set_of(app, task)
    return None if set_id is None else layout_set(app, set_id)


def layout_set(app: AppDefinition, set_id: str) -> LayoutSet | None:
    """Return a layout set with the pages that its settings list; None for no such set.

    Raises LayoutUnreadable for what importing refuses.
    """
    sets = _read.setdefault(app, {})
    if set_id not in sets:
        sets[set_id] = _layout_set(app, set_id)
    return sets[set_id]


def _layout_set(app: AppDefinition, set_id: str) -> LayoutSet | None:
    settings = settings_of_set(app, set_id)
    pages = settings.get("pages")
    if not isinstance(pages, Mapping):
        return None
    return LayoutSet(
        id=set_id,
        pages=tuple(_page(app, set_id, name) for name in _listed(pages)),
        data_type=data_type_of_set(app, set_id) or "",
    )


def _listed(pages: Mapping[str, Any]) -> Iterator[str]:
    """Yield the pages in their order; it is given plainly or in groups."""
    for part in (pages, *(pages.get("groups") or ())):
        yield from part.get("order") or ()


def _page(app: AppDefinition, set_id: str, name: str) -> Page:
    path = page_path(set_id, name)
    issues: list[Issue] = []
    try:
        document: Any = parsed(app, path)
        page = read_page(document, name, issues)
    except (AppFileUnreadable, KeyError, TypeError, AttributeError) as error:
        raise LayoutUnreadable(f"{path} is no page: {error}") from None
    if issues:
        raise LayoutUnreadable(f"{path}#{issues[0].pointer}: {issues[0].detail}")
    return page
