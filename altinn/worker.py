"""The loop that does what rows say is due: in a process of its own, or in the server.

The rooms own the work; here it is only taken, handed to them and put down again.
"""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Final

import structlog
from django.db import DatabaseError, InterfaceError, connections
from django.utils import timezone

from altinn.rooms_work import WORK
from common import leases
from common.errors import Unavailable
from common.leases import LeaseLost
from common.models import Leased
from common.work import Hold, Stopped, Work, put_down_failed, reason_of

log = structlog.get_logger()
POLL: Final = 1.0
_AFTER_FAILURE: Final = 5.0


def drain(
    kinds: Iterable[Work], *, stopping: Callable[[], bool] = lambda: False
) -> int:
    """Take each kind's due rows once, in turn, and return how many were in hand."""
    done = 0
    for kind in kinds:
        if stopping():
            break
        rows = leases.claim(
            kind.rows(),
            limit=kind.batch,
            lease=kind.lease,
            most_attempts=kind.most_attempts,
            now=timezone.now(),
            buried=kind.failed,
        )
        for row in rows:
            _do(kind, row, stopping)
        done += len(rows)
    return done


def run(
    kinds: Sequence[Work],
    *,
    stop: threading.Event,
    poll: float = POLL,
    once: bool = False,
    may_go_on: Callable[[], bool] = lambda: True,
) -> int:
    """Drain until ``stop`` is set, or ``once`` nothing is due; return how many rows.

    While ``may_go_on`` says no, nothing is taken, and what is in hand is given back. A
    database that is away is waited for. Work that is done apart has a thread of its
    own, but for ``once``.
    """
    if once:
        return _run(kinds, stop, poll, may_go_on, once=True)
    together = [kind for kind in kinds if not kind.apart]
    totals: list[int] = []
    failures: list[Exception] = []
    others = [
        # Daemons: Python ends without waiting for them, whoever has not set ``stop``.
        threading.Thread(
            target=_run_apart,
            args=(kind, stop, poll, may_go_on, totals, failures),
            name=f"worker-{kind.name}",
            daemon=True,
        )
        for kind in kinds
        if kind.apart
    ]
    for other in others:
        other.start()
    try:
        totals.append(_run(together, stop, poll, may_go_on))
    finally:
        stop.set()
        for other in others:
            other.join()
    if failures:
        raise failures[0]
    return sum(totals)


def _run_apart(
    kind: Work,
    stop: threading.Event,
    poll: float,
    may_go_on: Callable[[], bool],
    totals: list[int],
    failures: list[Exception],
) -> None:
    """Do one kind of work in a thread; when it cannot go on, neither do the others."""
    try:
        totals.append(_run([kind], stop, poll, may_go_on))
    except Exception as failure:
        failures.append(failure)
    finally:
        stop.set()
        connections.close_all()


def _run(
    kinds: Sequence[Work],
    stop: threading.Event,
    poll: float,
    may_go_on: Callable[[], bool],
    *,
    once: bool = False,
) -> int:
    def stopping() -> bool:
        return stop.is_set() or not may_go_on()

    total = 0
    prepared = False
    while not stop.is_set():
        wait = poll
        try:
            if may_go_on():
                if not prepared:
                    for kind in kinds:
                        kind.prepare()
                    prepared = True
                done = drain(kinds, stopping=stopping)
                total += done
                if done:
                    continue
        except (DatabaseError, InterfaceError) as error:
            if once:
                raise
            # What follows the first line may repeat values.
            reason = str(error).partition("\n")[0]
            log.error(
                "worker_without_database", error=type(error).__name__, reason=reason
            )
            _drop_broken_connections()
            wait = max(poll, _AFTER_FAILURE)
        if once:
            break
        stop.wait(wait)
    return total


def named(rooms: Sequence[str]) -> list[Work]:
    """Return the work of these rooms, of all when none is named."""
    return [
        kind
        for room, kinds in WORK.items()
        if not rooms or room in rooms
        for kind in kinds
    ]


def _do(kind: Work, row: Leased, stopping: Callable[[], bool]) -> None:
    """Hand the row to its room, and put it down as what came of it."""
    hold = Hold(row=row, lease=kind.lease, stopping=stopping)
    name = str(row.pk)
    begun = time.monotonic()
    attempt = row.attempts
    outcome, due_at = "done", None
    try:
        if stopping():
            raise Stopped
        due_at = kind.handle(row, hold)
        if row.pk is not None:
            leases.finish(row, due_at=due_at)
    except Stopped:
        outcome = _put_down(row, lambda: leases.give_back(row, now=timezone.now()))
    except LeaseLost:
        outcome = "lease lost"
    except Exception as failure:
        outcome = "failed"
        _tell_failure(failure, work=kind.name, row=name, attempt=attempt)
        _put_down(row, partial(put_down_failed, kind, row, failure))
    log.info(
        "work_done",
        work=kind.name,
        row=name,
        attempt=attempt,
        outcome=outcome,
        seconds=round(time.monotonic() - begun, 3),
        again=due_at.isoformat() if due_at else "",
    )


def _tell_failure(failure: Exception, **of: object) -> None:
    """Log why the work failed; where in the code, only if nobody foresaw it.

    Something that is out of reach is so in each attempt, and of every row.
    """
    if isinstance(failure, Unavailable):
        of.update(error=type(failure).__name__, reason=reason_of(failure))
        log.error("work_failed", **of)
    else:
        log.error("work_failed", exc_info=failure, **of)


def _drop_broken_connections() -> None:
    """Connect anew at the next use, where the server does not answer any more."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()


def _put_down(row: Leased, put: Callable[[], None]) -> str:
    """Put the row down, if it is still ours; return what came of it."""
    try:
        put()
    except LeaseLost:
        return "lease lost"
    return "given back"
