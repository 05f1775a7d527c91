"""The page about hooks: it tells of every hook, and its own example works."""

import inspect
import re
from pathlib import Path

from process.hooks import AppHooks

PAGE = Path(__file__).resolve().parents[2] / "docs" / "hooks.md"


def test_every_hook_is_in_the_table_and_none_besides() -> None:
    """A-209"""
    hooks = {name for name, _ in inspect.getmembers(AppHooks, inspect.isfunction)}
    page = PAGE.read_text(encoding="utf-8")
    table = page[page.index("| Hook |") :].split("\n\n", 1)[0]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == hooks


def test_the_example_is_code_that_the_server_takes() -> None:
    """It is run as it stands there"""
    page = PAGE.read_text(encoding="utf-8")
    [example] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    names: dict[str, type[AppHooks]] = {}
    exec(example, names)  # noqa: S102  the page's own example
    assert issubclass(names["Sykmelding"], AppHooks)
    assert names["Sykmelding"]()
