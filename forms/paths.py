"""Paths of fields, ``a.b[2].c``, and what stands there (app-api.md §19.4)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from forms.errors import ExpressionFailed
from forms.values import Value

_STEP: Final = re.compile(r"([^.\[\]]+)(?:\[([0-9]{1,9})\])?")
_LONGEST: Final = 1000


@dataclass(frozen=True, slots=True)
class Step:
    """A member, and which of its rows where the path says so."""

    name: str
    row: int | None = None


@lru_cache(maxsize=4096)
def parse(path: str) -> tuple[Step, ...]:
    """Read a path; raises ExpressionFailed."""
    if len(path) > _LONGEST:
        raise ExpressionFailed(f"A path has more than {_LONGEST} letters")
    steps = []
    for part in path.split("."):
        found = _STEP.fullmatch(part)
        if found is None:
            raise ExpressionFailed(f"The path {path!r:.100} is not like a.b[2].c")
        row = found.group(2)
        steps.append(Step(found.group(1), None if row is None else int(row)))
    return tuple(steps)


def indexed(path: Sequence[Step], rows: Sequence[int], data: Value) -> tuple[Step, ...]:
    """Fill in the rows that the surroundings stand in, from outside in.

    After a row that the path itself names, no further one is filled in. A list that the
    path ends in is meant as a whole.
    """
    waiting = list(rows)
    filled: list[Step] = []
    for place, step in enumerate(path):
        value = data.get(step.name) if isinstance(data, dict) else None
        row = step.row
        if row is not None:
            waiting = []
        elif isinstance(value, list) and waiting and place < len(path) - 1:
            row = waiting.pop(0)
        filled.append(step if row == step.row else Step(step.name, row))
        data = _row(value, row) if row is not None else value
    return tuple(filled)


def value_at(data: Value, path: Sequence[Step]) -> Value:
    """Return what stands at the path, None where nothing does."""
    for place, step in enumerate(path):
        if not isinstance(data, dict):
            return None
        data = data.get(step.name)
        if step.row is not None:
            data = _row(data, step.row)
        elif isinstance(data, list) and place < len(path) - 1:
            return None  # a list has no members of its own
    return data


def written(path: Sequence[Step]) -> str:
    """Write a path."""
    return ".".join(
        step.name if step.row is None else f"{step.name}[{step.row}]" for step in path
    )


def _row(value: Value, row: int) -> Value:
    if isinstance(value, list) and row < len(value):
        return value[row]
    return None
