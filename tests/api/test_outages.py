"""What the database cannot do now is a 503; what we asked wrongly stays a 500."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.db import OperationalError, connection

from api.outages import as_outage
from tests import cast
from tests.client import APP_HOST, Api
from tests.factories import make_instance, reread


def test_wrong_sql_is_no_outage() -> None:
    """SQLite says of both that they are operational"""
    wrong = OperationalError("no such table")
    wrong.__cause__ = _raised("SELECT 1 FROM nothing")
    assert as_outage(wrong) is None
    assert as_outage(ValueError("x")) is None
    assert as_outage(None) is None


@pytest.mark.skipif(
    "postgres" in settings.DATABASES["default"]["ENGINE"], reason="locks of SQLite"
)
@pytest.mark.usefixtures("committed_sandbox")
def test_a_database_that_stays_locked_is_a_503_that_changes_nothing() -> None:
    """D-9: the busy timeout passed; somebody else holds the write lock"""
    api = Api(APP_HOST, cast.SOPHIE)
    instance = make_instance()
    with connection.cursor() as cursor, locked(str(connection.settings_dict["NAME"])):
        cursor.execute("PRAGMA busy_timeout=50")
        answer = api.delete(f"/nav/app2018/instances/{instance.instance_id}")
        cursor.execute("PRAGMA busy_timeout=20000")
    assert answer.status_code == 503
    assert answer.json()["code"] == "database-unavailable"
    assert int(answer["Retry-After"]) > 0
    assert reread(instance).soft_deleted_at is None


@contextmanager
def locked(path: str) -> Iterator[None]:
    """Hold the write lock of a SQLite file with another connection."""
    other = sqlite3.connect(path)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.close()


def _raised(statement: str) -> sqlite3.Error:
    database = sqlite3.connect(":memory:")
    try:
        database.execute(statement)
    except sqlite3.Error as error:
        return error
    finally:
        database.close()
    raise AssertionError(statement)
