"""States of the sample application's process, as a backend would state them."""

from typing import Any

from events.models import CloudEvent
from instances.models import Instance, InstanceEvent

FROM_CONFIRM: dict[str, Any] = {
    "flow": 3,
    "started": "2026-01-15T09:12:00Z",
    "elementId": "confirm",
    "name": "Bekreft",
    "altinnTaskType": "confirmation",
    "flowType": "CompleteCurrentMoveToNext",
}
AT_CONFIRM: dict[str, Any] = {
    "started": "2026-01-15T09:00:00Z",
    "startEvent": "start",
    "currentTask": FROM_CONFIRM,
}
ENDED: dict[str, Any] = {
    "started": "2026-01-15T09:00:00Z",
    "startEvent": "start",
    "ended": "2026-01-15T10:00:00.5Z",
    "endEvent": "submitted",
}


def process_url(instance: Instance) -> str:
    """Return the address of the instance's process."""
    return f"/storage/api/v1/instances/{instance.instance_id}/process"


def step_url(instance: Instance) -> str:
    """Return the address of a step of it."""
    return f"{process_url(instance)}/instanceandevents"


def event_of(instance: Instance, event_type: str, **more: Any) -> dict[str, Any]:
    """Return an event of the instance as a backend states it."""
    event: dict[str, Any] = {
        "instanceId": instance.instance_id,
        "eventType": event_type,
        "user": {"userId": 1337, "authenticationLevel": 2},
    }
    return {**event, **more}


def told(instance: Instance) -> list[str]:
    """Return the types of the instance's events, oldest first."""
    rows = InstanceEvent.objects.of(instance.pk)
    return list(rows.values_list("event_type", flat=True))


def announced(instance: Instance) -> list[str]:
    """Return the types of the instance's cloud events."""
    rows = CloudEvent.objects.filter(resource_instance=instance.instance_id)
    return list(rows.values_list("type", flat=True))
