"""Which fields differ between two documents, by path (``changedFields``)."""

from collections.abc import Iterator

from forms.values import Value


def changed_fields(before: Value, after: Value) -> dict[str, Value]:
    """Return the new value of each plain field that changed, null for one that went.

    New rows are listed field by field, as are the fields of rows that went.
    """
    old, new = dict(_leaves(before, "")), dict(_leaves(after, ""))
    found = {path: value for path, value in new.items() if _differs(old, path, value)}
    found |= {path: None for path in old if path not in new and old[path] is not None}
    return found


def _differs(old: dict[str, Value], path: str, value: Value) -> bool:
    was = old.get(path)
    # True is 1 to Python, and another value in a form.
    return was != value or isinstance(was, bool) is not isinstance(value, bool)


def _leaves(value: Value, path: str) -> Iterator[tuple[str, Value]]:
    match value:
        case dict():
            for name, inner in value.items():
                yield from _leaves(inner, f"{path}.{name}" if path else name)
        case list():
            for place, inner in enumerate(value):
                yield from _leaves(inner, f"{path}[{place}]")
        case _:
            yield path, value
