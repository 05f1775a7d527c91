"""What changed in the files of two deployments, line by line, for people to read.

Both are what anybody may have deployed: how long a file may be, how many files and how
many lines are shown are bounded, because comparing takes the square of what it compares
at worst.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import unified_diff
from itertools import islice
from typing import Final, Literal

MOST_FILES: Final = 40
MOST_LINES: Final = 300  # that are shown of a file
_LONGEST: Final = 128 * 1024  # of a file that is compared line by line, in bytes
_MOST_COMPARED: Final = 3000  # lines of a file
_MOST_IN_ALL: Final = 20_000  # lines of all files
_WIDEST: Final = 400  # characters of a line that are shown

Kind = Literal["added", "removed", "same", "place"]
What = Literal["added", "removed", "changed"]
_KINDS: Mapping[str, Kind] = {"+": "added", "-": "removed", "@": "place"}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a comparison; ``place`` says where the lines after it stand."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class FileChange:
    """What became of a file; no ``lines`` where it is too long or no text."""

    path: str
    what: What
    lines: tuple[Line, ...]
    is_cut_off: bool

    @property
    def added(self) -> int:
        """How many of the lines that are shown were added."""
        return sum(line.kind == "added" for line in self.lines)

    @property
    def removed(self) -> int:
        """How many of the lines that are shown were removed."""
        return sum(line.kind == "removed" for line in self.lines)


def line_changes(
    before: Mapping[str, bytes], after: Mapping[str, bytes]
) -> list[FileChange]:
    """Return the files that differ; both have those alone, ``MOST_FILES`` at most."""
    left = _MOST_IN_ALL
    found = []
    for path in islice(sorted({*before, *after}), MOST_FILES):
        old, new = (_lines(files.get(path, b"")) for files in (before, after))
        if old is not None and new is not None:
            left -= len(old) + len(new)
        what = _what(path in before, path in after)
        found.append(_change(path, what, *((old, new) if left > 0 else (None, None))))
    return found


def _what(was: bool, is_now: bool) -> What:
    if was and is_now:
        return "changed"
    return "added" if is_now else "removed"


def _change(
    path: str, what: What, old: list[str] | None, new: list[str] | None
) -> FileChange:
    if old is None or new is None:
        return FileChange(path, what, (), is_cut_off=True)
    told = islice(unified_diff(old, new, lineterm="", n=2), 2, None)  # without names
    shown = [_line(text) for text in islice(told, MOST_LINES + 1)]
    return FileChange(path, what, tuple(shown[:MOST_LINES]), len(shown) > MOST_LINES)


def _lines(content: bytes) -> list[str] | None:
    """Return the lines of a text; None for what is none, or too long."""
    if len(content) > _LONGEST:
        return None
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        return None
    return lines if len(lines) <= _MOST_COMPARED else None


def _line(text: str) -> Line:
    kind = _KINDS.get(text[:1], "same")
    shown = text if kind == "place" else text[1:]
    return Line(kind, f"{shown[:_WIDEST]}…" if len(shown) > _WIDEST else shown)
