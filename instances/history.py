"""Lines of an instance's history, made by the services and written with the change."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from instances.models import Instance, InstanceEvent
from parties.identity import Principal, PrincipalKind


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """An event to record.

    ``process`` is the state then; None takes the instance's own.
    """

    event_type: str
    data_id: UUID | None = None
    process: Mapping[str, object] | None = None
    additional_info: str | None = None


def record(
    principal: Principal,
    *,
    instance: Instance,
    entries: Iterable[HistoryEntry],
    now: datetime,
) -> list[InstanceEvent]:
    """Write the entries in the caller's transaction, in one statement."""
    actor = actor_of(principal)
    return InstanceEvent.objects.bulk_create(
        InstanceEvent(
            instance_id=instance.id,
            owner_party_id=instance.owner_party_id,
            created=now,
            event_type=entry.event_type,
            data_id=entry.data_id,
            actor=actor,
            process=dict(instance.process if entry.process is None else entry.process),
            additional_info=entry.additional_info,
        )
        for entry in entries
    )


def actor_of(principal: Principal) -> dict[str, object]:
    """Return the caller as history names it (PlatformUser, storage-api.md §3.10)."""
    actor: dict[str, object] = {}
    if principal.kind is PrincipalKind.USER:
        actor["userId"] = principal.user_id
    elif principal.kind is PrincipalKind.SYSTEM_USER:
        actor["systemUserId"] = principal.system_user_id
        actor["systemUserOwnerOrgNo"] = principal.org_number
    elif principal.kind is PrincipalKind.SERVICE_OWNER:
        actor["orgId"] = principal.org
    else:
        actor["orgId"] = principal.org_number
    return {**actor, "authenticationLevel": principal.level}
