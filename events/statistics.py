"""Counting deliveries, for pages that must not: three statements over all of them."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Count, Min, Q
from django.utils import timezone

from events.choices import Outcome
from events.models import Delivery, DeliveryStatistics, Subscription

_COUNTED = {
    "waiting": Count("pk", filter=Q(outcome=Outcome.WAITING)),
    "dead": Count("pk", filter=Q(outcome=Outcome.DEAD)),
    "oldest_waiting": Min(
        "event__time", filter=Q(outcome=Outcome.WAITING, attempts__gt=0)
    ),
}


def refresh() -> int:
    """Count the deliveries of every organisation anew; return of how many.

    Those that were delivered are passed by: nobody counts the long part of the table.
    """
    now = timezone.now()
    counted: dict[str, DeliveryStatistics] = {}
    in_use: Iterable[Any] = (
        Subscription.objects.filter(deleted_at__isnull=True)
        .order_by()
        .values_list("org")
        .annotate(Count("pk"))
    )
    for org, count in in_use:
        counted[org] = DeliveryStatistics(org=org, subscriptions=count, as_of=now)
    undelivered = Delivery.objects.filter(~Q(outcome=Outcome.DELIVERED)).order_by()
    by_org: Iterable[Any] = undelivered.values("org").annotate(**_COUNTED)
    for row in by_org:
        of = row.pop("org")
        statistics = counted.setdefault(of, DeliveryStatistics(org=of, as_of=now))
        for name, value in row.items():
            setattr(statistics, name, value)
    counted.pop("", None)
    with transaction.atomic():
        DeliveryStatistics.objects.all().delete()
        DeliveryStatistics.objects.bulk_create(
            counted.values(),
            update_conflicts=True,
            unique_fields=["org"],
            update_fields=[
                "subscriptions",
                "waiting",
                "dead",
                "oldest_waiting",
                "as_of",
            ],
        )
    return len(counted)
