"""Giving each event its place, and a delivery for each subscriber that waits for it.

All in one transaction, with the counts of the day, under the lock of one row, so that
places commit in their order: whoever has read up to one has read all before it. An
event that another transaction is still writing is not seen, and gets a later place when
it is.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, QuerySet
from django.utils import timezone

from common.work import Hold, Work
from events import daily_counts
from events.models import CloudEvent, Delivery, Outbox, Subscription

_BATCH = 200


def tell(*, most: int = _BATCH) -> int:
    """Tell of events that nobody was told of, and return of how many.

    Those that are quiet are counted with the others, and taken away.
    """
    now = timezone.now()
    with transaction.atomic():
        outbox = _locked()
        events = list(CloudEvent.objects.unnumbered()[:most])
        if not events:
            return 0
        daily_counts.add(events)
        told = [event for event in events if not event.is_quiet]
        if told:
            _place(told, outbox)
            Delivery.objects.bulk_create(_deliveries(told, now))
        if len(told) < len(events):
            quiet = [event.pk for event in events if event.is_quiet]
            CloudEvent.objects.filter(pk__in=quiet).delete()
    return len(events)


def ensure_outbox() -> None:
    """Make the row if it is missing; two at once do no harm."""
    Outbox.objects.bulk_create([Outbox()], ignore_conflicts=True)


def _locked() -> Outbox:
    """Lock the outbox for the transaction."""
    rows = Outbox.objects.select_for_update(of=("self",))
    found = rows.filter(pk=Outbox.THE_ONE).first()
    if found is None:
        ensure_outbox()
        found = rows.get(pk=Outbox.THE_ONE)
    return found


def _place(events: Sequence[CloudEvent], outbox: Outbox) -> None:
    for place, event in enumerate(events, outbox.last_sequence + 1):
        event.sequence = place
    CloudEvent.objects.bulk_update(events, ["sequence"])
    Outbox.objects.filter(pk=outbox.pk).update(last_sequence=events[-1].sequence)


def _deliveries(events: Iterable[CloudEvent], now: datetime) -> Iterator[Delivery]:
    events = list(events)
    listening: dict[str, list[Subscription]] = defaultdict(list)
    for one in Subscription.objects.listening({event.resource for event in events}):
        listening[one.resource].append(one)
    for event in events:
        for subscription in listening[event.resource]:
            if is_wanted(event, subscription):
                yield Delivery(
                    subscription=subscription,
                    event=event,
                    org=subscription.org,
                    due_at=now,
                )


def is_wanted(event: CloudEvent, subscription: Subscription) -> bool:
    """Whether the event is one that the subscription asks for.

    It is if, and only if, it happened since the subscription was made, is of its
    application, and equals each filter that is not empty; of the source, whole segments
    from the beginning are enough.
    """
    source = subscription.source
    return (
        event.time >= subscription.created
        and event.resource == subscription.resource
        and subscription.type in ("", event.type)
        and subscription.subject in ("", event.subject)
        and subscription.alternative_subject in ("", event.alternative_subject)
        and (not source or f"{event.source}/".startswith(f"{source}/"))
    )


def _rows() -> QuerySet[Outbox]:
    """Return the outbox while there is something to tell."""
    waiting = CloudEvent.objects.filter(sequence__isnull=True).order_by()
    return Outbox.objects.filter(Exists(waiting))


def _handle(outbox: Outbox, hold: Hold) -> datetime:
    while tell() and not hold.stopping():
        hold.renew()
    return timezone.now()


TELLING: Final = Work(
    name="outbox",
    rows=_rows,
    handle=_handle,
    lease=timedelta(minutes=2),
    most_attempts=2**15 - 1,  # it is never given up
    prepare=ensure_outbox,
    apart=True,
)
