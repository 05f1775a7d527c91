"""XML from outside: how deep and how long it may be, at once and in pieces."""

import pytest

from common.errors import Invalid
from common.xml import (
    WellFormedCheck,
    XmlDoctypeRefused,
    XmlMalformed,
    XmlTooDeep,
    XmlTooLong,
    parse,
)

REFUSED = [
    (b"<a>" * 65 + b"</a>" * 65, XmlTooDeep),
    (b"<a>" * 100_000, XmlTooDeep),
    (b'<a x="' + b"y" * 65_537 + b'"/>', XmlTooLong),
    (b"<a>" + b"y" * 10_000_001 + b"</a>", XmlTooLong),
    (b"<!DOCTYPE a><a/>", XmlDoctypeRefused),
    (b"<a><b></a>", XmlMalformed),
    (b'<?xml version="1.0" encoding="bogus"?><a/>', XmlMalformed),
    (b"", XmlMalformed),
]
IDS = [
    "deep",
    "deeper",
    "attribute",
    "text",
    "doctype",
    "unclosed",
    "encoding",
    "empty",
]


@pytest.mark.parametrize(("content", "error"), REFUSED, ids=IDS)
def test_a_document_beyond_the_limits_is_refused(
    content: bytes, error: type[Invalid]
) -> None:
    """T-18, T-19, Z-094"""
    with pytest.raises(error):
        parse(content)


@pytest.mark.parametrize(("content", "error"), REFUSED, ids=IDS)
def test_in_pieces_it_is_refused_as_well(content: bytes, error: type[Invalid]) -> None:
    """T-18, T-19, Z-094"""
    check = WellFormedCheck()
    with pytest.raises(error):
        for at in range(0, len(content), 60_000):
            check.feed(content[at : at + 60_000])
        check.close()


@pytest.mark.parametrize(
    "content",
    [
        b"<a>" * 64 + b"</a>" * 64,
        b"<a>" + b"<b/>" * 200 + b"</a>",
        b'<a x="' + b"y" * 65_536 + b'"/>',
        b"<a>" + (b"y" * 5_000_000 + b"<b/>") * 3 + b"</a>",
    ],
    ids=["deep", "wide", "attribute", "texts"],
)
def test_a_document_within_the_limits_is_read(content: bytes) -> None:
    """T-18"""
    assert parse(content).tag == "a"
