"""Logs hold no token, no identity number and no control character."""

import pytest

from altinn.logging import redact


def test_values_are_redacted() -> None:
    """Z-108, T-34"""
    event: dict[str, object] = {
        "event": "called with eyJhbGciOiJub25lIn0.eyJhIjoxfQ.c2ln for 01857012345",
        "token": "anything",
        "ssn": "01857012345",
        "path": "/a\nforged line\x1b[31m",
        "size": 12345678901,
    }
    line = redact(None, "info", event)
    assert line["event"] == "called with *** for ***********"
    assert line["token"] == line["ssn"] == "***"
    assert "\n" not in str(line["path"])
    assert "\x1b" not in str(line["path"])
    assert line["size"] == 12345678901


@pytest.mark.parametrize(
    "value",
    ["4bf92f12345678901da6a3ce929d0e0e", "0193a5b2-7c1e-7d34-9f0a-12345678901a"],
    ids=["trace", "row"],
)
def test_ids_with_eleven_digits_in_a_row_stay_whole(value: str) -> None:
    """Z-108: a problem's traceId is found in the log"""
    assert redact(None, "info", {"trace_id": value}) == {"trace_id": value}


@pytest.mark.parametrize(
    "value",
    [
        "fnr01857012345",
        "/a/01857012345/b",
        "%2C01857012345",
        "?name=%2201857012345%22",
        "?name=Fjordvik%2001857012345",
    ],
)
def test_numbers_glued_to_letters_are_masked(value: str) -> None:
    """T-34"""
    assert "01857012345" not in str(redact(None, "info", {"path": value})["path"])


def test_what_stands_inside_a_value_is_masked_too() -> None:
    """Z-108, T-34"""
    event: dict[str, object] = {
        "issues": [{"pointer": "/ssn", "detail": "01857012345 is no number"}],
        "asked": {"ssn": "01857012345", "about": ("01857012345", 7, None)},
        "error": ValueError("no 01857012345\nhere"),
    }
    assert redact(None, "info", event) == {
        "issues": [{"pointer": "/ssn", "detail": "*********** is no number"}],
        "asked": {"ssn": "***", "about": ["***********", 7, None]},
        "error": "ValueError('no ***********\\nhere')",
    }
