"""Events are sent to who subscribes, until they are taken, and to nobody else."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.conf import LazySettings
from django.utils import timezone
from standardwebhooks.webhooks import WebhookVerificationError

from altinn import worker
from api.readable import readable
from authorization.models import RoleAssignment
from events import delivery, services
from events.choices import Outcome
from events.cloudevents import app_resource
from events.delivery import SCHEDULE
from events.models import CloudEvent, Delivery, Subscription
from events.services import Wanted
from parties.identity import Principal
from tests.cast import ORG_PARTY, OWNER_PRINCIPAL, SOPHIE_PRINCIPAL, STRANGER
from tests.events.receiver import Receiver, receiving
from tests.factories import make_instance

pytestmark = pytest.mark.usefixtures("sandbox")
APP = app_resource("nav", "app2018")


@pytest.fixture(autouse=True)
def inside(settings: LazySettings) -> None:
    """Receivers of the tests are on this machine."""
    settings.ALTINN_INTERNAL_HOSTS = ["localhost"]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


def work() -> int:
    """Let a worker do all that is due."""
    kinds = delivery.work(readable)
    return worker.run(kinds, stop=threading.Event(), once=True)


def subscribed(
    receiver: Receiver, *, by: Principal = OWNER_PRINCIPAL, **filters: str
) -> Subscription:
    """Subscribe, and let the receiver answer to the validation."""
    wanted = Wanted(end_point=receiver.address, resource=APP, **filters)
    subscription, made = services.subscribe(by, wanted=wanted)
    assert made
    work()
    subscription.refresh_from_db()
    return subscription


def only(receiver: Receiver) -> dict[str, Any]:
    """Return the one event that came."""
    [event] = receiver.events
    return event


def test_a_receiver_is_asked_first_and_then_told(receiver: Receiver) -> None:
    """Nothing of what happened before it had answered"""
    wanted = Wanted(end_point=receiver.address, resource=APP)
    subscription, _ = services.subscribe(OWNER_PRINCIPAL, wanted=wanted)
    assert subscription.state == "not validated"
    assert receiver.requests == []
    work()
    subscription.refresh_from_db()
    assert subscription.state == "active"
    [question] = receiver.requests
    assert question.event["type"] == "platform.events.validatesubscription"
    assert question.event["source"].endswith(f"/subscriptions/{subscription.pk}")
    instance = make_instance()
    work()
    event = only(receiver)
    assert event == {
        "specversion": "1.0",
        "id": event["id"],
        "source": f"http://nav.apps.altinn.test:8000/nav/app2018/instances/"
        f"{instance.instance_id}",
        "type": "app.instance.created",
        "subject": f"/party/{ORG_PARTY}",
        "alternativesubject": "/org/353801961",
        "time": event["time"],
        "resource": APP,
        "resourceinstance": instance.instance_id,
    }
    assert receiver.requests[-1].headers["Content-Type"] == (
        "application/cloudevents+json"
    )


def test_a_receiver_that_does_not_answer_the_question_is_told_nothing() -> None:
    with receiving(lambda event: 500) as receiver:
        subscription = subscribed(receiver)
        make_instance()
        work()
        assert subscription.state == "not validated"
        assert receiver.events == []
        assert not Delivery.objects.filter(event__isnull=False).exists()


def test_every_delivery_is_signed_with_the_secret_of_its_subscription(
    receiver: Receiver,
) -> None:
    """As Standard Webhooks' own library checks it"""
    subscription = subscribed(receiver)
    make_instance()
    work()
    request = receiver.requests[-1]
    event = request.verified(subscription.secret)
    assert event == only(receiver)
    assert request.headers["Webhook-Id"] == event["id"]
    for tampered in (request.body.replace(b"created", b"deleted"), request.body + b" "):
        forged = type(request)(request.headers, tampered)
        with pytest.raises(WebhookVerificationError):
            forged.verified(subscription.secret)
    with pytest.raises(WebhookVerificationError):
        request.verified("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")


@pytest.mark.parametrize(
    "filters",
    [
        {"type": "app.instance.created"},
        {"subject": f"/party/{ORG_PARTY}"},
        {"alternative_subject": "/org/353801961"},
        {"source": "http://nav.apps.altinn.test:8000/nav/app2018"},
    ],
    ids=str,
)
def test_a_filter_lets_through_what_equals_it(
    receiver: Receiver, filters: dict[str, str]
) -> None:
    subscribed(receiver, **filters)
    make_instance()
    work()
    assert only(receiver)["type"] == "app.instance.created"


