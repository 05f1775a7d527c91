"""What can be done to data elements.

The bytes are stored before, the row commits after. Each change of data is a change of
its instance too, and a line of its history.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import (
    Case,
    CharField,
    DateTimeField,
    F,
    Q,
    UUIDField,
    Value,
    When,
)
from django.utils import timezone

from apps_registry.definition import DataType
from common import prepared_writes
from common.prepared_writes import Given, filled
from common.transactions import atomic
from data_elements import blobs, scanning
from data_elements.blobs import StoredBlob
from data_elements.choices import FileScanResult
from data_elements.errors import (
    DataElementChanged,
    DelayedDeletionUnsupported,
    MaxCountExceeded,
    NotDownloadedYet,
)
from data_elements.models import DataElement
from data_elements.rows import gone_or_locked, locked_row, update_row, writable
from instances import locks
from instances import services as instances
from instances.choices import InstanceEventType, ReadStatus
from instances.history import HistoryEntry, record
from instances.models import Instance
from parties.identity import Principal

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Content:
    """New content of an element: stored bytes and how the sender names them.

    ``made_by_server`` is set where the server proves something by it: what somebody
    uploads proves nothing, whatever it says.
    """

    blob: StoredBlob
    content_type: str | None
    filename: str | None
    refs: Sequence[str] = field(default_factory=tuple)
    generated_from_task: str = ""
    made_by_server: bool = False

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
    meanwhile, the write would land behind its validation. ``only_if_same`` is for a
    change of part of the content: it is lost where another write came between.
    """

    in_task: str
    max_count: int = 0
    only_if_same: bool = False

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
        made_by_server=content.made_by_server,
        created=now,
        created_by=principal.id,
        last_changed=now,
        last_changed_by=principal.id,
    )


@atomic()
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
    element = new_element(
        principal, instance=instance, data_type=data_type, content=content, now=now
    )
    # Updating the instance first takes its row lock: the count below cannot be
    # overtaken.
    _touch(principal, element, InstanceEventType.CREATED, rules=rules, now=now)
    if rules is not None and rules.max_count > 0:
        there = DataElement.objects.filter(
            instance=instance, data_type=data_type.id, deleted_at__isnull=True
        )
        if there.count() >= rules.max_count:
            raise MaxCountExceeded(max_count=rules.max_count, data_type=data_type.id)
    prepared_writes.insert([element])
    scanning.order([element], now=now)
    if not element.is_read:
        instances.change_read_status(
            instance=instance,
            before=ReadStatus.READ,
            after=ReadStatus.UPDATED_SINCE_LAST_REVIEW,
        )
    log.info("data_element_created", element=str(element.id), size=element.size)
    return element


@atomic()
def replace_content(
    principal: Principal,
    *,
    element: DataElement,
    data_type: DataType,
    content: Content,
    rules: WriteRules | None = None,
) -> None:
    """Give the element new content under a new key; the old bytes go once that is sure.

    Raises DataElementLocked, and DataElementChanged where ``rules`` ask for the content
    that was read. A confirmed download starts over with new content.
    """
    now = timezone.now()
    instance = element.instance
    _touch(principal, element, InstanceEventType.SAVED, rules=rules, now=now)
    locked = locked_row(element)
    if rules is not None and rules.only_if_same and locked.blob_key != element.blob_key:
        raise DataElementChanged(element_id=element.pk)
    values: dict[str, object] = {
        "content_type": content.content_type,
        "filename": content.filename,
        "size": content.blob.size,
        "sha256": content.blob.sha256,
        "blob_key": content.blob.key,
        "refs": list(content.refs),
        "references": content.references,
        "made_by_server": content.made_by_server,
        "scan_result": _scan_result(data_type),
        "owner_confirmed_at": None,
        "owner_downloads": [],
        "first_downloaded_at": None,
        "last_changed": now,
        "last_changed_by": principal.id,
    }
    if principal.owns(instance.org):
        values["is_read"] = False
    update_row(element, guard=Q(locked_at__isnull=True), **values)
    scanning.order([element], now=now)
    if principal.owns(instance.org):
        _unread_if_nothing_is_read(instance)
    transaction.on_commit(lambda: blobs.discard(locked.blob_key), robust=True)
    log.info("data_element_replaced", element=str(element.id), size=element.size)


@atomic()
def delete(
    principal: Principal, *, element: DataElement, rules: WriteRules | None = None
) -> None:
    """Remove the element and, once that is sure, its bytes.

    Raises DataElementLocked.
    """
    now = timezone.now()
    _touch(principal, element, InstanceEventType.DELETED, rules=rules, now=now)
    _unread_if_nothing_is_read(element.instance)
    # Deleting by condition: a lock set meanwhile wins.
    pk, key = element.pk, locked_row(element).blob_key
    rows = DataElement.objects.filter(writable(element), locked_at__isnull=True)
    deleted, _ = rows.delete()
    if not deleted:
        raise gone_or_locked(element)
    transaction.on_commit(lambda: blobs.discard(key), robust=True)
    log.info("data_element_deleted", element=str(pk))


