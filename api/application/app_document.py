"""The OpenAPI document of one application: the face's, with its data types in it."""

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from functools import partial
from typing import Any

from api.application.model_schemas import component_name, model_components, model_of
from apps_registry import addresses
from apps_registry.bpmn import Task
from apps_registry.definition import AppDefinition, DataType
from apps_registry.public_files import (
    JSON_SCHEMA,
    OPTIONS,
    VALIDATION,
    XML_SCHEMA,
    layout_sets,
)
from process import listings

Document = dict[str, Any]  # OpenAPI, whose shape its validator knows

TAG = "OpenAPI"  # of the operations that a document leaves out: they answer it
TOKEN = "AltinnToken"  # noqa: S105  the name of a scheme
_BELOW = "/{org}/{app}/"
_METHODS = frozenset(["get", "put", "post", "delete", "patch"])
_INSTANCE = "/instances/{party}/{guid}"
_DATA = f"{_INSTANCE}/data"
_FIRST = ("Instances", "Data", "Process", "Application")  # of the groups
_BINARY = {"type": "string", "format": "binary"}
_SCHEMAS = "#/components/schemas/"


def app_document(face: Document, app: AppDefinition) -> Document:
    """Return the document of the application, made of its face's.

    Addresses have its name in them, parameters the ids that it has, and form data the
    types that its schemas declare. What it has none of is left out.
    """
    paths = _paths(face, app)
    _type_data(paths, app)
    base = f"/{app.org}/{app.app}"
    document: Document = {
        "openapi": face["openapi"],
        "info": _info(app),
        "servers": [
            {"url": base, "description": "The host that the document was read from."},
            {"url": f"{addresses.application_base(app.org)}{base}"},
        ],
        "tags": _tags(paths),
        "paths": paths,
        "components": {"schemas": {}, "securitySchemes": _security_schemes(face)},
    }
    _add_schemas(document, {**face["components"]["schemas"], **model_components(app)})
    return document


def _info(app: AppDefinition) -> Document:
    titles = app.metadata.get("title")
    named = titles if isinstance(titles, Mapping) else {}
    title = next((named[one] for one in ("nb", "nn", "en") if named.get(one)), app.app)
    rows = [
        "| " + " | ".join(map(_cell, cells)) + " |"
        for cells in _data_type_rows(app.data_types.values())
    ]
    tasks = [
        f"- `{element.id}` {_cell(element.name)} ({_cell(element.task_type)})"
        for element in app.process.elements.values()
        if isinstance(element, Task)
    ]
    return {
        "title": f"Altinn 3 App API for {title}",
        "version": str(app.number),
        "description": "\n".join(
            ["**Data types**", "", *rows, "", "**Tasks**", "", *tasks]
        ),
    }


def _data_type_rows(types: Iterable[DataType]) -> Iterator[tuple[str, ...]]:
    yield ("DataTypeId", "Type", "Allowed number", "MimeTypes", "TaskId")
    yield ("---",) * 5
    for one in types:
        most = str(one.max_count) if one.max_count > 0 else "unbounded"
        yield (
            one.id,
            "form data" if one.is_form else "attachment",
            f"{one.min_count}-{most}",
            ", ".join(one.allowed_content_types) or "any",
            one.task_id,
        )


def _tags(paths: Document) -> list[Document]:
    """Return the groups of operations, what an application is for first."""
    used = {
        tag
        for operations in paths.values()
        for operation in operations.values()
        for tag in operation["tags"]
    }
    rest = sorted(used.difference(_FIRST))
    return [{"name": tag} for tag in (*_FIRST, *rest) if tag in used]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


# --- addresses and parameters ---------------------------------------------------------
def _paths(face: Document, app: AppDefinition) -> Document:
    names = _names(app)
    paths: Document = {}
    for address, operations in face["paths"].items():
        below = f"/{address.removeprefix(_BELOW)}"
        known = names.get(below)
        if not address.startswith(_BELOW) or (known is not None and not known):
            continue
        kept = {
            method: _operation(operation, known)
            for method, operation in operations.items()
            if method in _METHODS and _is_of_use(operation)
        }
        if kept:
            paths[below] = kept
    return paths


def _is_of_use(operation: Document) -> bool:
    """Whether a client of the application can call it for what it answers."""
    succeeds = any(status.startswith("2") for status in operation["responses"])
    return succeeds and TAG not in operation["tags"]


