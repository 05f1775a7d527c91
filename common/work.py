"""A kind of work that rows stand for, as the room that owns it hands it to the worker.

A handler does a bounded piece of work and says when the row is due again. It may be
called twice for the same piece: whoever had the row may have died in the middle.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from common import leases
from common.errors import Unavailable
from common.models import Leased

_LONGEST_REASON: Final = 300


class Stopped(Exception):
    """The worker is told to stop: the row goes back as it is, for another to take."""


@dataclass
class Hold:
    """A row in hand. ``stopping`` says whether the worker has been told to stop."""

    row: Leased
    lease: timedelta
    stopping: Callable[[], bool] = lambda: False

    def renew(self) -> None:
        """Keep the row; raises LeaseLost when another may have it by now.

        Does nothing while more than half of the lease is left, so it may be called in
        a loop.
        """
        now = timezone.now()
        until = self.row.leased_until
        if until is None or until - now < self.lease / 2:
            leases.renew(self.row, lease=self.lease, now=now)

    def checkpoint(self) -> None:
        """Keep the row, or give it back when the worker stops.

        For work that can be broken off here and begun anew; raises LeaseLost, Stopped.
        """
        if self.stopping():
            raise Stopped
        self.renew()


# Returns when the row is due again, None for never.
Handler = Callable[[Any, Hold], datetime | None]


@dataclass(frozen=True, slots=True)
class Work:
    """One kind of work.

    ``prepare`` is called when a worker starts. A row of a kind that is one of many in
    its table is found by ``rows``. Work that is done ``apart`` has a thread of its own
    in each worker, so that it neither waits for other work nor keeps it waiting.
    ``failed`` is called in the transaction in which a row is put down that failed or is
    given up; after a failure that is ``hopeless`` it is given up at once. A handler
    that removed its row says so by its ``pk``, None.
    """

    name: str
    rows: Callable[[], QuerySet[Any]]
    handle: Handler
    lease: timedelta = timedelta(minutes=2)
    most_attempts: int = 10
    batch: int = 1
    prepare: Callable[[], None] = lambda: None
    apart: bool = False
    failed: Callable[[Any], None] = lambda row: None
    hopeless: tuple[type[Exception], ...] = ()


def reason_of(failure: Unavailable) -> str:
    """Return in one line what the failure came from, or what it says itself."""
    source = failure.__cause__ or failure
    # What follows the first line may repeat values.
    line = f"{type(source).__name__}: {source}".partition("\n")[0]
    return line[:_LONGEST_REASON]


def put_down_failed(kind: Work, row: Leased, failure: Exception) -> None:
    """Put the row down until its back-off ends, or for good; raises LeaseLost."""
    error = f"{type(failure).__name__}: {failure}"
    most = 0 if isinstance(failure, kind.hopeless) else kind.most_attempts
    with transaction.atomic():
        leases.fail(row, error, most_attempts=most, now=timezone.now())
        kind.failed(row)
