"""Sending: each subscriber what waits for him, and again until he takes it.

A subscription is visited by whoever holds its lease. No transaction is open while a
receiver answers; what came of it is written on the condition that the delivery still
waits. A receiver that hangs or cannot be reached is one that is *away*: one attempt
counts for all that is due to it, and only half of the threads visit those, so that the
others never wait for one. When it is back, all that waits is sent at once.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import repeat
from time import monotonic
from typing import Final

import orjson
import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Case, DateTimeField, F, QuerySet, Value, When
from django.utils import timezone

from apps_registry import addresses
from common.egress import EgressError, to_receivers
from common.work import Hold, Work
from events.choices import Outcome
from events.cloudevents import (
    CONTENT_TYPE,
    VALIDATE_SUBSCRIPTION,
    Envelope,
    document,
)
from events.models import CloudEvent, Delivery, Subscription
from events.signatures import signed
from events.telling import TELLING
from parties.identity import Principal
from parties.kept import principal_from

log = structlog.get_logger()
# How long after each attempt that fails the next one comes; then nobody tries any more.
SCHEDULE: Final = (
    timedelta(seconds=10),
    timedelta(seconds=30),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=12),
)
_AT_ONCE = 8  # to one receiver
_VISIT_SECONDS = 10.0
_LANES = 2  # threads for receivers that answer, and as many for any
_ERROR_LENGTH = 300
_NOT_PERMITTED = "The subscriber may not read the instance."

# Says which of the instances, {party}/{guid}, the caller may read as they are now.
Readable = Callable[[Principal, Sequence[str]], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one attempt; ``error`` is empty when it was delivered."""

    delivery: Delivery
    status: int | None = None
    error: str = ""

    @property
    def is_away(self) -> bool:
        """Whether the receiver gave no answer at all."""
        return self.status is None and bool(self.error)


def work(readable: Readable) -> tuple[Work, ...]:
    """Return the work of this room; ``readable`` is what the rooms above know."""

    def handle(subscription: Subscription, hold: Hold) -> datetime:
        return visit(subscription, hold, readable=readable)

    def lane(number: int, rows: Callable[[], QuerySet[Subscription]]) -> Work:
        return Work(
            name=f"deliveries-{number}",
            rows=rows,
            handle=handle,
            lease=timedelta(minutes=2),
            most_attempts=2**15 - 1,  # deliveries are given up, and no subscription
            apart=True,
        )

    present = [lane(number, _present) for number in range(_LANES)]
    return (TELLING, *present, *(lane(n, _any) for n in range(_LANES, 2 * _LANES)))


def visit(subscription: Subscription, hold: Hold, *, readable: Readable) -> datetime:
    """Send what is due to a subscriber, and return when he may be visited again."""
    until = monotonic() + _VISIT_SECONDS
    while not hold.stopping() and monotonic() < until:
        away = subscription.away_since is not None
        rows = Delivery.objects.of(subscription).due(timezone.now())
        batch = list(rows.select_related("event")[: 1 if away else _AT_ONCE])
        if not batch:
            break
        allowed = _withhold(subscription, batch, readable)
        results = _send(subscription, allowed)
        _write(subscription, results)
        if any(result.is_away for result in results):
            break
        hold.renew()
    return timezone.now()


def _any() -> QuerySet[Subscription]:
    return Subscription.objects.with_due(timezone.now())


def _present() -> QuerySet[Subscription]:
    return _any().filter(away_since__isnull=True)


def _withhold(
    subscription: Subscription, batch: Sequence[Delivery], readable: Readable
) -> list[Delivery]:
    """Return what the subscriber may have; the rest ends here."""
    caller = principal_from(subscription.subscriber)
    asked = [one.event.resource_instance for one in batch if one.event is not None]
    may_read = readable(caller, asked) if asked else frozenset()
    allowed: list[Delivery] = []
    refused: list[Delivery] = []
    for one in batch:
        event = one.event
        fits = event is None or event.resource_instance in may_read
        (allowed if fits else refused).append(one)
    if refused:
        now = timezone.now()
        rows = Delivery.objects.waiting().filter(pk__in=[one.pk for one in refused])
        rows.update(
            outcome=Outcome.WITHHELD,
            due_at=None,
            ended_at=now,
            last_error=_NOT_PERMITTED,
        )
        log.warning(
            "deliveries_withheld", subscription=subscription.pk, count=len(refused)
        )
    return allowed


# --- sending, without the database ----------------------------------------------------
def _send(subscription: Subscription, batch: Sequence[Delivery]) -> list[Result]:
    if len(batch) < 2:
        return [_post(subscription, one) for one in batch]
    with ThreadPoolExecutor(max_workers=len(batch)) as pool:
        return list(pool.map(_post, repeat(subscription), batch))


