"""Fields that pages, rules and calculations name, held to the data models."""

from collections.abc import Mapping
from typing import Any

from apps_registry.app_contents import Contents
from apps_registry.layout_model import Component, Kind
from apps_registry.layout_page import read_page
from apps_registry.public_files import (
    CALCULATION,
    LAYOUT_SETS,
    VALIDATION,
    pages_folder,
)
from common.pointers import pointer_to
from forms import paths
from forms.errors import ExpressionFailed
from forms.model import Model

Models = Mapping[str, Model | None]


def check_fields(contents: Contents, models: Models) -> None:
    """Warn of fields that no model has; ``models`` are those of the data types."""
    for data_type, model in models.items():
        if model is not None:
            _check_rules(contents, data_type, model)
    for set_id, data_type in _sets(contents).items():
        for file, document in contents.documents.items():
            if file.startswith(pages_folder(set_id)):
                _check_page(contents, file, document, data_type, models)


def _check_rules(contents: Contents, data_type: str, model: Model) -> None:
    for kind, member in ((VALIDATION, "validations"), (CALCULATION, "calculations")):
        file = kind.path(data_type)
        document = contents.documents.get(file)
        named = document.get(member) if isinstance(document, Mapping) else None
        for path in named if isinstance(named, Mapping) else ():
            if not _has(model, path.removesuffix("[]")):
                place = f"{file}#{pointer_to((member, path))}"
                _warn(contents, place, data_type, path)


def _sets(contents: Contents) -> dict[str, str]:
    """Return the data type of each layout set that says one."""
    found: dict[str, str] = {}
    for file, document in contents.documents.items():
        parts = file.split("/")
        if len(parts) == 3 and parts[0] == "ui" and parts[2] == "Settings.json":
            settings: Any = document if _is(document) else {}
            stated = settings.get("defaultDataType")
            found[parts[1]] = stated if isinstance(stated, str) else ""
    listed: Any = contents.documents.get(LAYOUT_SETS)
    sets = listed.get("sets") if _is(listed) else None
    for one in sets if isinstance(sets, list) else ():
        if _is(one) and isinstance(one.get("id"), str):
            stated = one.get("dataType")
            if isinstance(stated, str) and stated:
                found[one["id"]] = stated
    return found


def _check_page(
    contents: Contents, file: str, document: object, data_type: str, models: Models
) -> None:
    try:
        page = read_page(document, file, [])  # type: ignore[arg-type]  # or it raises
    except (KeyError, TypeError, AttributeError):
        return  # that it is no page is noted elsewhere
    for number, component in _placed(document, page.all_components()):
        for name, binding in component.bindings.items():
            place = f"{file}#/data/layout/{number}/dataModelBindings/{name}"
            wanted = binding.data_type or data_type
            model = models.get(wanted)
            if model is not None and not _has(model, binding.field):
                _warn(contents, place, wanted, binding.field)
            if wanted != data_type:
                _check_single(contents, place, wanted, component)


def _check_single(
    contents: Contents, place: str, wanted: str, component: Component
) -> None:
    """Warn of a binding to another type of which there may be several elements."""
    metadata = contents.metadata
    declared = metadata.data_types.get(wanted) if metadata else None
    if declared is None or declared.max_count == 1 or component.kind is Kind.SUBFORM:
        return
    detail = (
        f"{component.id:.90} is bound to {wanted!r:.90}, of which there may be several:"
        " which element is meant cannot be said, and evaluating it fails."
    )
    contents.findings.warn(place, "binding-ambiguous", detail)


def _placed(document: Any, components: Any) -> list[tuple[int, Component]]:
    places = {node["id"]: n for n, node in enumerate(document["data"]["layout"])}
    return [(places[one.id], one) for one in components]


def _has(model: Model, path: str) -> bool:
    try:
        steps = paths.parse(path)
    except ExpressionFailed:
        return False
    return model.member_at(".".join(step.name for step in steps)) is not None


def _warn(contents: Contents, place: str, data_type: str, path: str) -> None:
    detail = f"The form of {data_type!r:.90} has no field {path!r:.90}."
    contents.findings.warn(place, "field-unknown", detail)


def _is(value: object) -> bool:
    return isinstance(value, Mapping)
