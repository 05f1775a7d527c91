"""A worker that writes what exports are due."""

import threading

from altinn import worker
from api.exporting import QueryReader
from exports import running


def work(*, most: int = 100) -> int:
    """Let a worker do what is due; ``most`` pieces."""
    stop, done = threading.Event(), 0
    kinds = running.work(QueryReader())
    while done < most and worker.drain(kinds, stopping=stop.is_set):
        done += 1
    return done
