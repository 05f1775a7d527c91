"""Two who make the same subscription at once."""

import pytest

from events import services
from events.cloudevents import app_resource
from events.models import Subscription
from events.services import Wanted
from tests.cast import OWNER_PRINCIPAL
from tests.rivals import rival

WANTED = Wanted("https://receiver.example.no/events", app_resource("nav", "app2018"))
pytestmark = pytest.mark.usefixtures("sandbox")


def subscribe() -> tuple[Subscription, bool]:
    """Make the same subscription as the others here."""
    return services.subscribe(OWNER_PRINCIPAL, wanted=WANTED)


def end_all() -> None:
    """End what is not ended."""
    for subscription in Subscription.objects.filter(deleted_at__isnull=True):
        services.unsubscribe(subscription=subscription)


def test_who_comes_second_is_answered_with_the_subscription_of_the_first() -> None:
    with rival(beside='"digest" =', before=lambda: None, after=subscribe):
        found = subscribe()
    assert found == (Subscription.objects.get(), False)


def test_one_that_is_ended_by_the_time_it_is_read_is_the_answer_all_the_same() -> None:
    with rival(beside='"digest" =', before=end_all, after=subscribe):
        subscription, made = subscribe()
    assert (subscription.state, made) == ("ended", False)
