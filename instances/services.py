"""What can be done to an instance. Each function is one use case and one transaction.

State, history and outbox change together. Nobody is asked for a right here: the face
did that, by the app's policy, before it called.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from common.times import wire_time
from events import services as events
from events.cloudevents import Envelope
from instances.choices import InstanceEventType, ReadStatus
from instances.errors import DeletionPrevented, EventInstanceMismatch, InstanceChanged
from instances.history import HistoryEntry, record
from instances.models import Instance, InstanceEvent
from parties.identity import Principal

log = structlog.get_logger()

_TICK = timedelta(microseconds=1)


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
    """What a new instance is made of; the server sets everything else."""

    org: str
    app: str
    owner: InstanceOwner
    position: ProcessPosition = NOT_STARTED
    read_status: ReadStatus = ReadStatus.UNREAD
    due_before: datetime | None = None
    visible_after: datetime | None = None
    presentation_texts: Mapping[str, str] | None = None
    data_values: Mapping[str, str] | None = None


@transaction.atomic
def create(
    principal: Principal,
    *,
    new: NewInstance,
    history: Sequence[HistoryEntry] = (),
    now: datetime,
) -> Instance:
    """Make an instance, with its history from ``Created`` on."""
    instance = Instance(
        org=new.org,
        app_id=f"{new.org}/{new.app}",
        owner_party_id=new.owner.party_id,
        owner_person_no=new.owner.person_number or None,
        owner_org_no=new.owner.organisation_number or None,
        owner_username=new.owner.username or None,
        owner_external_id=new.owner.external_identifier or None,
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
        data_values=_mapping(new.data_values) if principal.org else None,
        created=now,
        created_by=principal.id,
        last_changed=now,
        last_changed_by=principal.id,
    )
    instance.save(force_insert=True)
    entries = [HistoryEntry(InstanceEventType.CREATED), *history]
    record(principal, instance=instance, entries=entries, now=now)
    log.info("instance_created", app_id=instance.app_id, instance=str(instance.id))
    return instance


def update(
    principal: Principal,
    *,
    instance: Instance,
    now: datetime,
    guard: Q | None = None,
    **values: object,
) -> None:
    """Change columns in one statement, provided that ``guard`` still holds for the row.

    Raises InstanceChanged when it does not: of two concurrent callers whose guards
    exclude each other exactly one goes on. Stamps the change, later than the last.
    """
    rows = Instance.objects.filter(guard or Q(), pk=instance.pk)
    stamp = max(now, instance.last_changed + _TICK)
    values = {"last_changed_by": principal.id, **values}
    while not rows.filter(last_changed__lt=stamp).update(last_changed=stamp, **values):
        # Another change may have waited less for the row than this one and bear a
        # later time; whoever polls by time must not miss this one.
        current = rows.values_list("last_changed", flat=True).first()
        if current is None or current < stamp:
            raise InstanceChanged(instance_id=instance.instance_id)
        stamp = current + _TICK
    for name, value in {"last_changed": stamp, **values}.items():
        setattr(instance, name, value)


@transaction.atomic
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
    values: dict[str, object] = {
        "process": dict(position.document),
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
    update(principal, instance=instance, now=now, guard=unchanged, **values)
    record(principal, instance=instance, entries=history, now=now)
    events.publish(announce)
    log.info(
        "process_moved",
        instance=str(instance.id),
        task=position.current_task or "",
        end_event=position.end_event or "",
    )


@transaction.atomic
def confirm_complete(principal: Principal, *, instance: Instance) -> Instance:
    """Confirm, once for each stakeholder, that the instance is received.

    Return it as it is. Repeating it changes nothing. The owning org's confirmation sets
    ``confirmed``.
    """
    now = timezone.now()
    # The lock makes two stakeholders confirm one after the other, so none is lost.
    locked = Instance.objects.select_for_update(of=("self",)).get(pk=instance.pk)
    stakeholder = principal.org or principal.id
    if f" {stakeholder} " in locked.confirmed_by:
        return locked
    confirmation = {"stakeholderId": stakeholder, "confirmedOn": wire_time(now)}
    update(
        principal,
        instance=locked,
        now=now,
        confirmations=[*(locked.confirmations or []), confirmation],
        confirmed_by=f"{locked.confirmed_by} {stakeholder} ",
        confirmed=locked.confirmed or principal.owns(locked.org),
    )
    entry = HistoryEntry(InstanceEventType.CONFIRMED_COMPLETE)
    record(principal, instance=locked, entries=[entry], now=now)
    log.info("instance_confirmed", instance=str(locked.id), stakeholder=stakeholder)
    return locked


@transaction.atomic
def delete(
    principal: Principal, *, instance: Instance, hard: bool, prevent_days: int | None
) -> None:
    """Mark the instance deleted: softly it can be restored, hard it is purged later.

    Raises DeletionPrevented while the app keeps archived instances
    (``prevent_days`` after archiving).
    """
    now = timezone.now()
    kept_until = (instance.archived_at or now) + timedelta(days=prevent_days or 0)
    if prevent_days and instance.archived_at and now < kept_until:
        raise DeletionPrevented(instance_id=instance.instance_id)
    # Archived meanwhile, it may have to be kept now.
    guard = Q(archived_at=instance.archived_at)
    if hard:
        update(
            principal,
            instance=instance,
            now=now,
            guard=guard,
            hard_deleted_at=now,
            soft_deleted_at=instance.soft_deleted_at or now,
        )
    else:
        update(principal, instance=instance, now=now, guard=guard, soft_deleted_at=now)
    entry = HistoryEntry(InstanceEventType.DELETED)
    record(principal, instance=instance, entries=[entry], now=now)
    log.info("instance_deleted", instance=str(instance.id), hard=hard)


def set_read_status(*, instance: Instance, status: ReadStatus) -> None:
    """Set the read status; that is no change of the instance and no event."""
    if instance.read_status == status:
        return
    Instance.objects.filter(pk=instance.pk).update(read_status=status)
    instance.read_status = status


def change_read_status(
    *, instance: Instance, before: ReadStatus, after: ReadStatus
) -> None:
    """Set the read status, provided that it is still ``before``."""
    rows = Instance.objects.filter(pk=instance.pk, read_status=before)
    if rows.update(read_status=after):
        instance.read_status = after


@transaction.atomic
def update_substatus(
    principal: Principal, *, instance: Instance, label: str, description: str | None
) -> None:
    """Replace the substatus, the owner's own word on how the case stands."""
    now = timezone.now()
    substatus = {"label": label, "description": description}
    update(principal, instance=instance, now=now, substatus=substatus)
    entry = HistoryEntry(InstanceEventType.SUBSTATUS_UPDATED)
    record(principal, instance=instance, entries=[entry], now=now)
    log.info("substatus_updated", instance=str(instance.id))


@transaction.atomic
def record_event(
    principal: Principal,
    *,
    instance: Instance,
    stated_instance_id: str,
    entry: HistoryEntry,
) -> InstanceEvent:
    """Add a line to the history on behalf of the caller, whose name and time it bears.

    Raises EventInstanceMismatch when the body names another instance.
    """
    if stated_instance_id != instance.instance_id:
        raise EventInstanceMismatch(
            stated=stated_instance_id, instance_id=instance.instance_id
        )
    return record(principal, instance=instance, entries=[entry], now=timezone.now())[0]


def _mapping(values: Mapping[str, str] | None) -> dict[str, str] | None:
    return None if values is None else dict(values)
