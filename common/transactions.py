"""The transaction of a use case, and one around it for what must commit with it.

Services write ``@atomic()`` where they would write Django's. Whoever calls a service
may hold its transaction open: it begins when the service begins and not before, so that
nothing waits for a lock while a body is read or an application's code is asked.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from contextvars import ContextVar

from django.db import transaction

_held: ContextVar["Held | None"] = ContextVar("held", default=None)
_within: ContextVar[bool] = ContextVar("within", default=False)


class Held:
    """A transaction that begins with the first service, and ends with the block."""

    def __init__(self, before: Callable[[], object]) -> None:
        self._stack = ExitStack()
        self._before = before
        self._outer = _held.get()
        self._has_begun = False

    def begin(self) -> None:
        """Begin, unless it has begun."""
        if not self._has_begun:
            if self._outer is not None:
                self._outer.begin()
            self._before()
            self._has_begun = True
            self._stack.enter_context(transaction.atomic())


@contextmanager
def held(before: Callable[[], object]) -> Iterator[Held]:
    """Hold the transaction of the services called in the block until its end.

    ``before`` does at the last moment what must not be waited for inside. An error out
    of the block rolls back what the services did.
    """
    mine = Held(before)
    with mine._stack:
        token = _held.set(mine)
        try:
            yield mine
        finally:
            _held.reset(token)


def together() -> AbstractContextManager[Held]:
    """Commit what the services called in the block write at once, or none of it."""
    return held(before=lambda: None)


def is_held() -> bool:
    """Whether what a service writes now is committed with something around it."""
    return _held.get() is not None


@contextmanager
def atomic() -> Iterator[None]:
    """Run a use case in one transaction, as decorator or block.

    One within another sets no savepoint, which would be two more trips to the
    database: what fails inside fails the whole. Who goes on after a failure inside
    asks Django for a savepoint by name.
    """
    outer = _held.get()
    if outer is not None:
        outer.begin()
    within = _within.get()
    token = _within.set(True)
    try:
        with transaction.atomic(savepoint=not within):
            yield
    finally:
        _within.reset(token)
