"""The worker inside a server: one thread in one of its processes.

Every process of every server has the thread; only the one that holds the lease of one
row works. When that process dies, another holds it half a minute later.
"""

import atexit
import threading
from datetime import timedelta
from typing import Final

import structlog
from django.db import DatabaseError, connections
from django.utils import timezone

from altinn import worker
from cleanup.models import RecurringTask
from cleanup.recurring import embedded_worker_row
from common import leases
from common.leases import LeaseLost
from common.work import Hold

log = structlog.get_logger()
LEASE: Final = timedelta(seconds=30)
_POLL: Final = 2.0
_LAST_WORDS: Final = 10.0  # seconds for what is in hand when the server stops


class Leadership:
    """Whether this process is the one that works: it holds the row, or tries to."""

    def __init__(self) -> None:
        self._row: RecurringTask | None = None
        self._asking = threading.Lock()  # the worker's threads ask all at once

    def held(self) -> bool:
        """Keep the row, or take it if nobody has it; return whether it is ours."""
        with self._asking:
            return self._held()

    def _held(self) -> bool:
        if self._row is None:
            taken = leases.claim(
                embedded_worker_row(),
                limit=1,
                lease=LEASE,
                most_attempts=2**15 - 1,
                now=timezone.now(),
            )
            self._row = taken[0] if taken else None
            if self._row is not None:
                log.info("embedded_worker_began")
            return self._row is not None
        try:
            Hold(row=self._row, lease=LEASE).renew()
        except LeaseLost:
            self._row = None
        return self._row is not None

    def give_up(self) -> None:
        """Let another process work."""
        if self._row is None:
            return
        try:
            leases.finish(self._row, due_at=timezone.now())
        except (LeaseLost, DatabaseError):
            return
        finally:
            self._row = None


def start() -> threading.Event:
    """Start the thread; return the event that ends it."""
    stop = threading.Event()
    thread = threading.Thread(
        target=_work, args=(stop,), name="embedded-worker", daemon=True
    )
    thread.start()

    def end() -> None:
        stop.set()
        thread.join(_LAST_WORDS)

    atexit.register(end)
    return stop


def _work(stop: threading.Event) -> None:
    leader = Leadership()
    try:
        worker.run(worker.named([]), stop=stop, poll=_POLL, may_go_on=leader.held)
    finally:
        leader.give_up()
        connections.close_all()