def _post(subscription: Subscription, delivery: Delivery) -> Result:
    """Send one; only an answer of 200 to 299 takes it."""
    event_id = delivery.pk if delivery.event is None else delivery.event.pk
    body = orjson.dumps(document(event_id, _envelope(subscription, delivery.event)))
    headers = signed(
        subscription.secret,
        message_id=str(event_id),
        moment=timezone.now(),
        body=body,
    )
    try:
        answer = to_receivers(timeout=settings.ALTINN_DELIVERY_SECONDS).request(
            "POST",
            subscription.end_point,
            headers={"Content-Type": CONTENT_TYPE, **headers},
            content=body,
        )
    except EgressError as error:
        log.info("delivery_not_made", subscription=subscription.pk, reason=error.reason)
        return Result(delivery, error=error.told)
    if 200 <= answer.status < 300:
        return Result(delivery, status=answer.status)
    said = f"The receiver answered {answer.status}."
    return Result(delivery, status=answer.status, error=said)


def _envelope(
    subscription: Subscription, event: CloudEvent | None
) -> CloudEvent | Envelope:
    """Return what is sent: the event, or the question whether the receiver is there."""
    if event is not None:
        return event
    base = addresses.platform_base()
    return Envelope(
        type=VALIDATE_SUBSCRIPTION,
        source=f"{base}/events/api/v1/subscriptions/{subscription.pk}",
        subject=subscription.consumer,
        alternative_subject="",
        resource="urn:altinn:resource:altinnevents",
        resource_instance="",
        time=timezone.now(),
    )


# --- what came of it ------------------------------------------------------------------
@transaction.atomic
def _write(subscription: Subscription, results: Iterable[Result]) -> None:
    """Write what came of the attempts; answers first, so that one counts as one."""
    now = timezone.now()
    for result in sorted(results, key=lambda one: one.is_away):
        if result.is_away:
            _gone_away(subscription, result, now)
            continue
        if subscription.away_since is not None:
            _come_back(subscription, now)
        values = _after(result, now)
        if not _waiting(result.delivery).update(**values):
            continue  # ended meanwhile, at the desk or with its subscription
        if not result.error and result.delivery.event is None:
            Subscription.objects.filter(pk=subscription.pk).update(validated_at=now)
            log.info("subscription_validated", subscription=subscription.pk)
        log.info(
            "delivery_attempted",
            delivery=str(result.delivery.pk),
            subscription=subscription.pk,
            outcome=str(values["outcome"]),
            status=result.status,
        )


def _waiting(delivery: Delivery) -> QuerySet[Delivery]:
    return Delivery.objects.waiting().filter(pk=delivery.pk, attempts=delivery.attempts)


def _after(result: Result, now: datetime) -> Mapping[str, object]:
    """Return what the attempt makes of its delivery."""
    attempts = result.delivery.attempts + 1
    values: dict[str, object] = {
        "attempts": attempts,
        "last_attempt_at": now,
        "last_status": result.status,
        "last_error": result.error[:_ERROR_LENGTH],
        "outcome": Outcome.DELIVERED,
        "due_at": None,
        "ended_at": now,
    }
    if result.error and attempts <= len(SCHEDULE):
        again = now + SCHEDULE[attempts - 1]
        values |= {"outcome": Outcome.WAITING, "due_at": again, "ended_at": None}
    elif result.error:
        values["outcome"] = Outcome.DEAD
    return values


def _gone_away(subscription: Subscription, result: Result, now: datetime) -> None:
    """Count the attempt for all that was due when it was made."""
    if subscription.away_since is None:
        subscription.away_since = now
        rows = Subscription.objects.filter(pk=subscription.pk)
        rows.update(away_since=now)
    due = Delivery.objects.of(subscription).due(now).order_by()
    values = {
        "attempts": F("attempts") + 1,
        "last_attempt_at": now,
        "last_status": None,
        "last_error": result.error[:_ERROR_LENGTH],
    }
    dead = due.filter(attempts__gte=len(SCHEDULE)).update(
        **values, outcome=Outcome.DEAD, due_at=None, ended_at=now
    )
    steps = [
        When(attempts=number, then=Value(now + wait, DateTimeField()))
        for number, wait in enumerate(SCHEDULE)
    ]
    waiting = due.update(**values, due_at=Case(*steps, output_field=DateTimeField()))
    log.warning(
        "receiver_away",
        subscription=subscription.pk,
        error=result.error,
        waiting=waiting,
        dead=dead,
    )


def _come_back(subscription: Subscription, now: datetime) -> None:
    """Let all that waits for the receiver be sent at once."""
    subscription.away_since = None
    Subscription.objects.filter(pk=subscription.pk).update(away_since=None)
    Delivery.objects.of(subscription).waiting().filter(due_at__gt=now).update(
        due_at=now
    )
    log.info("receiver_back", subscription=subscription.pk)
