"""Multipart bodies read part by part, each part streaming, on Django's own parser."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.core.exceptions import SuspiciousOperation
from django.http.multipartparser import (
    RAW,
    ChunkIter,
    LazyStream,
    MultiPartParserError,
    Parser,
)
from django.utils.http import parse_header_parameters

from common.errors import Invalid, Issue
from data_elements.blobs import CHUNK, Readable

MAX_PARTS = 100
_BOUNDARY = re.compile(r"[ -~]{1,128}")
_TAIL = 512


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
    """A part of a multipart body; read its stream before asking for the next part."""

    number: int
    name: str
    disposition: str
    content_type: str | None
    stream: Readable


class MultipartReader:
    """Iterates over the parts of a body."""

    def __init__(self, stream: Readable, content_type: str) -> None:
        """Take the boundary from the content type; raises MultipartMalformed."""
        _, parameters = parse_header_parameters(content_type)
        boundary = parameters.get("boundary", "").strip()
        if not _BOUNDARY.fullmatch(boundary):
            raise MultipartMalformed(
                "The Content-Type of a multipart body needs a boundary of 1 to 128"
                " characters."
            )
        self._boundary = boundary.encode()
        self._source = _Remembering(stream)
        chunks = ChunkIter(self._source, CHUNK)  # type: ignore[arg-type]  # only reads
        self._parser = Parser(LazyStream(chunks), self._boundary)

    def __iter__(self) -> Iterator[Part]:
        number = -1
        seen = False
        try:
            for kind, headers, stream in self._parser:
                if kind == RAW and not headers and _is_no_part(stream, first=not seen):
                    seen = True
                    continue
                seen = True
                number += 1
                if number >= MAX_PARTS:
                    raise MultipartMalformed(
                        f"A body may have {MAX_PARTS} parts; this has more."
                    )
                yield _part(number, headers, stream)
        except (MultiPartParserError, SuspiciousOperation) as error:
            raise MultipartMalformed(str(error)) from None
        if number < 0:
            raise MultipartMalformed("The multipart body has no part.")

    def finish(self) -> None:
        """Read to the end and check that it is one.

        Raises MultipartMalformed if cut off.
        """
        while self._source.read(CHUNK):
            pass
        if b"--" + self._boundary + b"--" not in self._source.tail:
            raise MultipartMalformed(
                "The multipart body does not end with its closing boundary."
            )


class _Remembering:
    """Passes a stream on and remembers its last bytes."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self.tail = b""

    def read(self, size: int) -> bytes:
        """Read on."""
        piece = self._stream.read(size)
        if piece:
            self.tail = (self.tail + piece)[-_TAIL:]
        return piece


def _is_no_part(stream: Readable, *, first: bool) -> bool:
    """Whether this is what stands before the first boundary, or after the last."""
    beginning = stream.read(2)
    return first or beginning == b"--"


def _part(
    number: int,
    headers: dict[str, tuple[str, dict[str, bytes | str]]],
    stream: Readable,
) -> Part:
    def raw(name: str) -> str:
        value, parameters = headers.get(name, ("", {}))
        texts = [f'{key}="{_decoded(content)}"' for key, content in parameters.items()]
        return "; ".join([value.strip(), *texts]) if value else ""

    _, parameters = headers.get("content-disposition", ("", {}))
    return Part(
        number=number,
        name=_decoded(parameters.get("name", "")),
        disposition=raw("content-disposition"),
        content_type=raw("content-type") or None,
        stream=stream,
    )


def _decoded(content: bytes | str) -> str:
    return content if isinstance(content, str) else content.decode()
