"""Content that goes out: ranges, entity tags, and never shown in a browser.

The server sends it, or sends the caller or the proxy to it (``ALTINN_BLOB_HAND_OFF``).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import IO

import structlog
from django.http import HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from rest_framework.request import Request

from api.entity_tags import is_known
from api.filenames import attachment
from common.errors import RangeUnsatisfiable
from common.untrusted import let_nothing_run
from data_elements import blobs
from data_elements.blobs import HandOff
from data_elements.errors import BlobMissing
from data_elements.models import DataElement

log = structlog.get_logger()

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_CHUNK = 256 * 1024
_BYTES = "application/octet-stream"


class RangeNotSatisfiable(RangeUnsatisfiable):
    """The Range header asks for bytes that the content does not have."""

    code = "range-not-satisfiable"
    detail = "The range {range!r} lies outside the {size} bytes of the content."


@dataclass(frozen=True, slots=True)
class Download:
    """An answer with content, and whether it begins with the content's first byte."""

    answer: HttpResponseBase
    has_first_byte: bool


def is_not_modified(request: Request, element: DataElement) -> bool:
    """Whether the caller has this content already (``If-None-Match``)."""
    return is_known(request, element.etag)


def not_modified(element: DataElement) -> HttpResponse:
    """Answer that nothing changed."""
    answer = HttpResponseNotModified()
    answer["ETag"] = element.etag
    return answer


def content_response(request: Request, element: DataElement) -> Download:
    """Answer with the element's bytes, or the range of them that was asked for.

    Raises RangeNotSatisfiable, StorageUnavailable, and BlobMissing when the store has
    lost the bytes.
    """
    span = _requested_span(request, element)
    try:
        to = _hand_off(request, element)
        answer = _sent_on(to, element) if to else _streamed(request, element, span)
    except FileNotFoundError:
        raise BlobMissing(element_id=element.id) from None
    patch_vary_headers(answer, ("Authorization", "Cookie"))
    return Download(answer, has_first_byte=span is None or span[0] == 0)


def _hand_off(request: Request, element: DataElement) -> HandOff | None:
    # What If-Range names is known here alone, and nobody else answers to HEAD.
    if request.method != "GET" or "If-Range" in request.headers:
        return None
    content_type = element.content_type or _BYTES
    return blobs.hand_off(
        element.blob_key,
        size=element.size,
        content_type=content_type if content_type.isascii() else _BYTES,
        disposition=attachment(element.filename),
    )


def _sent_on(to: HandOff, element: DataElement) -> HttpResponse:
    """Send on; whoever answers reads the Range himself."""
    if to.for_proxy:
        answer = HttpResponse()
        _describe(answer, element)
        answer["X-Accel-Redirect"] = to.address
    else:
        answer = HttpResponse(status=HTTPStatus.TEMPORARY_REDIRECT)
        answer["Location"] = to.address
    return answer


def _streamed(
    request: Request, element: DataElement, span: tuple[int, int] | None
) -> HttpResponseBase:
    start, end = span or (0, element.size)
    if request.method == "HEAD":
        blobs.ensure_whole(element.blob_key, size=element.size)
        answer: HttpResponseBase = HttpResponse()
    else:
        content = blobs.open_blob(element.blob_key, start=start, end=end)
        answer = StreamingHttpResponse(_pieces(content, end - start))
        answer._resource_closers.append(content.close)  # type: ignore[attr-defined]  # no stubs
    _describe(answer, element)
    answer["Content-Length"] = str(end - start)
    if span:
        answer.status_code = HTTPStatus.PARTIAL_CONTENT
        answer["Content-Range"] = f"bytes {start}-{end - 1}/{element.size}"
    return answer


def _describe(answer: HttpResponseBase, element: DataElement) -> None:
    answer["Content-Type"] = element.content_type or _BYTES
    answer["Content-Disposition"] = attachment(element.filename)
    let_nothing_run(answer)
    answer["ETag"] = element.etag
    answer["Accept-Ranges"] = "bytes"


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


def _pieces(content: IO[bytes], remaining: int) -> Iterator[bytes]:
    while remaining > 0:
        piece = content.read(min(_CHUNK, remaining))
        if not piece:
            log.error("blob_ended_early", missing=remaining)
            raise OSError("The store ended a content early.")  # breaks the connection
        remaining -= len(piece)
        yield piece
