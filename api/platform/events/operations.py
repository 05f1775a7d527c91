"""What the platform API's document says of events."""

from api.operations import Answers, Operation, Table
from api.platform.events.feed import PERSON_HEADER, EventFeedViewSet
from api.platform.events.subscriptions import SubscriptionViewSet
from api.serializers.cloudevents import (
    CloudEventSerializer,
    SubscriptionListSerializer,
    SubscriptionRequestSerializer,
    SubscriptionSerializer,
)
from events.cloudevents import CONTENT_TYPE

_TAG = "Events"
_ONE = ("subscription-not-found", "subscription-of-another")
_PAGE: Answers = {(200, CONTENT_TYPE): CloudEventSerializer(many=True)}
_SPAN = ("event-unknown", "events-beginning-missing")

OPERATIONS: Table = {
    SubscriptionViewSet: {
        "create": Operation(
            "subscriptions_create",
            _TAG,
            {200: SubscriptionSerializer, 201: SubscriptionSerializer},
            SubscriptionRequestSerializer,
            (
                "subscription-invalid",
                "scope-missing",
                "event-source-not-served",
                "app-unreadable",
                "not-permitted",
                "authentication-level-too-low",
                "too-many-subscriptions",
            ),
        ),
        "list": Operation(
            "subscriptions_list", _TAG, {200: SubscriptionListSerializer}
        ),
        "retrieve": Operation(
            "subscriptions_retrieve", _TAG, {200: SubscriptionSerializer}, problems=_ONE
        ),
        "destroy": Operation("subscriptions_end", _TAG, {200: None}, problems=_ONE),
    },
    EventFeedViewSet: {
        "of_app": Operation(
            "events_of_app",
            _TAG,
            _PAGE,
            problems=("events-of-owner-only", "scope-missing", *_SPAN),
            headers=(PERSON_HEADER,),
        ),
        "of_party": Operation(
            "events_of_party",
            _TAG,
            _PAGE,
            problems=("events-subject-missing", *_SPAN),
            headers=(PERSON_HEADER,),
        ),
    },
}
