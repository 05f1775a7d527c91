"""What is removed for good, and when (storage-api.md §6.7).

Rows go first, in one transaction each; their bytes go once that is sure. What a crash
leaves between the two is bytes without a row, which the sweep finds.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from django.db import DatabaseError, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan

from apps_registry import catalogue
from common.times import parse_time
from data_elements import blobs
from data_elements.errors import StorageUnavailable
from data_elements.models import DataElement
from instances.models import Instance, InstanceEvent

log = structlog.get_logger()

KEPT: Final = timedelta(days=7)
_BATCH = 200
Stop = Callable[[], bool]


@dataclass
class PurgeReport:
    """How many rows were looked at, may go, went, and could not; and their bytes."""

    looked_at: int = 0
    found: int = 0
    removed: int = 0
    failed: int = 0
    size: int = 0
    skipped_apps: set[str] = field(default_factory=set)

    def __str__(self) -> str:
        text = (
            f"Looked at {self.looked_at}, found {self.found} to remove"
            f" ({self.size} bytes), removed {self.removed}"
        )
        if self.failed:
            text += f", failed on {self.failed}"
        if self.skipped_apps:
            text += (
                f", skipped apps unknown here: {', '.join(sorted(self.skipped_apps))}"
            )
        return text + "."


def purge_instances(
    *,
    now: datetime,
    execute: bool,
    limit: int | None = None,
    stop: Stop = lambda: False,
    progress: Callable[[PurgeReport], None] = lambda report: None,
) -> PurgeReport:
    """Remove hard-deleted instances: active ones at once, archived ones when received.

    An archived one goes if, and only if, it was deleted at least seven days ago and its
    own org confirmed it at least seven days ago. One that fails stops no other.
    """
    report = PurgeReport()
    until = now - KEPT
    candidates = Instance.objects.filter(hard_deleted_at__isnull=False).filter(
        Q(archived_at__isnull=True) | Q(confirmed=True, hard_deleted_at__lte=until)
    )
    for batch in _batches(candidates, report, limit=limit):
        apps = catalogue.all_definitions()
        for instance in batch:
            if instance.archived_at and not received_before(instance, until):
                continue
            app = apps.get(instance.app_id)
            if app is None:
                report.skipped_apps.add(instance.app_id)
                continue
            _remove_instance(
                instance,
                report,
                execute=execute,
                with_history=app.auto_delete_on_process_end,
            )
        progress(report)
        if stop():
            break
    log.info("instances_purged", **_counts(report), dry_run=not execute)
    return report


def purge_data_elements(
    *,
    now: datetime,
    execute: bool,
    limit: int | None = None,
    stop: Stop = lambda: False,
    progress: Callable[[PurgeReport], None] = lambda report: None,
) -> PurgeReport:
    """Remove elements that were marked deleted, of instances that are received.

    An element goes if, and only if, it was marked at least seven days ago and the
    instance's own org confirmed the instance at least seven days ago.
    """
    report = PurgeReport()
    until = now - KEPT
    candidates = DataElement.objects.filter(
        deleted_at__lte=until, instance__confirmed=True
    ).select_related("instance")
    order = ("deleted_at", "id")
    for batch in _batches(candidates, report, order=order, limit=limit):
        for element in batch:
            if not received_before(element.instance, until):
                continue
            _remove_element(element, report, until=until, execute=execute)
        progress(report)
        if stop():
            break
    log.info("data_elements_purged", **_counts(report), dry_run=not execute)
    return report


def purge_app(
    *,
    app_id: str,
    execute: bool,
    limit: int | None = None,
    stop: Stop = lambda: False,
    progress: Callable[[PurgeReport], None] = lambda report: None,
) -> PurgeReport:
    """Remove every instance of an app, whatever its state, with bytes and history."""
    report = PurgeReport()
    rows = Instance.objects.filter(app_id=app_id)
    for batch in _batches(rows, report, order=("created", "id"), limit=limit):
        for instance in batch:
            _remove_instance(
                instance, report, execute=execute, with_history=True, anyway=True
            )
        progress(report)
        if stop():
            break
    log.warning("app_purged", app_id=app_id, **_counts(report), dry_run=not execute)
    return report


def received_before(instance: Instance, moment: datetime) -> bool:
    """Whether the instance's own org confirmed it by then; its code in any case."""
    for confirmation in instance.confirmations or []:
        if not isinstance(confirmation, Mapping):
            continue
        who = str(confirmation.get("stakeholderId", "")).lower()
        try:
            when = parse_time(str(confirmation.get("confirmedOn", "")))
        except ValueError:
            continue
        if who == instance.org.lower() and when <= moment:
            return True
    return False


