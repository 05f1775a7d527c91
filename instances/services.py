"""What can be done to an instance. Each function is one use case and one transaction.

State, history and outbox change together. Nobody is asked for a right here: the face
did that, by the app's policy, before it called.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db.models import Q
from django.utils import timezone

from common import prepared_writes
from common.prepared import by_key
from common.times import wire_time
from common.transactions import atomic
from events.cloudevents import Envelope
from instances import locks, references
from instances.choices import InstanceEventType, ReadStatus
from instances.errors import (
    DeletionPrevented,
    InstanceNotFound,
    InstancePurged,
)
from instances.history import HistoryEntry, writes_of
from instances.models import Instance
from parties.identity import Principal

log = structlog.get_logger()

_TICK = timedelta(microseconds=1)
_CONFIRMED = HistoryEntry(InstanceEventType.CONFIRMED_COMPLETE)
_DELETED = HistoryEntry(InstanceEventType.DELETED)
# The wire shows no process state with this event (storage-api.md §4.11.4).
_RESTORED = HistoryEntry(InstanceEventType.UNDELETED, process={})
_SUBSTATUS = HistoryEntry(InstanceEventType.SUBSTATUS_UPDATED)


@dataclass(frozen=True, slots=True)
class InstanceOwner:
    """The party on whose behalf an instance is."""

    party_id: int
    person_number: str | None = None
    organisation_number: str | None = None
    username: str | None = None
    external_identifier: str | None = None


@dataclass(frozen=True, slots=True)
class ProcessPosition:
    """A process state as stored: the wire's document, and what queries ask of it."""

    document: Mapping[str, object]
    current_task: str | None
    ended: datetime | None
    end_event: str | None


NOT_STARTED = ProcessPosition(
    document={}, current_task=None, ended=None, end_event=None
)


@dataclass(frozen=True, slots=True)
class NewInstance:
    """What a new instance is made of; the server sets everything else.

    ``settled_by_app`` says that the app, not the caller, has settled the data values.
    """

    org: str
    app: str
    owner: InstanceOwner
    position: ProcessPosition = NOT_STARTED
    read_status: ReadStatus = ReadStatus.UNREAD
    due_before: datetime | None = None
    visible_after: datetime | None = None
    presentation_texts: Mapping[str, str] | None = None
    data_values: Mapping[str, str] | None = None
    external_reference: str | None = None
    settled_by_app: bool = False


@atomic()
def create(
    principal: Principal,
    *,
    new: NewInstance,
    history: Sequence[HistoryEntry] = (),
    announce: Callable[[Instance], Sequence[Envelope]] = lambda _: (),
    now: datetime,
) -> Instance:
    """Make an instance, with its history from ``Created`` on.

    ``announce`` returns what is told of it. Raises ExternalReferenceTaken.
    """
    instance = Instance(
        org=new.org,
        app_id=f"{new.org}/{new.app}",
        owner_party_id=new.owner.party_id,
        owner_person_no=new.owner.person_number or None,
        owner_org_no=new.owner.organisation_number or None,
        owner_username=new.owner.username or None,
        owner_external_id=new.owner.external_identifier or None,
        external_reference=new.external_reference or None,
        process=dict(new.position.document),
        current_task=new.position.current_task,
        process_ended=new.position.ended,
        end_event=new.position.end_event,
        archived_at=new.position.ended,
        read_status=new.read_status,
        due_before=new.due_before,
        visible_after=new.visible_after or now,
        presentation_texts=_mapping(new.presentation_texts),
        # Data values route a case inside the owner's systems; users do not set them.
        data_values=(
            _mapping(new.data_values) if principal.org or new.settled_by_app else None
        ),
        created=now,
        created_by=principal.id,
        last_changed=now,
        last_changed_by=principal.id,
    )
    entries = [HistoryEntry(InstanceEventType.CREATED), *history]
    told = announce(instance)
    along = writes_of(principal, instance=instance, entries=entries, told=told, now=now)
    references.insert(instance, *along)
    log.info("instance_created", app_id=instance.app_id, instance=str(instance.id))
    return instance


