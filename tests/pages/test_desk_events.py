"""An owner finds at the desk what his receiver did not take, in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.pages.axe import grave
from tests.pages.conftest import Visit
from tests.pages.test_desk import PASSWORD, picture
from tests.pages.test_pages import DARK, PHONE
from tests.servers import LiveServer

pytestmark = pytest.mark.slow
_PREPARE = f"""
import os, sys
sys.path.insert(0, os.getcwd())
from datetime import timedelta
from django.utils import timezone
from events.models import Delivery, Subscription
from parties.models import User
from tests.altinn.desk import deliveries
if not User.objects.filter(username="per").exists():
    per = User.objects.create_user("per", password="{PASSWORD}", is_staff=True)
    per.memberships.create(org="nav", role="case-worker")
    rows, now = deliveries(9), timezone.now()
    Subscription.objects.update(validated_at=now)
    of = Delivery.objects.filter
    ended = dict(due_at=None, ended_at=now)
    of(event=None).update(outcome="delivered", last_status=204, attempts=1, **ended)
    for number, row in enumerate(rows):
        if number < 3:
            of(pk=row.pk).update(
                outcome="delivered", last_status=204, last_error="", **ended
            )
        elif number < 5:
            of(pk=row.pk).update(outcome="dead", attempts=12, **ended)
        else:
            of(pk=row.pk).update(due_at=now + timedelta(minutes=number))
"""


@pytest.fixture
def desk(visit: Visit, server: LiveServer) -> Iterator[Page]:
    """Per of nav, signed in."""
    server.manage("shell", "--command", _PREPARE)
    server.manage("refresh_dashboard")
    page = visit.open("/admin/")
    page.fill("[name=username]", "per")
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("heading", name="Organisations").wait_for()
    return page


def walk(page: Page) -> Iterator[str]:
    """Go from the dashboard to what failed, and to whom it was to be sent."""
    base = page.url.split("/admin/")[0]
    page.goto(f"{base}/admin/desk/nav/")
    page.get_by_role("heading", name="Events").wait_for()
    yield "dashboard"
    page.get_by_role("link", name="to be sent").click()
    page.locator("#result_list").wait_for()
    page.goto(f"{base}/admin/events/delivery/")
    page.locator("#result_list").wait_for()
    yield "deliveries"
    page.locator("#result_list tbody tr th a").first.click()
    page.get_by_text("The receiver answered 503.").wait_for()
    yield "delivery"
    page.goto(f"{base}/admin/events/subscription/")
    page.locator("#result_list tbody tr th a").first.click()
    page.get_by_text("https://nav.example/events").first.wait_for()
    yield "subscription"


def test_what_failed_for_good_is_found_and_sent_again(desk: Page, visit: Visit) -> None:
    """From the dashboard's number to the row's button"""
    for name in walk(desk):
        picture(desk, f"events-{name}")
    visit.open("/admin/desk/nav/")
    desk.get_by_role("link", name="failed for good").click()
    rows = desk.locator("#result_list tbody tr")
    rows.first.wait_for()
    before = rows.count()
    assert "Failed for good" in rows.first.inner_text()
    rows.first.locator("th a").click()
    desk.get_by_role("button", name="Send again now").click()
    picture(desk, "events-confirm")
    desk.get_by_role("button", name="Yes, send again").click()
    desk.get_by_text("1 delivery to be sent again.").wait_for()
    visit.open("/admin/events/delivery/?state=dead")
    assert rows.count() == before - 1


@pytest.mark.parametrize("look", [{}, PHONE, DARK], indirect=True, ids=str)
def test_no_page_of_events_is_hard_to_use_or_too_wide(
    desk: Page, look: dict[str, object]
) -> None:
    """axe-core finds nothing serious or critical, at a desk, a phone, in the dark."""
    found = {}
    for name in walk(desk):
        kind = "phone" if look == PHONE else "dark" if look == DARK else "desk"
        picture(desk, f"events-{name}-{kind}")
        found[name] = grave(desk)
        if look == PHONE:
            width = desk.evaluate("document.documentElement.scrollWidth")
            assert width <= PHONE["viewport"]["width"], name
    assert not any(found.values()), found
