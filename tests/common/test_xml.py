"""XML from outside: how deep and how long it may be, at once and in pieces."""

from itertools import product

import pytest
from lxml import etree

from common import xml
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


@pytest.mark.parametrize(
    "content",
    [
        b"<a/>",
        b"\xef\xbb\xbf<a/>",
        b"\n<a/>",
        b"<?xml version='1.0' encoding='UTF-8'?><a/>",
        b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe6</a>",
        b"<?xml version='1.0' encoding='UTF-7'?>+ADwAIQ-DOCTYPE a+AD4<a/>",
        "<?xml version='1.0' encoding='UTF-16'?><!DOCTYPE a><a/>".encode("utf-16"),
        "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>".encode("utf-16-le"),
        "<a/>".encode("utf-32"),
        b"<!DOCTYPE a><a/>",
        b"<!-- <!DOCTYPE a> --><a/>",
        b"<a><![CDATA[<!DOCTYPE a>]]></a>",
        b"<a>&b;</a>",
        b"<a b='" + b"x" * xml.MAX_ATTRIBUTE + b"'/>",
        b"<a b='" + b"x" * (xml.MAX_ATTRIBUTE - 20) + b"'/>",
        b"<a>" * xml.MAX_DEPTH + b"</a>" * xml.MAX_DEPTH,
        b"<a>" * (xml.MAX_DEPTH + 1) + b"</a>" * (xml.MAX_DEPTH + 1),
        b"<a>" * 1000 + b"</a>" * 1000,
        b"<a>" * 1000,
        b"",
        b"\0",
        b"<a",
        b"<\0a\0/\0>\0",
    ],
    ids=lambda content: repr(content[:40]),
)
def test_reading_once_or_twice_comes_to_the_same(
    content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T-18: a document that is read once alone is refused for the same reasons"""

    def outcome() -> object:
        try:
            return etree.tostring(parse(content))
        except Invalid as error:
            return error.code

    once = outcome()
    monkeypatch.setattr(xml, "_is_plain", lambda content: False)
    assert outcome() == once


def _text_of(root: etree._Element) -> str:
    (held,) = root.iter("c")
    return (held.text or "") + "".join(child.tail or "" for child in held)


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf", b"<?xml version='1.0'?>"])
@pytest.mark.parametrize(
    "value",
    [
        b" \n ",
        b"  a  ",
        b" <!-- -->a",
        b"a<!-- --> ",
        b" <?pi x?> a",
        b" <![CDATA[a]]> ",
        b" &#32; ",
        b"&#10;",
        b" &lt; ",
        b" " * 1000,
        b" \r\n ",
        b"\r\n\r\n",
        b"\t\r",
        b" \ra",
    ],
    ids=lambda value: repr(value[:20]),
)
def test_layout_that_is_left_out_is_part_of_no_value(
    start: bytes, value: bytes
) -> None:
    """T-18: what an element holds stays as it is, to the last blank"""
    document = start + b"<a>\n  <b> <c>" + value + b"</c>\n</b>\n</a>"
    bare = parse(document, keep_layout=False)
    assert _text_of(bare) == _text_of(parse(document)) != ""


def test_no_value_of_blanks_and_line_ends_loses_any() -> None:
    """T-18: however they follow each other"""
    pieces = (b" ", b"\n", b"\r", b"a", b"&#32;")
    for count in range(1, 5):
        for value in map(b"".join, product(pieces, repeat=count)):
            document = b"<a>\r\n<c>" + value + b"</c>\r\n</a>"
            bare = parse(document, keep_layout=False)
            assert _text_of(bare) == _text_of(parse(document)), value


def test_layout_is_left_out_where_lines_end_as_on_windows() -> None:
    """T-18"""
    document = b"<a>\r\n  <b/>\r\n  <c>d</c>\r\n</a>\r\n"
    assert etree.tostring(parse(document, keep_layout=False)) == (
        b"<a><b/><c>d</c></a>"
    )


def test_layout_is_left_out_where_nothing_divides_a_text() -> None:
    """T-18"""
    document = b"<a>\n  <b/>\n  <c>d</c>\n</a>"
    assert etree.tostring(parse(document, keep_layout=False)) == (
        b"<a><b/><c>d</c></a>"
    )
    assert etree.tostring(parse(document)) == document
