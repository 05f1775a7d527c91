"""A time limit on the statements of a block, for reads whose plan nothing bounds.

PostgreSQL and SQLite stop the statement themselves; nothing runs on behind the answer.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from django.db import OperationalError, connection, transaction

from common.errors import Unavailable

_PERIOD = 10_000  # steps of SQLite's machine between two looks at the clock


class QueryTooSlow(Unavailable):
    """The query looked at more rows than can be read in time, and was stopped.

    Narrow it: give ``appId``, a task, a state or a span of time. Ask for
    ``count=estimated`` rather than ``exact``.
    """

    code = "query-too-slow"
    detail = (
        "The query was stopped after {seconds} seconds; narrow it by appId, state or"
        " time, or ask for an estimated count."
    )


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Stop each statement of the block after so long; raises QueryTooSlow."""
    limit = _on_postgresql if connection.vendor == "postgresql" else _on_sqlite
    began = monotonic()
    try:
        with limit(seconds):
            yield
    except OperationalError:
        if monotonic() - began < seconds:
            raise
        raise QueryTooSlow(seconds=seconds) from None


@contextmanager
def _on_postgresql(seconds: float) -> Iterator[None]:
    inside = connection.in_atomic_block
    with transaction.atomic():
        _set_timeout(f"{max(1, round(seconds * 1000))}ms")
        yield
        if inside:  # what comes later in the same transaction has no such limit
            _set_timeout("DEFAULT")


def _set_timeout(value: str) -> None:
    quoted = value if value == "DEFAULT" else f"'{value}'"
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = {quoted}")


@contextmanager
def _on_sqlite(seconds: float) -> Iterator[None]:
    connection.ensure_connection()
    until = monotonic() + seconds
    connection.connection.set_progress_handler(lambda: monotonic() > until, _PERIOD)
    try:
        yield
    finally:
        connection.connection.set_progress_handler(None, 0)
