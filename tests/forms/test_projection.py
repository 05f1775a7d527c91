"""What a field of a form is as a text on its instance."""

import pytest

from forms.projection import _text
from forms.values import Value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Ny AS", "Ny AS"),
        (True, "True"),
        (0, "0"),
        (12345678901234567, "12345678901234567"),
        (1.5, "1.5"),
        (3.0, "3"),
        (1e20, "100000000000000000000"),
        (0.00000001, "0.00000001"),
        ([1], None),
        (None, None),
    ],
)
def test_numbers_are_written_out(value: Value, text: str | None) -> None:
    """A-247: as decimals are, with every digit and without an exponent"""
    assert _text(value) == text
