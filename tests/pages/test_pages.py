"""The pages for people, looked at with a browser: they work, and nothing is blocked."""

import re

import pytest
from playwright.sync_api import expect

from tests.openapi import document
from tests.pages.axe import grave
from tests.pages.conftest import PATIENCE, Visit
from tests.servers import LiveServer

pytestmark = pytest.mark.slow
PHONE = {"viewport": {"width": 390, "height": 844}}
DARK = {"color_scheme": "dark"}
HOSTS = ["", "nav.apps.", "platform.", "storage."]
DOCUMENTS = [
    ("", "application"),
    ("", "platform"),
    ("nav.apps.", "application"),
    ("platform.", "platform"),
    ("storage.", "platform"),
]
PAGES = {
    "/": "Open Altinn",
    "/docs": "API documentation",
    "/problems": "Problems",
    "/problems/not-permitted": "Forbidden",
    "/Home/Tokens": "Test identities",
}
# Pages that a script draws, and what tells that it has.
_DRAWN = {"/docs/platform": ".opblock", "/docs/platform/redoc": "[data-section-id]"}
CREATE = "/nav/app2018/instances"
PASSWORD = "an-admin-of-tests-only"


def operations(face: str) -> int:
    """Count the operations of a document."""
    paths = document(face)["paths"].values()
    return sum(len(operations) for operations in paths)


@pytest.mark.parametrize("host", HOSTS)
def test_every_host_has_the_pages(visit: Visit, host: str) -> None:
    """D-18"""
    base = visit.base.replace("localhost", f"{host}localhost")
    for path, heading in PAGES.items():
        page = visit.open(base + path)
        assert page.get_by_role("heading", level=1).inner_text() == heading


@pytest.mark.parametrize(("host", "face"), DOCUMENTS)
def test_swagger_ui_lists_every_operation(visit: Visit, host: str, face: str) -> None:
    """D-18: from no CDN, and without a violation of the policy"""
    base = visit.base.replace("localhost", f"{host}localhost")
    page = visit.open(f"{base}/docs/{face}")
    expect(page.locator(".opblock")).to_have_count(operations(face), timeout=PATIENCE)


@pytest.mark.parametrize(("host", "face"), DOCUMENTS)
def test_redoc_shows_the_document(visit: Visit, host: str, face: str) -> None:
    """D-18: from no CDN, and without a violation of the policy"""
    base = visit.base.replace("localhost", f"{host}localhost")
    page = visit.open(f"{base}/docs/{face}/redoc")
    page.get_by_role("heading", name=document(face)["info"]["title"]).wait_for()
    shown = page.locator("[data-section-id*='/operation/']")
    expect(shown).to_have_count(operations(face), timeout=PATIENCE)


@pytest.mark.parametrize("look", [PHONE], indirect=True)
def test_no_page_is_wider_than_a_phone(visit: Visit) -> None:
    """Pages scroll one way only."""
    for path, ready in {**dict.fromkeys(PAGES, "h1"), **_DRAWN}.items():
        page = visit.open(path)
        page.locator(ready).first.wait_for()
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE["viewport"]["width"], path


@pytest.mark.parametrize("look", [DARK], indirect=True)
def test_pages_are_dark_where_dark_is_wanted(visit: Visit) -> None:
    """Text stands out from its background."""
    browsable = "/storage/api/v1/applications"
    for path in (*PAGES, "/docs/application", browsable):
        page = visit.open(path)
        style = "getComputedStyle(document.body)"
        back = page.evaluate(f"{style}.backgroundColor")
        text = page.evaluate(f"{style}.color")
        assert brightness(back) < 50 < 200 < brightness(text), path


@pytest.mark.parametrize("look", [PHONE, {**PHONE, **DARK}], indirect=True)
def test_a_mistyped_address_leads_on(visit: Visit) -> None:
    """Nothing that grave is amiss on it, and a long address does not widen it"""
    page = visit.open(f"/nav/app2018/intances/{'x' * 200}")
    assert visit.refused == [404]
    visit.refused.clear()
    assert grave(page) == {}
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["viewport"]["width"]
    page.get_by_role("link", name="The first page").click()
    page.get_by_role("heading", name="Open Altinn").wait_for()


def brightness(colour: str) -> float:
    """Return how bright a CSS colour is, 0 to 255."""
    red, green, blue = (int(part) for part in re.findall(r"\d+", colour)[:3])
    return 0.3 * red + 0.6 * green + 0.1 * blue