def _remove_instance(
    instance: Instance,
    report: PurgeReport,
    *,
    execute: bool,
    with_history: bool,
    anyway: bool = False,
) -> None:
    """Remove an instance, if it is still hard-deleted or is to go ``anyway``."""
    elements = list(
        DataElement.objects.filter(instance_id=instance.pk).values_list(
            "blob_key", "size"
        )
    )
    report.found += 1
    report.size += sum(size for _, size in elements)
    if not execute:
        return
    try:
        keys = _delete_rows(instance, with_history=with_history, anyway=anyway)
    except DatabaseError as error:
        report.failed += 1
        log.error(
            "instance_not_purged", instance=str(instance.pk), error=type(error).__name__
        )
        return
    if keys is None:
        return  # restored, or gone, meanwhile
    report.removed += 1
    _discard(keys)


@transaction.atomic
def _delete_rows(
    instance: Instance, *, with_history: bool, anyway: bool
) -> list[str] | None:
    """Delete the rows and return the keys of the bytes; None if it is not to go now."""
    there = Instance.objects.select_for_update(of=("self",)).filter(pk=instance.pk)
    if not anyway:
        there = there.filter(hard_deleted_at__isnull=False)
    if not there.values_list("pk", flat=True):
        return None
    elements = DataElement.objects.filter(instance_id=instance.pk)
    keys = list(elements.values_list("blob_key", flat=True))
    elements.delete()
    if with_history:
        InstanceEvent.objects.filter(instance_id=instance.pk).delete()
    Instance.objects.filter(pk=instance.pk).delete()
    return keys


def _remove_element(
    element: DataElement, report: PurgeReport, *, until: datetime, execute: bool
) -> None:
    report.found += 1
    report.size += element.size
    if not execute:
        return
    rows = DataElement.objects.filter(
        pk=element.pk, blob_key=element.blob_key, deleted_at__lte=until
    )
    if rows.delete()[0]:
        report.removed += 1
        _discard([element.blob_key])


def _discard(keys: list[str]) -> None:
    """Delete the bytes; the sweep finds what the store does not give up now."""
    for key in keys:
        try:
            blobs.discard(key)
        except StorageUnavailable:
            log.warning("blob_not_discarded", key=key)


def _batches(
    rows: QuerySet[Any],
    report: PurgeReport,
    *,
    order: tuple[str, str] = ("hard_deleted_at", "id"),
    limit: int | None,
) -> Iterator[Iterator[Any]]:
    """Yield the rows in their order, page after page by their key.

    Both the pages and their rows end when ``limit`` of them are removed.
    """
    place = None
    while limit is None or report.removed < limit:
        page = rows.order_by(*order)
        if place is not None:
            page = page.filter(TupleGreaterThan(Tuple(*map(F, order)), place))
        batch = list(page[:_BATCH])
        if not batch:
            return
        yield _until_enough(batch, report, limit)
        last = batch[-1]
        place = tuple(getattr(last, name) for name in order)


def _until_enough(
    batch: list[Any], report: PurgeReport, limit: int | None
) -> Iterator[Any]:
    for row in batch:
        if limit is not None and report.removed >= limit:
            return
        report.looked_at += 1
        yield row


def _counts(report: PurgeReport) -> dict[str, int]:
    return {
        "found": report.found,
        "removed": report.removed,
        "failed": report.failed,
        "size": report.size,
    }
