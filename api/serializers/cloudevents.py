"""CloudEvents and subscriptions to them on the wire."""

from collections.abc import Iterable
from typing import Final

from rest_framework import serializers

from common.times import optional_wire_time, wire_time
from events.choices import Outcome
from events.models import Delivery, Subscription

_LONGEST: Final = 255
_STATES = ("not validated", "active", "receiver away", "ended")


class CloudEventSerializer(serializers.Serializer[object]):
    """Something that happened, as CloudEvents 1.0; what is empty is left out."""

    specversion = serializers.CharField()
    id = serializers.CharField(help_text="The same each time that it is told.")
    source = serializers.CharField(  # type: ignore[assignment]  # the wire's name
        help_text="Address of the instance in the application API."
    )
    type = serializers.CharField()
    subject = serializers.CharField(required=False, help_text="`/party/{party id}`.")
    time = serializers.DateTimeField()
    alternativesubject = serializers.CharField(
        required=False,
        help_text="`/org/{organisation number}`, `/person/{national identity number}`"
        " or the external identifier.",
    )
    resource = serializers.CharField(help_text="`urn:altinn:resource:app_{org}_{app}`.")
    resourceinstance = serializers.CharField(
        required=False, help_text="`{party id}/{guid}` of the instance."
    )


def _filter(text: str) -> serializers.CharField:
    """Declare a filter; an empty one is refused, because it would match nothing."""
    return serializers.CharField(
        required=False, allow_null=True, max_length=_LONGEST, help_text=text
    )


class SubscriptionRequestSerializer(serializers.Serializer[object]):
    """Which events are wanted, and where they are sent.

    Leave out a filter that is not wanted. One of ``sourceFilter`` and
    ``resourceFilter`` names the application.
    """

    endPoint = serializers.CharField(
        max_length=2048, help_text="The receiver's own address, https."
    )
    sourceFilter = serializers.CharField(
        required=False,
        allow_null=True,
        max_length=512,
        help_text="The application's address, or that of something in it.",
    )
    resourceFilter = _filter("`urn:altinn:resource:app_{org}_{app}`.")
    subjectFilter = _filter("`/party/{party id}`.")
    alternativeSubjectFilter = _filter(
        "`/org/{organisation number}` or `/person/{national identity number}`."
    )
    typeFilter = _filter("A type of events, whole.")


class DeliverySerializer(serializers.Serializer[object]):
    """An event that was sent to the receiver, or will be."""

    id = serializers.UUIDField()
    event = serializers.UUIDField(
        allow_null=True, help_text="Null is the question to validate."
    )
    outcome = serializers.ChoiceField(Outcome.values)
    attempts = serializers.IntegerField()
    lastAttempt = serializers.DateTimeField(allow_null=True)
    lastStatus = serializers.IntegerField(
        allow_null=True, help_text="What the receiver answered; null is nothing."
    )
    lastError = serializers.CharField(allow_null=True)
    nextAttempt = serializers.DateTimeField(allow_null=True)


class SubscriptionSerializer(serializers.Serializer[object]):
    """A subscription, as its maker sees it."""

    id = serializers.IntegerField()
    endPoint = serializers.CharField()
    sourceFilter = serializers.CharField(allow_null=True)
    resourceFilter = serializers.CharField()
    subjectFilter = serializers.CharField(allow_null=True)
    alternativeSubjectFilter = serializers.CharField(allow_null=True)
    typeFilter = serializers.CharField(allow_null=True)
    consumer = serializers.CharField()
    createdBy = serializers.CharField()
    created = serializers.DateTimeField()
    validated = serializers.BooleanField(
        help_text="Whether the receiver has answered; nothing is sent before."
    )
    state = serializers.ChoiceField(_STATES)
    secret = serializers.CharField(
        required=False,
        help_text="What deliveries are signed by (Standard Webhooks). Told once, to who"
        " makes the subscription.",
    )
    deliveries = DeliverySerializer(
        many=True, required=False, help_text="The last ones, the newest first."
    )


class SubscriptionListSerializer(serializers.Serializer[object]):
    """The caller's subscriptions."""

    count = serializers.IntegerField()
    subscriptions = SubscriptionSerializer(many=True)


def subscription_document(subscription: Subscription) -> dict[str, object]:
    """Return the document of a subscription, without its secret."""
    return {
        "id": subscription.pk,
        "endPoint": subscription.end_point,
        "sourceFilter": subscription.source or None,
        "resourceFilter": subscription.resource,
        "subjectFilter": subscription.subject or None,
        "alternativeSubjectFilter": subscription.alternative_subject or None,
        "typeFilter": subscription.type or None,
        "consumer": subscription.consumer,
        "createdBy": subscription.consumer,
        "created": wire_time(subscription.created),
        "validated": subscription.validated_at is not None,
        "state": subscription.state,
    }


def delivery_documents(rows: Iterable[Delivery]) -> list[dict[str, object]]:
    """Return the documents of deliveries."""
    return [
        {
            "id": str(row.pk),
            "event": str(row.event_id) if row.event_id else None,
            "outcome": row.outcome,
            "attempts": row.attempts,
            "lastAttempt": optional_wire_time(row.last_attempt_at),
            "lastStatus": row.last_status,
            "lastError": row.last_error or None,
            "nextAttempt": optional_wire_time(row.due_at),
        }
        for row in rows
    ]
