"""Rows as a queue: taking what is due, keeping it, giving it back, giving it up.

Any number of workers on any number of machines take from one table, and no row is in
two hands at once. On PostgreSQL rows that another is just taking are skipped; on SQLite
an IMMEDIATE transaction lets one take after the other. ``leased_until`` is the proof
of who holds a row: every later lease of it ends later, so what is written on the
condition of it is written by the present holder or not at all.
"""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

import structlog
from django.db import router, transaction
from django.db.models import F, Q, QuerySet

from common.models import Leased

log = structlog.get_logger()

FIRST_WAIT: Final = timedelta(seconds=10)
LONGEST_WAIT: Final = timedelta(hours=1)
_ERROR_LENGTH = 500
Row = TypeVar("Row", bound=Leased)


class LeaseLost(Exception):
    """The lease has ended and another may have the row: leave it as it is."""


def due(now: datetime) -> Q:
    """Say in SQL what may be taken; literal, so that a partial index serves."""
    return Q(dead_at__isnull=True, due_at__lte=now)


def claim(
    rows: QuerySet[Row],
    *,
    limit: int,
    lease: timedelta,
    most_attempts: int,
    now: datetime,
    buried: Callable[[Row], None] = lambda row: None,
) -> list[Row]:
    """Take up to ``limit`` due rows, those that wait the longest first.

    A row that was begun ``most_attempts`` times and never ended, because whoever had it
    died each time, is dead instead of being handed out once more; ``buried`` is told.
    """
    waiting = rows.filter(due(now)).order_by("due_at", "pk")
    # A look without a lock: who finds nothing takes no transaction.
    if not waiting.exists():
        return []
    until = now + lease
    with transaction.atomic(using=rows.db):
        found = list(waiting.select_for_update(skip_locked=True, of=("self",))[:limit])
        worn = [row for row in found if row.attempts >= most_attempts]
        taken = [row for row in found if row.attempts < most_attempts]
        for row in worn:
            _bury(row, f"It was begun {row.attempts} times and never ended.", now=now)
            buried(row)
        for row in taken:
            if row.leased_until is not None:
                # Its last holder neither ended it nor gave it back: what it did
                # outside this database may come about twice.
                log.warning("lease_taken_over", **_name(row), attempt=row.attempts + 1)
            row.attempts += 1
            row.leased_until = row.due_at = until
        rows.model._default_manager.using(rows.db).filter(
            pk__in=[row.pk for row in taken]
        ).update(attempts=F("attempts") + 1, leased_until=until, due_at=until)
    return taken


def renew(row: Leased, *, lease: timedelta, now: datetime) -> None:
    """Keep the row for longer; raises LeaseLost."""
    until = max(now + lease, row.leased_until or now)
    _write(row, leased_until=until, due_at=until)


def finish(row: Leased, *, due_at: datetime | None = None) -> None:
    """Put the row down: nothing to do before ``due_at``, or ever; raises LeaseLost."""
    _write(row, due_at=due_at, leased_until=None, attempts=0, last_error="")


def give_back(row: Leased, *, now: datetime) -> None:
    """Put the row down undone, for the next to take at once; raises LeaseLost."""
    attempts = max(0, row.attempts - 1)
    _write(row, due_at=now, leased_until=None, attempts=attempts)


def fail(row: Leased, error: str, *, most_attempts: int, now: datetime) -> None:
    """Put the row down until its back-off ends; after ``most_attempts`` it is dead.

    Raises LeaseLost.
    """
    if row.attempts >= most_attempts:
        _bury(row, error, now=now)
        return
    again = now + back_off(row.attempts)
    _write(row, due_at=again, leased_until=None, last_error=error[:_ERROR_LENGTH])


def revive(row: Leased, *, now: datetime) -> bool:
    """Let a dead row be tried anew; return whether it was dead."""
    dead = _all(row).filter(pk=row.pk, dead_at__isnull=False)
    values = {"due_at": now, "leased_until": None, "attempts": 0, "dead_at": None}
    return dead.update(**values) == 1


def back_off(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts: doubling, to one hour at most.

    A tenth of it is left to chance, so that what failed together is not tried together.
    """
    doublings = min(max(attempts, 1) - 1, 12)
    longest = min(LONGEST_WAIT, FIRST_WAIT * (1 << doublings))
    return longest * (1 - secrets.randbelow(1000) / 10_000)


def _bury(row: Leased, error: str, *, now: datetime) -> None:
    error = error[:_ERROR_LENGTH]
    _write(row, due_at=None, leased_until=None, dead_at=now, last_error=error)
    log.error("work_given_up", **_name(row), attempts=row.attempts, error=error)


def _write(row: Leased, **values: Any) -> None:
    """Write on the condition that the lease is still the one that the row tells of."""
    held = _all(row).filter(pk=row.pk, leased_until=row.leased_until)
    if held.update(**values) != 1:
        raise LeaseLost
    for name, value in values.items():
        setattr(row, name, value)


def _all(row: Leased) -> QuerySet[Leased]:
    using = row._state.db or router.db_for_write(type(row))
    return type(row)._default_manager.using(using)


def _name(row: Leased) -> dict[str, str]:
    return {"work": row._meta.label_lower, "row": str(row.pk)}
