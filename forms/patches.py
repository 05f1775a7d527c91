"""JSON Patch (RFC 6902) on form data, whose every member exists, null when unset."""

from collections.abc import Mapping, Sequence
from typing import Final

from common.pointers import index_of, steps_of
from forms.errors import PatchFailed, PatchTestFailed
from forms.values import Value, copied

MOST_OPERATIONS: Final = 10_000
_MOST_CARRIED: Final = 100_000  # values that the operations copy and move, all together
_LONGEST_PATH: Final = 64  # steps; no form is deeper
_DEEPEST: Final = 2 * _LONGEST_PATH  # of what stands at the end of a path


def apply(document: Value, operations: Sequence[object]) -> Value:
    """Return the document with the operations applied, one after the other.

    The document itself stays as it is. Raises PatchTestFailed for a ``test`` that does
    not hold, and PatchFailed for what cannot be done, or would make the document far
    larger or deeper than it is; both name the operation.
    """
    if len(operations) > MOST_OPERATIONS:
        raise PatchFailed(MOST_OPERATIONS, f"there are more than {MOST_OPERATIONS}")
    changed, carried = copied(document), 0
    for place, given in enumerate(operations):
        operation = _Operation(place, given, carried)
        changed = operation.applied(changed)
        carried = operation.carried
    return changed


class _Operation:
    """One operation, and the place where it stands in its patch.

    ``carried`` counts the values that were copied and moved so far.
    """

    def __init__(self, place: int, given: object, carried: int) -> None:
        self.place = place
        self.carried = carried
        if not isinstance(given, Mapping):
            raise self.failed("it is no object")
        self.given = given
        self.name = given.get("op")

    def applied(self, document: Value) -> Value:
        """Return the document after the operation; it may change in place."""
        path = self._path("path")
        match self.name:
            case "add":
                return self._add(document, path, self._value())
            case "remove":
                return self._remove(document, path)[0]
            case "replace":
                return self._replace(document, path, self._value())
            case "move":
                source = self._path("from")
                if path[: len(source)] == source and path != source:
                    raise self.failed("nothing is moved into itself")
                self._carry(self._get(document, source), path)
                document, moved = self._remove(document, source)
                return self._add(document, path, moved)
            case "copy":
                source_value = self._get(document, self._path("from"))
                self._carry(source_value, path)
                return self._add(document, path, copied(source_value))
            case "test":
                self._test(document, path)
                return document
        raise self.failed(
            f"op is {self.name!r:.40}, not add, remove, replace, move, copy or test"
        )

    def failed(self, reason: str) -> PatchFailed:
        """Say why this operation cannot be done."""
        return PatchFailed(self.place, reason)

    def _value(self) -> Value:
        if "value" not in self.given:
            raise self.failed("value is missing")
        value: Value = self.given["value"]
        return value

    def _path(self, member: str) -> list[str]:
        given = self.given.get(member)
        if not isinstance(given, str) or (given and not given.startswith("/")):
            raise self.failed(f"{member} is no JSON pointer, like /a/0/b")
        steps = steps_of(given)
        if len(steps) > _LONGEST_PATH:
            raise self.failed(f"{member} has more than {_LONGEST_PATH} steps")
        return steps

    def _carry(self, value: Value, path: Sequence[str]) -> None:
        """Refuse what would let a small patch make a huge document."""
        count, depth = _extent(value, most=_MOST_CARRIED)
        self.carried += count
        if self.carried > _MOST_CARRIED:
            raise self.failed(
                f"the patch copies and moves more than {_MOST_CARRIED} values"
            )
        if len(path) + depth > _DEEPEST:
            raise self.failed(f"the form would be nested deeper than {_DEEPEST}")

    def _get(self, document: Value, path: Sequence[str]) -> Value:
        for depth, step in enumerate(path):
            match document:
                case dict() if step in document:
                    document = document[step]
                case list():
                    document = document[self._index(document, step, path)]
                case _:
                    raise self.failed(f"/{'/'.join(path[: depth + 1])} is not there")
        return document

    def _test(self, document: Value, path: Sequence[str]) -> None:
        found = self._get(document, path)
        if not _same(found, self._value()):
            raise PatchTestFailed(self.place, f"/{'/'.join(path)} is another value")

    def _add(self, document: Value, path: Sequence[str], value: Value) -> Value:
        if not path:
            return value
        *before, last = path
        parent = self._get(document, before)
        match parent:
            case dict():
                parent[last] = value
            case list() if last == "-":
                parent.append(value)
            case list():
                parent.insert(self._index(parent, last, path, end=True), value)
            case _:
                raise self.failed(f"/{'/'.join(before)} holds nothing to add to")
        return document

    def _replace(self, document: Value, path: Sequence[str], value: Value) -> Value:
        if not path:
            return value
        self._get(document, path)
        *before, last = path
        parent = self._get(document, before)
        if isinstance(parent, list):
            parent[self._index(parent, last, path)] = value
        elif isinstance(parent, dict):
            parent[last] = value
        return document

    def _remove(self, document: Value, path: Sequence[str]) -> tuple[Value, Value]:
        if not path:
            return None, document
        removed = self._get(document, path)
        *before, last = path
        parent = self._get(document, before)
        if isinstance(parent, list):
            del parent[self._index(parent, last, path)]
        elif isinstance(parent, dict):
            del parent[last]
        return document, removed

    def _index(
        self,
        rows: Sequence[Value],
        step: str,
        path: Sequence[str],
        *,
        end: bool = False,
    ) -> int:
        index = index_of(step)
        if index is None:
            raise self.failed(f"{step!r:.40} in /{'/'.join(path)} is no index")
        if index >= len(rows) + end:
            raise self.failed(
                f"/{'/'.join(path)} is not there: the list has {len(rows)} items"
            )
        return index


def _extent(value: Value, *, most: int) -> tuple[int, int]:
    """Return how many values there are in one, itself too, and how deep they stand.

    What has more than ``most`` is not looked at to its end.
    """
    count, depth, level = 0, 0, [value]
    while level and count <= most:
        count, depth = count + len(level), depth + 1
        inner: list[Value] = []
        for one in level:
            if isinstance(one, dict):
                inner += one.values()
            elif isinstance(one, list):
                inner += one
        level = inner
    return count, depth


def _same(one: Value, other: Value) -> bool:
    """Compare as JSON does: true is no number, 1 and 1.0 are one."""
    if isinstance(one, bool) is not isinstance(other, bool):
        return False
    match one, other:
        case dict(), dict():
            return one.keys() == other.keys() and all(
                _same(value, other[name]) for name, value in one.items()
            )
        case list(), list():
            return len(one) == len(other) and all(map(_same, one, other))
    return one == other
