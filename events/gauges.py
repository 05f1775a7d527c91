"""What is still to be told to whom, in figures."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Min, OuterRef, Q, Subquery

from common.gauges import AT_MOST, MOST, Gauge, by_state, seconds_since
from events.models import CloudEvent, Delivery, DeliveryStatistics, Subscription


def gauges(now: datetime) -> Iterator[Gauge]:
    """Read the figures of the outbox, of deliveries and of subscriptions."""
    yield from _outbox(now)
    yield from _deliveries()
    yield from _subscriptions(now)
    yield _retried(now)


def _outbox(now: datetime) -> Iterator[Gauge]:
    found = CloudEvent.objects.unnumbered()[:MOST].aggregate(
        count=Count("pk"), oldest=Min("time")
    )
    yield Gauge.of(
        "altinn_events_undelivered",
        "Events in the outbox that no worker has handed on to subscriptions yet,"
        f" {AT_MOST}.",
        found["count"],
    )
    yield Gauge.of(
        "altinn_events_oldest_undelivered_age_seconds",
        "How long ago the oldest event happened that no worker has handed on; 0 without"
        " one. More than some minutes: no worker serves the room of events.",
        seconds_since(found["oldest"], now),
    )


def _deliveries() -> Iterator[Gauge]:
    # By the order of its index the planner knows that there is no shorter way.
    waiting = Delivery.objects.waiting().order_by("subscription", "due_at")
    yield Gauge.of(
        "altinn_deliveries_waiting",
        "Deliveries of events to subscribers that are still to be sent, the first time"
        f" or again, {AT_MOST}.",
        waiting[:MOST].aggregate(count=Count("pk"))["count"],
    )
    yield Gauge.of(
        "altinn_deliveries_dead",
        "Deliveries of events that nobody tries any more, because the receiver took"
        f" them at no attempt, {AT_MOST}; the desk sends them again.",
        Delivery.objects.dead().order_by("ended_at")[:MOST].count(),
    )


def _subscriptions(now: datetime) -> Iterator[Gauge]:
    next_due = (
        Delivery.objects.waiting()
        .filter(subscription_id=OuterRef("pk"))
        .order_by("due_at")
        .values("due_at")[:1]
    )
    away = Q(validated_at__isnull=False, away_since__isnull=False)
    rows = (
        Subscription.objects.in_use()
        .annotate(next_due=Subquery(next_due))
        .order_by("pk")
        # Named, or Django leaves the annotation out of what it counts.
        .values("next_due")
    )
    found = rows[:MOST].aggregate(
        active=Count("pk", filter=Q(validated_at__isnull=False) & ~away),
        unvalidated=Count("pk", filter=Q(validated_at__isnull=True)),
        away=Count("pk", filter=away),
        away_since=Min("away_since", filter=away),
        earliest=Min("next_due"),
    )
    yield Gauge.of(
        "altinn_deliveries_longest_overdue_seconds",
        "How long the delivery that waits the longest for a worker has been due; 0"
        " while none is.",
        seconds_since(found["earliest"], now),
    )
    yield by_state(
        "altinn_subscriptions",
        "Subscriptions to events by state: active, not-validated (the receiver has not"
        " answered to the first question) or receiver-away (it gives no answer at"
        " all).",
        {
            "active": found["active"],
            "not-validated": found["unvalidated"],
            "receiver-away": found["away"],
        },
    )
    yield Gauge.of(
        "altinn_subscriptions_longest_away_seconds",
        "For how long the receiver that is away the longest has given no answer; 0"
        " while none is away.",
        seconds_since(found["away_since"], now),
    )


def _retried(now: datetime) -> Gauge:
    """Read what the worker has counted for the dashboards."""
    rows = DeliveryStatistics.objects.values_list("org", "oldest_waiting")
    return Gauge(
        "altinn_deliveries_oldest_retried_age_seconds",
        "How long ago the oldest event happened that a receiver of the organisation"
        " has refused and is sent again, as counted last for the dashboards; 0 without"
        " one.",
        {(org,): seconds_since(oldest, now) for org, oldest in rows},
        ("org",),
    )
