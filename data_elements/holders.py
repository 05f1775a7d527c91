"""Which rows point to blobs: of this room, and of rooms above that say so."""

from collections.abc import Callable, Collection

from data_elements.models import DataElement

# Of the keys that it is given, which ones a row points to.
Holder = Callable[[Collection[str]], Collection[str]]


def _elements(keys: Collection[str]) -> Collection[str]:
    rows = DataElement.objects.filter(blob_key__in=list(keys))
    return list(rows.values_list("blob_key", flat=True))


_holders: list[Holder] = [_elements]


def register(holder: Holder) -> None:
    """Let rows of another table keep their blobs from the sweep."""
    _holders.append(holder)


def held(keys: Collection[str]) -> set[str]:
    """Return those of the keys that a row points to."""
    return {key for holder in _holders for key in holder(keys)}
