"""Paths of fields, with the rows that they stand in."""

import pytest

from forms import paths
from forms.errors import ExpressionFailed
from forms.values import Value

DATA: Value = {
    "navn": "Ola",
    "barn": [
        {"navn": "Kari", "leker": [{"farge": "rød"}, {"farge": "blå"}]},
        {"navn": "Per", "leker": []},
        None,
    ],
    "tall": [1, 2],
}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("navn", "Ola"),
        ("barn[1].navn", "Per"),
        ("barn[0].leker[1].farge", "blå"),
        ("barn[9].navn", None),
        ("barn[2].navn", None),
        ("barn.navn", None),
        ("navn.fornavn", None),
        ("ukjent", None),
        ("Navn", None),
        ("tall", [1, 2]),
        ("tall[1]", 2),
    ],
)
def test_what_stands_there(path: str, expected: Value) -> None:
    """A-261, A-262"""
    assert paths.value_at(DATA, paths.parse(path)) == expected


@pytest.mark.parametrize(
    ("path", "rows", "expected"),
    [
        ("barn.navn", [1], "barn[1].navn"),
        ("barn.leker.farge", [0, 1], "barn[0].leker[1].farge"),
        ("barn[0].leker.farge", [1, 1], "barn[0].leker.farge"),
        ("navn", [1], "navn"),
        ("barn.leker.farge", [0], "barn[0].leker.farge"),
        ("barn.leker", [0, 1], "barn[0].leker"),
        ("tall", [1], "tall"),
    ],
)
def test_rows_are_filled_in_from_outside(
    path: str, rows: list[int], expected: str
) -> None:
    """A-262: an explicit index ends it, and a list at the end is meant as a whole"""
    assert paths.written(paths.indexed(paths.parse(path), rows, DATA)) == expected


@pytest.mark.parametrize(
    "path", ["", ".", "a..b", "a[x]", "a[-1]", "a[0", "[0]", "a" * 2000]
)
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(ExpressionFailed):
        paths.parse(path)
