"""Applications that begin with a form and no instance (app-api.md §15.1, onEntry)."""

from collections.abc import Mapping

from apps_registry import lenient_json
from apps_registry.definition import AppDefinition
from apps_registry.public_files import LAYOUT_SETS, LAYOUT_SETTINGS

_WITH_INSTANCES = frozenset({"", "new-instance", "select-instance"})


def layout_set_of(app: AppDefinition) -> str | None:
    """Return the layout set that is shown first, None where that is an instance."""
    entry = app.metadata.get("onEntry")
    shown = entry.get("show") if isinstance(entry, Mapping) else None
    return shown if isinstance(shown, str) and shown not in _WITH_INSTANCES else None


def is_for_anybody(app: AppDefinition) -> bool:
    """Whether the form that is shown first is one for callers without a token."""
    shown = layout_set_of(app)
    data_type = app.data_types.get(_type_of(app, shown) or "") if shown else None
    return data_type is not None and data_type.allow_anonymous_on_stateless


def _type_of(app: AppDefinition, layout_set: str) -> str | None:
    """Return the data type of a layout set, as the list of sets or its own settings."""
    sets = _document(app, LAYOUT_SETS).get("sets")
    for one in sets if isinstance(sets, list) else ():
        if isinstance(one, Mapping) and one.get("id") == layout_set:
            found = one.get("dataType")
            return found if isinstance(found, str) else None
    found = _document(app, LAYOUT_SETTINGS.path(layout_set)).get("defaultDataType")
    return found if isinstance(found, str) else None


def _document(app: AppDefinition, path: str) -> Mapping[str, object]:
    try:
        found = lenient_json.parse(app.files.get(path, b"{}"), file=path)
    except ValueError:
        return {}
    return found if isinstance(found, Mapping) else {}
