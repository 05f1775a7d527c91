"""What the server depends on and cannot reach: an outage is a 503, and no bug's 500."""

import structlog
from django.db import InterfaceError, OperationalError, connection

from common.errors import Unavailable

log = structlog.get_logger()
_RETRY_SECONDS = 5
_SQLITE_ERROR = 1


class DatabaseUnavailable(Unavailable):
    """The database does not answer, restarts, or is too busy.

    Repeat the call after as many seconds as ``Retry-After`` says. Whether a change was
    stored, read what it was about: it was as a whole, or not at all.
    """

    code = "database-unavailable"
    detail = "The database does not answer now; try again in {retry_after} seconds."


def as_outage(error: BaseException | None) -> DatabaseUnavailable | None:
    """Return the problem that a failure of the database is, None for any other."""
    if not isinstance(error, OperationalError | InterfaceError):
        return None
    if not _passes(error.__cause__):
        return None
    log.error("database_unavailable", reason=str(error))
    return DatabaseUnavailable(retry_after=_RETRY_SECONDS)


def _passes(cause: BaseException | None) -> bool:
    """Whether the failure may be gone at the next call.

    SQLite says of wrong SQL that it is operational too, and the driver's InterfaceError
    tells of wrong use.
    """
    # Told by what its errors have, and not by their class: a server on PostgreSQL need
    # not load the library.
    code: int | None = getattr(cause, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF != _SQLITE_ERROR
    return connection.vendor != "sqlite"
