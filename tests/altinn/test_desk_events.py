"""Deliveries and subscriptions at the desk: found, retried, given up, ended."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import AuditEntry
from cleanup.recurring import TASKS
from common.work import Hold
from events import statistics
from events.choices import Outcome
from events.models import Delivery, DeliveryStatistics, Subscription
from parties.choices import OrgRole
from tests.altinn.desk import (
    address,
    deliveries,
    member,
    page_of,
    shown,
    sign_in,
)

pytestmark = pytest.mark.usefixtures("sandbox")
MOST = 10


@pytest.fixture
def waiting() -> Delivery:
    """An event that nav's receiver did not take."""
    return deliveries(1)[0]


def act(browser: Client, row: Delivery | Subscription, name: str) -> str:
    """Choose an action, answer that it is meant, and return what is said then."""
    data = {"action": name, "_selected_action": [str(row.pk)]}
    url = address(type(row), "changelist")
    asked = browser.post(url, data)
    assert "written down in the audit trail" in asked.content.decode()
    answer = browser.post(url, {**data, "sure": "1"}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_list_shows_what_failed_why_and_when_it_is_tried_again(
    waiting: Delivery,
) -> None:
    browser = sign_in(None, member(OrgRole.VIEWER))
    text = browser.get(address(Delivery, "changelist")).content.decode()
    for told in (
        "app.instance.created",
        waiting.event.resource_instance if waiting.event else "",
        "https://nav.example/events",
        "The receiver answered 503.",
    ):
        assert told in text
    page = browser.get(page_of(waiting)).content.decode()
    assert "503" in page
    secret = Subscription.objects.get().secret
    for shown_page in (text, page, browser.get(page_of(waiting.subscription)).content):
        assert secret not in str(shown_page)


@pytest.mark.parametrize("outcome", [*Outcome.values, "retrying"])
def test_it_is_filtered_by_state(outcome: str) -> None:
    rows = deliveries(5)
    now = timezone.now()
    for row, state in zip(rows, Outcome.values, strict=True):
        row.outcome = state
        if state != Outcome.WAITING:
            row.due_at, row.ended_at = None, now
        row.save()
    browser = sign_in(None, member(OrgRole.VIEWER))
    found = set(shown(browser, Delivery, state=outcome))
    state = Outcome.WAITING if outcome == "retrying" else outcome
    expected = {row.pk for row in rows if row.outcome == state}
    questions = {row.pk for row in Delivery.objects.filter(event=None)}
    assert found - questions == expected
    assert bool(found & questions) == (outcome == "waiting")


def test_it_is_found_by_event_delivery_and_subscription(waiting: Delivery) -> None:
    deliveries(2)
    browser = sign_in(None, member(OrgRole.VIEWER))
    for term in (str(waiting.pk), str(waiting.event_id)):
        assert shown(browser, Delivery, q=term) == [waiting.pk]
    assert len(shown(browser, Delivery, q=str(waiting.subscription_id))) == 4
    assert shown(browser, Delivery, q="503") == []
    assert shown(browser, Delivery, q="x") == []


def test_a_case_worker_sends_it_again(waiting: Delivery) -> None:
    """Also what was given up; written down with his name"""
    now = timezone.now()
    Delivery.objects.filter(pk=waiting.pk).update(
        outcome=Outcome.DEAD, due_at=None, ended_at=now, attempts=12
    )
    browser = sign_in(None, member(OrgRole.CASE_WORKER))
    assert "1 delivery to be sent again." in act(browser, waiting, "retry")
    waiting.refresh_from_db()
    assert (waiting.outcome, waiting.attempts) == (Outcome.WAITING, 0)
    assert waiting.due_at is not None
    entry = AuditEntry.objects.get(act="retry")
    assert (entry.account, entry.org) == ("case-worker-of-nav", "nav")
    assert entry.thing_id == str(waiting.pk)


def test_a_case_worker_gives_it_up(waiting: Delivery) -> None:
    browser = sign_in(None, member(OrgRole.CASE_WORKER))
    assert "1 delivery given up." in act(browser, waiting, "give_up")
    waiting.refresh_from_db()
    assert (waiting.outcome, waiting.due_at) == (Outcome.GIVEN_UP, None)
    assert "is given-up." in act(browser, waiting, "give_up")
    assert AuditEntry.objects.filter(act="give-up").count() == 1


def test_a_case_worker_ends_a_subscription(waiting: Delivery) -> None:
    browser = sign_in(None, member(OrgRole.CASE_WORKER))
    act(browser, waiting.subscription, "end")
    assert Subscription.objects.get().state == "ended"
    assert not Delivery.objects.waiting().exists()
    assert AuditEntry.objects.filter(act="end").count() == 1


@pytest.mark.parametrize("name", ["retry", "give_up"])
def test_nobody_else_does_anything(waiting: Delivery, name: str) -> None:
    """A viewer, and a case worker of another organisation"""
    data = {"action": name, "_selected_action": [str(waiting.pk)], "sure": "1"}
    before = Delivery.objects.values().get(pk=waiting.pk)
    for user in (member(OrgRole.VIEWER), member(OrgRole.CASE_WORKER, org="skd")):
        browser = sign_in(None, user)
        browser.post(address(Delivery, "changelist"), data)
        assert Delivery.objects.values().get(pk=waiting.pk) == before
    assert not AuditEntry.objects.filter(act__in=["retry", "give-up"]).exists()


def _list(browser: Client) -> str:
    return browser.get(address(Delivery, "changelist")).content.decode()


def _page(browser: Client) -> str:
    row = Delivery.objects.filter(event__isnull=False).first()
    assert row is not None
    return browser.get(page_of(row)).content.decode()


def _subscriptions(browser: Client) -> str:
    return browser.get(address(Subscription, "changelist")).content.decode()


@pytest.mark.parametrize("look", [_list, _page, _subscriptions])
def test_a_page_takes_few_statements_and_as_many_for_one_as_for_many(
    look: Callable[[Client], str],
) -> None:
    """At most ten, for 1 row and for 100"""
    browser = sign_in(None, member(OrgRole.VIEWER))
    counts = []
    for more in (1, 99):
        deliveries(more)
        look(browser)
        with CaptureQueriesContext(connection) as captured:
            look(browser)
        # Without the registry's counter, which a process reads once a second.
        found = [query["sql"] for query in captured.captured_queries]
        counts.append(sum("registryversion" not in sql for sql in found))
        assert not any("COUNT(" in query["sql"] for query in captured.captured_queries)
    assert counts[0] == counts[1] <= MOST, counts


def test_the_dashboard_tells_of_failed_deliveries_and_counts_nothing(
    waiting: Delivery,
) -> None:
    """Counted by the worker beforehand"""
    dead = deliveries(2)[0]
    Delivery.objects.filter(pk=dead.pk).update(
        outcome=Outcome.DEAD, due_at=None, ended_at=timezone.now()
    )
    deliveries(1, org="skd")
    row = DeliveryStatistics(org="x", as_of=timezone.now())
    TASKS["refresh-dashboard"].run(Hold(row, TASKS["refresh-dashboard"].every))  # type: ignore[arg-type]  # no row is read
    browser = sign_in(None, member(OrgRole.VIEWER))
    with CaptureQueriesContext(connection) as captured:
        text = browser.get("/admin/desk/nav/").content.decode()
    assert "<strong>1</strong> failed for good" in text
    assert "<strong>3</strong> to be sent" in text
    assert "<strong>1</strong> subscription<" in text
    assert "tried again" in text
    assert len(captured) <= MOST
    assert not any(
        f'FROM "{Delivery._meta.db_table}"' in query["sql"]
        for query in captured.captured_queries
    )


def test_counting_again_forgets_who_has_nothing_more(waiting: Delivery) -> None:
    assert statistics.refresh() == 1
    Subscription.objects.all().delete()
    assert statistics.refresh() == 0
    assert not DeliveryStatistics.objects.exists()
