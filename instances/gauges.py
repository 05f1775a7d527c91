"""Instances as they were counted last for the dashboards, in figures."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Min, Sum

from common.gauges import Gauge, seconds_since, timestamp
from instances.models import AppStatistics

_STATES = ("active", "archived", "soft_deleted", "hard_deleted")


def gauges(now: datetime) -> Iterator[Gauge]:
    """Read what the worker has counted; nothing here counts instances."""
    rows: list[Any] = list(
        AppStatistics.objects.order_by("org")
        .values("org")
        .annotate(
            **{name: Sum(name) for name in (*_STATES, "unconfirmed")},
            oldest=Min("oldest_unconfirmed"),
            counted=Min("as_of"),
        )
    )
    yield Gauge(
        "altinn_instances",
        "Instances of the organisation's applications by state, as counted last for"
        " the dashboards; hard-deleted ones wait for the purge.",
        {
            (row["org"], state.replace("_", "-")): row[state]
            for row in rows
            for state in _STATES
        },
        ("org", "state"),
    )
    yield Gauge(
        "altinn_instances_unconfirmed",
        "Archived instances that the organisation has not confirmed, as counted last"
        " for the dashboards.",
        {(row["org"],): row["unconfirmed"] for row in rows},
        ("org",),
    )
    yield Gauge(
        "altinn_instances_oldest_unconfirmed_age_seconds",
        "How long ago the oldest instance was archived that the organisation has not"
        " confirmed; 0 without one.",
        {(row["org"],): seconds_since(row["oldest"], now) for row in rows},
        ("org",),
    )
    yield Gauge.of(
        "altinn_instances_counted_timestamp_seconds",
        "When the instances were counted for the dashboards; 0 for never.",
        timestamp(min((row["counted"] for row in rows), default=None)),
    )
