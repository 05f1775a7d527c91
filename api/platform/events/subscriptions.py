"""Subscriptions to events: made, read and ended by who made them."""

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from api.answering import empty_answer
from api.permissions import AUTHENTICATED
from api.platform.events.wanted import read_wanted
from api.serializers.cloudevents import (
    SubscriptionRequestSerializer,
    delivery_documents,
    subscription_document,
)
from api.views import FaceViewSet
from events import services as events
from events.errors import SubscriptionNotFound, SubscriptionOfAnother
from events.models import Subscription

_SHOWN = 20


class SubscriptionViewSet(FaceViewSet):
    """Subscriptions of the caller."""

    actions = {
        "create": AUTHENTICATED,
        "list": AUTHENTICATED,
        "retrieve": AUTHENTICATED,
        "destroy": AUTHENTICATED,
    }

    def create(self, request: Request, **kwargs: object) -> Response:
        """Subscribe to events of an application.

        The service owner is told of all; others name a party for which they may read.
        The receiver is sent an event of the type
        `platform.events.validatesubscription`; when it has answered 200 to 299, the
        subscription is active. The answer holds the secret that deliveries are signed
        by, once. The same subscription, asked for again, is answered with 200.
        """
        body = self.read_input(SubscriptionRequestSerializer)
        wanted = read_wanted(self.roles, body)
        subscription, made = events.subscribe(self.principal, wanted=wanted)
        document = subscription_document(subscription)
        if not made:
            return Response(document)
        return Response(
            {**document, "secret": subscription.secret},
            status=201,
            headers={"Location": f"{self.links.subscriptions()}/{subscription.pk}"},
        )

    def list(self, request: Request, **kwargs: object) -> Response:
        """List one's subscriptions, the oldest first."""
        rows = Subscription.objects.of(events.consumer_of(self.principal))
        documents = [subscription_document(one) for one in rows.order_by("pk")]
        return Response({"count": len(documents), "subscriptions": documents})

    def retrieve(self, request: Request, **kwargs: object) -> Response:
        """Read a subscription, with the last deliveries and how they went."""
        subscription = self._own()
        last = subscription.deliveries.order_by("-pk")[:_SHOWN]
        return Response(
            {
                **subscription_document(subscription),
                "deliveries": delivery_documents(last),
            }
        )

    def destroy(self, request: Request, **kwargs: object) -> HttpResponse:
        """End a subscription, at once; what waits for the receiver is not sent."""
        events.unsubscribe(subscription=self._own())
        return empty_answer()

    def _own(self) -> Subscription:
        """Return the caller's subscription at the address."""
        number: int = self.kwargs["subscription"]
        rows = Subscription.objects.filter(pk=number, deleted_at__isnull=True)
        found = rows.first()
        if found is None:
            raise SubscriptionNotFound(subscription_id=number)
        if found.consumer != events.consumer_of(self.principal):
            raise SubscriptionOfAnother(subscription_id=number)
        return found
