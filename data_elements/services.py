"""What can be done to data elements.

The bytes are stored before, the row commits after. Each change of data is a change of
its instance too, and a line of its history.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone

from apps_registry.definition import DataType
from common.times import wire_time
from data_elements import blobs
from data_elements.blobs import StoredBlob
from data_elements.choices import FileScanResult
from data_elements.errors import (
    DataElementLocked,
    DataElementNotFound,
    DelayedDeletionUnsupported,
    MaxCountExceeded,
    NotDownloadedYet,
)
from data_elements.models import DataElement
from instances import services as instances
from instances.choices import InstanceEventType, ReadStatus
from instances.history import HistoryEntry, record
from instances.models import Instance
from parties.identity import Principal

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Content:
    """New content of an element: stored bytes and how the sender names them."""

    blob: StoredBlob
    content_type: str | None
    filename: str | None
    refs: Sequence[str] = field(default_factory=tuple)
    generated_from_task: str = ""

    @property
    def references(self) -> list[dict[str, str]] | None:
        """What the content was made from, as the wire has it."""
        if not self.generated_from_task:
            return None
        reference = {"relation": "GeneratedFrom", "valueType": "Task"}
        return [{"value": self.generated_from_task, **reference}]


@dataclass(frozen=True, slots=True)
class WriteRules:
    """What the application API holds a write to; the platform API holds it to nothing.

    ``in_task`` is the task that the caller saw the instance in: had it moved on
    meanwhile, the write would land behind its validation.
    """

    in_task: str
    max_count: int = 0

    @property
    def guard(self) -> Q:
        """The state that the instance must still be in when the write commits."""
        return Q(
            current_task=self.in_task,
            archived_at__isnull=True,
            soft_deleted_at__isnull=True,
        )


def new_element(
    principal: Principal,
    *,
    instance: Instance,
    data_type: DataType,
    content: Content,
    now: datetime,
) -> DataElement:
    """Make an element that is not saved yet."""
    owned = principal.owns(instance.org)
    return DataElement(
        instance=instance,
        data_type=data_type.id,
        content_type=content.content_type,
        filename=content.filename,
        size=content.blob.size,
        sha256=content.blob.sha256,
        blob_key=content.blob.key,
        is_read=not owned,
        scan_result=_scan_result(data_type),
        refs=list(content.refs),
        references=content.references,
        created_by_owner=owned,
        created=now,
        created_by=principal.id,
        last_changed=now,
        last_changed_by=principal.id,
    )


@transaction.atomic
def add(
    principal: Principal,
    *,
    instance: Instance,
    data_type: DataType,
    content: Content,
    rules: WriteRules | None = None,
) -> DataElement:
    """Add an element with stored content.

    Raises MaxCountExceeded, or InstanceChanged when ``rules`` hold no longer.
    """
    now = timezone.now()
    # Updating the instance first takes its row lock: the count below cannot be
    # overtaken.
    _touch(principal, instance=instance, rules=rules, now=now)
    if rules is not None and rules.max_count > 0:
        there = DataElement.objects.filter(
            instance=instance, data_type=data_type.id, deleted_at__isnull=True
        )
        if there.count() >= rules.max_count:
            raise MaxCountExceeded(max_count=rules.max_count, data_type=data_type.id)
    element = new_element(
        principal, instance=instance, data_type=data_type, content=content, now=now
    )
    element.save(force_insert=True)
    if not element.is_read:
        instances.change_read_status(
            instance=instance,
            before=ReadStatus.READ,
            after=ReadStatus.UPDATED_SINCE_LAST_REVIEW,
        )
    _record(principal, element=element, event=InstanceEventType.CREATED, now=now)
    log.info("data_element_created", element=str(element.id), size=element.size)
    return element


@transaction.atomic
def replace_content(
    principal: Principal,
    *,
    element: DataElement,
    data_type: DataType,
    content: Content,
    rules: WriteRules | None = None,
) -> None:
    """Give the element new content under a new key; the old bytes go once that is sure.

    Raises DataElementLocked. A confirmed download starts over with new content.
    """
    now = timezone.now()
    instance = element.instance
    _touch(principal, instance=instance, rules=rules, now=now)
    locked = _locked(element)
    values: dict[str, object] = {
        "content_type": content.content_type,
        "filename": content.filename,
        "size": content.blob.size,
        "sha256": content.blob.sha256,
        "blob_key": content.blob.key,
        "refs": list(content.refs),
        "references": content.references,
        "scan_result": _scan_result(data_type),
        "owner_confirmed_at": None,
        "owner_downloads": [],
        "first_downloaded_at": None,
        "last_changed": now,
        "last_changed_by": principal.id,
    }
    if principal.owns(instance.org):
        values["is_read"] = False
    _update(element, guard=Q(locked_at__isnull=True), **values)
    if principal.owns(instance.org):
        _unread_if_nothing_is_read(instance)
    _record(principal, element=element, event=InstanceEventType.SAVED, now=now)
    transaction.on_commit(lambda: blobs.discard(locked.blob_key), robust=True)
    log.info("data_element_replaced", element=str(element.id), size=element.size)


@transaction.atomic
def delete(
    principal: Principal, *, element: DataElement, rules: WriteRules | None = None
) -> None:
    """Remove the element and, once that is sure, its bytes.

    Raises DataElementLocked.
    """
    now = timezone.now()
    _touch(principal, instance=element.instance, rules=rules, now=now)
    _unread_if_nothing_is_read(element.instance)
    # Deleting by condition: a lock set meanwhile wins.
    pk, key = element.pk, _locked(element).blob_key
    deleted, _ = DataElement.objects.filter(pk=pk, locked_at__isnull=True).delete()
    if not deleted:
        raise _gone_or_locked(element)
    _record(principal, element=element, event=InstanceEventType.DELETED, now=now)
    transaction.on_commit(lambda: blobs.discard(key), robust=True)
    log.info("data_element_deleted", element=str(pk))


@transaction.atomic
def mark_deleted(
    principal: Principal, *, element: DataElement, data_type: DataType
) -> None:
    """Mark the element deleted and keep its bytes until the purge.

    Raises DelayedDeletionUnsupported for types that are not deleted on process end.
    """
    if not data_type.auto_delete_on_process_end:
        raise DelayedDeletionUnsupported(data_type=data_type.id)
    now = timezone.now()
    _touch(principal, instance=element.instance, rules=None, now=now)
    _update(
        element,
        guard=Q(locked_at__isnull=True),
        deleted_at=now,
        last_changed=now,
        last_changed_by=principal.id,
    )
    _record(principal, element=element, event=InstanceEventType.DELETED, now=now)
    log.info("data_element_marked_deleted", element=str(element.id))


def mark_read(*, element: DataElement) -> None:
    """Note that the instance owner has seen the element; that changes nothing else."""
    if not element.is_read:
        DataElement.objects.filter(pk=element.pk).update(is_read=True)
        element.is_read = True


def record_scan_result(*, element: DataElement, result: FileScanResult) -> None:
    """Note what the malware scan found; that is no change of the element's own.

    Raises DataElementNotFound.
    """
    _update(element, scan_result=result)
    log.info("file_scan_recorded", element=str(element.pk), result=result.label)


@transaction.atomic
def record_download(principal: Principal, *, element: DataElement) -> None:
    """Log that the owner downloads the element: its time, and a line of history."""
    now = timezone.now()
    # The lock keeps two downloads at once from overwriting each other's time.
    locked = _locked(element)
    if locked.blob_key != element.blob_key:
        return  # replaced meanwhile: what was handed out is not the content any more
    _update(
        element,
        owner_downloads=[*locked.owner_downloads, wire_time(now)],
        first_downloaded_at=locked.first_downloaded_at or now,
    )
    _record(
        principal, element=element, event=InstanceEventType.DOWNLOADED_BY_OWNER, now=now
    )
    log.info("data_element_downloaded", element=str(element.id))


@transaction.atomic
def confirm_download(principal: Principal, *, element: DataElement) -> None:
    """Confirm that the owner has the element safely; repeating it changes nothing.

    Raises NotDownloadedYet.
    """
    now = timezone.now()
    locked = _locked(element)
    if locked.first_downloaded_at is None:
        raise NotDownloadedYet(element_id=element.pk, org=principal.org)
    if locked.owner_confirmed_at is not None:
        element.owner_confirmed_at = locked.owner_confirmed_at
        element.owner_downloads = locked.owner_downloads
        return
    _update(element, owner_confirmed_at=now)
    _record(
        principal, element=element, event=InstanceEventType.DOWNLOAD_CONFIRMED, now=now
    )
    log.info("download_confirmed", element=str(element.id))


@transaction.atomic
def update_metadata(
    principal: Principal, *, element: DataElement, **values: object
) -> None:
    """Replace what describes the element: refs, references, tags, both metadata lists.

    Raises DataElementLocked.
    """
    now = timezone.now()
    _touch(principal, instance=element.instance, rules=None, now=now)
    values |= {"last_changed": now, "last_changed_by": principal.id}
    _update(element, guard=Q(locked_at__isnull=True), **values)


def apply_task_change(
    principal: Principal,
    *,
    instance_id: UUID,
    lock_types: Collection[str],
    unlock_types: Collection[str],
    delete_types: Collection[str],
    now: datetime,
) -> None:
    """Lock, unlock and mark deleted what leaving and entering a task asks.

    It is one statement.
    """
    touched = {*lock_types, *unlock_types, *delete_types}
    if not touched:
        return
    locking = When(data_type__in=sorted(lock_types), then=Value(now))
    unlocking = When(data_type__in=sorted(unlock_types), then=Value(None))
    naming = When(data_type__in=sorted(lock_types), then=Value(principal.id))
    unnaming = When(data_type__in=sorted(unlock_types), then=Value(""))
    deleting = When(data_type__in=sorted(delete_types), then=Value(now))
    DataElement.objects.filter(
        instance_id=instance_id, data_type__in=sorted(touched), deleted_at__isnull=True
    ).update(
        locked_at=Case(unlocking, locking, default=F("locked_at")),
        locked_by=Case(unnaming, naming, default=F("locked_by")),
        deleted_at=Case(deleting, default=F("deleted_at")),
    )


def _unread_if_nothing_is_read(instance: Instance) -> None:
    """Let the read status fall back when no element is read any more (§6.4)."""
    if not DataElement.objects.filter(instance=instance, is_read=True).exists():
        instances.change_read_status(
            instance=instance, before=ReadStatus.READ, after=ReadStatus.UNREAD
        )


def _touch(
    principal: Principal, *, instance: Instance, rules: WriteRules | None, now: datetime
) -> None:
    guard = rules.guard if rules is not None else None
    instances.update(principal, instance=instance, now=now, guard=guard)


def _update(element: DataElement, *, guard: Q | None = None, **values: object) -> None:
    rows = DataElement.objects.filter(guard or Q(), pk=element.pk)
    if rows.update(**values) != 1:
        raise _gone_or_locked(element)
    for name, value in values.items():
        setattr(element, name, value)


def _gone_or_locked(element: DataElement) -> DataElementNotFound | DataElementLocked:
    if DataElement.objects.filter(pk=element.pk, locked_at__isnull=False).exists():
        return DataElementLocked(element_id=element.pk)
    return DataElementNotFound(element_id=element.pk)


def _locked(element: DataElement) -> DataElement:
    row = (
        DataElement.objects.select_for_update(of=("self",))
        .filter(pk=element.pk)
        .first()
    )
    if row is None:
        raise DataElementNotFound(element_id=element.pk)
    return row


def _record(
    principal: Principal,
    *,
    element: DataElement,
    event: InstanceEventType,
    now: datetime,
) -> None:
    entry = HistoryEntry(event, data_id=element.id)
    record(principal, instance=element.instance, entries=[entry], now=now)


def _scan_result(data_type: DataType) -> FileScanResult:
    return (
        FileScanResult.PENDING
        if data_type.enable_file_scan
        else FileScanResult.NOT_APPLICABLE
    )