def test_a_test_user_signs_in_and_out(visit: Visit) -> None:
    """Z-031"""
    visit.sign_in()
    assert "signe.tindlund" in visit.page.get_by_text("Signed in as").inner_text()
    visit.page.get_by_role("button", name="Sign out").click()
    visit.page.get_by_text("Signed in as").wait_for(state="detached")


@pytest.mark.parametrize("look", [{}, DARK], indirect=True)
def test_the_browsable_api_makes_and_shows_an_instance(visit: Visit) -> None:
    """Z-010, A-033: its forms send the anti-forgery header"""
    visit.sign_in()
    page = visit.open(CREATE)
    assert visit.refused == [405]  # there is no GET; the form is there all the same
    visit.refused.clear()
    page.fill("[name=_content]", '{"instanceOwner": {"partyId": "500000"}}')
    page.get_by_role("button", name="POST").click()
    page.get_by_text("HTTP 201 Created").wait_for()
    shown = page.locator(".response-info").inner_text()
    found = re.search(r'"id": "(500000/[0-9a-f-]{36})"', shown)
    assert found
    for path in (f"{CREATE}/{found[1]}", f"/storage/api/v1/instances/{found[1]}"):
        page = visit.open(path)
        assert "HTTP 200 OK" in page.content()
        assert found[1] in page.locator(".response-info").inner_text()
        assert grave(page) == {}
        page.get_by_role("button", name="OPTIONS").click()
        page.get_by_text("parses").wait_for()


def test_the_browsable_api_shows_a_list_and_its_next_page(visit: Visit) -> None:
    """A list is a page like another."""
    visit.sign_in()
    page = visit.open("/storage/api/v1/instances?instanceOwner.partyId=500000&size=1")
    assert "HTTP 200 OK" in page.content()
    assert '"instances"' in page.locator(".response-info").inner_text()


def test_a_browser_reads_a_problem_on_a_page(visit: Visit) -> None:
    """D-5: the document as a program gets it"""
    page = visit.open("/storage/api/v1/instances")
    assert visit.refused == [401]
    visit.refused.clear()
    shown = page.locator(".response-info").inner_text()
    assert "HTTP 401 Unauthorized" in shown
    assert "application/problem+json" in shown
    assert '"code": "token-missing"' in shown
    page.get_by_role("link", name="Sign in").click()
    page.get_by_role("heading", name="Test identities").wait_for()
    page.get_by_role("button", name="Sign in as user 1337", exact=True).click()
    page.locator(".response-info").wait_for()
    assert page.url == f"{visit.base}/storage/api/v1/instances"
    assert visit.refused == [400]  # back where it came from, now as somebody
    visit.refused.clear()


def test_swagger_ui_tries_an_operation_out_by_cookie(visit: Visit) -> None:
    """Z-010: the anti-forgery header is sent without the reader's doing"""
    visit.sign_in()
    page = visit.open("/docs/platform")
    operation = page.locator("#operations-Instances-instances_create")
    operation.click()
    operation.get_by_role("button", name="Try it out").click()
    operation.locator("[data-param-name=appId] input").fill("nav/app2018")
    operation.get_by_role("button", name="Execute").click()
    answered = operation.locator(".live-responses-table .response-col_status")
    answered.get_by_text("201").wait_for()


def test_an_administrator_looks_at_instances(visit: Visit, server: LiveServer) -> None:
    """What history must not change has no button to change it."""
    server.manage("shell", "--command", _make_administrator("looker"))
    visit.sign_in()
    page = visit.open(CREATE)
    visit.refused.clear()
    page.fill("[name=_content]", '{"instanceOwner": {"partyId": "500000"}}')
    page.get_by_role("button", name="POST").click()
    page.get_by_text("HTTP 201 Created").wait_for()
    page = visit.open("/admin/")
    page.fill("[name=username]", "looker")
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("link", name="Instances", exact=True).last.click()
    page.locator("#result_list tbody tr a").first.click()
    page.get_by_role("heading", name="View instance").wait_for()
    page.get_by_role("link", name="process_StartTask").wait_for()
    assert page.get_by_role("button", name="Save").count() == 0


def _make_administrator(name: str) -> str:
    return (
        "from parties.models import User;"
        f"User.objects.create_superuser('{name}', password='{PASSWORD}')"
    )