def update(
    principal: Principal,
    *,
    instance: Instance,
    now: datetime,
    guard: Q | None = None,
    history: Sequence[HistoryEntry] = (),
    announce: Sequence[Envelope] = (),
    **values: object,
) -> None:
    """Change columns in one statement, provided that ``guard`` still holds for the row.

    Lines of its history and what is told of it are written in the same trip, and rolled
    back by what is raised here: InstanceChanged when the guard does not hold, so that
    of two concurrent callers whose guards exclude each other exactly one goes on;
    InstanceLocked while another caller holds the lock; PreconditionFailed for a change
    of what the caller holds to be unchanged. Stamps the change, later than the last.
    """
    free = locks.open_to(principal, instance=instance, now=now)
    holds = Q(guard or Q(), free, pk=instance.pk)
    if instance.unless_changed:
        holds &= Q(last_changed=instance.last_changed)
    stamp = max(now, instance.last_changed + _TICK)
    values = {"last_changed": stamp, "last_changed_by": principal.id, **values}
    along = writes_of(
        principal, instance=instance, entries=history, told=announce, now=now
    )
    while not prepared_writes.update(
        Instance, holds & Q(last_changed__lt=stamp), values, along=along
    ):
        # Another change may have waited less for the row than this one and bear a
        # later time; whoever polls by time must not miss this one.
        rows = Instance.objects.filter(holds)
        current = rows.values_list("last_changed", flat=True).first()
        if current is None or current < stamp:
            raise locks.refusal(principal, instance=instance, now=now)
        values["last_changed"] = stamp = current + _TICK
        along = []  # it is written
    for name, value in values.items():
        setattr(instance, name, value)


def hold_unchanged(principal: Principal, *, instance: Instance) -> None:
    """Keep the row as it was read until the transaction ends.

    Raises InstanceChanged or PreconditionFailed when it is not, and InstanceLocked.
    """
    now = timezone.now()
    rows = Instance.objects.select_for_update(of=("self",)).filter(
        locks.open_to(principal, instance=instance, now=now),
        pk=instance.pk,
        last_changed=instance.last_changed,
        current_task=instance.current_task,
    )
    if not rows.values_list("pk", flat=True):
        raise locks.refusal(principal, instance=instance, now=now)


@atomic()
def set_process_state(
    principal: Principal,
    *,
    instance: Instance,
    position: ProcessPosition,
    history: Sequence[HistoryEntry],
    announce: Sequence[Envelope],
    now: datetime,
    hard_delete: bool = False,
) -> None:
    """Move the process on, unless anything of the instance changed since it was loaded.

    Ending the process archives the instance (storage-api.md §6.5); ``hard_delete`` is
    for apps that keep nothing afterwards.
    """
    document = dict(position.document)
    values: dict[str, object] = {
        "process": document,
        "current_task": position.current_task,
        "process_ended": position.ended,
        "end_event": position.end_event,
    }
    if position.ended and instance.archived_at is None:
        values["archived_at"] = position.ended
    if hard_delete:
        values |= {"soft_deleted_at": now, "hard_deleted_at": now}
    unchanged = Q(
        last_changed=instance.last_changed, current_task=instance.current_task
    )
    update(
        principal,
        instance=instance,
        now=now,
        guard=unchanged,
        history=[
            entry if entry.process is not None else replace(entry, process=document)
            for entry in history
        ],
        announce=announce,
        **values,
    )
    log.info(
        "process_moved",
        instance=str(instance.id),
        task=position.current_task or "",
        end_event=position.end_event or "",
    )


@atomic()
def confirm_complete(principal: Principal, *, instance: Instance) -> Instance:
    """Confirm, once for each stakeholder, that the instance is received.

    Return it as it is. Repeating it changes nothing. The owning org's confirmation sets
    ``confirmed``. Raises InstanceNotFound for one that was purged meanwhile.
    """
    now = timezone.now()
    # The lock makes two stakeholders confirm one after the other, so none is lost.
    locked = by_key(Instance, instance.pk, locked=True)
    if locked is None:
        raise InstanceNotFound(instance_id=instance.instance_id)
    if instance.unless_changed and locked.last_changed != instance.last_changed:
        raise locks.refusal(principal, instance=instance, now=now)
    stakeholder = principal.org or principal.id
    if f" {stakeholder} " in locked.confirmed_by:
        return locked
    confirmation = {"stakeholderId": stakeholder, "confirmedOn": wire_time(now)}
    update(
        principal,
        instance=locked,
        now=now,
        history=[_CONFIRMED],
        confirmations=[*(locked.confirmations or []), confirmation],
        confirmed_by=f"{locked.confirmed_by} {stakeholder} ",
        confirmed=locked.confirmed or principal.owns(locked.org),
    )
    log.info("instance_confirmed", instance=str(locked.id), stakeholder=stakeholder)
    return locked


