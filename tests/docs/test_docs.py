"""The documents keep up with the code: settings, checks, links."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).resolve().parents[2]
SETTINGS_PAGE = ROOT / "docs" / "settings.md"
README_LINES = 120
ADR_LINES = 30

DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("samples/**/*.md")]
)
ADRS = sorted(ROOT.glob("docs/adr/[0-9]*.md"))

_FIRST_CELL = re.compile(r"^\| `([\w.]+)` \|", re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_OUTSIDE = ("http://", "https://", "mailto:")
_PATH_OF_A_MACHINE = re.compile(
    r"(?<![\w.])(?:/(?:work|tmp|root|home|Users|mnt|private)/|[A-Z]:\\)"
)


def _calls(path: Path) -> Iterator[ast.Call]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _text(node: ast.expr) -> str:
    """Return a string that the source writes out; anything else cannot be checked."""
    assert isinstance(node, ast.Constant), ast.dump(node)
    assert isinstance(node.value, str), ast.dump(node)
    return node.value


def _variables() -> set[str]:
    """Find the name that each call of a reader of ``env`` is given."""
    return {
        _text(call.args[0])
        for call in _calls(ROOT / "altinn" / "settings.py")
        if isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "env"
    }


def _check_ids() -> set[str]:
    return {
        _text(keyword.value)
        for path in (ROOT / "altinn").glob("*checks.py")
        for call in _calls(path)
        for keyword in call.keywords
        if keyword.arg == "id"
    }


def _documented(prefix: str) -> set[str]:
    """Return the names that begin with ``prefix`` and have a row of their own."""
    page = SETTINGS_PAGE.read_text(encoding="utf-8")
    return {name for name in _FIRST_CELL.findall(page) if name.startswith(prefix)}


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _anchors(path: Path) -> set[str]:
    """Return the anchors that renderers of Markdown give a document's headings."""
    headings = _HEADING.findall(_CODE.sub("", path.read_text(encoding="utf-8")))
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")
        for heading in headings
    }


def test_every_environment_variable_is_documented_and_none_besides() -> None:
    variables = _variables()
    assert {"ALTINN_ENVIRONMENT", "DATABASE_URL"} <= variables
    assert _documented("ALTINN_") | _documented("DATABASE_") == variables


def test_every_system_check_is_documented_and_none_besides() -> None:
    ids = _check_ids()
    assert "altinn.E001" in ids
    assert _documented("altinn.") == ids


def test_readme_is_short() -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= README_LINES


def test_every_decision_stands_in_the_index() -> None:
    index = (ROOT / "docs" / "adr" / "README.md").read_text(encoding="utf-8")
    assert len(ADRS) >= 7
    assert {path.name for path in ADRS} == {
        link for link in _LINK.findall(index) if re.match(r"\d{4}-", link)
    }


@pytest.mark.parametrize("path", ADRS, ids=_name)
def test_a_decision_is_short_and_has_its_three_parts(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= ADR_LINES
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == [
        "Context",
        "Decision",
        "Consequence",
    ]


@pytest.mark.parametrize("path", DOCUMENTS, ids=_name)
def test_document_names_no_path_of_a_machine(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [found.group() for found in _PATH_OF_A_MACHINE.finditer(text)] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=_name)
def test_relative_links_of_a_document_lead_somewhere(path: Path) -> None:
    text = _CODE.sub("", path.read_text(encoding="utf-8"))
    broken = []
    for link in _LINK.findall(text):
        if link.startswith(_OUTSIDE):
            continue
        address, _, anchor = link.partition("#")
        target = path.parent / unquote(address) if address else path
        if not target.exists() or (anchor and anchor not in _anchors(target)):
            broken.append(link)
    assert broken == []
