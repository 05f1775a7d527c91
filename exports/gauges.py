"""Exports that owners wait for, in figures."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Min, Q

from common.gauges import AT_MOST, MOST, Gauge, by_state, seconds_since
from exports.models import Export


def gauges(now: datetime) -> Iterator[Gauge]:
    """Read the figures of exports that are not finished."""
    begun = Q(parts_written__gt=0) | Q(leased_until__isnull=False)
    unfinished = Export.objects.unfinished().order_by("org", "digest")
    found = unfinished[:MOST].aggregate(
        running=Count("pk", filter=begun), count=Count("pk"), oldest=Min("created")
    )
    failed = Export.objects.failed().order_by("dead_at")
    yield by_state(
        "altinn_exports",
        "Exports that owners ordered, by state: waiting, running, or failed (nobody"
        f" tries any more, and its parts are still kept); each {AT_MOST}.",
        {
            "waiting": found["count"] - found["running"],
            "running": found["running"],
            "failed": failed[:MOST].count(),
        },
    )
    yield Gauge.of(
        "altinn_exports_oldest_unfinished_age_seconds",
        "How long ago the oldest export was ordered that waits or runs; 0 while none"
        " does.",
        seconds_since(found["oldest"], now),
    )
