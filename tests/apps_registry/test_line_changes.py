"""Files of two deployments compared line by line, within bounds."""

import time

import pytest

from apps_registry.line_changes import (
    MOST_FILES,
    MOST_LINES,
    FileChange,
    Line,
    line_changes,
)


def changed(old: bytes, new: bytes) -> FileChange:
    """Compare two contents of one file."""
    [found] = line_changes({"a.json": old}, {"a.json": new})
    return found


def test_lines_say_what_was_gained_and_lost() -> None:
    """With the lines around them, and where they stand"""
    found = changed(b"a\nb\nc\nd\ne\n", b"a\nb\nC\nd\ne\n")
    assert found.lines == (
        Line("place", "@@ -1,5 +1,5 @@"),
        Line("same", "a"),
        Line("same", "b"),
        Line("removed", "c"),
        Line("added", "C"),
        Line("same", "d"),
        Line("same", "e"),
    )
    assert (found.what, found.added, found.removed) == ("changed", 1, 1)
    assert not found.is_cut_off


def test_lines_that_look_like_marks_are_lines() -> None:
    """Of a comparison, and of the names that stand before it"""
    found = changed(b"x\n", b"--- a\n+++ b\n@@ c\n")
    assert [line.text for line in found.lines if line.kind == "added"] == [
        "--- a",
        "+++ b",
        "@@ c",
    ]


def test_a_file_that_came_or_went_is_told_whole() -> None:
    """By its name first"""
    came, went = line_changes({"b.json": b"1\n"}, {"a.json": b"1\n2\n"})
    assert (came.path, came.what, came.added) == ("a.json", "added", 2)
    assert (went.path, went.what, went.removed) == ("b.json", "removed", 1)


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\xff", b"x" * 200_000, b"\n" * 4000])
def test_what_is_no_text_or_too_long_is_named_alone(content: bytes) -> None:
    """Either way round"""
    for found in (changed(content, b"a\n"), changed(b"a\n", content)):
        assert (found.lines, found.is_cut_off) == ((), True)


def test_no_more_is_shown_than_people_read() -> None:
    """Of lines, of characters in them, and of files"""
    found = changed(b"", b"".join(b"%d\n" % n for n in range(2000)))
    assert len(found.lines) == MOST_LINES
    assert found.is_cut_off
    [_, wide] = changed(b"", b"x" * 1000).lines
    assert len(wide.text) == 401
    many = {f"{n}.json": b"{}" for n in range(100)}
    assert len(line_changes({}, many)) == MOST_FILES


def test_comparing_ends_whatever_the_files_hold() -> None:
    """The square of what is compared, and little of it"""
    old = b"".join(b"%d\n" % (n % 101) for n in range(3000))
    new = b"".join(b"%d\n" % (n % 103) for n in range(3000))
    names = [f"{n}.json" for n in range(MOST_FILES)]
    began = time.process_time()
    found = line_changes(dict.fromkeys(names, old), dict.fromkeys(names, new))
    assert time.process_time() - began < 10
    assert sum(bool(one.lines) for one in found) == 3
    assert found[-1].is_cut_off
