"""An owner's queue: ended instances that it has not confirmed, handed out in batches.

Whoever leases a batch has it alone until the lease ends; confirming an instance takes
it out of the queue. No row is made when an instance ends: the queue is the worklist,
less what is leased or stuck.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from common.ids import uuid7
from common.times import wire_time
from common.transactions import atomic
from instances import services as instances
from instances.choices import MOST_LEASES, InstanceEventType
from instances.errors import QueueLeaseLost
from instances.history import HistoryEntry, record_lines
from instances.models import Instance, QueueLease
from parties.identity import Principal

log = structlog.get_logger()
_NAMED = 5  # ids that a message lists


@dataclass(frozen=True, slots=True)
class Batch:
    """What a lease holds, the longest waiting first."""

    lease_id: UUID
    until: datetime
    instances: Sequence[Instance]


@atomic()
def lease(
    principal: Principal,
    *,
    app_id: str,
    most: int,
    visibility: timedelta,
    now: datetime,
) -> Batch:
    """Hand out up to ``most`` instances to nobody else until the lease ends.

    An instance is handed out if, and only if, its process has ended, its org has not
    confirmed it, the caller may read it, no lease of it runs, and it is not stuck.
    """
    lease_id, until = uuid7(), now + visibility
    taken = QueueLease.objects.filter(
        Q(leased_until__gt=now) | Q(leases__gte=MOST_LEASES), instance_id=OuterRef("pk")
    )
    free = _waiting(principal, app_id).filter(~Exists(taken))
    # Others that lease at this moment take other rows instead of waiting for these.
    locked = free.select_for_update(of=("self",), skip_locked=True, no_key=True)
    picked = list(
        locked.order_by("last_changed", "id").values_list("pk", flat=True)[:most]
    )
    # A lease that was committed after this statement saw the rows, and before it locked
    # them, is not seen above: what decides are the conditions below.
    ended = QueueLease.objects.filter(
        instance_id__in=picked, leased_until__lte=now, leases__lt=MOST_LEASES
    )
    ended.update(lease_id=lease_id, leased_until=until, leases=F("leases") + 1)
    QueueLease.objects.bulk_create(
        (
            QueueLease(
                instance_id=pk,
                app_id=app_id,
                lease_id=lease_id,
                leased_until=until,
                leases=1,
            )
            for pk in picked
        ),
        ignore_conflicts=True,
    )
    handed = list(
        Instance.objects.filter(queue_lease__lease_id=lease_id).order_by(
            "last_changed", "id"
        )
    )
    log.info("queue_leased", app_id=app_id, lease=str(lease_id), count=len(handed))
    return Batch(lease_id, until, handed)


def held(
    *, app_id: str, lease_id: UUID, instance_ids: Collection[UUID] | None
) -> list[Instance]:
    """Return what the lease holds, all or those named; raises QueueLeaseLost."""
    rows = Instance.objects.filter(app_id=app_id, queue_lease__lease_id=lease_id)
    return _all_of(rows, lease_id, instance_ids)


@atomic()
def acknowledge(
    principal: Principal,
    *,
    lease_id: UUID,
    held_rows: Sequence[Instance],
    now: datetime,
) -> None:
    """Confirm instances that the lease holds, as ``confirm_complete`` does for one.

    All of them or, when the lease has lost one since it was read, none. What is
    confirmed already stays as it is, so this can be repeated. Raises QueueLeaseLost
    and InstanceLocked.
    """
    ids = [instance.pk for instance in held_rows]
    rows = Instance.objects.select_for_update(of=("self",)).filter(
        queue_lease__lease_id=lease_id
    )
    locked = _all_of(rows.order_by("pk"), lease_id, ids)
    stakeholder = principal.org
    waiting = [one for one in locked if f" {stakeholder} " not in one.confirmed_by]
    # Nobody has confirmed or locked these, and no change bears a later time: one
    # statement. Those whose lock another holds make all of this a conflict below.
    alike = [
        one
        for one in waiting
        if not one.confirmations
        and one.last_changed < now
        and (one.locked_until is None or one.locked_until <= now)
    ]
    confirmation = {"stakeholderId": stakeholder, "confirmedOn": wire_time(now)}
    Instance.objects.filter(pk__in=[instance.pk for instance in alike]).update(
        last_changed=now,
        last_changed_by=principal.id,
        confirmations=[confirmation],
        confirmed_by=f" {stakeholder} ",
        confirmed=True,
    )
    entry = HistoryEntry(InstanceEventType.CONFIRMED_COMPLETE)
    record_lines(principal, lines=[(one, entry) for one in alike], now=now)
    done = {instance.pk for instance in alike}
    for instance in waiting:
        if instance.pk not in done:
            instances.confirm_complete(principal, instance=instance)
    log.info("queue_acknowledged", lease=str(lease_id), count=len(locked))


@atomic()
def release(
    *, app_id: str, lease_id: UUID, instance_ids: Collection[UUID] | None, now: datetime
) -> int:
    """Put back what the lease holds, all or those named; raises QueueLeaseLost."""
    return _end_at(now, app_id=app_id, lease_id=lease_id, instance_ids=instance_ids)


@atomic()
def renew(
    *,
    app_id: str,
    lease_id: UUID,
    instance_ids: Collection[UUID] | None,
    until: datetime,
) -> int:
    """Keep what the lease holds until then; raises QueueLeaseLost.

    Of a lease that has ended too, as long as nobody else has taken the instances.
    """
    return _end_at(until, app_id=app_id, lease_id=lease_id, instance_ids=instance_ids)


def stuck(
    principal: Principal, *, app_id: str, now: datetime
) -> "QuerySet[QueueLease]":
    """Return what was leased too often and never confirmed, by instance."""
    rows = QueueLease.objects.filter(
        app_id=app_id,
        leases__gte=MOST_LEASES,
        leased_until__lte=now,
        instance__in=_waiting(principal, app_id),
    )
    return rows.select_related("instance").order_by("instance_id")


def reset(*, app_id: str, instance_ids: Collection[UUID] | None, now: datetime) -> int:
    """Put stuck instances back into the queue, all or those named; return how many."""
    rows = QueueLease.objects.filter(
        app_id=app_id, leases__gte=MOST_LEASES, leased_until__lte=now
    )
    if instance_ids is not None:
        rows = rows.filter(instance_id__in=list(instance_ids))
    count = rows.update(leases=0)
    log.info("queue_reset", app_id=app_id, count=count)
    return count


def _waiting(principal: Principal, app_id: str) -> "QuerySet[Instance]":
    """Return the worklist; literal conditions, so that its partial index serves."""
    return Instance.objects.visible_to(principal, app_ids=[app_id]).filter(
        app_id=app_id, process_ended__isnull=False, confirmed=False
    )


def _end_at(
    moment: datetime,
    *,
    app_id: str,
    lease_id: UUID,
    instance_ids: Collection[UUID] | None,
) -> int:
    rows = QueueLease.objects.filter(app_id=app_id, lease_id=lease_id)
    if instance_ids is not None:
        rows = rows.filter(instance_id__in=list(instance_ids))
    count = rows.update(leased_until=moment)
    if not count or (instance_ids is not None and count < len(set(instance_ids))):
        there = set(rows.values_list("instance_id", flat=True))
        raise _lost(lease_id, set(instance_ids or ()) - there)
    return count


def _all_of(
    rows: "QuerySet[Instance]", lease_id: UUID, instance_ids: Collection[UUID] | None
) -> list[Instance]:
    wanted = None if instance_ids is None else set(instance_ids)
    found = list(rows if wanted is None else rows.filter(pk__in=list(wanted)))
    if not found and wanted is None:
        raise _lost(lease_id, set())
    missing = (wanted or set()) - {instance.pk for instance in found}
    if missing:
        raise _lost(lease_id, missing)
    return found


def _lost(lease_id: UUID, missing: Collection[UUID]) -> QueueLeaseLost:
    named = sorted(str(guid) for guid in missing)
    text = ", ".join(named[:_NAMED]) or "any instance"
    if len(named) > _NAMED:
        text += f" and {len(named) - _NAMED} more"
    return QueueLeaseLost(lease_id=lease_id, instances=text)
