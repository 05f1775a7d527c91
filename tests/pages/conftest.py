"""A real Chromium before a real server; what it complains of fails the test."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Error,
    Page,
    Request,
    Response,
    sync_playwright,
)

from tests.servers import LiveServer, server, template

__all__ = ["server", "template"]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PATIENCE = 180_000  # milliseconds
_STATUS = "Failed to load resource: the server responded with a status of"
_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
"""


@dataclass
class Visit:
    """A window of a browser, and what went wrong in it."""

    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.add_init_script(_VIOLATIONS)
        self.page.on("console", self._heard)
        self.page.on("pageerror", self._failed)
        self.page.on("request", self._asked)
        self.page.on("response", self._answered)

    def open(self, address: str) -> Page:
        """Go to a path of the base host, or to a whole address."""
        url = address if address.startswith("http") else self.base + address
        self.page.goto(url)
        return self.page

    def sign_in(self, name: str = "user 1337") -> None:
        """Sign in as a test identity."""
        page = self.open("/Home/Tokens")
        page.get_by_role("button", name=f"Sign in as {name}", exact=True).click()
        page.get_by_text("Signed in as").wait_for()

    def _heard(self, message: ConsoleMessage) -> None:
        # Statuses are looked at by themselves: some tests want a problem.
        if message.type == "error" and not message.text.startswith(_STATUS):
            self.complaints.append(message.text)

    def _failed(self, error: Error) -> None:
        self.complaints.append(str(error))

    def _asked(self, request: Request) -> None:
        own = (self.base, "data:", "blob:")
        port = self.base.rpartition(":")[2]
        if not (request.url.startswith(own) or f".localhost:{port}/" in request.url):
            self.complaints.append(f"asked another server: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.refused.append(response.status)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, without a window; skips where there is none."""
    if CHROMIUM is None:
        pytest.skip(
            "no chromium on the PATH; install it (Debian: apt install chromium)"
        )
    # Its own sandbox does not work for root, and in a container.
    options = ["--no-sandbox"] if os.getuid() == 0 else []
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--disable-gpu", *options],
            timeout=PATIENCE,
        )
        yield started
        started.close()


@pytest.fixture
def look(request: pytest.FixtureRequest) -> dict[str, object]:
    """How the window looks; tests parametrize it."""
    return dict(getattr(request, "param", {}))


@pytest.fixture
def visit(
    browser: Browser, server: LiveServer, look: dict[str, object]
) -> Iterator[Visit]:
    """A fresh window; nothing may be complained of in it, and no status be an error.

    A test that wants a status takes it out of ``refused``.
    """
    context = browser.new_context(**look)  # type: ignore[arg-type]  # by name
    context.set_default_timeout(PATIENCE)
    visit = Visit(context.new_page(), f"http://localhost:{server.port}")
    yield visit
    context.close()
    assert visit.complaints == []
    assert visit.refused == []
