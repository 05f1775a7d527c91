"""Writing to the outbox."""

from collections.abc import Sequence

from events.cloudevents import Envelope
from events.models import CloudEvent


def publish(envelopes: Sequence[Envelope]) -> None:
    """Write events in the caller's transaction, in one statement."""
    CloudEvent.objects.bulk_create(
        CloudEvent(
            type=envelope.type,
            source=envelope.source,
            subject=envelope.subject,
            alternative_subject=envelope.alternative_subject,
            resource=envelope.resource,
            resource_instance=envelope.resource_instance,
            time=envelope.time,
        )
        for envelope in envelopes
    )