def ensure_not_kept(
    instance: Instance, *, prevent_days: int | None, now: datetime
) -> None:
    """Raise DeletionPrevented while the app keeps what was archived."""
    kept_until = (instance.archived_at or now) + timedelta(days=prevent_days or 0)
    if prevent_days and instance.archived_at and now < kept_until:
        raise DeletionPrevented(instance_id=instance.instance_id)


@atomic()
def delete(
    principal: Principal,
    *,
    instance: Instance,
    hard: bool,
    prevent_days: int | None,
    entry: HistoryEntry = _DELETED,
) -> None:
    """Mark the instance deleted: softly it can be restored, hard it is purged later.

    ``entry`` is what its history says. Raises DeletionPrevented while the app keeps
    archived instances (``prevent_days`` after archiving).
    """
    now = timezone.now()
    ensure_not_kept(instance, prevent_days=prevent_days, now=now)
    # Archived meanwhile, it may have to be kept now.
    guard = Q(archived_at=instance.archived_at)
    values: dict[str, Any] = {"soft_deleted_at": now}
    if hard:
        softly = instance.soft_deleted_at or now
        values = {"hard_deleted_at": now, "soft_deleted_at": softly}
    update(
        principal, instance=instance, now=now, guard=guard, history=[entry], **values
    )
    log.info("instance_deleted", instance=str(instance.id), hard=hard)


@atomic()
def restore(principal: Principal, *, instance: Instance) -> None:
    """Take a soft deletion back; for an instance that is not deleted nothing happens.

    Raises InstancePurged for one that was hard deleted.
    """
    if instance.hard_deleted_at is not None:
        raise InstancePurged(instance_id=instance.instance_id)
    if instance.soft_deleted_at is None:
        return
    now = timezone.now()
    # Hard deleted meanwhile, it cannot come back.
    guard = Q(hard_deleted_at__isnull=True)
    update(
        principal,
        instance=instance,
        now=now,
        guard=guard,
        history=[_RESTORED],
        soft_deleted_at=None,
    )
    log.info("instance_restored", instance=str(instance.id))


def set_read_status(
    principal: Principal, *, instance: Instance, status: ReadStatus
) -> None:
    """Set the read status; that is no change of the instance and no event.

    Raises InstanceLocked.
    """
    if instance.read_status == status:
        return
    now = timezone.now()
    free = locks.open_to(principal, instance=instance, now=now)
    rows = Instance.objects.filter(free, pk=instance.pk)
    if instance.unless_changed:
        rows = rows.filter(
            last_changed=instance.last_changed, read_status=instance.read_status
        )
    if not rows.update(read_status=status):
        raise locks.refusal(principal, instance=instance, now=now)
    instance.read_status = status


def mark_read(*, instance: Instance) -> None:
    """Note that the instance owner has seen it; reading waits for no lock."""
    if instance.read_status != ReadStatus.READ:
        Instance.objects.filter(pk=instance.pk).update(read_status=ReadStatus.READ)
        instance.read_status = ReadStatus.READ


def change_read_status(
    *, instance: Instance, before: ReadStatus, after: ReadStatus
) -> None:
    """Set the read status, provided that it is still ``before``."""
    rows = Instance.objects.filter(pk=instance.pk, read_status=before)
    if rows.update(read_status=after):
        instance.read_status = after


@atomic()
def update_substatus(
    principal: Principal,
    *,
    instance: Instance,
    label: str,
    description: str | None,
    announce: Sequence[Envelope] = (),
) -> None:
    """Replace the substatus, the owner's own word on how the case stands.

    ``announce`` is what is told of it.
    """
    update(
        principal,
        instance=instance,
        now=timezone.now(),
        history=[_SUBSTATUS],
        announce=announce,
        substatus={"label": label, "description": description},
    )
    log.info("substatus_updated", instance=str(instance.id))


def _mapping(values: Mapping[str, str] | None) -> dict[str, str] | None:
    return None if values is None else dict(values)