def _names(app: AppDefinition) -> dict[str, list[str]]:
    """Return the ids that the last part of an address, or the data type, can be."""
    sets = layout_sets(app)
    types = sorted(app.data_types)
    forms = [one for one in app.data_types.values() if one.is_form]
    kinds = ("layouts", "layoutsettings", "rulehandler", "ruleconfiguration")
    files, made = OPTIONS.names(app), partial(listings.names, app)
    return {
        **{f"/api/{kind}/{{setId}}": sets for kind in kinds},
        "/api/options/{optionsId}": [*files, *made("option_lists")],
        f"{_INSTANCE}/options/{{optionsId}}": [
            *files,
            *made("option_lists"),
            *made("instance_option_lists"),
        ],
        "/api/datalists/{listId}": made("data_lists"),
        f"{_INSTANCE}/datalists/{{listId}}": made("instance_data_lists"),
        f"{_INSTANCE}/api/external/{{apiId}}": made("external_apis"),
        "/api/jsonschema/{schemaId}": JSON_SCHEMA.names(app),
        "/api/xsdschema/{schemaId}": XML_SCHEMA.names(app),
        "/api/validationconfig/{dataType}": VALIDATION.names(app),
        _DATA: types,
        "/v1/data": sorted(one.id for one in forms),
        "/v1/data/anonymous": sorted(
            one.id for one in forms if one.allow_anonymous_on_stateless
        ),
    }


_NAMED = frozenset(
    ["setId", "optionsId", "listId", "apiId", "schemaId", "dataType", "formId"]
)


def _operation(operation: Document, known: list[str] | None) -> Document:
    own = deepcopy(operation)
    own["parameters"] = [
        one for one in own.get("parameters", ()) if one["name"] not in ("org", "app")
    ]
    for parameter in own["parameters"]:
        if known and parameter["name"] in _NAMED:
            parameter["schema"]["enum"] = known
    own["security"] = [
        {
            TOKEN if scheme == "bearer" else scheme: scopes
            for scheme, scopes in one.items()
        }
        for one in own["security"]
    ]
    return own


def _security_schemes(face: Document) -> Document:
    schemes = face["components"]["securitySchemes"]
    return {TOKEN if name == "bearer" else name: one for name, one in schemes.items()}


# --- contents -------------------------------------------------------------------------
def _type_data(paths: Document, app: AppDefinition) -> None:
    """Say what data elements hold, and the parts of a new instance."""
    content = _contents(app)
    if _DATA not in paths or not content:
        return
    element = paths[f"{_DATA}/{{element}}"]
    paths[_DATA]["post"]["requestBody"]["content"] = content
    element["put"]["requestBody"]["content"] = content
    element["get"]["responses"]["200"]["content"] = content
    parts = paths["/instances"]["post"]["requestBody"]["content"]["multipart/form-data"]
    parts["schema"] |= {
        "additionalProperties": False,
        "properties": {
            **{one.id: _part(app, one) for one in app.data_types.values()},
            **parts["schema"]["properties"],
        },
    }


def _contents(app: AppDefinition) -> Document:
    """Return the schema of each content type that the application's data can have."""
    json = "application/json"
    others: Document = {}
    forms = [_form(app, one) for one in app.data_types.values() if one.is_form]
    for one in app.data_types.values():
        if one.is_form:
            continue
        for media_type in one.allowed_content_types or ("*/*",):
            others.setdefault(media_type, {"schema": _BINARY})
        if forms and json in one.allowed_content_types:
            forms.append({"title": one.id})  # JSON too, and of no model
    if not forms:
        return others
    xml = "By the XML schema of its data type."
    typed = {
        json: {"schema": forms[0] if len(forms) == 1 else {"anyOf": forms}},
        "application/xml": {"schema": {**_BINARY, "description": xml}},
    }
    return {**others, **typed}


def _form(app: AppDefinition, data_type: DataType) -> Document:
    model = model_of(app, data_type)
    if not model:
        return {"type": "object", "title": data_type.id}
    return {"$ref": f"{_SCHEMAS}{component_name(model)}"}


def _part(app: AppDefinition, data_type: DataType) -> Document:
    return _form(app, data_type) if data_type.is_form else _BINARY


# --- components -----------------------------------------------------------------------
def _add_schemas(document: Document, schemas: Document) -> None:
    """Add the components that the document refers to, and those that they refer to."""
    added = document["components"]["schemas"]
    waiting = list(_references(document["paths"]))
    while waiting:
        name = waiting.pop()
        if name not in added:
            added[name] = schemas[name]
            waiting += _references(schemas[name])


def _references(value: object) -> Iterator[str]:
    """Yield the components that are referred to anywhere in the value."""
    waiting = [value]
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, dict):
            reference = inner.get("$ref")
            if isinstance(reference, str) and reference.startswith(_SCHEMAS):
                yield reference.removeprefix(_SCHEMAS).partition("/")[0]
            waiting += inner.values()
        elif isinstance(inner, list):
            waiting += inner
