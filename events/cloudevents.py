"""The envelope of an event, its form on the wire, and the names that are emitted."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from common.times import wire_time

INSTANCE_CREATED = "app.instance.created"
SUBSTATUS_CHANGED = "app.instance.substatus.changed"
PROCESS_COMPLETED = "app.instance.process.completed"
SIGNATURE_REQUESTED = "app.instance.signature.requested"  # ours: Altinn sends a message
VALIDATE_SUBSCRIPTION = "platform.events.validatesubscription"
# What may happen in any application; its tasks have types of their own (``moved_to``).
OF_EVERY_APP: Final = (
    INSTANCE_CREATED,
    SUBSTATUS_CHANGED,
    PROCESS_COMPLETED,
    SIGNATURE_REQUESTED,
)
CONTENT_TYPE: Final = "application/cloudevents+json"
_MOVED_TO = "app.instance.process.movedTo."
APP_RESOURCE: Final = "urn:altinn:resource:app_"


def moved_to(task_id: str) -> str:
    """Return the type of the event that a process has entered a task."""
    return _MOVED_TO + task_id


def is_of_an_app(event_type: str) -> bool:
    """Whether an event of some application, as it is or was deployed, can be of it."""
    entered = event_type.removeprefix(_MOVED_TO)
    return event_type in OF_EVERY_APP or entered not in ("", event_type)


def app_resource(org: str, app: str) -> str:
    """Return the name of an application as events have it."""
    return f"{APP_RESOURCE}{org}_{app}"


def app_of(resource: str) -> tuple[str, str]:
    """Return the org and the app that a resource names, two empty texts for none."""
    org, _, app = resource.removeprefix(APP_RESOURCE).partition("_")
    return (org, app) if resource.startswith(APP_RESOURCE) else ("", "")


@dataclass(frozen=True, slots=True)
class Envelope:
    """What happened, to whom and where; CloudEvents 1.0 without the id.

    ``source`` is the instance's address in the application API, ``subject`` is
    ``/party/{id}``, ``alternative_subject`` ``/org/{number}`` or ``/person/{number}``.
    What is quiet is counted, and told to nobody.
    """

    type: str
    source: str
    subject: str
    alternative_subject: str
    resource: str
    resource_instance: str
    time: datetime
    is_quiet: bool = False


class Told(Protocol):
    """An envelope, or the row that it was written as."""

    @property
    def type(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def alternative_subject(self) -> str: ...
    @property
    def resource(self) -> str: ...
    @property
    def resource_instance(self) -> str: ...
    @property
    def time(self) -> datetime: ...


def document(event_id: uuid.UUID, event: Told) -> dict[str, object]:
    """Return the event as CloudEvents 1.0 has it in JSON; what is empty is absent."""
    members = {
        "specversion": "1.0",
        "id": str(event_id),
        "source": event.source,
        "type": event.type,
        "subject": event.subject,
        "time": wire_time(event.time),
        "alternativesubject": event.alternative_subject,
        "resource": event.resource,
        "resourceinstance": event.resource_instance,
    }
    return {name: value for name, value in members.items() if value}
