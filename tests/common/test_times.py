"""Times as the wire has them."""

from datetime import UTC, datetime

import pytest

from common.times import parse_time, wire_time


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00Z"),
        (datetime(987, 6, 5, 4, 3, 2, 100, tzinfo=UTC), "0987-06-05T04:03:02.0001Z"),
        (datetime(2026, 10, 20, 10, 20, 30, tzinfo=UTC), "2026-10-20T10:20:30Z"),
    ],
)
def test_a_year_has_four_digits(moment: datetime, text: str) -> None:
    """S-017: what is written can be read again"""
    assert wire_time(moment) == text
    assert parse_time(text) == moment
