"""Which layout set and data type a task is about (app-api.md §15.5)."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from apps_registry import lenient_json
from apps_registry.definition import AppDefinition
from apps_registry.public_files import LAYOUT_SETS, LAYOUT_SETTINGS


def data_type_of(app: AppDefinition, task: str) -> str | None:
    """Return the data type of the task's layout set, else its only form, else None."""
    layout_set = layout_set_of(app, task)
    stated = None if layout_set is None else data_type_of_set(app, layout_set)
    return stated or _only_form(app, task)


def layout_set_of(app: AppDefinition, task: str) -> str | None:
    """Return the id of the first layout set for the task, None when there is none.

    Newer applications list no sets: there is one for each task, named as the task.
    """
    for one in _listed(app):
        tasks = one.get("tasks")
        if isinstance(tasks, list) and task in tasks:
            found = one.get("id")
            return found if isinstance(found, str) else None
    return None if LAYOUT_SETTINGS.find(app, task) is None else task


def data_type_of_set(app: AppDefinition, set_id: str) -> str | None:
    """Return the data type that a layout set is about, None where it is unsaid."""
    listed = next(
        (s.get("dataType") for s in _listed(app) if s.get("id") == set_id), ""
    )
    found = listed or settings_of_set(app, set_id).get("defaultDataType")
    return found if isinstance(found, str) and found else None


def settings_of_set(app: AppDefinition, set_id: str) -> Mapping[str, object]:
    """Return the settings of a layout set, none where it has none."""
    content = LAYOUT_SETTINGS.find(app, set_id)
    return _members(content, LAYOUT_SETTINGS.path(set_id))


def _listed(app: AppDefinition) -> Iterator[Mapping[str, object]]:
    sets = _members(app.files.get(LAYOUT_SETS), LAYOUT_SETS).get("sets")
    return (s for s in (sets if isinstance(sets, list) else ()) if isinstance(s, dict))


def _only_form(app: AppDefinition, task: str) -> str | None:
    forms = [t.id for t in app.data_types.values() if t.is_form and t.task_id == task]
    return forms[0] if len(forms) == 1 else None


@lru_cache(maxsize=1000)
def _members(content: bytes | None, file: str) -> Mapping[str, object]:
    if content is None:
        return {}
    try:
        document = lenient_json.parse(content, file=file)
    except ValueError:
        return {}
    return document if isinstance(document, Mapping) else {}
