"""Multipart bodies read part by part, each part streaming.

Django finds the boundaries. The headers are read here: Django's reader decodes their
parameters, which then cannot be told from what the sender wrote, and puts the headers
of a part without Content-Disposition back into its content.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.core.exceptions import SuspiciousOperation
from django.http.multipartparser import (
    ChunkIter,
    InterBoundaryIter,
    LazyStream,
)

from api.filenames import as_sent
from api.header_values import parameters_of
from common.errors import Invalid, Issue
from data_elements.blobs import CHUNK, Readable

MAX_PARTS = 100
_BOUNDARY = re.compile(r"[ -~]{1,128}")
_MAX_HEADERS = 8 * 1024
_LINE, _BLANK_LINE = b"\r\n", b"\r\n\r\n"
_FOLD = re.compile(rb"\r\n[ \t]+")


class MultipartMalformed(Invalid):
    """The multipart body cannot be read; each finding says which part, and why."""

    code = "multipart-malformed"
    title = "Error reading request"
    detail = "{reason}"

    def __init__(self, reason: str, *, part: int | None = None) -> None:
        """State the reason, and the part that it is about."""
        pointer = "" if part is None else f"part {part}"
        super().__init__(reason=reason, issues=[Issue(pointer, self.code, reason)])


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a multipart body; asking for the next part skips what is not read.

    ``disposition`` and ``content_type`` are as they were sent.
    """

    number: int
    name: str
    disposition: str
    content_type: str | None
    stream: Readable


class MultipartReader:
    """Iterates over the parts of a body."""

    def __init__(self, stream: Readable, content_type: str) -> None:
        """Take the boundary from the content type; raises MultipartMalformed."""
        boundary = parameters_of(content_type).get("boundary", "").strip()
        if not _BOUNDARY.fullmatch(boundary):
            raise MultipartMalformed(
                "The Content-Type of a multipart body needs a boundary of 1 to 128"
                " characters."
            )
        self._delimiter = b"--" + boundary.encode()
        self._source = _Watched(stream, ending=self._delimiter + b"--")
        chunks = ChunkIter(self._source, CHUNK)  # type: ignore[arg-type]  # only reads
        self._sections = InterBoundaryIter(LazyStream(chunks), self._delimiter)

    def __iter__(self) -> Iterator[Part]:
        number = -1
        try:
            _skip(next(self._sections, ()))  # what stands before the first boundary
            for stream in self._sections:
                beginning = stream.read(2)
                if beginning == b"--":
                    break  # the last boundary; what follows is no part
                number += 1
                if number >= MAX_PARTS:
                    raise MultipartMalformed(
                        f"A body may have {MAX_PARTS} parts; this has more."
                    )
                stream.unget(beginning)
                yield _part(number, stream)
                _skip(stream)
        except SuspiciousOperation as error:
            raise MultipartMalformed(str(error)) from None
        if number < 0:
            raise MultipartMalformed("The multipart body has no part.")

    def finish(self) -> None:
        """Read to the end and check that it is one.

        Raises MultipartMalformed if cut off.
        """
        while self._source.read(CHUNK):
            pass
        if not self._source.has_ended:
            raise MultipartMalformed(
                "The multipart body does not end with its closing boundary."
            )


class _Watched:
    """Passes a stream on and notices its ending; an epilogue may follow it."""

    def __init__(self, stream: Readable, *, ending: bytes) -> None:
        self._stream = stream
        self._ending = ending
        self._tail = b""
        self.has_ended = False

    def read(self, size: int) -> bytes:
        """Read on."""
        piece = self._stream.read(size)
        if piece and not self.has_ended:
            # The ending may lie across two pieces.
            seen = self._tail + piece
            self.has_ended = self._ending in seen
            self._tail = seen[-len(self._ending) + 1 :]
        return piece


def _skip(chunks: Iterable[bytes]) -> None:
    for _ in chunks:
        pass


def _part(number: int, stream: LazyStream) -> Part:
    headers = _headers(number, stream)
    disposition = as_sent(headers.get("content-disposition", ""))
    return Part(
        number=number,
        name=parameters_of(disposition).get("name", ""),
        disposition=disposition,
        content_type=headers.get("content-type") or None,
        stream=stream,
    )


def _headers(number: int, stream: LazyStream) -> dict[str, str]:
    """Read up to the blank line; return the headers as WSGI would, in Latin-1."""
    # The line break that ends the boundary's line is the beginning of the blank line
    # of a part without headers.
    beginning = stream.read(len(_LINE) + _MAX_HEADERS + len(_BLANK_LINE))
    block, blank_line, rest = beginning.partition(_BLANK_LINE)
    stream.unget(rest)
    if not blank_line and len(beginning) > _MAX_HEADERS:
        raise MultipartMalformed(
            f"Part number {number} has more than {_MAX_HEADERS} bytes of headers.",
            part=number,
        )
    if not blank_line and not block.endswith(_LINE):
        raise MultipartMalformed(
            f"Part number {number} has no blank line after its headers.", part=number
        )
    headers: dict[str, str] = {}
    for line in _FOLD.sub(b" ", block).split(_LINE):
        name, colon, value = line.decode("latin-1").partition(":")
        if colon:
            headers.setdefault(name.strip().lower(), value.strip(" \t"))
    return headers
