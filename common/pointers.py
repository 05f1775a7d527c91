"""JSON pointers (RFC 6901): places in a document, and what references lead to."""

import re
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import unquote

_INDEX: Final = re.compile("0|[1-9][0-9]{0,8}")


def pointer_to(path: Iterable[object]) -> str:
    """Return the pointer of names and indexes, empty for the whole document."""
    parts = (str(part).replace("~", "~0").replace("/", "~1") for part in path)
    return "".join(f"/{part}" for part in parts)


def steps_of(pointer: str) -> list[str]:
    """Return the steps of a pointer, which is empty or begins with a slash."""
    steps = pointer.split("/")[1:]
    return [step.replace("~1", "/").replace("~0", "~") for step in steps]


def index_of(step: str) -> int | None:
    """Return which item of a list a step means, None where it is no index."""
    return int(step) if _INDEX.fullmatch(step) else None


def referred_to(document: object, reference: str) -> object:
    """Return what a reference within the document leads to: ``#``, or ``#/a/0``.

    It stands in an address, so that it may be percent-encoded (section 6). Raises
    LookupError where it leads to nothing, or elsewhere.
    """
    if reference != "#" and not reference.startswith("#/"):
        raise LookupError(reference)
    for step in steps_of(unquote(reference[1:])):
        if isinstance(document, Mapping):
            document = document[step]
        elif isinstance(document, list) and (index := index_of(step)) is not None:
            document = document[index]
        else:
            raise LookupError(reference)
    return document
