"""Fields that a form has for the time of its task alone, by their names' beginning."""

from collections.abc import Mapping

from forms.values import Value

Document = dict[str, Value]


def without(document: Mapping[str, Value], prefix: str) -> Document:
    """Return a form without the members, however deep, whose names begin so."""
    return {
        name: _without(value, prefix)
        for name, value in document.items()
        if not name.startswith(prefix)
    }


def _without(value: Value, prefix: str) -> Value:
    if isinstance(value, dict):
        return without(value, prefix)
    if isinstance(value, list):
        return [_without(one, prefix) for one in value]
    return value
