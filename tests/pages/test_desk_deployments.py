"""An administrator at the desk, in a real browser: uploads, compares, serves."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Page

from apps_registry.app_folder import POLICY
from tests.api.platform.test_deployments import with_other_task
from tests.apps_registry.archives import FILES, archive
from tests.pages.axe import grave
from tests.pages.conftest import Visit
from tests.pages.test_desk import PASSWORD, desk, picture
from tests.pages.test_pages import DARK, PHONE, brightness
from tests.servers import LiveServer, Template

__all__ = ["desk"]

pytestmark = pytest.mark.slow
TEXTS = "config/texts/resource.nb.json"
METADATA = "config/applicationmetadata.json"
PROCESS = "config/process/process.bpmn"
SECOND = {
    **FILES,
    METADATA: FILES[METADATA].replace(b'"Sykmelding"', b'"Sjukmelding"'),
    TEXTS: FILES[TEXTS].replace(b"Sykmelding", b"Sjukmelding"),
    "options/land.json": b'[\n  {"value": "no", "label": "Noreg"}\n]\n',
}
BROKEN = {
    **FILES,
    PROCESS: FILES[PROCESS].replace(b'targetRef="confirm"', b'targetRef="confrim"'),
    POLICY: FILES[POLICY] + b"<",
    TEXTS: b'{\n  "language": "en",\n  "resources": []\n}\n',
}
_DEPLOY = """
import os, sys
sys.path.insert(0, os.getcwd())
from apps_registry.app_folder import AppFolder
from apps_registry.services import deploy
from tests.pages.test_desk_deployments import SECOND
from tests.api.platform.test_deployments import with_other_task
from tests.factories import make_instance
deploy(AppFolder(SECOND), org="nav", app="app2018", label="nynorsk")
deploy(AppFolder(with_other_task()), org="nav", app="app2018", activate=False)
"""


@pytest.fixture
def server(template: Template) -> Iterator[LiveServer]:
    """A server of each test's own: what it serves is changed, in any order of tests."""
    with template.server() as running:
        yield running


def zip_file(folder: Path, files: Mapping[str, bytes]) -> Path:
    path = folder / "app2018.zip"
    path.write_bytes(archive(files))
    return path


def upload(page: Page, file: Path, *, label: str = "") -> None:
    """Fill in the form and send it."""
    page.fill("[name=label]", label)
    page.set_input_files("[name=archive]", file)
    page.get_by_role("button", name="Upload").click()


def to_deployments(page: Page) -> None:
    """Come from the first page to the deployments of the application."""
    page.get_by_role("link", name=re.compile(r"^nav \d")).click()
    page.get_by_role("rowheader").get_by_role("link", name="nav/app2018").click()
    page.get_by_role("link", name="Upload one, compare, and see all").click()
    page.get_by_role("heading", name="Upload a deployment").wait_for()


def test_an_administrator_deploys_and_goes_back(
    desk: Page, visit: Visit, tmp_path: Path
) -> None:
    """From a refused folder to the audit trail"""
    to_deployments(desk)
    upload(desk, zip_file(tmp_path, BROKEN))
    desk.get_by_role(
        "heading", name=re.compile("errors?: nothing was stored")
    ).wait_for()
    found = desk.get_by_role("region", name="Errors", exact=True)
    assert "confrim" in found.inner_text()
    assert "Name an element of the process." in found.inner_text()
    assert (
        "text-language-mismatch"
        in desk.get_by_role("region", name="Warnings").inner_text()
    )
    picture(desk, "deployment-refused")
    assert visit.refused == [400]
    visit.refused.clear()

    upload(desk, zip_file(tmp_path, SECOND), label="nynorsk")
    desk.get_by_text("Deployment 2 is served from now on.").wait_for()
    desk.get_by_role("button", name="Compare").click()
    desk.get_by_role("heading", name="Line by line").wait_for()
    assert "options/land.json" in desk.content()
    assert (
        "Sjukmelding"
        in desk.get_by_role("region", name="What changes", exact=True).inner_text()
    )
    picture(desk, "compare")

    desk.get_by_role("link", name="Deployments", exact=True).click()
    upload(desk, zip_file(tmp_path, with_other_task()), label="a new task")
    desk.get_by_role("heading", name="Instances that would be stranded").wait_for()
    picture(desk, "serve-stranded")
    desk.get_by_role("link", name="No, take me back").click()
    rows = desk.get_by_role("region", name="Deployments", exact=True).last.get_by_role(
        "row"
    )
    assert "served now" in rows.nth(2).inner_text()  # the heading, 3, 2
    picture(desk, "deployments")

    desk.get_by_role("link", name="Serve deployment 1").click()
    desk.get_by_role("button", name="Yes, serve deployment 1").click()
    desk.get_by_text("Deployment 1 is served from now on.").wait_for()
    desk.goto(f"{visit.base}/admin/audit/auditentry/")
    trail = desk.locator("#result_list").inner_text()
    assert "Deployed" in trail
    assert "Activated" in trail

    desk.goto(f"{visit.base}/admin/apps_registry/application/")
    desk.get_by_role("link", name="Deploy an application").click()
    picture(desk, "deploy")
    assert desk.locator("[name=org] option").all_inner_texts() == ["nav"]


