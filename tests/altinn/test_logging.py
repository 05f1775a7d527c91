"""Logs hold no token, no identity number and no control character."""

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
