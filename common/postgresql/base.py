"""The backend that ``altinn/settings.py`` names in place of Django's own."""

import select
from collections.abc import Sequence

from django.db.backends.postgresql import base
from django.db.backends.postgresql.operations import DatabaseOperations
from psycopg.pq import ConnStatus

_MOST_PARAMETERS = 2**16 - 1  # of a statement that the server binds


class Operations(DatabaseOperations):
    """What differs from Django's own once the server binds parameters."""

    def bulk_batch_size(self, fields: Sequence[object], objs: Sequence[object]) -> int:
        """Return how many rows one statement may write."""
        return _MOST_PARAMETERS // max(len(fields), 1)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to PostgreSQL."""

    ops_class = Operations

    def is_usable(self) -> bool:
        """Whether the server still holds the connection.

        Django asks before the first statement of every request, by a statement of its
        own. A server that ends a connection says so, and one that does not says nothing
        between two statements: to look whether anything has come costs a hundredth.
        """
        if self.connection is None or self.connection.pgconn.status != ConnStatus.OK:
            return False
        poll = select.poll()
        poll.register(self.connection.pgconn.socket, select.POLLIN)
        if self.errors_occurred or poll.poll(0):
            return bool(super().is_usable())
        return True

    def init_connection_state(self) -> None:
        """Have times written in ISO form, whatever the server's default is."""
        super().init_connection_state()
        style = self.connection.info.parameter_status("DateStyle")
        if not style.startswith("ISO"):
            with self.cursor() as cursor:
                cursor.execute("SET datestyle TO ISO")
