"""The envelope of an event, and the names that the server emits (app-api §17.6)."""

from dataclasses import dataclass
from datetime import datetime

INSTANCE_CREATED = "app.instance.created"
PROCESS_COMPLETED = "app.instance.process.completed"
_MOVED_TO = "app.instance.process.movedTo."


def moved_to(task_id: str) -> str:
    """Return the type of the event that a process has entered a task."""
    return _MOVED_TO + task_id


@dataclass(frozen=True, slots=True)
class Envelope:
    """What happened, to whom and where; CloudEvents 1.0 without the id.

    ``source`` is the instance's address in the application API, ``subject`` is
    ``/party/{id}``, ``alternative_subject`` ``/org/{number}`` or ``/person/{number}``.
    """

    type: str
    source: str
    subject: str
    alternative_subject: str
    resource: str
    resource_instance: str
    time: datetime
