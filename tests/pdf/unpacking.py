"""A PDF as tests look at it: its objects, unpacked."""

import re
import zlib

_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_HEX = re.compile(rb"<([0-9a-fA-F]+)>")


def unpacked(content: bytes) -> bytes:
    """Return the document, followed by what its streams hold."""
    parts = [content]
    for found in _STREAM.finditer(content):
        unpacker = zlib.decompressobj()
        try:
            parts.append(unpacker.decompress(found[1]))
        except zlib.error:
            continue  # not packed
    return b"\n".join(parts)


def tags(content: bytes) -> list[str]:
    """Return the kinds of the structure elements, in the order of the objects."""
    return [
        kind.decode()
        for kind in re.findall(rb"/Type /StructElem\s*/S /(\w+)", unpacked(content))
    ]


def assert_accessible(content: bytes, *, language: str) -> None:
    """Assert what PDF/UA asks of the document as a whole."""
    inside = unpacked(content)
    assert content.startswith(b"%PDF-")
    assert b"pdfuaid:part" in inside
    assert re.search(rb"/MarkInfo\s*<<\s*/Marked true", inside)
    assert b"/StructTreeRoot" in inside
    assert re.search(rb"/DisplayDocTitle true", inside)
    assert f"/Lang ({language})".encode() in inside
