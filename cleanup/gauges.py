"""Whether anybody works at all, in figures."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from cleanup.models import RecurringTask
from cleanup.recurring import TASKS
from common.gauges import Gauge, timestamp


def gauges(now: datetime) -> Iterator[Gauge]:
    """Read when workers were seen, and how what recurs went."""
    rows = {row.name: row for row in RecurringTask.objects.all()}
    yield Gauge.of(
        "altinn_worker_last_seen_timestamp_seconds",
        "When a worker was seen last: now, while one has a recurring task or the"
        " embedded worker's place in hand, else when the task that ran last began; 0"
        " for never.",
        timestamp(_last_seen(rows.values(), now)),
    )
    yield Gauge(
        "altinn_recurring_task_last_run_timestamp_seconds",
        "When the recurring task began that ended well the last time; 0 for never.",
        {
            (name,): timestamp(row.last_run_at if (row := rows.get(name)) else None)
            for name in TASKS
        },
        ("task",),
    )
    yield Gauge(
        "altinn_recurring_task_failed_attempts",
        "How often the recurring task has failed since it ended well the last time.",
        {
            (name,): _failed(row, now) if (row := rows.get(name)) else 0
            for name in TASKS
        },
        ("task",),
    )


def _last_seen(rows: Iterable[RecurringTask], now: datetime) -> datetime | None:
    seen = [now if _in_hand(row, now) else row.last_run_at for row in rows]
    return max((moment for moment in seen if moment is not None), default=None)


def _failed(row: RecurringTask, now: datetime) -> int:
    """Return the attempts that ended badly; the one that is being made has not."""
    return row.attempts - _in_hand(row, now)


def _in_hand(row: RecurringTask, now: datetime) -> bool:
    return row.leased_until is not None and row.leased_until > now
