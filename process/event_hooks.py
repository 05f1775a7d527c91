"""What an application's own code can do with events that it subscribes to (A-197)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class EventReceived:
    """A CloudEvent that came to the application's receiver.

    The same ``id`` may come again. ``members`` are all of its members, by their names
    on the wire.
    """

    id: str
    type: str
    source: str
    subject: str
    members: Mapping[str, object] = field(repr=False)


class EventHooks:
    """The part of ``AppHooks`` that is about events."""

    # Types of events that ``handle_event`` deals with, compared exactly.
    event_types: Collection[str] = ()

    def handle_event(self, event: EventReceived) -> bool:
        """Return whether it is dealt with; False lets it be sent again later (425).

        There is no transaction. A refusal is a 400.
        """
        return False
