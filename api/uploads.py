"""Bodies that stream in: their length, type and name, and what they are held to.

No body is held in memory: it is read in chunks while it is stored and hashed.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

from api.filenames import as_sent, filename_of
from api.fingerprints import fingerprint_of
from api.header_values import SENT_CONTENT_TYPE
from api.multipart import MultipartMalformed, MultipartReader, Part
from api.parsers import JsonBodyTooLarge, read_json
from apps_registry.definition import MEBIBYTE
from common.errors import Invalid, LengthRequired
from common.xml import WellFormedCheck
from data_elements.blobs import Incoming, Readable
from data_elements.errors import ContentTooLarge

XML = "application/xml"
_XML = frozenset({XML, "text/xml"})
_JSON = frozenset({"application/json", "text/json"})
_MAX_CONTENT_TYPE = 255
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_MAX_DIGITS = 19
# Boundaries, headers and the template of a multipart body, beside its content.
_MOST_AROUND_PARTS = 2 * MEBIBYTE


class ContentTypeTooLong(Invalid):
    """The Content-Type is longer than one may be."""

    code = "content-type-too-long"
    detail = "The Content-Type has {length} characters; it may have 255."


class ContentLengthMissing(LengthRequired):
    """The body comes in chunks, and this server cannot tell when one is cut off.

    Send a Content-Length, or the content in a multipart body, whose end shows.
    """

    code = "content-length-missing"
    detail = (
        "Content of type {content_type!r} needs a Content-Length: in chunks without"
        " one, a body that was cut off looks like a whole one."
    )


class ContentTypeMalformed(Invalid):
    """The Content-Type has a control character, which no header may have."""

    code = "content-type-malformed"
    detail = "The Content-Type has a control character."


@dataclass(frozen=True, slots=True)
class Upload:
    """Content on its way in: the bytes are still to be read, once.

    ``announced`` is the Content-Length, None when the sender gave none. ``finish``
    reads what follows the content and refuses a body that is cut off; where
    ``may_be_cut``, only the content itself can show that it is whole.
    """

    stream: Readable
    announced: int | None
    content_type: str | None
    filename: str | None
    has_disposition: bool
    finish: Callable[[], None] | None = None
    may_be_cut: bool = False


def upload_of(request: HttpRequest) -> Upload:
    """Return the body of a request, or the first part of a multipart one."""
    content_type = _checked_type(_sent_type(request) or None)
    if content_type and "multipart/" in content_type.lower():
        reader = multipart(request)
        part = next(iter(reader), None)
        if part is None:
            raise MultipartMalformed("The multipart body has no part.")
        return upload_of_part(part, finish=reader.finish)
    disposition = as_sent(request.META.get("HTTP_CONTENT_DISPOSITION", ""))
    announced = content_length(request)
    return Upload(
        stream=body_stream(request),
        announced=announced,
        content_type=content_type,
        filename=filename_of(disposition),
        has_disposition=bool(disposition),
        may_be_cut=_is_chunked(request) and not _reports_cuts(request),
    )


def upload_of_part(part: Part, *, finish: Callable[[], None] | None = None) -> Upload:
    """Return a part of a multipart body as content."""
    return Upload(
        stream=part.stream,
        announced=None,
        content_type=_checked_type(part.content_type),
        filename=filename_of(part.disposition),
        has_disposition=bool(part.disposition),
        finish=finish,
    )


def multipart(request: HttpRequest) -> MultipartReader:
    """Return a reader of the request's parts."""
    return MultipartReader(
        _Complete(body_stream(request), content_length(request)),
        _sent_type(request),
    )


def body_stream(request: HttpRequest) -> Readable:
    """Return the body as a stream, whether its length is announced or it is chunked."""
    stream: Readable = request
    if _is_chunked(request):
        # Django reads Content-Length bytes, so none of a body that announces no length.
        stream = request.environ["wsgi.input"]  # type: ignore[attr-defined]  # WSGI's own
    fingerprint = fingerprint_of(request)
    return stream if fingerprint is None else fingerprint.over(stream)


def _is_chunked(request: HttpRequest) -> bool:
    """Whether the body comes in chunks, without a length."""
    coding = request.META.get("HTTP_TRANSFER_ENCODING", "")
    return "chunked" in coding.lower() and not request.META.get("CONTENT_LENGTH")


def _reports_cuts(request: HttpRequest) -> bool:
    """Whether reading a body in chunks fails, rather than ends, when it is cut off."""
    return "gunicorn" in request.META.get("SERVER_SOFTWARE", "")


