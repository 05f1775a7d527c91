"""What axe-core, a checker of accessibility, finds on a page."""

from pathlib import Path

import pytest
from playwright.sync_api import Page


def grave(page: Page) -> dict[str, list[str]]:
    """Return what axe-core finds that is serious or critical, with its places."""
    axe = Path(pytest.importorskip("axe_playwright_python").__file__).parent
    page.evaluate((axe / "axe.min.js").read_text("utf-8"))
    run = "axe.run({preload: false})"  # it would fetch the sheets once more
    return {
        violation["id"]: [node["html"][:200] for node in violation["nodes"]]
        for violation in page.evaluate(run)["violations"]
        if violation["impact"] in ("serious", "critical")
    }
