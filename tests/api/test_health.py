"""Health: what a load balancer asks before it sends anybody here."""

from threading import Event

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test.utils import CaptureQueriesContext

from api import health
from tests.client import BASE_HOST, Api

pytestmark = pytest.mark.django_db
LAST = ("instances", "0002_of_a_later_version")


@pytest.fixture(autouse=True)
def _first_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that has not looked yet."""
    monkeypatch.setattr(health, "_migrated", Event())


@pytest.fixture
def behind() -> None:
    """A database that lacks one migration of the code."""
    recorder = MigrationRecorder(connection)
    app, name = max(one for one in recorder.applied_migrations() if one[0] == "events")
    recorder.record_unapplied(app, name)


@pytest.mark.usefixtures("behind")
def test_a_database_that_lacks_a_migration_is_not_healthy() -> None:
    """D-9: or a balancer sends callers to a server that fails at every call"""
    api = Api(BASE_HOST)
    answer = api.get("/health")
    assert (answer.status_code, answer.json()["code"]) == (503, "database-not-migrated")
    assert "lacks 1 migration(s)" in answer.json()["detail"]
    call_command("migrate", "--fake", verbosity=0)
    assert api.get("/health").content == b"Healthy"


def test_a_database_of_a_later_version_is_healthy() -> None:
    """Upgrades migrate first, while the version before still serves"""
    MigrationRecorder(connection).record_applied(*LAST)
    assert Api(BASE_HOST).get("/health").content == b"Healthy"


@pytest.mark.usefixtures("behind")
def test_migrations_are_read_only_where_one_is_not_applied(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """To read them all takes two megabytes, and a moment of the first look"""
    read: list[str] = []

    def spied() -> list[str]:
        read.append("all")
        return planned()

    planned = health._planned
    monkeypatch.setattr(health, "_planned", spied)
    api = Api(BASE_HOST)
    assert (api.get("/health").status_code, len(read)) == (503, 1)
    call_command("migrate", "--fake", verbosity=0)
    assert (api.get("/health").status_code, len(read)) == (200, 1)


def test_what_is_migrated_is_not_looked_at_again() -> None:
    """One statement for every look but the first"""
    api = Api(BASE_HOST)
    api.get("/health")
    with CaptureQueriesContext(connection) as captured:
        assert api.get("/health").status_code == 200
    assert [one["sql"] for one in captured.captured_queries] == ["SELECT 1"]
