"""No event is skipped, however transactions commit; no receiver waits for another."""

import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import count

import pytest
from django.conf import LazySettings
from django.db import connection, connections, transaction
from django.utils import timezone

from altinn import worker
from api.readable import readable
from events import delivery, services
from events.cloudevents import Envelope, app_resource
from events.models import CloudEvent, Delivery, Outbox, Subscription
from events.services import Wanted, publish
from events.telling import tell
from tests.cast import OWNER_PRINCIPAL
from tests.events.receiver import Receiver, receiving
from tests.factories import make_instance

APP = app_resource("nav", "app2018")
_number = count()


def envelope(instance_id: str = "1/x") -> Envelope:
    """Return an event that is like no other."""
    return Envelope(
        type=f"test.{next(_number)}",
        source="http://nav.apps.altinn.test:8000/nav/app2018/instances/1/x",
        subject="/party/1",
        alternative_subject="",
        resource=APP,
        resource_instance=instance_id,
        time=timezone.now(),
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has one writer at a time"
)
def test_an_event_that_commits_late_gets_a_later_place() -> None:
    """Its id is older than one that was told already"""
    written, may_commit = threading.Event(), threading.Event()

    def late() -> None:
        with transaction.atomic():
            publish([envelope()])
            written.set()
            assert may_commit.wait(60)
        connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(late)
        assert written.wait(60)
        publish([envelope()])
        assert tell() == 1
        [second] = CloudEvent.objects.told()
        may_commit.set()
        waiting.result()
    assert tell() == 1
    first = CloudEvent.objects.exclude(pk=second.pk).get()
    assert first.pk < second.pk
    assert (second.sequence, first.sequence) == (1, 2)


@pytest.mark.django_db(transaction=True)
def test_who_follows_the_places_misses_nothing_while_many_write() -> None:
    """OWN-9: writers in disorder, two tellers at once, and a reader behind them"""
    writers, each = 4, 25
    over = threading.Event()
    seen: list[str] = []

    def write() -> None:
        for _ in range(each):
            with transaction.atomic():
                publish([envelope()])
                time.sleep(random.random() / 200)
                if random.random() < 0.1:
                    transaction.set_rollback(True)
        connections.close_all()

    def work() -> None:
        while not over.is_set():
            tell(most=3)
        connections.close_all()

    def read() -> None:
        last = 0
        while True:
            was_over = over.is_set()
            page = list(CloudEvent.objects.told().filter(sequence__gt=last)[:7])
            seen.extend(event.type for event in page)
            if page:
                last = page[-1].sequence or 0
            elif was_over:
                break
        connections.close_all()

    with ThreadPoolExecutor(writers + 3) as pool:
        writing = [pool.submit(write) for _ in range(writers)]
        working = [pool.submit(work) for _ in range(2)]
        reading = pool.submit(read)
        for one in writing:
            one.result()
        until = time.monotonic() + 120
        while CloudEvent.objects.unnumbered().exists() and time.monotonic() < until:
            time.sleep(0.01)
        over.set()
        for one in [*working, reading]:
            one.result()
    events = list(CloudEvent.objects.order_by("sequence"))
    assert seen == [event.type for event in events]
    assert [event.sequence for event in events] == list(range(1, len(events) + 1))
    assert Outbox.objects.get().last_sequence == len(events)


@pytest.mark.django_db
def test_what_is_rolled_back_is_told_to_nobody() -> None:
    with transaction.atomic():
        publish([envelope()])
        transaction.set_rollback(True)
    assert tell() == 0
    assert not CloudEvent.objects.exists()


@contextmanager
def a_worker() -> Iterator[None]:
    """Run a worker with all its threads beside the test."""
    stop = threading.Event()
    kinds = delivery.work(readable)

    def work() -> None:
        worker.run(kinds, stop=stop, poll=0.05)
        connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(work)
        try:
            yield
        finally:
            stop.set()
            working.result()


def _subscribe(receiver: Receiver) -> None:
    wanted = Wanted(end_point=receiver.address, resource=APP)
    services.subscribe(OWNER_PRINCIPAL, wanted=wanted)


def _until(happened: object, *, seconds: float = 300) -> float:
    """Wait until something is true, and return how long that took."""
    begun = time.monotonic()
    while not happened():  # type: ignore[operator]  # a function
        assert time.monotonic() < begun + seconds, "waited in vain"
        time.sleep(0.01)
    return time.monotonic() - begun


@pytest.mark.slow
@pytest.mark.usefixtures("committed_sandbox")
def test_receivers_that_hang_delay_nobody_else(settings: LazySettings) -> None:
    """Eight of them, almost two minutes each time; one who answers is told meanwhile"""
    settings.ALTINN_INTERNAL_HOSTS = ["localhost"]
    settings.ALTINN_DELIVERY_SECONDS = 5.0

    def told_to(receiver: Receiver) -> set[str]:
        """Return the events that came, once or more often."""
        return {event["id"] for event in receiver.events}

    with ExitStack() as stack:
        hanging = [stack.enter_context(receiving()) for _ in range(8)]
        good = stack.enter_context(receiving())
        for receiver in [*hanging, good]:
            _subscribe(receiver)
        stack.enter_context(a_worker())
        valid = Subscription.objects.filter(validated_at__isnull=False)
        _until(lambda: valid.count() == 9)
        let_go = threading.Event()
        stack.callback(let_go.set)  # before the worker is stopped, which waits for them
        for receiver in hanging:
            receiver.held = let_go
        make_instance()  # who hangs is known by that from now on
        away = Subscription.objects.filter(away_since__isnull=False)
        _until(lambda: away.count() == 8 and len(told_to(good)) == 1)
        settings.ALTINN_DELIVERY_SECONDS = 110.0
        for turn in range(3):
            make_instance()
            took = _until(lambda told=turn + 2: len(told_to(good)) == told)
            assert took < 60
        assert Delivery.objects.waiting().count() >= 8


@pytest.mark.slow
@pytest.mark.usefixtures("committed_sandbox")
def test_two_workers_send_each_event_once(settings: LazySettings) -> None:
    """A subscription is in one hand at a time"""
    settings.ALTINN_INTERNAL_HOSTS = ["localhost"]
    settings.ALTINN_DELIVERY_SECONDS = 300.0  # whose answer comes late is sent it again
    with receiving() as receiver, a_worker(), a_worker():
        _subscribe(receiver)
        valid = Subscription.objects.filter(validated_at__isnull=False)
        _until(valid.exists)
        for _ in range(30):
            make_instance()
        _until(lambda: len(receiver.events) >= 30)
        time.sleep(0.3)
        ids = [event["id"] for event in receiver.events]
        assert len(ids) == len(set(ids)) == 30