def test_forcing_takes_a_button_that_says_what_it_does(
    desk: Page, visit: Visit, server: LiveServer
) -> None:
    """And going back is as easy"""
    server.manage("shell", "--command", _DEPLOY)
    to_deployments(desk)
    desk.get_by_role("link", name="Serve deployment 3").click()
    desk.get_by_role("button", name=re.compile("Serve it and strand \\d+ inst")).click()
    desk.get_by_text("Deployment 3 is served from now on.").wait_for()
    desk.get_by_role("link", name="Serve deployment 2").click()
    desk.get_by_role("button", name="Yes, serve deployment 2").click()
    desk.get_by_text("Deployment 2 is served from now on.").wait_for()


def test_a_case_worker_compares_and_changes_nothing(
    desk: Page, visit: Visit, server: LiveServer
) -> None:
    """Neither by a link nor by an address"""
    server.manage("shell", "--command", _DEPLOY)
    server.manage(
        "shell",
        "--command",
        "from parties.models import User\n"
        f"ola = User.objects.create_user('ola', password='{PASSWORD}', is_staff=True)\n"
        "ola.memberships.create(org='nav', role='case-worker')",
    )
    to_deployments(desk)
    address = desk.url
    desk.get_by_role("button", name="Log out").click()
    desk.goto(f"{visit.base}/admin/")
    desk.fill("[name=username]", "ola")
    desk.fill("[name=password]", PASSWORD)
    desk.get_by_role("button", name="Log in").click()
    desk.goto(address)
    assert desk.get_by_role("button", name="Upload").count() == 0
    assert desk.get_by_role("link", name="Serve").count() == 0
    desk.get_by_role("button", name="Compare").click()
    desk.get_by_role("heading", name="Line by line").wait_for()
    desk.goto(f"{address}1/serve/")
    desk.get_by_text("You may not do this").first.wait_for()
    assert visit.refused == [403]
    visit.refused.clear()


@pytest.mark.parametrize("mebibytes", [50, 80])
def test_a_file_that_is_too_large_is_told_on_the_page(
    desk: Page, visit: Visit, server: LiveServer, tmp_path: Path, mebibytes: int
) -> None:
    """And no file of it is left; the server reads no more of it than it may keep"""
    to_deployments(desk)
    large = tmp_path / "large.zip"
    large.write_bytes(b"x" * (mebibytes * 2**20 + 1))
    upload(desk, large)
    desk.get_by_text("An application may have 50 MiB; the file has more.").wait_for()
    assert visit.refused == [413]
    visit.refused.clear()


def walk(page: Page) -> Iterator[str]:
    """Go through the pages of deployments."""
    to_deployments(page)
    address = page.url
    yield "deployments"
    page.goto(f"{address}compare/?before=1&after=2")
    page.get_by_role("heading", name="Line by line").wait_for()
    yield "compare"
    page.goto(f"{address}1/serve/")
    page.get_by_role("button", name="Yes, serve deployment 1").wait_for()
    yield "serve"
    page.goto(f"{address}3/serve/")
    page.get_by_role("heading", name="Instances that would be stranded").wait_for()
    yield "serve-stranded"
    page.goto(address.split("/application/")[0] + "/application/deploy/")
    page.get_by_role("button", name="Upload").wait_for()
    yield "deploy"


def test_no_page_of_deployments_is_hard_to_use(desk: Page, server: LiveServer) -> None:
    """axe-core finds nothing serious or critical."""
    server.manage("shell", "--command", _DEPLOY)
    found = {name: grave(desk) for name in walk(desk)}
    assert not any(found.values()), found


def test_a_report_is_easy_to_use(desk: Page, visit: Visit, tmp_path: Path) -> None:
    """axe-core finds nothing serious in it either."""
    to_deployments(desk)
    upload(desk, zip_file(tmp_path, BROKEN))
    desk.get_by_role("region", name="Errors", exact=True).wait_for()
    assert grave(desk) == {}
    visit.refused.clear()


@pytest.mark.parametrize("look", [PHONE], indirect=True)
def test_no_page_of_deployments_is_wider_than_a_phone(
    desk: Page, visit: Visit, server: LiveServer, tmp_path: Path
) -> None:
    """Tables scroll inside the page, the page itself does not."""
    server.manage("shell", "--command", _DEPLOY)

    def check(name: str) -> None:
        picture(desk, f"{name}-phone")
        width = desk.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE["viewport"]["width"], name

    for name in walk(desk):
        check(name)
    desk.goto(f"{visit.base}/admin/")
    to_deployments(desk)
    upload(desk, zip_file(tmp_path, BROKEN))
    desk.get_by_role("region", name="Errors", exact=True).wait_for()
    check("deployment-refused")
    visit.refused.clear()


@pytest.mark.parametrize("look", [DARK], indirect=True)
def test_pages_of_deployments_are_dark_where_dark_is_wanted(
    desk: Page, server: LiveServer
) -> None:
    """What was gained and lost too: axe-core looks at the contrast."""
    server.manage("shell", "--command", _DEPLOY)
    for name in walk(desk):
        picture(desk, f"{name}-dark")
        style = "getComputedStyle(document.body)"
        assert brightness(desk.evaluate(f"{style}.backgroundColor")) < 50, name
        assert grave(desk) == {}, name