@pytest.mark.parametrize(
    "filters",
    [
        {"type": "app.instance"},
        {"subject": "/party/50000"},
        {"alternative_subject": "/org/353801962"},
        {"source": "http://nav.apps.altinn.test:8000/nav/app20"},
    ],
    ids=str,
)
def test_a_filter_keeps_back_everything_else(
    receiver: Receiver, filters: dict[str, str]
) -> None:
    """Also what only begins like it: two applications may (wish 58)"""
    subscribed(receiver, **filters)
    make_instance()
    work()
    assert receiver.events == []


def test_another_application_is_none_of_the_subscribers() -> None:
    with receiving() as receiver:
        subscribed(receiver)
        Subscription.objects.update(resource=app_resource("nav", "app20"))
        make_instance()
        work()
        assert receiver.events == []


# --- again, and not for ever ----------------------------------------------------------
def test_what_is_refused_comes_again_by_the_schedule_with_its_id_and_is_dead() -> None:
    """OWN-2: 10 s, 30 s, 1 m, 5 m, 10 m, 30 m, 1 h, 3 h, 6 h, 12 h, 12 h"""
    waits = [10, 30, 60, 300, 600, 1800, 3600, 10800, 21600, 43200, 43200]
    assert [wait.total_seconds() for wait in SCHEDULE] == waits
    with receiving() as receiver, time_machine.travel(timezone.now(), tick=False) as at:
        subscribed(receiver)
        receiver.answers = lambda event: 503
        make_instance()
        work()
        row = Delivery.objects.get(event__isnull=False)
        for attempt, wait in enumerate(waits, 1):
            row.refresh_from_db()
            assert (row.attempts, row.outcome) == (attempt, Outcome.WAITING)
            assert row.due_at == timezone.now() + timedelta(seconds=wait)
            assert (row.last_status, row.last_error) == (
                503,
                "The receiver answered 503.",
            )
            at.shift(wait - 1)
            work()
            assert len(receiver.events) == attempt
            at.shift(1)
            work()
            assert len(receiver.events) == attempt + 1
        row.refresh_from_db()
        assert (row.outcome, row.due_at, row.attempts) == (Outcome.DEAD, None, 12)
        at.shift(10**6)
        work()
        assert len(receiver.events) == 12
        assert len({event["id"] for event in receiver.events}) == 1


def test_a_receiver_that_comes_back_is_told_all_at_once(receiver: Receiver) -> None:
    """And one attempt that nobody answers counts for all that was due"""
    with time_machine.travel(timezone.now(), tick=False) as at:
        subscription = subscribed(receiver)
        receiver.answers = lambda event: None
        for _ in range(20):
            make_instance()
        work()
        assert len(receiver.events) <= 8  # a visit's first batch, and no more
        subscription.refresh_from_db()
        assert subscription.state == "receiver away"
        waiting = Delivery.objects.waiting()
        assert {one.attempts for one in waiting} == {1}
        for _ in range(5):
            at.shift(3600)
            work()
        attempts = {one.attempts for one in waiting.all()}
        assert attempts == {6}
        before = len(receiver.events)
        receiver.answers = lambda event: 200
        at.shift(3600)
        work()
        assert len(receiver.events) == before + 20
        assert not waiting.all().exists()
        subscription.refresh_from_db()
        assert subscription.state == "active"


def test_who_is_away_for_too_long_is_told_nothing_more(receiver: Receiver) -> None:
    with time_machine.travel(timezone.now(), tick=False) as at:
        subscribed(receiver)
        receiver.answers = lambda event: None
        for _ in range(3):
            make_instance()
        for wait in [timedelta(), *SCHEDULE]:
            at.shift(wait)
            work()
        rows = Delivery.objects.filter(event__isnull=False)
        assert {(row.outcome, row.attempts) for row in rows} == {(Outcome.DEAD, 12)}


def test_redirects_are_followed_by_nobody() -> None:
    with receiving(lambda event: 302) as receiver:
        subscription = subscribed(receiver)
        assert subscription.state != "active"
        assert "redirects are not followed" in Delivery.objects.get().last_error


def test_nothing_is_sent_into_the_house(
    receiver: Receiver, settings: LazySettings
) -> None:
    """The address is looked at when it is called, not when it is given alone"""
    subscribed(receiver)
    settings.ALTINN_INTERNAL_HOSTS = []
    make_instance()
    work()
    assert receiver.events == []
    row = Delivery.objects.get(event__isnull=False)
    assert "ALTINN_INTERNAL_HOSTS" in row.last_error


@pytest.mark.parametrize(("named", "told"), [(None, 0), (["localhost"], 1)])
def test_in_production_a_receiver_in_the_house_is_named_as_one(
    receiver: Receiver, settings: LazySettings, named: list[str] | None, told: int
) -> None:
    """T-24: what is open to the server is not open to its subscribers"""
    subscribed(receiver)
    settings.ALTINN_ENVIRONMENT = "production"
    settings.ALTINN_INTERNAL_RECEIVERS = named
    make_instance()
    work()
    assert len(receiver.events) == told


