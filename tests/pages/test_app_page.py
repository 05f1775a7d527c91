"""An application's own page of its API, looked at with a browser."""

import pytest
from playwright.sync_api import expect

from tests.pages.conftest import PATIENCE, Visit

pytestmark = pytest.mark.slow
APP = "/nav/app2018"


@pytest.mark.parametrize("host", ["", "nav.apps."])
def test_swagger_ui_shows_the_application_with_its_models(
    visit: Visit, host: str
) -> None:
    """A-199: from no CDN, and without a violation of the policy"""
    base = visit.base.replace("localhost", f"{host}localhost") + APP
    page = visit.open(f"{base}/swagger")
    paths = page.evaluate(
        "url => fetch(url).then(r => r.json()).then(d => d.paths)",
        f"{base}/v1/customOpenapi.json",
    )
    drawn = page.locator(".opblock")
    expect(drawn).to_have_count(sum(map(len, paths.values())), timeout=PATIENCE)
    page.get_by_role("heading", name="Altinn 3 App API for Sykmelding").wait_for()
    page.get_by_text("data.sykmelding").first.wait_for()


def test_swagger_ui_tries_a_list_of_layouts_out(visit: Visit) -> None:
    """A-168, A-199: the server of the document is the application's address"""
    page = visit.open(f"{APP}/swagger")
    row = page.locator(".opblock", has_text="/api/layoutsets").first
    row.locator(".opblock-summary-control").click()
    row.get_by_role("button", name="Try it out").click()
    row.get_by_role("button", name="Execute", exact=True).click()
    answered = row.locator(".live-responses-table .response-col_status").last
    answered.wait_for()
    assert answered.inner_text().startswith("200")
