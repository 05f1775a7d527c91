"""Service tasks that are to be done, in figures."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Min, Q

from common.gauges import AT_MOST, MOST, Gauge, by_state, seconds_since
from instances.models import Transition


def gauges(now: datetime) -> Iterator[Gauge]:
    """Read the figures of the work that keeps instances in service tasks."""
    running = Q(leased_until__gt=now)
    undone = Transition.objects.filter(dead_at__isnull=True).order_by("due_at")
    found = undone[:MOST].aggregate(
        running=Count("pk", filter=running),
        count=Count("pk"),
        oldest=Min("created"),
    )
    failed = Transition.objects.filter(dead_at__isnull=False).order_by("dead_at")
    yield by_state(
        "altinn_service_tasks",
        "Service tasks of instances by state: waiting (for a worker, or for the next"
        f" attempt), running, or failed (nobody tries any more); each {AT_MOST}.",
        {
            "waiting": found["count"] - found["running"],
            "running": found["running"],
            "failed": failed[:MOST].count(),
        },
    )
    yield Gauge.of(
        "altinn_service_tasks_oldest_age_seconds",
        "How long ago the instance that has been in a service task the longest came"
        " into it; 0 while none is. Those that failed do not count.",
        seconds_since(found["oldest"], now),
    )
