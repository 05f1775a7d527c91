"""What a call asks, as one hash: taken while its body is read, never of a held body."""

import hashlib
import re
from collections.abc import Callable
from typing import Final

from django.http import HttpRequest

from api.header_values import SENT_CONTENT_TYPE
from data_elements.blobs import Readable

_CHUNK: Final = 256 * 1024
_ATTRIBUTE: Final = "fingerprint"
_BOUNDARY: Final = re.compile(r'boundary="?([^";,]+)"?', re.IGNORECASE)


class Fingerprint:
    """Hashes query, content type, body and what else is to be the same.

    A multipart boundary counts as nothing: clients make up a new one for each attempt.
    ``caller`` is what of the caller counts; ``on_read`` is told of every piece that
    came in.
    """

    def __init__(
        self, request: HttpRequest, *, caller: str, on_read: Callable[[], None]
    ) -> None:
        meta = request.META
        content_type = str(meta.get(SENT_CONTENT_TYPE) or meta.get("CONTENT_TYPE", ""))
        found = _BOUNDARY.search(content_type)
        self._boundary = found.group(1).encode() if found else b""
        if found:
            content_type = content_type.replace(found.group(1), "")
        self._digest = hashlib.sha256()
        self._kept = b""  # what may be the beginning of a boundary
        self._on_read = on_read
        self._request = request
        given = [caller] if caller else []
        for text in (meta.get("QUERY_STRING", ""), content_type, *given):
            self._digest.update(f"{len(text)}:{text}\n".encode())

    def over(self, stream: Readable) -> Readable:
        """Return the stream, whose bytes are hashed as they are read."""
        return _Hashed(stream, self)

    def feed(self, piece: bytes) -> None:
        """Take bytes of the body."""
        self._on_read()
        if not self._boundary:
            self._digest.update(piece)
            return
        content = (self._kept + piece).replace(self._boundary, b"")
        hold = len(self._boundary) - 1
        ready = max(0, len(content) - hold)
        self._digest.update(content[:ready])
        self._kept = content[ready:]

    def of_all(self, stream: Readable) -> str:
        """Return the hash of the whole call; what nobody has read is read now.

        ``stream`` is the body as ``over`` returned it.
        """
        while stream.read(_CHUNK):
            pass
        self._digest.update(self._kept)
        self._kept = b""
        return self._digest.hexdigest()

    def __enter__(self) -> "Fingerprint":
        """Hash what is read of the request from now on."""
        setattr(self._request, _ATTRIBUTE, self)
        return self

    def __exit__(self, *_: object) -> None:
        """Hash no more."""
        delattr(self._request, _ATTRIBUTE)


def fingerprint_of(request: HttpRequest) -> Fingerprint | None:
    """Return what hashes the request's body, None where nobody asks for it."""
    found: Fingerprint | None = getattr(request, _ATTRIBUTE, None)
    return found


class _Hashed:
    """A stream that is hashed."""

    def __init__(self, stream: Readable, fingerprint: Fingerprint) -> None:
        self._stream = stream
        self._fingerprint = fingerprint

    def read(self, size: int) -> bytes:
        """Read on."""
        piece = self._stream.read(size)
        if piece:
            self._fingerprint.feed(piece)
        return piece