def content_length(request: HttpRequest) -> int | None:
    """Return the announced length in bytes, None when there is none."""
    text = request.META.get("CONTENT_LENGTH", "")
    if not (text.isascii() and text.isdigit()):
        return None
    # Python refuses to read thousands of digits; so many are beyond every limit anyway.
    return int(text.lstrip("0")[:_MAX_DIGITS] or "0")


def has_body(request: HttpRequest) -> bool:
    """Whether the request carries a body at all."""
    return bool(content_length(request)) or "HTTP_TRANSFER_ENCODING" in request.META


def incoming(
    upload: Upload, *, max_bytes: int | None = None, well_formed: bool = False
) -> Incoming:
    """Say what the bytes are held to while they are stored.

    ``max_bytes`` narrows the server's own limit. ``well_formed`` refuses XML and JSON
    that cannot be read, without keeping XML in memory; JSON is held up to its limit.
    Raises ContentLengthMissing when nothing would show that the content is cut off.
    """
    server_limit = settings.ALTINN_MAX_UPLOAD_MIB * MEBIBYTE
    shows_cuts = upload.may_be_cut and upload.content_type is not None
    check = None
    if well_formed or shows_cuts:
        check = _format_check(upload.content_type, names_once=well_formed)
    if upload.may_be_cut and check is None:
        raise ContentLengthMissing(content_type=upload.content_type or "")

    def finish() -> None:
        if check is not None:
            check.close()
        if upload.finish is not None:
            upload.finish()

    return Incoming(
        stream=upload.stream,
        max_bytes=server_limit if max_bytes is None else min(max_bytes, server_limit),
        announced=upload.announced,
        inspect=None if check is None else check.feed,
        finish=finish,
    )


def media_type(content_type: str | None) -> str:
    """Return the type without its parameters, in lower case."""
    return (content_type or "").partition(";")[0].strip().lower()


def is_xml(content_type: str | None) -> bool:
    """Whether the content is XML by its type; form data without a type is."""
    return content_type is None or media_type(content_type) in _XML


def is_json(content_type: str | None) -> bool:
    """Whether the content is JSON by its type."""
    return media_type(content_type) in _JSON


def _format_check(
    content_type: str | None, *, names_once: bool
) -> "WellFormedCheck | _JsonCheck | None":
    if is_xml(content_type):
        return WellFormedCheck()
    return _JsonCheck(names_once=names_once) if is_json(content_type) else None


class _JsonCheck:
    """Collects a JSON document up to its limit and parses it at the end."""

    def __init__(self, *, names_once: bool) -> None:
        self._names_once = names_once
        self._limit = settings.ALTINN_MAX_JSON_MIB * MEBIBYTE
        self._content = bytearray()

    def feed(self, chunk: bytes) -> None:
        """Take a chunk; raises JsonBodyTooLarge."""
        self._content += chunk
        if len(self._content) > self._limit:
            raise JsonBodyTooLarge(limit=self._limit)

    def close(self) -> None:
        """Parse; raises JsonMalformed."""
        read_json(bytes(self._content), names_once=self._names_once)


class _Complete:
    """A body that must be as long as announced, and no longer than its parts may be."""

    def __init__(self, stream: Readable, announced: int | None) -> None:
        self._stream = stream
        self._announced = announced
        self._most = settings.ALTINN_MAX_UPLOAD_MIB * MEBIBYTE + _MOST_AROUND_PARTS
        self._received = 0
        self._ensure_limit(announced or 0)

    def read(self, size: int) -> bytes:
        """Read on; raises MultipartMalformed at an early end, and ContentTooLarge."""
        piece = self._stream.read(size)
        self._received += len(piece)
        self._ensure_limit(self._received)
        if (
            not piece
            and self._announced is not None
            and self._received < self._announced
        ):
            raise MultipartMalformed(
                f"The body ended after {self._received} of {self._announced} bytes."
            )
        return piece

    def _ensure_limit(self, length: int) -> None:
        if length > self._most:
            raise ContentTooLarge(length=length, limit=settings.ALTINN_MAX_UPLOAD_MIB)


def _sent_type(request: HttpRequest) -> str:
    meta = request.META
    return str(meta.get(SENT_CONTENT_TYPE) or meta.get("CONTENT_TYPE") or "")


def _checked_type(content_type: str | None) -> str | None:
    if content_type is not None and len(content_type) > _MAX_CONTENT_TYPE:
        raise ContentTypeTooLong(length=len(content_type))
    if content_type is not None and _CONTROL.search(content_type):
        raise ContentTypeMalformed
    return content_type
