"""Reads of the outbox, of subscriptions and of deliveries."""

from collections.abc import Collection
from datetime import date, datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan

from events.choices import Outcome

if TYPE_CHECKING:
    from events.models import CloudEvent, DailyCount, Delivery, Subscription

# Literal, so that the partial indexes serve.
WAITING = Q(outcome=Outcome.WAITING)
IN_USE = Q(deleted_at__isnull=True)


class CloudEventQuerySet(models.QuerySet["CloudEvent"]):
    """Events."""

    def unnumbered(self) -> Self:
        """Those that nobody was told of yet, the oldest first."""
        return self.filter(sequence__isnull=True).order_by("id")

    def told(self) -> Self:
        """Those that have their place, in its order; it never changes."""
        return self.filter(sequence__isnull=False).order_by("sequence")

    def without_deliveries(self) -> Self:
        """Those of which no delivery is kept."""
        kept = _deliveries().filter(event_id=models.OuterRef("pk"))
        return self.filter(~models.Exists(kept))

    def place_of(self, event_id: UUID) -> int | None:
        """Return the place of an event, None when there is none of this id."""
        return self.filter(pk=event_id).values_list("sequence", flat=True).first()


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    """Subscriptions."""

    def of(self, consumer: str) -> Self:
        """Those that the subscriber made and has not ended."""
        return self.filter(IN_USE, consumer=consumer)

    def in_use(self) -> Self:
        """Those that nobody has ended."""
        return self.filter(IN_USE)

    def listening(self, resources: Collection[str]) -> Self:
        """Those that are told of events of these applications."""
        return self.filter(
            IN_USE, validated_at__isnull=False, resource__in=sorted(resources)
        )

    def useless(self, moment: datetime) -> Self:
        """Those that ended before, or were made before and nobody answered to."""
        kept = _deliveries().filter(subscription_id=models.OuterRef("pk"))
        never = Q(validated_at__isnull=True, created__lte=moment)
        over = self.filter(Q(deleted_at__lte=moment) | never)
        return over.filter(~models.Exists(kept))

    def with_due(self, now: datetime) -> Self:
        """Those for which something waits to be sent now."""
        waiting = models.OuterRef("pk")
        due = _deliveries().filter(WAITING, subscription_id=waiting, due_at__lte=now)
        return self.filter(IN_USE & models.Exists(due))


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Deliveries."""

    def of(self, subscription: "Subscription") -> Self:
        """Those to one subscriber."""
        return self.filter(subscription_id=subscription.pk)

    def waiting(self) -> Self:
        """Those that are still to be sent."""
        return self.filter(WAITING)

    def dead(self) -> Self:
        """Those that failed for good."""
        return self.filter(outcome=Outcome.DEAD)

    def due(self, now: datetime) -> Self:
        """Those that are to be sent now, those that wait the longest first."""
        return self.filter(WAITING, due_at__lte=now).order_by("due_at", "pk")


class DailyCountQuerySet(models.QuerySet["DailyCount"]):
    """What was counted of each day."""

    def in_order(self) -> Self:
        """The oldest day first, and of a day what was counted first."""
        return self.order_by("day", "id")

    def following(self, day: date, row_id: UUID) -> Self:
        """Those that come after a row in that order."""
        key = Tuple(F("day"), F("id"))
        return self.filter(TupleGreaterThan(key, (day, row_id)))


def _deliveries() -> DeliveryQuerySet:
    from events.models import Delivery

    return Delivery.objects.all()
