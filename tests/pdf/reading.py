"""The text of a PDF as somebody reads it who selects and copies it."""

import re
import zlib
from collections.abc import Iterator

import pytest

from apps_registry import pdf_library

needs_drawing = pytest.mark.skipif(
    bool(pdf_library.what_is_missing()), reason="nothing draws PDF here"
)

_OBJECT = re.compile(rb"(\d+) 0 obj\s*(.*?)\s*endobj", re.DOTALL)
_STREAM = re.compile(rb"(.*?)stream\r?\n(.*)\r?\nendstream", re.DOTALL)
# What a page calls a font by is the beginning of its name.
_FONT = re.compile(rb"/BaseFont /(\w+)\+[^/]*/ToUnicode (\d+) 0 R")
_MAPPED = re.compile(rb"<([0-9a-f]+)> <([0-9a-f]+)>\n")
_SHOWN = re.compile(rb"/(\w+) [\d.]+ Tf|\[((?:<[0-9a-f]*>|[-\d. ]+)*)\] TJ|\bET\b")
_GLYPHS = re.compile(rb"<([0-9a-f]*)>")


def text_of(content: bytes) -> str:
    """Return what stands in the document, a line for each piece of text.

    Through the fonts' own maps from glyphs to letters, without which nobody can search
    a PDF or have it read aloud. Of the dialect that WeasyPrint writes, and no other.
    """
    objects = dict(_objects(content))
    fonts = {
        name: _letters(objects[int(number)])
        for body in objects.values()
        for name, number in _FONT.findall(body)
    }
    pages = [one for one in objects.values() if b"BDC" in one and b" TJ" in one]
    return "".join(_read(page, fonts) for page in pages)


def _objects(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield every object by its number: bare ones, and those packed in a stream."""
    for number, body in _OBJECT.findall(content):
        stream = _STREAM.match(body)
        if stream is None:
            yield int(number), body
            continue
        inside = _unpacked(stream[2])
        yield int(number), inside
        if b"/ObjStm" in stream[1]:
            yield from _packed(stream[1], inside)


def _packed(header: bytes, inside: bytes) -> Iterator[tuple[int, bytes]]:
    first = int(re.search(rb"/First (\d+)", header)[1])  # type: ignore[index]  # it has
    places = [int(one) for one in inside[:first].split()]
    numbers, begins = places[::2], places[1::2]
    ends = [*begins[1:], len(inside) - first]
    for number, begin, end in zip(numbers, begins, ends, strict=True):
        yield number, inside[first + begin : first + end]


def _unpacked(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return stream  # not packed


def _letters(mapping: bytes) -> dict[int, str]:
    """Return the letters that the glyphs of a font stand for."""
    return {
        int(glyph, 16): bytes.fromhex(letters.decode()).decode("utf-16-be")
        for glyph, letters in _MAPPED.findall(mapping)
    }


def _read(page: bytes, fonts: dict[bytes, dict[int, str]]) -> str:
    parts: list[str] = []
    letters: dict[int, str] = {}
    for shown in _SHOWN.finditer(page):
        if shown[1]:
            letters = fonts[shown[1]]
        elif shown[2] is not None:
            for glyphs in _GLYPHS.findall(shown[2]):
                numbers = (glyphs[at : at + 4] for at in range(0, len(glyphs), 4))
                parts += [letters[int(number, 16)] for number in numbers]
        else:
            parts.append("\n")
    return "".join(parts)
