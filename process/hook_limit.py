"""How long an application's code may take: it is interrupted in its own thread.

Python stops no thread. What it can do is raise an exception in another one, between two
of its instructions; and both databases let another thread end what a connection waits
for. So a loop and a query end at the limit. A call that waits outside of Python (for a
socket, a lock or the clock) ends when it returns by itself; meanwhile its connection is
cut off, where the database is PostgreSQL, so that nobody waits for its locks.
"""

import ctypes
import os
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from math import inf
from typing import Final, TypeVar

import structlog
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

log = structlog.get_logger()
T = TypeVar("T")

# Between one interruption and the next: code may catch what interrupts it.
_AGAIN_SECONDS: Final = 1.0
_CUT_OFF_AFTER: Final = 3  # interruptions that came to nothing
_LOG_EVERY: Final = 60  # of the same


class HookOverdue(BaseException):
    """Raised in the code that takes too long; no ``except Exception`` catches it."""


def run_limited(
    function: Callable[[], T], seconds: float, *, app_id: str, hook: str
) -> T:
    """Return what the function does; raises HookOverdue if it takes longer.

    Whatever it raises itself by then is HookOverdue, too; 0 seconds are no limit. The
    connection to the database is given up then: what the interrupted code has left half
    done in it is rolled back with the operation that it belongs to.
    """
    if seconds <= 0:
        return function()
    connection = connections[DEFAULT_DB_ALIAS]
    depth = _Depth(connection)
    call = _Call(seconds, connection, app_id=app_id, hook=hook)
    try:
        # Twice, because it may be interrupted itself, but not again within a second.
        try:
            _watch.add(call)
            result = function()
        finally:
            call.end()
    except BaseException as error:
        if call.end():
            raise HookOverdue from error
        raise
    finally:
        late = call.end()
        _watch.remove(call)
        if late:
            depth.give_up(connection)
    if late:  # it caught what was raised, or ended just then
        raise HookOverdue
    return result


class _Depth:
    """How deep in transactions a connection was, before code could be interrupted."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self._inside = connection.in_atomic_block
        self._savepoints = len(connection.savepoint_ids)
        self._blocks = len(connection.atomic_blocks)

    def give_up(self, connection: BaseDatabaseWrapper) -> None:
        """Close the connection, as deep as it was: Django may have lost count."""
        del connection.savepoint_ids[self._savepoints :]
        del connection.atomic_blocks[self._blocks :]
        connection.in_atomic_block = self._inside
        with suppress(DatabaseError):
            connection.close()


class _Call:
    """A hook that runs, in the thread that made this."""

    def __init__(
        self, seconds: float, connection: BaseDatabaseWrapper, *, app_id: str, hook: str
    ) -> None:
        self.due = time.monotonic() + seconds
        self._interruptions = 0
        self._thread = threading.get_ident()
        self._connection = connection
        self._named = {"app_id": app_id, "hook": hook, "limit": seconds}
        self._over = self._settled = False
        self._lock = threading.RLock()

    def end(self) -> bool:
        """Let nothing be raised any more, and return whether anything was.

        Called in the thread of the hook.
        """
        self._over = True
        while True:
            try:
                with self._lock:
                    if self._interruptions and not self._settled:
                        self._settle()
                    return bool(self._interruptions)
            except HookOverdue:  # on its way just now, and not again: it is over
                continue

    def _settle(self) -> None:
        """Have what may be on its way arrive here.

        Were it taken back, the interpreter would go on thinking that something is on
        its way; and Python 3.11 goes round in the next call that a profiler watches.
        """
        try:
            _raise_in(self._thread, HookOverdue)  # in place of any other
            while True:
                pass
        except HookOverdue:
            self._settled = True

    def interrupt(self) -> None:
        """Raise in the hook's thread, and end what its connection waits for."""
        # Never for ever: this thread watches over all the others, too.
        if not self._lock.acquire(timeout=_AGAIN_SECONDS):
            return
        try:
            if self._over:
                return
            self._interruptions += 1
            self.due = time.monotonic() + _AGAIN_SECONDS
            _raise_in(self._thread, HookOverdue)
            _end_statement(self._connection)
            if self._interruptions >= _CUT_OFF_AFTER:
                _cut_off(self._connection)
        finally:
            self._lock.release()
        if self._interruptions % _LOG_EVERY == _CUT_OFF_AFTER:
            log.error("app_hook_hangs", **self._named)


class _Watch:
    """One thread a process, which sleeps until the first call is due."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._calls: set[_Call] = set()
        self._thread: threading.Thread | None = None
        self._wakes_at = inf

    def add(self, call: _Call) -> None:
        """Watch over a call."""
        with self._changed:
            self._calls.add(call)
            # A process that was forked has none of its parent's threads.
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(
                    target=self._run, name="hook-limit", daemon=True
                )
                self._thread.start()
            if call.due < self._wakes_at:  # else it wakes in time by itself
                self._changed.notify()

    def remove(self, call: _Call) -> None:
        """Forget a call that has ended."""
        with self._changed:
            self._calls.discard(call)

    def _run(self) -> None:
        while True:
            with self._changed:
                first = min((call.due for call in self._calls), default=None)
                now = time.monotonic()
                if first is None or first > now:
                    self._wakes_at = inf if first is None else first
                    self._changed.wait(None if first is None else first - now)
                    continue
                due = [call for call in self._calls if call.due <= now]
            for call in due:
                call.interrupt()


_watch = _Watch()


def _forget_after_fork() -> None:
    """Begin anew in a forked process: a lock of the parent may have been held."""
    global _watch
    _watch = _Watch()


os.register_at_fork(after_in_child=_forget_after_fork)


def _raise_in(thread: int, error: type[BaseException]) -> None:
    """Have the interpreter raise in a thread at its next instruction."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(
        ctypes.c_ulong(thread), ctypes.py_object(error)
    )


def _end_statement(connection: BaseDatabaseWrapper) -> None:
    """End the statement that the connection waits for, if it waits for one."""
    raw = connection.connection
    if raw is None:
        return
    with suppress(Exception):  # it may be closing, and drivers raise their own
        if connection.vendor == "sqlite":
            raw.interrupt()
        elif not raw.closed:
            raw.cancel_safe(timeout=_AGAIN_SECONDS)


def _cut_off(connection: BaseDatabaseWrapper) -> None:
    """Have PostgreSQL see that its client is gone: it rolls back, and frees locks.

    A connection to SQLite belongs to its thread, and keeps its locks until that ends.
    """
    raw = connection.connection
    if raw is None or connection.vendor == "sqlite":
        return
    with suppress(Exception), socket.socket(fileno=os.dup(raw.fileno())) as theirs:
        theirs.shutdown(socket.SHUT_RDWR)
