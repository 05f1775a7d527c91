"""The files of an application that its clients read: schemas, layouts, options.

Files are looked up among those of the deployment, by their exact stored name: no id
leads to anything else.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

import orjson

from apps_registry import lenient_json
from apps_registry.definition import AppDefinition
from apps_registry.errors import AppFileNotFound, AppFileUnreadable

_BOM = b"\xef\xbb\xbf"
_ID = re.compile(r"(?!.*\.\.)[\w.-]+")
_MOST_NAMED = 50  # of the names that a refusal lists

LAYOUT_SETS = "ui/layout-sets.json"
FOOTER = "ui/footer.json"
SETTINGS = "ui/Settings.json"  # of all layout sets together


class HasFiles(Protocol):
    """An application, or its folder while it is looked at."""

    @property
    def files(self) -> Mapping[str, bytes]:
        """The content of each file, by path."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Files of one kind, which differ in the id that their path holds."""

    noun: str
    before: str
    after: str

    def find(self, app: HasFiles, name: str) -> bytes | None:
        """Return the file of this id, None when there is none."""
        return app.files.get(self.path(name)) if _ID.fullmatch(name) else None

    def get(self, app: AppDefinition, name: str) -> bytes:
        """Return the file of this id; raises AppFileNotFound, which lists all ids."""
        content = self.find(app, name)
        if content is None:
            raise not_found(app.app_id, self.noun, name, self.names(app))
        return content

    def names(self, app: AppDefinition) -> list[str]:
        """Return the ids of all files of the kind."""
        first, last = len(self.before), len(self.after)
        found = (
            path[first:-last]
            for path in app.files
            if path.startswith(self.before) and path.endswith(self.after)
        )
        return sorted(name for name in found if _ID.fullmatch(name))

    def path(self, name: str) -> str:
        """Return where the file of this id lies."""
        return f"{self.before}{name}{self.after}"


JSON_SCHEMA = Kind("JSON schema", "models/", ".schema.json")
XML_SCHEMA = Kind("XML schema", "models/", ".xsd")
VALIDATION = Kind("validation configuration", "models/", ".validation.json")
CALCULATION = Kind("calculation configuration", "models/", ".calculation.json")
PREFILL = Kind("prefill", "models/", ".prefill.json")
OPTIONS = Kind("list of options", "options/", ".json")
LAYOUT_SETTINGS = Kind("layout set", "ui/", "/Settings.json")
RULE_HANDLER = Kind("layout set", "ui/", "/RuleHandler.js")
RULE_CONFIGURATION = Kind("layout set", "ui/", "/RuleConfiguration.json")


def not_found(
    app_id: str, kind: str, name: str, existing: Iterable[str]
) -> AppFileNotFound:
    """Say what was asked for, and what there is."""
    names = sorted(existing)
    listed = ", ".join(names[:_MOST_NAMED]) or "none"
    if len(names) > _MOST_NAMED:
        listed += f" and {len(names) - _MOST_NAMED} more"
    return AppFileNotFound(app_id=app_id, kind=kind, name=name[:100], existing=listed)


def in_layout_set(app: AppDefinition, kind: Kind, set_id: str) -> bytes | None:
    """Return the file of a layout set, None when the set has none.

    Raises AppFileNotFound for a set that the application does not have.
    """
    content = kind.find(app, set_id)
    if content is None and set_id not in (known := layout_sets(app)):
        raise not_found(app.app_id, kind.noun, set_id, known)
    return content


def layout_sets(app: AppDefinition) -> list[str]:
    """Return the ids of the layout sets: the folders below ``ui/``."""
    folders = {
        path.split("/", 2)[1]
        for path in app.files
        if path.startswith("ui/") and path.count("/") > 1
    }
    return sorted(name for name in folders if _ID.fullmatch(name) and name != "layouts")


def pages_folder(set_id: str) -> str:
    """Return where the pages of a layout set lie."""
    return f"ui/{set_id}/layouts/"


def page_path(set_id: str, page: str) -> str:
    """Return where a page of a layout set lies."""
    return f"{pages_folder(set_id)}{page}.json"


