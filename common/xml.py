"""The only door through which XML from outside enters: hardened lxml parsers.

No entity is resolved, no DTD loaded, no network reached, and a document with a DOCTYPE
is refused: lxml would accept one and leave the entity behind as a node.
"""

from lxml import etree

from common.errors import Invalid

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


def parse(content: bytes) -> Element:
    """Return the root element of ``content``.

    At most what fits in memory; a BOM is fine. Raises XmlMalformed, with the line, or
    XmlDoctypeRefused.
    """
    try:
        root = etree.fromstring(content, _parser())
    except etree.XMLSyntaxError as error:
        raise _malformed(error) from None
    except ValueError as error:
        # An encoding that the declaration names and Python lacks.
        raise XmlMalformed(line=1, reason=str(error)) from None
    info = root.getroottree().docinfo
    if info.internalDTD is not None or info.doctype:
        raise XmlDoctypeRefused
    return root


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
        """Read the next chunk; raises XmlMalformed or XmlDoctypeRefused."""
        self._fed = True
        try:
            self._parser.feed(chunk)
        except etree.XMLSyntaxError as error:
            raise _malformed(error) from None

    def close(self) -> None:
        """Read the end of the document; raises XmlMalformed when it is cut short."""
        if not self._fed:
            raise XmlMalformed(line=1, reason="the document is empty")
        try:
            self._parser.close()
        except etree.XMLSyntaxError as error:
            raise _malformed(error) from None


class _Discard:
    """A parser target that keeps nothing and refuses a DOCTYPE."""

    def start(self, tag: str, attributes: object) -> None:
        """See an element begin."""

    def end(self, tag: str) -> None:
        """See an element end."""

    def data(self, data: str) -> None:
        """See text."""

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        """Refuse the document."""
        raise XmlDoctypeRefused

    def close(self) -> None:
        """See the end."""


def _parser(target: _Discard | None = None) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        # A target without comment() is well: lxml then skips the comments.
        target=target,  # type: ignore[arg-type]
    )


def _malformed(error: etree.XMLSyntaxError) -> XmlMalformed:
    return XmlMalformed(
        line=error.lineno or 1, reason=str(error.msg or "it cannot be read")
    )
