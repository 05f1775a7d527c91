"""The only door through which XML from outside enters: hardened lxml parsers.

No entity is resolved, no DTD loaded, no network reached, and a document with a DOCTYPE
is refused: lxml would accept one and leave the entity behind as a node.
"""

import re
from collections.abc import Mapping

from lxml import etree

from common.errors import Invalid

MAX_DEPTH = 64
MAX_ATTRIBUTE = 64 * 1024
MAX_TEXT = 10_000_000  # as far as lxml reads one
_PIECE = 64 * 1024
_PLAIN_START = 256
_BLANK_BEFORE_RETURN = re.compile(rb"[ \t\n]\r")
_ENCODING = re.compile(rb"encoding\s*=\s*[\"']([^\"']*)")
_HAS_LONG_ATTRIBUTE = etree.XPath(f"boolean(//@*[string-length() > {MAX_ATTRIBUTE}])")
_IS_TOO_DEEP = etree.XPath("boolean(" + "/*" * (MAX_DEPTH + 1) + ")")

Element = etree._Element  # lxml names its element type with an underscore only


class XmlMalformed(Invalid):
    """The XML is not well formed. Mend it at the line that is named."""

    code = "xml-malformed"
    detail = "The XML is not well formed at line {line}: {reason}"


class XmlDoctypeRefused(Invalid):
    """The XML has a DOCTYPE, which is refused: entities can reach files and networks.

    Send the document without it.
    """

    code = "xml-doctype-refused"
    detail = "The XML has a DOCTYPE; send it without one."


class XmlTooDeep(Invalid):
    """The elements of the XML are nested deeper than any document needs."""

    code = "xml-too-deep"
    detail = f"The XML is nested deeper than {MAX_DEPTH} elements."


class XmlTooLong(Invalid):
    """An attribute or a text of the XML is longer than one may be."""

    code = "xml-too-long"
    detail = (
        f"The XML has an attribute of more than {MAX_ATTRIBUTE} characters or a text of"
        f" more than {MAX_TEXT}."
    )


def parse(
    content: bytes,
    *,
    name: str | None = None,
    resolver: etree.Resolver | None = None,
    keep_layout: bool = True,
) -> Element:
    """Return the root element of ``content``.

    At most what fits in memory; a BOM is fine. ``name`` is what references in the
    document are relative to, ``resolver`` finds what they name when a schema is made of
    it. Without ``keep_layout`` the white space between elements may be left out, which
    is a third of the nodes of an indented document. Raises XmlMalformed, with the line,
    XmlDoctypeRefused, XmlTooDeep or XmlTooLong.
    """
    plain = _is_plain(content)
    unbroken = plain and not keep_layout and _is_unbroken(content)
    parser = _parser(remove_blank_text=unbroken)
    if resolver is not None:
        parser.resolvers.add(resolver)
    if not plain:
        _check(content)
    try:
        root = etree.fromstring(content, parser, base_url=name or "")
    except etree.XMLSyntaxError as error:
        _check(content)  # which may know better what is wrong
        raise _malformed(error) from None
    except ValueError as error:
        # An encoding that the declaration names and Python lacks.
        raise XmlMalformed(line=1, reason=str(error)) from None
    info = root.getroottree().docinfo
    if info.internalDTD is not None or info.doctype:
        raise XmlDoctypeRefused
    if plain and _IS_TOO_DEEP(root):
        raise XmlTooDeep
    if plain and len(content) > MAX_ATTRIBUTE and _HAS_LONG_ATTRIBUTE(root):
        raise XmlTooLong
    return root


def _is_plain(content: bytes) -> bool:
    """Whether a document can have no DOCTYPE, and no text in it be too long.

    It need not be read twice then. The bytes say so only of UTF-8.
    """
    start = content[:_PLAIN_START].removeprefix(b"\xef\xbb\xbf")
    if len(content) > MAX_TEXT or b"\0" in start:
        return False
    # One rare byte is found many times faster than nine that begin with a frequent one.
    if b"!" in content and b"<!DOCTYPE" in content:
        return False
    if not start.startswith(b"<?xml"):
        return start.startswith(b"<")
    declared = _ENCODING.search(start.partition(b"?>")[0])
    return declared is None or declared[1].lower() == b"utf-8"


def _is_unbroken(content: bytes) -> bool:
    """Whether each text of a plain document comes in one piece.

    A comment, an instruction and CDATA divide it, and so does libxml2 between a blank
    and a carriage return. White space alone is layout then; beside one of them it can
    be the beginning or the end of a value.
    """
    start = content[:_PLAIN_START].removeprefix(b"\xef\xbb\xbf")
    marks = 2 if start.startswith(b"<?xml ") else 0
    if b"!" in content or content.count(b"?") != marks:
        return False
    return b"\r" not in content or not _BLANK_BEFORE_RETURN.search(content)


def _check(content: bytes) -> None:
    check = WellFormedCheck()
    for start in range(0, len(content), _PIECE):
        check.feed(content[start : start + _PIECE])
    check.close()


def line_of(element: Element) -> int:
    """Return the line on which the element starts."""
    line = element.sourceline
    return line if isinstance(line, int) else 1


class WellFormedCheck:
    """Checks a document of any size chunk by chunk, keeping none of it in memory."""

    def __init__(self) -> None:
        self._target = _Discard()
        self._parser = _parser(target=self._target)
        self._fed = False

    def feed(self, chunk: bytes) -> None:
        """Read the next chunk; raises as parse does."""
        if not chunk:
            return
        self._fed = True
        try:
            self._parser.feed(chunk)
        except etree.XMLSyntaxError as error:
            raise _malformed(error) from None
        except (ValueError, LookupError) as error:
            # An encoding that the declaration names and Python lacks.
            raise XmlMalformed(line=1, reason=str(error)) from None

    def close(self) -> None:
        """Read the end of the document; raises XmlMalformed when it is cut short."""
        if not self._fed:
            raise XmlMalformed(line=1, reason="the document is empty")
        try:
            self._parser.close()
        except etree.XMLSyntaxError as error:
            raise _malformed(error) from None


class _Discard:
    """A parser target that keeps nothing, and refuses a DOCTYPE and what is too much.

    lxml has limits of its own, but not these, and not for a document that comes in
    pieces.
    """

    def __init__(self) -> None:
        self._depth = 0
        self._length = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """See an element begin."""
        self._depth += 1
        self._length = 0
        if self._depth > MAX_DEPTH:
            raise XmlTooDeep
        if any(len(value) > MAX_ATTRIBUTE for value in attributes.values()):
            raise XmlTooLong

    def end(self, tag: str) -> None:
        """See an element end."""
        self._depth -= 1
        self._length = 0

    def data(self, data: str) -> None:
        """See text, perhaps a piece of it."""
        self._length += len(data)
        if self._length > MAX_TEXT:
            raise XmlTooLong

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        """Refuse the document."""
        raise XmlDoctypeRefused

    def close(self) -> None:
        """See the end."""


def _parser(
    target: _Discard | None = None, *, remove_blank_text: bool = False
) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_blank_text=remove_blank_text,
        # A target without comment() is well: lxml then skips the comments.
        target=target,  # type: ignore[arg-type]
    )


def _malformed(error: etree.XMLSyntaxError) -> XmlMalformed:
    return XmlMalformed(
        line=error.lineno or 1, reason=str(error.msg or "it cannot be read")
    )
