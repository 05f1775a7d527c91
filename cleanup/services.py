"""Finding and removing what nobody needs any more, in batches."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

import structlog

from data_elements import blobs
from data_elements.models import DataElement

log = structlog.get_logger()
_BATCH = 500


@dataclass(frozen=True, slots=True)
class SweepReport:
    """Orphan blobs found: how many, their bytes, and how many were removed."""

    looked_at: int
    found: int
    size: int
    removed: int


def sweep_blobs(
    *,
    older_than: datetime,
    execute: bool,
    stop: Callable[[], bool] = lambda: False,
) -> SweepReport:
    """Find blobs that no data element points to, and remove them with ``execute``.

    Only blobs written before ``older_than`` are looked at: a younger one may belong to
    an upload whose row is not committed yet. ``stop`` ends the sweep after a batch.
    """
    looked_at = found = size = removed = 0
    for batch in _batches(blobs.keys_older_than(older_than)):
        known = set(
            DataElement.objects.filter(
                blob_key__in=[key for key, _ in batch]
            ).values_list("blob_key", flat=True)
        )
        looked_at += len(batch)
        for key, length in batch:
            if key in known:
                continue
            found += 1
            size += length
            if execute:
                blobs.discard(key)
                removed += 1
        if stop():
            break
    log.info("blobs_swept", found=found, size=size, removed=removed)
    return SweepReport(looked_at=looked_at, found=found, size=size, removed=removed)


def _batches(
    keys: Iterator[tuple[str, int]],
) -> Iterator[tuple[tuple[str, int], ...]]:
    while batch := tuple(islice(keys, _BATCH)):
        yield batch
