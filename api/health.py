"""Whether this process can serve: its database answers, and has what the code needs."""

from pkgutil import iter_modules
from threading import Event

import structlog
from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse

from api.problems import response
from common.errors import Unavailable

log = structlog.get_logger()
# Set once nothing was missing: a database does not lose what was applied to it.
_migrated = Event()


class DatabaseNotMigrated(Unavailable):
    """The database lacks migrations of the version that is served.

    Run ``manage.py migrate``; the server needs no restart.
    """

    code = "database-not-migrated"
    detail = "The database lacks {count} migration(s) of this version; run migrate."


def health(request: HttpRequest) -> HttpResponse:
    """Answer ``Healthy`` when the database answers and is migrated."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    if missing := _missing_migrations():
        log.error("database_not_migrated", missing=missing)
        return response(DatabaseNotMigrated(count=len(missing)), request)
    return HttpResponse("Healthy", content_type="text/plain; charset=utf-8")


def _missing_migrations() -> list[str]:
    """Name the code's migrations that the database lacks; not those it has besides."""
    if _migrated.is_set():
        return []
    # First by their names, for to read what they say takes two megabytes.
    missing = [] if _all_applied() else _planned()
    if not missing:
        _migrated.set()
    return missing


def _all_applied() -> bool:
    """Whether the database has every migration that there is a file of."""
    applied = MigrationRecorder(connection).applied_migrations()
    return all(
        (app.label, module.name) in applied
        for app in apps.get_app_configs()
        for module in iter_modules([f"{app.path}/migrations"])
    )


def _planned() -> list[str]:
    """Name what ``migrate`` would apply; what others replace need not be there."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [str(migration) for migration, _ in plan]
