"""What happened on a day, counted as it is told: it outlives instances and events."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, date

from django.db.models import Sum

from events.cloudevents import INSTANCE_CREATED, app_of
from events.models import CloudEvent, DailyCount


def add(events: Iterable[CloudEvent]) -> None:
    """Count events that got their place, in that transaction and under its lock.

    Nobody else counts meanwhile, so what was read is still true when it is written.
    """
    found: Counter[tuple[str, date, str]] = Counter()
    for event in events:
        org, app = app_of(event.resource)
        found[f"{org}/{app}", event.time.astimezone(UTC).date(), event.type] += 1
    rows = DailyCount.objects.filter(
        app_id__in={app_id for app_id, _, _ in found},
        day__in={day for _, day, _ in found},
    )
    before = {(row.app_id, row.day, row.type): row.count for row in rows}
    DailyCount.objects.bulk_create(
        [
            DailyCount(
                org=key[0].partition("/")[0],
                app_id=key[0],
                day=key[1],
                type=key[2],
                count=before.get(key, 0) + count,
            )
            for key, count in found.items()
        ],
        update_conflicts=True,
        unique_fields=["app_id", "day", "type"],
        update_fields=["count"],
    )


def made(org: str, *, since: date) -> Mapping[date, int]:
    """Return how many instances were made of an organisation's apps on each day."""
    rows = DailyCount.objects.filter(org=org, day__gte=since, type=INSTANCE_CREATED)
    by_day = rows.order_by().values_list("day").annotate(Sum("count"))
    return dict(by_day)
