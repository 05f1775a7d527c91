"""How often somebody may look up what is nobody's (authorization.md §3.3, T-36).

An attempt is a row, written before the register is asked and deleted when somebody was
found. So calls at once share one allowance, on any number of processes, and a restart
forgets nothing. While an attempt is not answered it counts as one that found nobody.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.utils import timezone

from common.errors import NotFound
from parties.errors import LookUpsExhausted
from parties.models import LookUpAttempt

log = structlog.get_logger()

SPAN: Final = timedelta(hours=1)
_IN_A_MOMENT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many look-ups of a subject may find nobody within ``SPAN``."""

    subject: str
    misses: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt that counts, until it is withdrawn."""

    began: datetime
    rows: tuple[LookUpAttempt, ...]

    def withdraw(self) -> None:
        """Count it no more: it found somebody, or told nothing about anybody."""
        LookUpAttempt.objects.filter(pk__in=[row.pk for row in self.rows]).delete()

    def keep(self) -> None:
        """Let it count for an hour, and delete those that count no more."""
        LookUpAttempt.objects.until(self.began - SPAN).delete()


def begin(allowances: Collection[Allowance]) -> Attempt:
    """Take one attempt out of every allowance; raises LookUpsExhausted.

    It must not run inside a transaction: others have to see the attempt at once.
    """
    now = timezone.now()
    _ensure_left(allowances, now, own=0)  # who is refused already writes nothing
    rows = LookUpAttempt.objects.bulk_create(
        LookUpAttempt(subject=allowance.subject, at=now) for allowance in allowances
    )
    attempt = Attempt(now, tuple(rows))
    try:
        # Again, with the own rows there: of calls at once, the last to write sees the
        # rows of all that were let through.
        _ensure_left(allowances, now, own=1)
    except LookUpsExhausted:
        attempt.withdraw()
        raise
    return attempt


@contextmanager
def counted(allowances: Collection[Allowance]) -> Iterator[None]:
    """Count a block as an attempt; it counts on if, and only if, it finds nobody.

    What it raises then is a NotFound. Raises LookUpsExhausted before it.
    """
    attempt = begin(allowances)
    try:
        yield
    except NotFound:
        attempt.keep()
        raise
    attempt.withdraw()


def _ensure_left(allowances: Collection[Allowance], now: datetime, *, own: int) -> None:
    subjects = [allowance.subject for allowance in allowances]
    counted = LookUpAttempt.objects.since(now - SPAN).by_subject(subjects)
    for allowance in allowances:
        count, first = counted.get(allowance.subject, (0, now))
        if count - own < allowance.misses:
            continue
        log.info("look_up_refused", subject=allowance.subject, misses=count - own)
        # Among calls at once some will find somebody; the next call knows better.
        wait = _IN_A_MOMENT if own else first + SPAN - now
        raise LookUpsExhausted(
            misses=allowance.misses, retry_after=max(1, -(-wait // _IN_A_MOMENT))
        )
