"""Finds where a form breaks its schema, in bounded time whatever its size.

Telling one place takes a thousand times as long as finding out that there is one, so of
a large form the places are looked for in pieces, until there are enough or time is up.
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final, cast

from forms.constraints import Constraints, Path, Violation
from forms.model import ROW_ID
from forms.values import Value

_WHOLE: Final = 10_000  # values of a form that is looked at as a whole
_ROWS: Final = 200  # of each list that are looked at together
_SECONDS: Final = 2.0
_OF_LISTS: Final = frozenset({"minItems", "uniqueItems", "contains"})
_NESTED: Final = (dict, list)
UNPLACED: Final = "unplaced"


@dataclass(slots=True)
class Breaches:
    """What was found; ``is_cut`` where there is more, or may be."""

    found: list[Violation]
    is_cut: bool = False


def breaches(
    document: Mapping[str, Value], constraints: Constraints, *, most: int
) -> Breaches:
    """Return where the form breaks its schema, at most so many places.

    The ids of rows and what holds nothing do not count: XML has them not at all.
    """
    whole = dict(document)
    if constraints.hold(whole if _is_plain(whole) else _plain(whole, keep_rows=False)):
        return Breaches([])
    plain = _plain(whole, keep_rows=True)
    if _count(plain, _WHOLE) < _WHOLE:
        found = list(islice(constraints.violations(plain), most + 1))
        return Breaches(found[:most], is_cut=len(found) > most)
    return _in_pieces(plain, constraints, most)


def _in_pieces(document: Value, constraints: Constraints, most: int) -> Breaches:
    ends = time.monotonic() + _SECONDS
    cut: dict[Path, Sequence[Value]] = {}
    start = _Pruner(cut).pruned(document, ())
    found = [one for one in constraints.violations(start) if not _is_of_cut(one, cut)]
    for path, rows in cut.items():
        for first in range(_ROWS, len(rows), _ROWS):
            if len(found) > most or time.monotonic() > ends:
                return Breaches(found[:most], is_cut=True)
            window = _with(start, path, rows[first : first + _ROWS])
            if not constraints.hold(window):
                found += _of_window(constraints.violations(window), path, first)
    # A list that is too long is no fault of any piece of it.
    if not found:
        longest = max(cut, key=lambda path: len(cut[path]), default=())
        found = [Violation(UNPLACED, longest, limit=len(cut.get(longest, ())))]
    return Breaches(found[:most], is_cut=len(found) > most)


class _Pruner:
    """Keeps the first rows of long lists, and notes which lists were longer."""

    def __init__(self, cut: dict[Path, Sequence[Value]]) -> None:
        self._cut = cut
        self._left = _WHOLE

    def pruned(self, value: Value, path: Path) -> Value:
        """Return the value with fewer rows, where it has many."""
        self._left -= 1
        if isinstance(value, dict):
            return {
                name: self.pruned(one, (*path, name)) for name, one in value.items()
            }
        if isinstance(value, list):
            kept: list[Value] = []
            for place, one in enumerate(value):
                if place == _ROWS or self._left <= 0:
                    self._cut[path] = value
                    break
                kept.append(self.pruned(one, (*path, place)))
            return kept
        return value


def _with(document: Value, path: Path, rows: Sequence[Value]) -> Value:
    """Return the document with other rows at the path; the rest is shared."""
    if not path:
        return list(rows)
    step, *rest = path
    if isinstance(document, dict) and isinstance(step, str):
        return {**document, step: _with(document.get(step), tuple(rest), rows)}
    if isinstance(document, list) and isinstance(step, int) and step < len(document):
        inner = _with(document[step], tuple(rest), rows)
        return [*document[:step], inner, *document[step + 1 :]]
    return document


def _of_window(
    violations: Iterator[Violation], path: Path, first: int
) -> Iterator[Violation]:
    """Yield what is wrong inside the rows of a piece, at their place in the whole."""
    for one in violations:
        depth = len(path)
        if one.path[:depth] == path and len(one.path) > depth:
            row = one.path[depth]
            if isinstance(row, int):
                moved = (*path, row + first, *one.path[depth + 1 :])
                yield replace(one, path=moved)


def _is_of_cut(one: Violation, cut: Mapping[Path, Sequence[Value]]) -> bool:
    """Whether it may be amiss only because rows were left out."""
    return one.keyword in _OF_LISTS and one.path in cut


def _is_plain(document: dict[str, Value]) -> bool:
    """Whether there is nothing to leave out, as in most; found in half the time."""
    waiting: list[Value] = [document]
    for nested in waiting:  # which grows meanwhile
        if isinstance(nested, dict):
            if ROW_ID in nested:
                return False
            inner: Iterable[Value] = nested.values()
        else:
            inner = cast(list[Value], nested)
        for one in inner:
            if one is None:
                return False
            if isinstance(one, _NESTED):
                waiting.append(one)
    return True


def _plain(value: Value, *, keep_rows: bool) -> Value:
    """Leave out what holds nothing; an empty row stays, if the places count."""
    if isinstance(value, dict):
        return {
            name: _plain(one, keep_rows=keep_rows) if isinstance(one, _NESTED) else one
            for name, one in value.items()
            if one is not None and name != ROW_ID
        }
    if isinstance(value, list):
        return [
            _plain(one, keep_rows=keep_rows)
            for one in value
            if keep_rows or one is not None
        ]
    return value


def _count(value: Value, most: int) -> int:
    """Count the values of a document, as far as ``most``."""
    count, waiting = 0, [value]
    while waiting and count < most:
        count += 1
        inner = waiting.pop()
        if isinstance(inner, dict):
            waiting.extend(inner.values())
        elif isinstance(inner, list):
            waiting.extend(inner)
    return count
