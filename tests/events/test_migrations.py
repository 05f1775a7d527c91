"""What was told before days were counted is counted by the migration, once."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from events.cloudevents import Envelope, app_resource
from events.models import CloudEvent, DailyCount
from events.services import publish
from events.telling import tell

MIDNIGHT = datetime(2026, 3, 29, tzinfo=UTC)


def happened(type_: str, at: datetime) -> Envelope:
    """Return an event of an application."""
    return Envelope(
        type=type_,
        source="http://nav.apps.altinn.test:8000/nav/a_b/instances/1/x",
        subject="/party/1",
        alternative_subject="",
        resource=app_resource("nav", "a_b"),
        resource_instance="1/x",
        time=at,
    )


@pytest.mark.django_db(transaction=True)
def test_what_was_told_before_is_counted_once() -> None:
    second = timedelta(seconds=1)
    executor = MigrationExecutor(connection)
    latest = executor.loader.graph.leaf_nodes("events")
    try:
        publish([happened("x", MIDNIGHT - second), happened("y", MIDNIGHT)])
        publish([happened("x", MIDNIGHT), happened("x", MIDNIGHT + second)])
        assert tell() == 4
        publish([happened("x", MIDNIGHT + 2 * second)])  # nobody was told of it yet
        executor.migrate([("events", "0003_dead_deliveries_index")])
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(latest)
    assert counted() == [
        ("nav/a_b", date(2026, 3, 28), "x", 1),
        ("nav/a_b", date(2026, 3, 29), "x", 2),
        ("nav/a_b", date(2026, 3, 29), "y", 1),
    ]
    assert tell() == 1
    assert ("nav/a_b", date(2026, 3, 29), "x", 3) in counted()
    assert CloudEvent.objects.count() == 5


def counted() -> list[tuple[object, ...]]:
    """Return every count, an application's after the other's."""
    rows = DailyCount.objects.order_by("app_id", "day", "type")
    return list(rows.values_list("app_id", "day", "type", "count"))
