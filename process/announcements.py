"""What the process tells the world."""

from datetime import datetime

from apps_registry import addresses
from events.cloudevents import PROCESS_COMPLETED, Envelope, moved_to
from instances.models import Instance


def envelope(instance: Instance, event_type: str, now: datetime) -> Envelope:
    """Return the envelope of an event about an instance (app-api.md §17.6)."""
    return Envelope(
        type=event_type,
        source=addresses.instance_source(
            org=instance.org,
            app=instance.app,
            party_id=instance.owner_party_id,
            guid=str(instance.id),
        ),
        subject=f"/party/{instance.owner_party_id}",
        alternative_subject=_alternative_subject(instance),
        resource=f"urn:altinn:resource:app_{instance.org}_{instance.app}",
        resource_instance=instance.instance_id,
        time=now,
    )


def of_move(instance: Instance, *, entered: str, now: datetime) -> Envelope:
    """Return the envelope of a move into a task, or to the end."""
    event_type = moved_to(entered) if entered else PROCESS_COMPLETED
    return envelope(instance, event_type, now)


def _alternative_subject(instance: Instance) -> str:
    if instance.owner_org_no:
        return f"/org/{instance.owner_org_no}"
    if instance.owner_person_no:
        return f"/person/{instance.owner_person_no}"
    return instance.owner_external_id or ""
