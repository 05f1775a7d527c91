"""Lines of an instance's history, made by the services and written with the change."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from common import prepared_writes
from common.ids import uuid7
from common.prepared_writes import Write, insertion_of
from events import services as events
from events.cloudevents import Envelope
from instances.models import Instance, InstanceEvent
from parties.identity import Principal, PrincipalKind


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """An event to record.

    ``process`` is the state then; None takes the instance's own. ``related_user`` is
    whom it concerns besides who did it, as the wire names a user.
    """

    event_type: str
    data_id: UUID | None = None
    process: Mapping[str, object] | None = None
    additional_info: str | None = None
    related_user: Mapping[str, object] | None = None


def record(
    principal: Principal,
    *,
    instance: Instance,
    entries: Iterable[HistoryEntry],
    now: datetime,
) -> list[InstanceEvent]:
    """Write the entries in the caller's transaction, in one statement."""
    lines = [(instance, entry) for entry in entries]
    return record_lines(principal, lines=lines, now=now)


def record_lines(
    principal: Principal,
    *,
    lines: Iterable[tuple[Instance, HistoryEntry]],
    now: datetime,
) -> list[InstanceEvent]:
    """Write entries of several instances, in one statement."""
    rows = [InstanceEvent(**row) for row in _rows(principal, lines, now)]
    prepared_writes.insert(rows)
    return rows


def writes_of(
    principal: Principal,
    *,
    instance: Instance,
    entries: Iterable[HistoryEntry],
    told: Sequence[Envelope],
    now: datetime,
) -> list[Write]:
    """Return the writes that go with a change: its history, and what is told of it."""
    rows = _rows(principal, [(instance, entry) for entry in entries], now)
    lines = [insertion_of(InstanceEvent, *rows)] if rows else []
    return lines + events.writes_of(told)


def _rows(
    principal: Principal,
    lines: Iterable[tuple[Instance, HistoryEntry]],
    now: datetime,
) -> list[dict[str, Any]]:
    actor = actor_of(principal)
    return [
        {
            "id": uuid7(),
            "instance_id": instance.id,
            "owner_party_id": instance.owner_party_id,
            "created": now,
            "event_type": entry.event_type,
            "data_id": entry.data_id,
            "actor": actor,
            "related_user": entry.related_user,
            "process": _without_transition(
                instance.process if entry.process is None else entry.process
            ),
            "additional_info": entry.additional_info,
        }
        for instance, entry in lines
    ]


def actor_of(principal: Principal) -> dict[str, object]:
    """Return the caller as history names it (PlatformUser, storage-api.md §3.10)."""
    actor: dict[str, object] = {}
    if principal.kind is PrincipalKind.USER:
        actor["userId"] = principal.user_id
    elif principal.kind is PrincipalKind.SYSTEM_USER:
        actor["systemUserId"] = principal.system_user_id
        actor["systemUserOwnerOrgNo"] = principal.org_number
        # Beyond Altinn: by which system, and so which vendor's.
        actor["systemId"] = principal.system_id
    elif principal.kind is PrincipalKind.SERVICE_OWNER:
        actor["orgId"] = principal.org
    else:
        actor["orgId"] = principal.org_number
    return {**actor, "authenticationLevel": principal.level}


def _without_transition(process: Mapping[str, object]) -> dict[str, object]:
    """Return the state without what is being done in it, which is no history."""
    return {name: value for name, value in process.items() if name != "transition"}
