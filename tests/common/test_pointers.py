"""JSON pointers (RFC 6901)."""

import pytest

from common.pointers import index_of, pointer_to, referred_to, steps_of

# Section 5 of the standard.
DOCUMENT = {
    "foo": ["bar", "baz"],
    "": 0,
    "a/b": 1,
    "c%d": 2,
    "e^f": 3,
    "g|h": 4,
    "i\\j": 5,
    'k"l': 6,
    " ": 7,
    "m~n": 8,
}


@pytest.mark.parametrize(
    ("reference", "value"),
    [
        ("#", DOCUMENT),
        ("#/foo", ["bar", "baz"]),
        ("#/foo/0", "bar"),
        ("#/", 0),
        ("#/a~1b", 1),
        ("#/c%25d", 2),
        ("#/e%5Ef", 3),
        ("#/g%7Ch", 4),
        ("#/i%5Cj", 5),
        ("#/k%22l", 6),
        ("#/%20", 7),
        ("#/m~0n", 8),
    ],
)
def test_references_of_the_standard_lead_where_it_says(
    reference: str, value: object
) -> None:
    """RFC 6901 section 6"""
    assert referred_to(DOCUMENT, reference) == value


@pytest.mark.parametrize(
    "reference",
    ["", "foo", "#foo", "#/foo/2", "#/foo/-", "#/foo/00", "#/foo/\u0661", "#/foo/0/b"],
)
def test_what_leads_nowhere_is_told(reference: str) -> None:
    with pytest.raises(LookupError):
        referred_to(DOCUMENT, reference)


def test_a_pointer_is_read_as_it_was_written() -> None:
    path = ["a/b", "m~n", "~1", 0, ""]
    assert pointer_to(path) == "/a~1b/m~0n/~01/0/"
    assert steps_of(pointer_to(path)) == ["a/b", "m~n", "~1", "0", ""]
    assert pointer_to([]) == "" and steps_of("") == []


def test_an_index_has_nine_digits_at_most() -> None:
    """More than Python reads as a number would raise ValueError"""
    assert index_of("0") == 0 and index_of("999999999") == 999_999_999
    assert index_of("1" * 5000) is None
