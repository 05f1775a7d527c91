"""The applications that are served, parsed and held in each process.

A process reads one counter at most once a second; when it has changed, it asks which
deployment is current, and parses what it has not parsed before. Nothing needs a restart.
"""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from apps_registry.app_folder import AppFolder, check_folder
from apps_registry.definition import AppDefinition
from apps_registry.errors import AppNotFound
from apps_registry.models import Application, DeploymentFile, RegistryVersion

POLL_SECONDS = 1.0


@dataclass(slots=True)
class _Held:
    """What this process knows; replaced as a whole, so readers need no lock."""

    version: int = -1
    checked_at: float = float("-inf")
    deployments: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    definitions: dict[int, AppDefinition] = field(default_factory=dict)


_held = _Held()
_lock = threading.Lock()


def definition_of(org: str, app: str) -> AppDefinition:
    """Return the current definition of an app; raises AppNotFound."""
    app_id = f"{org}/{app}"
    held = _current()
    if app_id not in held.deployments:
        raise AppNotFound(app_id=app_id)
    return _definition(held, app_id)


def all_definitions() -> Mapping[str, AppDefinition]:
    """Return the current definition of every app, by app id."""
    held = _current()
    return MappingProxyType(
        {app_id: _definition(held, app_id) for app_id in held.deployments}
    )


def forget() -> None:
    """Look again at the next use; what has been parsed is kept, it never changes."""
    _held.checked_at = float("-inf")
    _held.version = -1


def _current() -> _Held:
    global _held
    if time.monotonic() - _held.checked_at < POLL_SECONDS:
        return _held
    with _lock:
        if time.monotonic() - _held.checked_at < POLL_SECONDS:
            return _held
        version = RegistryVersion.objects.values_list("number", flat=True).first() or 0
        if version == _held.version:
            _held.checked_at = time.monotonic()
            return _held
        rows = Application.objects.served().values_list(
            "app_id", "current_id", "current__number"
        )
        deployments = {app_id: (pk or 0, number or 0) for app_id, pk, number in rows}
        kept = {pk for pk, _ in deployments.values()} & _held.definitions.keys()
        _held = _Held(
            version=version,
            checked_at=time.monotonic(),
            deployments=deployments,
            definitions={pk: _held.definitions[pk] for pk in kept},
        )
        return _held


def _definition(held: _Held, app_id: str) -> AppDefinition:
    pk, number = held.deployments[app_id]
    if pk not in held.definitions:
        files = DeploymentFile.objects.filter(deployment_id=pk)
        contents = {
            path: bytes(data) for path, data in files.values_list("path", "content")
        }
        org, app = app_id.split("/")
        checked = check_folder(AppFolder(contents), org=org, app=app)
        held.definitions[pk] = replace(checked.definition, number=number)
    return held.definitions[pk]
