"""Which application has code of its own here, and where: found once, loaded when used.

The operator names it in ``ALTINN_APP_HOOKS``, or an installed package does by an entry
point of the group ``altinn.app_hooks`` named ``org/app``. The setting wins.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points

from django.conf import settings

from process.hooks import AppHooks

GROUP = "altinn.app_hooks"
NAMES = (  # what a class names, by its attributes
    "user_actions",
    "event_types",
    "file_analysers",
    "file_validators",
    "service_tasks",
    "task_types",
    "option_lists",
    "instance_option_lists",
    "data_lists",
    "instance_data_lists",
    "external_apis",
)
_APP = re.compile(r"[a-z][a-z0-9]*/[a-z][a-z0-9-]*")
_PLACE = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class HookFault:
    """An entry that cannot be used: what stands there, and why it cannot."""

    entry: str
    reason: str


class HooksUnusable(Exception):
    """The class cannot be loaded, or is none of hooks."""


def hooks_of(app_id: str) -> AppHooks | None:
    """Return the app's code, None when it has none; raises HooksUnusable."""
    return _loaded(app_id, _places(tuple(settings.ALTINN_APP_HOOKS)).get(app_id))


def faults() -> Iterator[HookFault]:
    """Find every entry that cannot be used."""
    entries = tuple(settings.ALTINN_APP_HOOKS)
    yield from _misspelt(entries)
    for app_id, place in _places(entries).items():
        try:
            _loaded(app_id, place)
        except HooksUnusable as error:
            yield HookFault(f"{app_id}={place}", str(error))


def _misspelt(entries: tuple[str, ...]) -> Iterator[HookFault]:
    seen: set[str] = set()
    for entry in entries:
        app_id, _, place = entry.partition("=")
        if not _APP.fullmatch(app_id) or not _PLACE.fullmatch(place):
            yield HookFault(entry, "it is not of the form org/app=package.module:Class")
        elif app_id in seen:
            yield HookFault(entry, f"{app_id} is named twice")
        seen.add(app_id)
    installed: dict[str, EntryPoint] = {}
    for point in entry_points(group=GROUP):
        other = installed.setdefault(point.name, point)
        if other.value != point.value and point.name not in seen:
            yield HookFault(
                f"{point.name}={point.value}",
                f"another installed package names {other.value} for the same app",
            )


@lru_cache(maxsize=8)
def _places(entries: tuple[str, ...]) -> Mapping[str, str]:
    """Return the place of each app's class, by app id."""
    places: dict[str, str] = {}
    for point in entry_points(group=GROUP):
        places.setdefault(point.name, point.value)
    for entry in entries:
        app_id, _, place = entry.partition("=")
        if _APP.fullmatch(app_id) and _PLACE.fullmatch(place):
            places[app_id] = place
    return places


@lru_cache(maxsize=256)
def _loaded(app_id: str, place: str | None) -> AppHooks | None:
    if place is None:
        return None
    try:
        found = EntryPoint(name=app_id, value=place, group=GROUP).load()
    except Exception as error:
        # Importing runs the app's code, which may raise anything at all.
        reason = f"it cannot be imported: {type(error).__name__}: {error}"
        raise HooksUnusable(reason) from error
    if not (isinstance(found, type) and issubclass(found, AppHooks)):
        raise HooksUnusable("it is no subclass of process.hooks.AppHooks")
    for name in NAMES:
        ids = getattr(found, name)
        if isinstance(ids, str) or not all(isinstance(one, str) for one in ids):
            raise HooksUnusable(f"its {name} are no collection of texts")
    try:
        return found()
    except Exception as error:
        reason = f"it cannot be made: {type(error).__name__}: {error}"
        raise HooksUnusable(reason) from error
