"""The page that verifies receipts, with a browser."""

from pathlib import Path

import pytest

from samples.journeys.in_one_call import OneCallJourney
from samples.journeys.sandbox import APPLICATION, user
from samples.journeys.stage import Stage
from tests.pages.axe import grave
from tests.pages.conftest import Visit
from tests.pages.test_desk import picture
from tests.servers import LiveServer

pytestmark = pytest.mark.slow
LOOKS = {
    "desk": {},
    "phone": {"viewport": {"width": 390, "height": 844}},
    "dark": {"color_scheme": "dark"},
}
HEADINGS = {
    "nb": "Kvitteringen er ekte",
    "nn": "Kvitteringa er ekte",
    "en": "The receipt is genuine",
}


@pytest.fixture
def receipt(server: LiveServer, tmp_path: Path) -> Path:
    """The file of a receipt."""
    stage = Stage(server.api, lambda line: None)
    address = OneCallJourney(stage).play()
    file = tmp_path / "receipt.json"
    file.write_bytes(user(stage).get(APPLICATION, f"{address}/receipt").body)
    return file


@pytest.mark.parametrize(
    ("look", "name"), [(look, name) for name, look in LOOKS.items()], indirect=["look"]
)
def test_a_receipt_is_verified_by_its_file(
    visit: Visit, receipt: Path, name: str
) -> None:
    """N1: in three languages; axe-core finds nothing, and nothing is too wide"""
    for language, heading in HEADINGS.items():
        page = visit.open(f"/receipts?lang={language}")
        assert grave(page) == {}
        picture(page, f"receipts-{name}-{language}-form")
        page.locator("#file").set_input_files(receipt)
        page.locator("form.receipt button").click()
        page.get_by_role("heading", name=heading).wait_for()
        assert page.evaluate("document.documentElement.lang") == language
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= page.evaluate("innerWidth")
        assert grave(page) == {}
        picture(page, f"receipts-{name}-{language}")


def test_what_is_pasted_wrong_is_told(visit: Visit) -> None:
    """N1"""
    page = visit.open("/receipts?lang=nb")
    page.locator("#receipt").fill("noe helt annet")
    page.locator("form.receipt button").click()
    page.get_by_role("alert").get_by_text("Dette er ingen kvittering").wait_for()
    assert grave(page) == {}
    picture(page, "receipts-refused")
    assert visit.refused == [400]
    visit.refused.clear()
