"""Settings of an application (appsettings.json) that its clients may read.

The file holds secrets too: nothing of it is handed out but what stands here by name.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

from apps_registry.definition import AppDefinition
from apps_registry.public_files import parsed

# What the files are called for what environment the server runs in.
_ENVIRONMENTS = {
    "development": "Development",
    "test": "Staging",
    "production": "Production",
}
_TRUE: Final = frozenset({"true", "1"})
_UPPER_RUN = re.compile(r"[A-Z]+(?=[A-Z][a-z]|$|[^A-Za-z])|[A-Z]")


@dataclass(frozen=True, slots=True)
class Switches:
    """What an application has the server do with its forms (``AppSettings``)."""

    required_validation: bool = False
    expression_validation: bool = False
    xsd_validation: bool = False
    remove_hidden_data: bool = False
    enforce_data_type_task_id: bool = False


_switches: WeakKeyDictionary[AppDefinition, dict[str, Switches]] = WeakKeyDictionary()


def switches_of(app: AppDefinition, *, environment: str) -> Switches:
    """Return what is switched on; all is off by default. Raises AppFileUnreadable."""
    known = _switches.setdefault(app, {})
    if environment not in known:
        on = {
            name.casefold(): text.strip().casefold() in _TRUE
            for name, text in _settings(app, "AppSettings", environment)
        }
        known[environment] = Switches(
            required_validation=on.get("requiredvalidation", False),
            expression_validation=on.get("expressionvalidation", False),
            xsd_validation=on.get("xsdvalidation", False),
            remove_hidden_data=on.get("removehiddendata", False),
            enforce_data_type_task_id=on.get("enforcedatatypetaskid", False),
        )
    return known[environment]


def front_end_setting(app: AppDefinition, name: str, *, environment: str) -> str | None:
    """Return one of ``FrontEndSettings`` by its name in any case, None for none.

    Raises AppFileUnreadable.
    """
    return _setting(app, "FrontEndSettings", name, environment)


def front_end_settings(app: AppDefinition, *, environment: str) -> dict[str, str]:
    """Return the section ``FrontEndSettings``, names in camel case.

    With it comes the provider that users log in by, if the application names one. The
    environment's own file wins over the general one. Raises AppFileUnreadable.
    """
    members = _settings(app, "FrontEndSettings", environment)
    found = {_camel_case(name): text for name, text in members}
    provider = _setting(app, "AppSettings", "AppOidcProvider", environment)
    return {"appOidcProvider": provider, **found} if provider else found


def publishes_events(app: AppDefinition, *, environment: str) -> bool:
    """Whether the application's events are told: unless its settings say ``false``.

    Raises AppFileUnreadable.
    """
    name = "RegisterEventsWithEventsComponent"
    return not _is_off(_setting(app, "AppSettings", name, environment))


def shows_pdf_footer(app: AppDefinition, *, environment: str) -> bool:
    """Whether pages of PDF have a foot: unless the settings say ``false``.

    Raises AppFileUnreadable.
    """
    name = "DisplayFooter"
    return not _is_off(_setting(app, "PdfGeneratorSettings", name, environment))


def _setting(
    app: AppDefinition, section: str, name: str, environment: str
) -> str | None:
    """Return what a setting is in the end, by its name in any case; None for none."""
    found = None
    for key, text in _settings(app, section, environment):
        if key.casefold() == name.casefold():
            found = text
    return found


def _settings(
    app: AppDefinition, section: str, environment: str
) -> Iterator[tuple[str, str]]:
    """Yield the values in a section of the files, those of the environment last.

    Everything is a text, as .NET reads it; what is no value is left out.
    """
    for path in _paths(environment):
        if path in app.files:
            for name, value in _section(parsed(app, path), section).items():
                if not isinstance(value, dict | list):
                    yield name, "" if value is None else str(value)


def _is_off(text: str | None) -> bool:
    return text is not None and text.strip().casefold() == "false"


def _paths(environment: str) -> tuple[str, str]:
    return "appsettings.json", f"appsettings.{_ENVIRONMENTS[environment]}.json"


def _section(document: object, name: str) -> Mapping[str, object]:
    """Return a section of the file; names of sections are in any case of letters."""
    members = document if isinstance(document, dict) else {}
    for key, value in members.items():
        if key.casefold() == name.casefold() and isinstance(value, dict):
            return value
    return {}


def _camel_case(name: str) -> str:
    """Lower the first letter, or all but the last of several capitals before it."""
    found = _UPPER_RUN.match(name)
    return found.group().lower() + name[found.end() :] if found else name