def test_who_takes_the_rest_is_sent_one_bad_event_by_its_own_schedule() -> None:
    with receiving() as receiver:
        subscribed(receiver)
        bad = str(make_instance().pk)
        receiver.answers = lambda event: 400 if bad in event["source"] else 200
        for _ in range(10):
            make_instance()
        work()
        assert len(receiver.events) == 11
        [row] = Delivery.objects.waiting()
        assert (row.attempts, row.last_status) == (1, 400)
        assert Subscription.objects.get().state == "active"


# --- who may --------------------------------------------------------------------------
def test_a_user_is_told_of_what_he_may_read_and_no_longer(receiver: Receiver) -> None:
    """Decided when it is sent, by the policy that decides a read"""
    subject = f"/party/{ORG_PARTY}"
    subscribed(receiver, by=SOPHIE_PRINCIPAL, subject=subject)
    make_instance()
    work()
    assert len(receiver.events) == 1
    RoleAssignment.objects.filter(user_id=1337, party_id=ORG_PARTY).delete()
    make_instance(by=SOPHIE_PRINCIPAL)
    work()
    assert len(receiver.events) == 1
    row = Delivery.objects.latest("id")
    assert (row.outcome, row.attempts) == (Outcome.WITHHELD, 0)
    assert row.last_error == "The subscriber may not read the instance."


def test_a_stranger_is_told_of_nothing(receiver: Receiver) -> None:
    """Whatever he came to subscribe to"""
    subscribed(receiver, by=STRANGER.principal())
    make_instance()
    work()
    assert receiver.events == []
    assert Delivery.objects.latest("id").outcome == Outcome.WITHHELD


def test_of_an_instance_that_is_gone_nothing_is_told(receiver: Receiver) -> None:
    subscribed(receiver)
    event = CloudEvent(
        type="app.instance.created",
        source="http://nav.apps.altinn.test:8000/nav/app2018/instances/1/2",
        subject="/party/1",
        resource=APP,
        resource_instance=f"1/{uuid4()}",
        time=timezone.now(),
    )
    event.save()
    work()
    assert receiver.events == []
    assert Delivery.objects.latest("id").outcome == Outcome.WITHHELD


# --- ending, retrying, giving up ------------------------------------------------------
def test_a_subscription_that_ended_is_told_nothing_from_then_on(
    receiver: Receiver,
) -> None:
    """Wish 91: at once"""
    subscription = subscribed(receiver)
    receiver.answers = lambda event: 500
    make_instance()
    work()
    services.unsubscribe(subscription=subscription)
    assert not Delivery.objects.waiting().exists()
    make_instance()
    Delivery.objects.filter(event__isnull=False).update()
    work()
    assert len(receiver.events) == 1
    assert Delivery.objects.latest("id").outcome == Outcome.GIVEN_UP


def test_what_is_dead_is_sent_once_more_when_somebody_says_so() -> None:
    with receiving() as receiver:
        subscribed(receiver)
        receiver.answers = lambda event: 500
        make_instance()
        work()
        row = Delivery.objects.get(event__isnull=False)
        services.give_up(delivery=row)
        with pytest.raises(services.DeliveryHasEnded):
            services.give_up(delivery=row)
        receiver.answers = lambda event: 200
        services.retry(delivery=row)
        work()
        row.refresh_from_db()
        assert (row.outcome, row.attempts) == (Outcome.DELIVERED, 1)
        with pytest.raises(services.DeliveryHasEnded):
            services.retry(delivery=row)


def test_the_same_wish_is_one_subscription(receiver: Receiver) -> None:
    wanted = Wanted(end_point=receiver.address, resource=APP)
    first, made = services.subscribe(OWNER_PRINCIPAL, wanted=wanted)
    again, anew = services.subscribe(OWNER_PRINCIPAL, wanted=wanted)
    other, others = services.subscribe(SOPHIE_PRINCIPAL, wanted=wanted)
    assert (made, anew, others) == (True, False, True)
    assert first.pk == again.pk != other.pk
    services.unsubscribe(subscription=first)
    assert services.subscribe(OWNER_PRINCIPAL, wanted=wanted)[1]


def test_one_caller_has_so_many_and_no_more(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "MOST_SUBSCRIPTIONS", 2)
    for number in range(2):
        wanted = Wanted(receiver.address, APP, type=f"type-{number}")
        services.subscribe(OWNER_PRINCIPAL, wanted=wanted)
    with pytest.raises(services.TooManySubscriptions):
        wanted = Wanted(receiver.address, APP, type="one more")
        services.subscribe(OWNER_PRINCIPAL, wanted=wanted)
    assert Subscription.objects.count() == 2