def layouts(app: AppDefinition, set_id: str) -> bytes:
    """Return all pages of a layout set as one JSON object, by their names.

    Raises AppFileNotFound for a set without pages.
    """
    before, after = pages_folder(set_id), ".json"
    pages = {
        path[len(before) : -len(after)]: path
        for path in app.files
        if path.startswith(before) and path.endswith(after)
    }
    if not pages or not _ID.fullmatch(set_id):
        raise not_found(app.app_id, LAYOUT_SETTINGS.noun, set_id, layout_sets(app))
    members = (
        orjson.dumps(name) + b":" + strict_json(app, path)
        for name, path in pages.items()
    )
    return b"{" + b",".join(members) + b"}"


def page_order(app: AppDefinition, set_id: str | None) -> list[str]:
    """Return the pages of a layout set, or of the one without a name, in their order.

    Without an order in the settings it is that of their names. Raises AppFileNotFound.
    """
    if set_id is None:
        content, path, before = app.files.get(SETTINGS), SETTINGS, "ui/layouts/"
    else:
        content = in_layout_set(app, LAYOUT_SETTINGS, set_id)
        path, before = LAYOUT_SETTINGS.path(set_id), pages_folder(set_id)
    document = parsed(app, path) if content is not None else None
    settings = document.get("pages") if isinstance(document, dict) else None
    if isinstance(settings, dict):
        if isinstance(order := settings.get("order"), list):
            return [str(page) for page in order]
        if isinstance(groups := settings.get("groups"), list):
            orders = (one.get("order") for one in groups if isinstance(one, dict))
            return [str(page) for order in orders for page in order or ()]
    files = (path for path in app.files if path.startswith(before))
    pages = (path.removeprefix(before).removesuffix(".json") for path in files)
    return sorted(page for page in pages if _ID.fullmatch(page))


def validation(app: AppDefinition, data_type: str) -> bytes | None:
    """Return the validation configuration of a data type, None when it has none.

    Raises AppFileNotFound for a data type that the application does not declare.
    """
    content = VALIDATION.find(app, data_type)
    if content is None and data_type not in app.data_types:
        raise not_found(app.app_id, "data type", data_type, app.data_types)
    return content


def options(app: AppDefinition, options_id: str) -> list[dict[str, object]]:
    """Return the options of a file, each with its value and label first.

    Values keep their kind; what says nothing is left out, except a value. Raises
    AppFileNotFound and AppFileUnreadable.
    """
    OPTIONS.get(app, options_id)
    path = OPTIONS.path(options_id)
    listed = parsed(app, path)
    if not isinstance(listed, list) or not all(isinstance(o, dict) for o in listed):
        raise AppFileUnreadable(
            path=path, app_id=app.app_id, reason="it is no list of options."
        )
    return [_option(entry) for entry in listed]


def _option(entry: Mapping[str, object]) -> dict[str, object]:
    optional = ("description", "helpText", "tags")
    return {
        "value": entry.get("value"),
        "label": entry.get("label"),
        **{name: entry[name] for name in optional if entry.get(name) is not None},
    }


def parsed(app: AppDefinition, path: str) -> object:
    """Return a JSON file that the application has, parsed.

    Raises AppFileUnreadable, which importing prevents.
    """
    try:
        return lenient_json.parse(app.files[path], file=path)
    except ValueError as error:
        raise AppFileUnreadable(
            path=path, app_id=app.app_id, reason=error.args[0].detail
        ) from None


def strict_json(app: AppDefinition, path: str) -> bytes:
    """Return a JSON file that the application has, as every client can read it.

    That is the file itself, unless it holds what only config files may have: comments
    and trailing commas. Raises AppFileUnreadable.
    """
    content = app.files[path].removeprefix(_BOM)
    try:
        orjson.loads(content)
    except orjson.JSONDecodeError:
        content = json.dumps(parsed(app, path), separators=(",", ":")).encode()
    else:
        return content
    try:
        orjson.loads(content)
    except orjson.JSONDecodeError as error:  # NaN, or half a surrogate pair
        raise AppFileUnreadable(
            path=path, app_id=app.app_id, reason=str(error)
        ) from None
    return content
