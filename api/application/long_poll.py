"""Waiting for the process to change, for a caller who has seen it as it is.

A call that waits keeps a thread of the server, so few wait at a time and the others are
answered at once. It asks for one column of one row now and then, in no transaction:
whichever server, worker or machine made the change.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.conf import settings

from instances.models import Instance

MOST_SECONDS: Final = 20
ASK_AGAIN: Final = 2  # seconds, for whom there is no room to wait
_EVERY: Final = 0.3  # seconds between two looks


class _Seats:
    """How many calls of this process wait at the moment."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken = 0

    @contextmanager
    def seat(self) -> Iterator[bool]:
        """Take a seat for a block, if one is free; say whether it was."""
        with self._lock:
            free = self._taken < settings.ALTINN_WAITING_CALLS
            self._taken += free
        try:
            yield free
        finally:
            with self._lock:
                self._taken -= free


seats: Final = _Seats()


def is_same(known: str, tag: str) -> bool:
    """Whether a caller names this tag, with its quotes or without."""
    return known.removeprefix("W/").strip('"') == tag.strip('"')


def wait_for_change(instance: Instance, *, until: float) -> bool:
    """Wait until the stored process differs, at most to this time; say whether it does.

    ``until`` is of ``time.monotonic``.
    """
    rows = Instance.objects.filter(pk=instance.pk).values_list("process", flat=True)
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(_EVERY, left))
        if rows.first() != instance.process:
            return True
    return False
