"""Finding and removing what nobody needs any more, in batches."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

import structlog

from cleanup.errors import NothingBelongs
from data_elements import blobs, holders

log = structlog.get_logger()
_BATCH = 500
_DOUBTFUL = 100  # blobs of which none belongs are no chance any more


@dataclass(frozen=True, slots=True)
class SweepReport:
    """How many blobs were looked at, how many are orphans, and their bytes."""

    looked_at: int
    found: int
    size: int


def sweep_blobs(
    *,
    older_than: datetime,
    execute: bool,
    force: bool = False,
    stop: Callable[[], bool] = lambda: False,
) -> SweepReport:
    """Find blobs that no row points to, and remove them with ``execute``.

    Only blobs written before ``older_than`` are looked at: a younger one may belong to
    an upload whose row is not committed yet. ``stop`` ends the sweep after a batch.
    Raises StorageUnavailable, and NothingBelongs, unless with ``force``, before it
    removes much where the database seems to be that of another store.
    """
    looked_at = found = size = 0
    for batch in _batches(blobs.keys_older_than(older_than)):
        known = holders.held([key for key, _ in batch])
        looked_at += len(batch)
        nothing_belongs = not known and looked_at - len(batch) == found
        if execute and not force and nothing_belongs and looked_at > _DOUBTFUL:
            raise NothingBelongs(looked_at=looked_at)
        for key, length in batch:
            if key in known:
                continue
            found += 1
            size += length
            if execute:
                blobs.discard(key)
        if stop():
            break
    log.info("blobs_swept", found=found, size=size, removed=found if execute else 0)
    return SweepReport(looked_at=looked_at, found=found, size=size)


def _batches(
    keys: Iterator[tuple[str, int]],
) -> Iterator[tuple[tuple[str, int], ...]]:
    while batch := tuple(islice(keys, _BATCH)):
        yield batch
