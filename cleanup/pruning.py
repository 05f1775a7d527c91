"""Old rows that nobody reads any more, a table after the other."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from data_elements.models import FileScan
from events.models import CloudEvent, Delivery, Subscription
from idempotency.models import KeptAnswer
from instances.models import QueueLease

log = structlog.get_logger()
_BATCH = 1000
_ACKNOWLEDGED: Final = timedelta(days=1)


@dataclass
class PruneReport:
    """How many rows of each table may go, or went."""

    found: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        counts = [f"{count} {name}" for name, count in self.found.items()]
        return f"Found {', '.join(counts)} to prune."


def prune(
    *,
    now: datetime,
    execute: bool,
    progress: Callable[[], None] = lambda: None,
) -> PruneReport:
    """Remove rows past their time, in batches; without ``execute`` only count them.

    Malware scans that are done go, and answers kept for calls that are sent again, with
    their time. Leases of the owners' queues that ended a day ago go when their instance
    is confirmed. Deliveries that ended go after ``ALTINN_DELIVERIES_KEPT_DAYS``, and so
    do subscriptions that ended or were never validated. Events go after
    ``ALTINN_EVENTS_KEPT_DAYS``, if that is set, when none of their deliveries is kept.
    Sessions of the admin go with their time, and so do sign-ins that were left.
    """
    report = PruneReport()
    for name, rows in _old(now):
        report.found[name] = 0
        while keys := list(rows.values_list("pk", flat=True)[:_BATCH]):
            if not execute:
                report.found[name] = rows.count()
                break
            report.found[name] += len(keys)
            # On the same condition: a key of a call may have been claimed anew by now.
            rows.filter(pk__in=keys).delete()
            progress()
    log.info("rows_pruned", dry_run=not execute, **report.found)
    return report


def _old(now: datetime) -> Iterator[tuple[str, QuerySet[Any]]]:
    yield (
        "leases",
        QueueLease.objects.filter(
            leased_until__lte=now - _ACKNOWLEDGED, instance__confirmed=True
        ),
    )
    yield "answers", KeptAnswer.objects.expired(now)
    yield "sessions", Session.objects.filter(expire_date__lte=now)
    done = FileScan.objects.filter(due_at=None, dead_at=None)
    yield "file scans", done
    long_ago = now - timedelta(days=settings.ALTINN_DELIVERIES_KEPT_DAYS)
    yield "deliveries", Delivery.objects.filter(ended_at__lte=long_ago)
    yield "subscriptions", Subscription.objects.useless(long_ago)
    days = settings.ALTINN_EVENTS_KEPT_DAYS
    if days > 0:
        old = CloudEvent.objects.filter(time__lte=now - timedelta(days=days))
        yield "events", old.without_deliveries()