@atomic()
def mark_deleted(
    principal: Principal, *, element: DataElement, data_type: DataType
) -> None:
    """Mark the element deleted and keep its bytes until the purge.

    Raises DelayedDeletionUnsupported for types that are not deleted on process end.
    """
    if not data_type.auto_delete_on_process_end:
        raise DelayedDeletionUnsupported(data_type=data_type.id)
    now = timezone.now()
    _touch(principal, element, InstanceEventType.DELETED, now=now)
    update_row(
        element,
        guard=Q(locked_at__isnull=True),
        deleted_at=now,
        last_changed=now,
        last_changed_by=principal.id,
    )
    log.info("data_element_marked_deleted", element=str(element.id))


@atomic()
def record_download(principal: Principal, *, element: DataElement) -> None:
    """Log that the owner downloads the element: its time, and a line of history."""
    now = timezone.now()
    # The lock keeps two downloads at once from overwriting each other's time.
    locked = locked_row(element)
    if locked.blob_key != element.blob_key:
        return  # replaced meanwhile: what was handed out is not the content any more
    update_row(
        element,
        owner_downloads=locked.downloads_with(now),
        first_downloaded_at=locked.first_downloaded_at or now,
    )
    _record(principal, element, InstanceEventType.DOWNLOADED_BY_OWNER, now=now)
    log.info("data_element_downloaded", element=str(element.id))


@atomic()
def confirm_download(principal: Principal, *, element: DataElement) -> None:
    """Confirm that the owner has the element safely; repeating it changes nothing.

    Raises NotDownloadedYet and InstanceLocked.
    """
    now = timezone.now()
    locks.hold_open(principal, instance=element.instance)
    locked = locked_row(element)
    if locked.first_downloaded_at is None:
        raise NotDownloadedYet(element_id=element.pk, org=principal.org)
    if locked.owner_confirmed_at is not None:
        element.owner_confirmed_at = locked.owner_confirmed_at
        element.owner_downloads = locked.owner_downloads
        return
    update_row(element, owner_confirmed_at=now)
    _record(principal, element, InstanceEventType.DOWNLOAD_CONFIRMED, now=now)
    log.info("download_confirmed", element=str(element.id))


@atomic()
def update_metadata(
    principal: Principal, *, element: DataElement, **values: object
) -> None:
    """Replace what describes the element: refs, references, tags, both metadata lists.

    Raises DataElementLocked.
    """
    now = timezone.now()
    instances.update(principal, instance=element.instance, now=now)
    values |= {"last_changed": now, "last_changed_by": principal.id}
    update_row(element, guard=Q(locked_at__isnull=True), **values)


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

    It is one statement, whose text is made once for each set of types.
    """
    types = (tuple(lock_types), tuple(unlock_types), tuple(delete_types))
    if any(types):
        values = {"instance": instance_id, "now": now, "by": principal.id}
        prepared_writes.run(filled(_task_change(*types), values))


@lru_cache(maxsize=1000)
def _task_change(
    lock: Sequence[str], unlock: Sequence[str], delete: Sequence[str]
) -> prepared_writes.Statement:
    now = Given("now", DateTimeField())
    touched = sorted({*lock, *unlock, *delete})
    return prepared_writes.update_statement(
        DataElement,
        Q(
            instance_id=Given("instance", UUIDField()),
            data_type__in=touched,
            deleted_at__isnull=True,
        ),
        {
            "locked_at": Case(
                When(data_type__in=unlock, then=None),
                When(data_type__in=lock, then=now),
                default=F("locked_at"),
            ),
            "locked_by": Case(
                When(data_type__in=unlock, then=Value("")),
                When(data_type__in=lock, then=Given("by", CharField())),
                default=F("locked_by"),
            ),
            "deleted_at": Case(
                When(data_type__in=delete, then=now), default=F("deleted_at")
            ),
        },
    )


def _unread_if_nothing_is_read(instance: Instance) -> None:
    """Let the read status fall back when no element is read any more (§6.4)."""
    if not DataElement.objects.filter(instance=instance, is_read=True).exists():
        instances.change_read_status(
            instance=instance, before=ReadStatus.READ, after=ReadStatus.UNREAD
        )


def _touch(
    principal: Principal,
    element: DataElement,
    event: InstanceEventType,
    *,
    rules: WriteRules | None = None,
    now: datetime,
) -> None:
    """Change the instance with its element, and tell of it in its history."""
    instances.update(
        principal,
        instance=element.instance,
        now=now,
        guard=rules.guard if rules is not None else None,
        history=[HistoryEntry(event, data_id=element.id)],
    )


def _record(
    principal: Principal,
    element: DataElement,
    event: InstanceEventType,
    *,
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
