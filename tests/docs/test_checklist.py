"""Every row of the checklists is proven by a test or openly excused."""

import re
from pathlib import Path

import pytest

from tests.shared import SHARED

ROOT = Path(__file__).resolve().parents[2]
CONFORMANCE = ROOT / "docs" / "conformance.md"
# Of each checklist: its page, the letter of its rows, how many, and what excuses begin.
CHECKLISTS = [
    ("authorization.md", "Z", 120, "**Not proven, because not served.**"),
    ("storage-api.md", "S", 389, "**Rows of storage without a test of their own"),
    (
        "app-api.md",
        "A",
        277,
        "**Rows of the application API without a test of their own",
    ),
]


def _ids(letter: str, text: str) -> set[int]:
    """Return the rows that a text names, one by one or from one to another."""
    found = {int(number) for number in re.findall(rf"\b{letter}-(\d{{3}})\b", text)}
    one = rf"{letter}-(\d{{3}})"
    spans = re.findall(rf"\b{one}(?: to |\u2013){one}\b", text)
    for first, last in spans:
        found |= set(range(int(first), int(last) + 1))
    return found


def _proven(letter: str) -> set[int]:
    """Return the rows whose ids stand in the tests."""
    paths = (ROOT / "tests").rglob("*.py")
    texts = (path.read_text(encoding="utf-8") for path in paths)
    return set().union(*(_ids(letter, text) for text in texts))


def _excused(letter: str, beginning: str) -> set[int]:
    text = CONFORMANCE.read_text(encoding="utf-8")
    paragraph = text[text.index(beginning) :].split("\n\n", 1)[0]
    return _ids(letter, paragraph)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the checklists are not at hand")
@pytest.mark.parametrize(
    ("page", "letter", "count", "excuse"), CHECKLISTS, ids=lambda value: str(value)[:6]
)
def test_no_row_of_a_checklist_is_left_out(
    page: str, letter: str, count: int, excuse: str
) -> None:
    """Every id of the page; and nothing is excused that is proven"""
    text = (SHARED / "spec" / page).read_text(encoding="utf-8")
    found = re.findall(rf"^\| {letter}-(\d{{3}}) \|", text, re.M)
    rows = {int(number) for number in found}
    assert len(rows) == count
    assert rows - _proven(letter) == _excused(letter, excuse)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the journeys are not at hand")
def test_no_journey_is_left_out() -> None:
    """Each is walked by a test that carries its id, or openly excused"""
    text = (SHARED / "spec" / "journeys.md").read_text(encoding="utf-8")
    journeys = set(re.findall(r"^\*\*((?:EUS|OWN)-\d+) ", text, re.M))
    assert len(journeys) == 28
    walked = set().union(
        *(_journeys(path.read_text("utf-8")) for path in (ROOT / "tests").rglob("*.py"))
    )
    conformance = CONFORMANCE.read_text(encoding="utf-8")
    _, _, excuses = conformance.partition("**Journeys that are not walked.**")
    assert journeys - walked == _journeys(excuses.split("\n\n", 1)[0])


def _journeys(text: str) -> set[str]:
    return set(re.findall(r"\b(?:EUS|OWN)-\d+\b", text))
