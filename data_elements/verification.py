"""Whether the store still has what the rows say: contents, their sizes and hashes."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

import structlog
from django.db.models import Count, Sum

from data_elements import blobs
from data_elements.intake import CHUNK, Digest
from data_elements.models import DataElement

log = structlog.get_logger()

_BATCH = 500
_FINEST = 10**6  # the smallest part of all contents that can be sampled
_NOWHERE = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Extent:
    """How much there is to look at: contents, and their bytes."""

    elements: int
    size: int


@dataclass(frozen=True, slots=True)
class Looked:
    """A content that was looked at. ``finding`` says what is wrong with it, if any."""

    element: UUID
    instance: UUID
    key: str
    size: int
    finding: str = ""


def extent(*, after: UUID | None) -> Extent:
    """Return how much there is behind an element, in the order of their ids."""
    found = DataElement.objects.filter(pk__gt=after or _NOWHERE).aggregate(
        elements=Count("pk"), size=Sum("size")
    )
    return Extent(found["elements"], found["size"] or 0)


def verify(
    *, after: UUID | None, share: float = 1, stop: Callable[[], bool] = lambda: False
) -> Iterator[Looked]:
    """Read the contents and compare them with their rows, in the order of their ids.

    ``share`` is the part of them that is looked at, chosen by chance. ``stop`` ends it
    after the content that it is at. Raises StorageUnavailable.
    """
    position = after or _NOWHERE
    while batch := list(
        DataElement.objects.filter(pk__gt=position).order_by("pk")[:_BATCH]
    ):
        for element in batch:
            position = element.pk
            if stop():
                return
            if secrets.randbelow(_FINEST) < share * _FINEST:
                yield _look_at(element)


def _look_at(element: DataElement) -> Looked:
    finding = _finding(element)
    if finding and not _still_points_there(element):
        finding = ""  # replaced or deleted while it was read
    if finding:
        log.error(
            "blob_not_as_its_row",
            element=str(element.pk),
            key=element.blob_key,
            finding=finding,
        )
    return Looked(
        element.pk, element.instance_id, element.blob_key, element.size, finding
    )


def _finding(element: DataElement) -> str:
    digest, size = Digest(), 0
    try:
        with blobs.open_blob(element.blob_key) as content:
            while piece := content.read(CHUNK):
                digest.update(piece)
                size += len(piece)
    except FileNotFoundError:
        return "missing"
    finally:
        sha256 = digest.finish()
    if size != element.size:
        return f"{size} bytes instead of {element.size}"
    if element.sha256 is not None and sha256 != bytes(element.sha256):
        return f"SHA-256 {sha256.hex()} instead of {bytes(element.sha256).hex()}"
    return ""


def _still_points_there(element: DataElement) -> bool:
    row = DataElement.objects.filter(pk=element.pk, blob_key=element.blob_key)
    return row.exists()
