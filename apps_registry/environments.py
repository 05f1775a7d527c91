"""Settings of a task that differ by hosting environment (app-api.md §15.2)."""

from collections.abc import Mapping
from typing import Final

from apps_registry.bpmn import Extension, Task

_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "development": ("development", "dev", "local", "localtest"),
    "test": ("staging", "test", "at22", "at23", "at24", "tt02", "yt01"),
    "production": ("production", "prod", "produksjon"),
}
ENVIRONMENTS: Final = frozenset(name for names in _NAMES.values() for name in names)


def extension_of(task: Task, name: str) -> Extension | None:
    """Return the Altinn element of this name that the task has, if any."""
    return next((one for one in task.extensions if one.name == name), None)


def value_for(
    task: Task, extension: str, member: str, *, environment: str
) -> str | None:
    """Return what the member is in the environment, None where it is not given.

    One that names the environment wins over one that names none.
    """
    given = extension_of(task, extension)
    found: str | None = None
    for child in given.children if given is not None else ():
        if child.name != member:
            continue
        named = dict(child.attributes).get("env", "").lower()
        if named in _NAMES.get(environment, ()):
            return child.text
        if not named and found is None:
            found = child.text
    return found
