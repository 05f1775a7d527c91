"""Content that streams out: ranges, entity tags, and never shown in a browser."""

import re
from collections.abc import Iterator
from typing import IO

from django.http import HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from rest_framework.request import Request

from api.filenames import attachment
from common.errors import RangeUnsatisfiable
from data_elements import blobs
from data_elements.errors import BlobMissing
from data_elements.models import DataElement

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_CHUNK = 256 * 1024


class RangeNotSatisfiable(RangeUnsatisfiable):
    """The Range header asks for bytes that the content does not have."""

    code = "range-not-satisfiable"
    detail = "The range {range!r} lies outside the {size} bytes of the content."


def has_first_byte(answer: HttpResponseBase) -> bool:
    """Whether the answer begins with the content's first byte."""
    return answer.get("Content-Range", "bytes 0-").startswith("bytes 0-")


def is_not_modified(request: Request, element: DataElement) -> bool:
    """Whether the caller has this content already (``If-None-Match``)."""
    return matches(request.headers.get("If-None-Match", ""), element.etag)


def matches(header: str, etag: str) -> bool:
    """Whether a list of entity tags holds this one, by weak comparison, or is ``*``."""
    tags = (tag.strip().removeprefix("W/") for tag in header.split(","))
    return any(tag in ("*", etag) for tag in tags)


def not_modified(element: DataElement) -> HttpResponse:
    """Answer that nothing changed."""
    answer = HttpResponseNotModified()
    answer["ETag"] = element.etag
    return answer


def content_response(request: Request, element: DataElement) -> HttpResponseBase:
    """Answer with the element's bytes, or the range of them that was asked for.

    Raises RangeNotSatisfiable, and BlobMissing when the store has lost the bytes.
    """
    span = _requested_span(request, element)
    start, end = span or (0, element.size)
    try:
        content = blobs.open_blob(element.blob_key)
    except FileNotFoundError:
        raise BlobMissing(element_id=element.id) from None
    if request.method == "HEAD":
        content.close()
        answer: HttpResponseBase = HttpResponse()
    else:
        answer = StreamingHttpResponse(_pieces(content, start, end))
        answer._resource_closers.append(content.close)  # type: ignore[attr-defined]  # no stubs
    answer.status_code = 206 if span else 200
    answer["Content-Type"] = element.content_type or "application/octet-stream"
    answer["Content-Length"] = str(end - start)
    answer["Content-Disposition"] = attachment(element.filename)
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["ETag"] = element.etag
    answer["Accept-Ranges"] = "bytes"
    if span:
        answer["Content-Range"] = f"bytes {start}-{end - 1}/{element.size}"
    patch_vary_headers(answer, ("Authorization", "Cookie"))
    return answer


def _requested_span(request: Request, element: DataElement) -> tuple[int, int] | None:
    """Return first byte and end of a single range; anything else gets the whole."""
    header = request.headers.get("Range", "")
    found = _RANGE.fullmatch(header)
    condition = request.headers.get("If-Range")
    if found is None or found.groups() == ("", ""):
        return None
    if condition is not None and condition != element.etag:
        return None
    first, last = found.groups()
    if first and last and int(last) < int(first):
        return None  # RFC 9110: an invalid range is ignored
    size = element.size
    if first == "":
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(int(last) + 1 if last else size, size)
    if start >= end:
        raise RangeNotSatisfiable(range=header, size=size)
    return start, end


def _pieces(content: IO[bytes], start: int, end: int) -> Iterator[bytes]:
    content.seek(start)
    remaining = end - start
    while remaining > 0:
        piece = content.read(min(_CHUNK, remaining))
        if not piece:
            return
        remaining -= len(piece)
        yield piece
