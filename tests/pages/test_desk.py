"""An owner at the desk, in a real browser: finds, looks, takes and confirms."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.pages.axe import grave
from tests.pages.conftest import Visit
from tests.pages.test_pages import DARK, PHONE, brightness
from tests.servers import LiveServer

pytestmark = pytest.mark.slow
PASSWORD = "a-member-of-tests-only"
LAPTOP = {"viewport": {"width": 1280, "height": 800}}
# Where pictures for the documentation go; by default nowhere.
PICTURES = os.environ.get("ALTINN_TEST_PICTURES", "")
_PREPARE = f"""
import os, sys
sys.path.insert(0, os.getcwd())
from apps_registry.models import Application, Org
from data_elements.models import DataElement
from instances.models import Instance
from parties.models import User
from tests.factories import make_instance
if not User.objects.filter(username="kari").exists():
    kari = User.objects.create_user("kari", password="{PASSWORD}", is_staff=True)
    kari.memberships.create(org="nav", role="administrator")
    org = Org.objects.create(code="annen", name={{"en": "Another"}})
    app = Application.objects.create(org=org, name="app", app_id="annen/app")
    for n in range(12):
        make_instance(submitted=n % 3 > 0, soft_deleted=n == 4)
    DataElement.objects.update(filename="{"x" * 200}.pdf")
"""


@pytest.fixture
def desk(visit: Visit, server: LiveServer) -> Iterator[Page]:
    """Kari of nav, signed in."""
    server.manage("shell", "--command", _PREPARE)
    server.manage("refresh_dashboard")
    page = visit.open("/admin/")
    page.fill("[name=username]", "kari")
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("heading", name="Organisations").wait_for()
    return page


def picture(page: Page, name: str) -> None:
    """Keep a picture, where somebody wants them."""
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def walk(page: Page) -> Iterator[str]:
    """Go through the pages of the desk, from one to the next by its links."""
    yield "index"
    page.get_by_role("link", name=re.compile(r"^nav \d")).click()
    page.get_by_role("heading", name="Instances made a day").wait_for()
    yield "dashboard"
    page.get_by_role("rowheader").get_by_role("link", name="nav/app2018").click()
    page.get_by_role("heading", name="Who may do what").wait_for()
    yield "application"
    page.goto(page.url.split("/admin/")[0] + "/admin/instances/instance/")
    page.locator("#result_list").wait_for()
    yield "instances"
    page.locator("#result_list tbody tr th a").first.click()
    page.locator(".timeline li").first.wait_for()
    yield "instance"


def test_an_owner_confirms_what_was_sent_in(
    desk: Page, visit: Visit, tmp_path: Path
) -> None:
    """From the dashboard to the audit trail"""
    for name in walk(desk):
        picture(desk, name)
        assert "annen" not in desk.content(), name
    waiting = "?state=archived&confirmed__exact=0"
    desk.goto(f"{visit.base}/admin/instances/instance/{waiting}")
    desk.fill("#searchbar", "500000")
    desk.get_by_role("button", name="Search").click()
    desk.locator("#result_list tbody tr th a").first.click()
    with desk.expect_download() as taken:
        desk.get_by_role("link", name="download").first.click()
    taken.value.save_as(tmp_path / "content")
    assert b"<?xml" in (tmp_path / "content").read_bytes()
    desk.get_by_role("button", name="Confirm as received").click()
    picture(desk, "confirm")
    desk.get_by_role("button", name="Yes, confirm").click()
    desk.get_by_text("1 instance confirmed.").wait_for()
    assert desk.get_by_role("button", name="Confirm as received").count() == 0
    desk.get_by_role("link", name="Home").click()
    desk.get_by_role("link", name="Audit entries").click()
    rows = desk.locator("#result_list tbody tr")
    assert "Confirmed" in rows.nth(1).inner_text()  # the look after it is the first
    assert "Downloaded" in desk.locator("#result_list").inner_text()
    picture(desk, "audit")


def test_no_page_of_the_desk_is_hard_to_use(desk: Page) -> None:
    """axe-core finds nothing serious or critical."""
    found = {name: grave(desk) for name in walk(desk)}
    assert not any(found.values()), found


def test_another_organisations_page_is_refused(desk: Page, visit: Visit) -> None:
    """As one that is not there"""
    for path in ("/admin/desk/annen/", "/admin/desk/nobody/"):
        visit.open(path)
    links = desk.goto(f"{visit.base}/admin/apps_registry/application/")
    assert links is not None
    assert "annen" not in desk.content()
    assert visit.refused == [404, 404]
    visit.refused.clear()


@pytest.mark.parametrize("look", [PHONE, LAPTOP], indirect=True)
def test_no_page_of_the_desk_is_wider_than_the_screen(
    desk: Page, look: dict[str, dict[str, int]]
) -> None:
    """Tables scroll inside the page, the page itself does not; long names break."""
    wide = look["viewport"]["width"]
    for name in walk(desk):
        if look == PHONE:
            picture(desk, f"{name}-phone")
        assert desk.evaluate("document.documentElement.scrollWidth") <= wide, name


@pytest.mark.parametrize("look", [DARK], indirect=True)
def test_the_desk_is_dark_where_dark_is_wanted(desk: Page) -> None:
    """Pictures too: their text stands out from the page."""
    for name in walk(desk):
        picture(desk, f"{name}-dark")
        style = "getComputedStyle(document.body)"
        back = desk.evaluate(f"{style}.backgroundColor")
        assert (
            brightness(back) < 50 < 200 < brightness(desk.evaluate(f"{style}.color"))
        ), name
    desk.go_back()


def test_the_keyboard_reaches_what_the_mouse_does(desk: Page, visit: Visit) -> None:
    """Skip link, search, list, button and answer, by Tab and Enter alone"""
    visit.open("/admin/instances/instance/?state=archived&confirmed__exact=0")
    desk.keyboard.press("Tab")
    assert _focused(desk) == "Skip to main content"
    _tab_to(desk, r"^\d+/[0-9a-f-]{36}$")
    desk.keyboard.press("Enter")
    desk.locator(".timeline li").first.wait_for()
    _tab_to(desk, "^Confirm as received$")
    desk.keyboard.press("Enter")
    desk.get_by_role("button", name="Yes, confirm").wait_for()
    _tab_to(desk, "^Yes, confirm$")
    desk.keyboard.press("Enter")
    desk.get_by_text("1 instance confirmed.").wait_for()


def _focused(page: Page) -> str:
    shown = (
        "(e => e.tagName === 'INPUT' ? e.value : e.innerText)(document.activeElement)"
    )
    return str(page.evaluate(shown) or "").strip()


def _tab_to(page: Page, text: str) -> None:
    """Press Tab until what has the text has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if re.search(text, _focused(page)):
            return
    raise AssertionError(f"Tab never came to {text!r}.")
