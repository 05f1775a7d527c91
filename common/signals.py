"""Signals that end a command: what it has in hand is ended first, and then all."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue


@contextmanager
def stoppable() -> Iterator[Callable[[], bool]]:
    """Yield a function that says, inside the block, whether SIGTERM has come."""
    stopped: list[int] = []
    previous = signal.signal(signal.SIGTERM, lambda number, _: stopped.append(number))
    try:
        yield lambda: bool(stopped)
    finally:
        signal.signal(signal.SIGTERM, previous)


@contextmanager
def set_by(*numbers: signal.Signals) -> Iterator[threading.Event]:
    """Yield an event that these signals set, for who waits for it.

    Not in the handler: it runs in between anything that the main thread does, so also
    while that holds the event's own lock, and would wait for it for ever. A queue of
    this kind has none.
    """
    event = threading.Event()
    told: SimpleQueue[bool] = SimpleQueue()

    def wait() -> None:
        if told.get():
            event.set()

    waiting = threading.Thread(target=wait, name="signals", daemon=True)
    waiting.start()
    previous = {
        number: signal.signal(number, lambda *_: told.put(True)) for number in numbers
    }
    try:
        yield event
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
        told.put(False)
        waiting.join()
