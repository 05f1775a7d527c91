"""Writing to the outbox; making and ending subscriptions."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final

import orjson
import structlog
from django.db import IntegrityError
from django.utils import timezone

from common import prepared_writes
from common.ids import uuid7
from common.prepared_writes import Write, insertion_of
from common.transactions import atomic
from events.choices import Outcome
from events.cloudevents import Envelope
from events.errors import DeliveryHasEnded, TooManySubscriptions
from events.models import CloudEvent, Delivery, Subscription
from events.signatures import new_secret
from parties.identity import Principal, PrincipalKind
from parties.kept import kept

log = structlog.get_logger()
MOST_SUBSCRIPTIONS: Final = 100


def publish(envelopes: Sequence[Envelope]) -> None:
    """Write events in the caller's transaction, in one statement."""
    for write in writes_of(envelopes):
        prepared_writes.run(write)


def writes_of(envelopes: Sequence[Envelope]) -> list[Write]:
    """Return the write of events, for who does it with what has happened.

    It is one, or none where nothing is told.
    """
    if not envelopes:
        return []
    rows = [
        {
            "id": uuid7(),
            "type": envelope.type,
            "source": envelope.source,
            "subject": envelope.subject,
            "alternative_subject": envelope.alternative_subject,
            "resource": envelope.resource,
            "resource_instance": envelope.resource_instance,
            "time": envelope.time,
            "sequence": None,
            "is_quiet": envelope.is_quiet,
        }
        for envelope in envelopes
    ]
    return [insertion_of(CloudEvent, *rows)]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events are wanted, and where; an empty filter leaves all through.

    ``source`` is the address of an application, or of something in it.
    """

    end_point: str
    resource: str
    source: str = ""
    subject: str = ""
    alternative_subject: str = ""
    type: str = ""


def consumer_of(principal: Principal) -> str:
    """Return the name under which a caller subscribes."""
    match principal.kind:
        case PrincipalKind.SERVICE_OWNER:
            return f"/org/{principal.org}"
        case PrincipalKind.USER:
            return f"/user/{principal.user_id}"
        case PrincipalKind.SYSTEM_USER:
            return f"/systemuser/{principal.system_user_id}"
        case _:
            return f"/organisation/{principal.org_number}"


def subscribe(principal: Principal, *, wanted: Wanted) -> tuple[Subscription, bool]:
    """Make a subscription, and whether this call made it; the same twice is one.

    It is told of nothing before its receiver has answered to its validation. Raises
    TooManySubscriptions.
    """
    consumer = consumer_of(principal)
    digest = hashlib.sha256(orjson.dumps(asdict(wanted))).hexdigest()
    existing = Subscription.objects.of(consumer).filter(digest=digest).first()
    if existing is not None:
        return existing, False
    _ensure_room(consumer)
    try:
        return _make(principal, wanted, digest), True
    except IntegrityError:  # made by another call at this moment, and maybe ended now
        same = Subscription.objects.filter(consumer=consumer, digest=digest)
        return same.latest("pk"), False


@atomic()
def unsubscribe(*, subscription: Subscription) -> None:
    """End a subscription; what waits for it is not sent any more."""
    now = timezone.now()
    rows = Subscription.objects.filter(pk=subscription.pk, deleted_at__isnull=True)
    if rows.update(deleted_at=now):
        waiting = Delivery.objects.of(subscription).waiting()
        waiting.update(**_ended(Outcome.GIVEN_UP, "The subscription was ended."))
        log.info("subscription_ended", subscription=subscription.pk)
    subscription.refresh_from_db()


@atomic()
def retry(*, delivery: Delivery) -> None:
    """Send a delivery at once, also one that was given up; raises DeliveryHasEnded."""
    rows = Delivery.objects.filter(
        pk=delivery.pk, subscription__deleted_at__isnull=True
    ).exclude(outcome=Outcome.DELIVERED)
    now = timezone.now()
    values = {"outcome": Outcome.WAITING, "due_at": now, "ended_at": None}
    if not rows.update(**values, attempts=0):
        raise DeliveryHasEnded(delivery_id=delivery.pk, outcome=_present(delivery))
    log.info("delivery_retried", delivery=str(delivery.pk))


@atomic()
def give_up(*, delivery: Delivery) -> None:
    """Send a delivery that waits no more; raises DeliveryHasEnded."""
    rows = Delivery.objects.waiting().filter(pk=delivery.pk)
    if not rows.update(**_ended(Outcome.GIVEN_UP, delivery.last_error)):
        raise DeliveryHasEnded(delivery_id=delivery.pk, outcome=_present(delivery))
    log.info("delivery_given_up", delivery=str(delivery.pk))


@atomic()
def _make(principal: Principal, wanted: Wanted, digest: str) -> Subscription:
    now = timezone.now()
    subscription = Subscription.objects.create(
        **asdict(wanted),
        consumer=consumer_of(principal),
        org=principal.org if principal.kind is PrincipalKind.SERVICE_OWNER else "",
        subscriber=kept(principal),
        digest=digest,
        secret=new_secret(),
        created=now,
        due_at=now,
    )
    Delivery.objects.create(subscription=subscription, org=subscription.org, due_at=now)
    log.info("subscription_made", subscription=subscription.pk)
    return subscription


def _ensure_room(consumer: str) -> None:
    """Keep one caller from filling the table; two at once may come to one more."""
    keys = Subscription.objects.of(consumer).values_list("pk", flat=True)
    count = len(keys[:MOST_SUBSCRIPTIONS])
    if count >= MOST_SUBSCRIPTIONS:
        raise TooManySubscriptions(
            consumer=consumer, count=count, most=MOST_SUBSCRIPTIONS
        )


def _ended(outcome: Outcome, error: str) -> dict[str, object]:
    now = timezone.now()
    return {
        "outcome": outcome,
        "due_at": None,
        "ended_at": now,
        "last_error": error,
    }


def _present(delivery: Delivery) -> str:
    rows = Delivery.objects.filter(pk=delivery.pk)
    return str(rows.values_list("outcome", flat=True).first())
