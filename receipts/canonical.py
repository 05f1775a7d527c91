"""Canonical JSON: one text for one document, as RFC 8785 has it.

Members are in the order of their names, and there is no space. Numbers are whole and
small enough for every reader of JSON, and names are ASCII, where the orders by byte and
by UTF-16 are the same; anything else is refused.
"""

from collections.abc import Mapping, Sequence

import orjson

_LARGEST = 2**53 - 1


def canonical(document: Mapping[str, object]) -> bytes:
    """Return the text of the document; raises ValueError for what has none here."""
    _ensure_plain(document)
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)


def _ensure_plain(value: object) -> None:
    if value is None or isinstance(value, str | bool):
        return
    if isinstance(value, int):
        if abs(value) > _LARGEST:
            raise ValueError(f"{value} is larger than JSON's readers agree on")
    elif isinstance(value, Mapping):
        for name, member in value.items():
            if not (isinstance(name, str) and name.isascii()):
                raise ValueError(f"{name!r} is no ASCII name")
            _ensure_plain(member)
    elif isinstance(value, Sequence) and not isinstance(value, bytes):
        for member in value:
            _ensure_plain(member)
    else:
        raise ValueError(f"{type(value).__name__} is nothing that JSON has")
