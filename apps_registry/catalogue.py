"""The applications that are served, parsed and held in each process.

A process reads one counter at most once a second; when it has changed, it asks which
deployment is current, and parses what it has not parsed before. Nothing needs a
restart.
"""

import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import structlog

from apps_registry import lenient_json
from apps_registry.app_check import read_definition
from apps_registry.app_folder import AppFolder
from apps_registry.definition import AppDefinition, DataType
from apps_registry.errors import (
    AppFolderRefused,
    AppNotFound,
    AppUnreadable,
    DataTypeUnknown,
)
from apps_registry.metadata import FILE as METADATA
from apps_registry.metadata import read_metadata
from apps_registry.models import Application, DeploymentFile, RegistryVersion

log = structlog.get_logger()

POLL_SECONDS = 1.0
_MOST_LOOKED_BACK = 200  # deployments


@dataclass(frozen=True, slots=True)
class _Deployment:
    """Which deployment of an app is current; its content is known by the hash alone."""

    pk: int
    number: int
    content_hash: str


@dataclass(slots=True)
class _Held:
    """What this process knows of one version; replaced as a whole by the next.

    Readers take no lock: what they read themselves, and what they could not read, they
    add to the last three.
    """

    version: int = -1
    checked_at: float = float("-inf")
    deployments: Mapping[str, _Deployment] = field(default_factory=dict)
    definitions: dict[tuple[str, str], AppDefinition] = field(default_factory=dict)
    unreadable: set[tuple[str, str]] = field(default_factory=set)
    retired: dict[tuple[str, str], DataType | None] = field(default_factory=dict)


_held = _Held()
_lock = threading.Lock()


def definition_of(org: str, app: str) -> AppDefinition:
    """Return the current definition of an app; raises AppNotFound or AppUnreadable."""
    app_id = f"{org}/{app}"
    held = _current()
    if app_id not in held.deployments:
        raise AppNotFound(app_id=app_id)
    return _definition(held, app_id)


def stored_data_type(org: str, app: str, type_id: str) -> DataType:
    """Return a data type as it is, or as it was while the app still had it.

    Raises AppNotFound and DataTypeUnknown.
    """
    definition = definition_of(org, app)
    found = definition.data_types.get(type_id)
    return found or retired_data_type(definition.app_id, type_id)


def retired_data_type(app_id: str, type_id: str) -> DataType:
    """Return a data type that the app has no more, as it was declared last.

    What was stored of it stays readable, under the rules of then. Raises
    DataTypeUnknown.
    """
    held = _current()
    key = (app_id, type_id)
    if key not in held.retired:
        held.retired[key] = _last_declared(app_id, type_id)
    found = held.retired[key]
    if found is None:
        raise DataTypeUnknown(data_type=type_id)
    return found


def all_definitions() -> Mapping[str, AppDefinition]:
    """Return the current definition of every app that can be read, by app id."""
    held = _current()
    found: dict[str, AppDefinition] = {}
    for app_id in held.deployments:
        # One app that this version cannot read must not take the others' lists down.
        with suppress(AppUnreadable):
            found[app_id] = _definition(held, app_id)
    return MappingProxyType(found)


def generation() -> object:
    """Return what is another object as soon as another definition is current."""
    return _current().deployments


def forget() -> None:
    """Look again at the next use; what has been parsed is kept, it never changes."""
    _held.checked_at = float("-inf")
    _held.version = -1


def _current() -> _Held:
    global _held
    if time.monotonic() - _held.checked_at < POLL_SECONDS:
        return _held
    with _lock:
        # The time of the question: what changes before the answer is here is news.
        checked_at = time.monotonic()
        if checked_at - _held.checked_at < POLL_SECONDS:
            return _held
        version = RegistryVersion.objects.values_list("number", flat=True).first() or 0
        if version == _held.version:
            _held.checked_at = checked_at
            return _held
        deployments = {
            app.app_id: _Deployment(
                app.current.pk, app.current.number, app.current.content_hash
            )
            for app in Application.objects.served().select_related("current")
            if app.current is not None
        }
        current = {(app_id, d.content_hash) for app_id, d in deployments.items()}
        _held = _Held(
            version=version,
            checked_at=checked_at,
            deployments=deployments,
            definitions={
                key: definition
                for key, definition in _held.definitions.copy().items()
                if key in current
            },
            unreadable=_held.unreadable.copy() & current,
        )
        return _held


def _definition(held: _Held, app_id: str) -> AppDefinition:
    deployment = held.deployments[app_id]
    key = (app_id, deployment.content_hash)
    if key in held.unreadable:
        raise AppUnreadable(app_id=app_id)
    if key not in held.definitions:
        contents = DeploymentFile.objects.contents_of(deployment.pk)
        org, app = app_id.split("/")
        try:
            definition = read_definition(AppFolder(contents), org=org, app=app)
        except AppFolderRefused as error:
            log.error("app_unreadable", app_id=app_id, issues=len(error.issues))
            held.unreadable.add(key)
            raise AppUnreadable(app_id=app_id) from error
        held.definitions[key] = replace(definition, number=deployment.number)
    return held.definitions[key]


def _last_declared(app_id: str, type_id: str) -> DataType | None:
    rows = DeploymentFile.objects.metadata_of(app_id, most=_MOST_LOOKED_BACK)
    for content in rows:
        document = lenient_json.parse(content, file=METADATA)
        found = read_metadata(document, []).data_types.get(type_id)
        if found is not None:
            return found
    return None
