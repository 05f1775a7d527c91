"""What recurs: counting for the dashboards, purges, the sweep, pruning of old rows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet
from django.utils import timezone

from cleanup import retention
from cleanup.models import RecurringTask
from cleanup.pruning import prune
from cleanup.services import sweep_blobs
from common.work import Hold, Stopped, Work
from events import statistics as deliveries
from instances import statistics

EMBEDDED_WORKER: Final = "embedded-worker"
_UPLOADING = timedelta(hours=24)  # a younger blob's row may not be committed yet


@dataclass(frozen=True, slots=True)
class Recurring:
    """Something to do every so often; ``run`` returns a sentence on what came of it."""

    every: timedelta
    run: Callable[[Hold], str]


def _refresh(hold: Hold) -> str:
    deliveries.refresh()
    return f"Counted the instances of {statistics.refresh()} apps."


def _purge_instances(hold: Hold) -> str:
    report = retention.purge_instances(
        now=timezone.now(),
        execute=True,
        stop=hold.stopping,
        progress=lambda _: hold.renew(),
    )
    return _unless_stopped(hold, str(report))


def _purge_data_elements(hold: Hold) -> str:
    report = retention.purge_data_elements(
        now=timezone.now(),
        execute=True,
        stop=hold.stopping,
        progress=lambda _: hold.renew(),
    )
    return _unless_stopped(hold, str(report))


def _sweep(hold: Hold) -> str:
    def stop() -> bool:
        hold.renew()
        return hold.stopping()

    report = sweep_blobs(
        older_than=timezone.now() - _UPLOADING, execute=True, stop=stop
    )
    return _unless_stopped(
        hold, f"Looked at {report.looked_at} blobs, removed {report.found} orphans."
    )


def _prune(hold: Hold) -> str:
    report = prune(now=timezone.now(), execute=True, progress=hold.checkpoint)
    return str(report)


def _unless_stopped(hold: Hold, summary: str) -> str:
    """Return the sentence; what was broken off begins anew with the next worker."""
    if hold.stopping():
        raise Stopped
    return summary


TASKS: Mapping[str, Recurring] = {
    "refresh-dashboard": Recurring(timedelta(minutes=5), _refresh),
    "purge-instances": Recurring(timedelta(hours=1), _purge_instances),
    "purge-data-elements": Recurring(timedelta(hours=1), _purge_data_elements),
    "sweep-blobs": Recurring(timedelta(hours=24), _sweep),
    "prune-rows": Recurring(timedelta(hours=24), _prune),
}


def ensure_tasks() -> None:
    """Make the rows that are missing; two at once do no harm."""
    known = set(RecurringTask.objects.values_list("name", flat=True))
    missing = [RecurringTask(name=name) for name in TASKS if name not in known]
    RecurringTask.objects.bulk_create(missing, ignore_conflicts=True)


def embedded_worker_row() -> QuerySet[RecurringTask]:
    """Return the row whose lease makes a server's process the one that works."""
    rows = RecurringTask.objects.filter(name=EMBEDDED_WORKER)
    if not rows.exists():
        RecurringTask.objects.bulk_create(
            [RecurringTask(name=EMBEDDED_WORKER)], ignore_conflicts=True
        )
    return rows


def handle(task: RecurringTask, hold: Hold) -> datetime:
    """Do the task once; it is due again so long after it was begun."""
    recurring = TASKS[task.name]
    begun = timezone.now()
    outcome = recurring.run(hold)
    RecurringTask.objects.filter(pk=task.pk).update(
        last_run_at=begun, last_outcome=outcome[:300]
    )
    return max(begun + recurring.every, timezone.now())


def _rows() -> QuerySet[RecurringTask]:
    return RecurringTask.objects.filter(name__in=sorted(TASKS))


WORK: Final = (
    Work(
        name="cleanup",
        rows=_rows,
        handle=handle,
        lease=timedelta(minutes=10),
        # What recurs is never given up: it is tried again every hour.
        most_attempts=2**15 - 1,
        prepare=ensure_tasks,
    ),
)
