"""Bytes on their way in: measured, checked and hashed while a store takes them."""

import hashlib
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from queue import Queue
from threading import Thread
from typing import Protocol

from apps_registry.definition import MEBIBYTE
from common.errors import DomainError
from data_elements.errors import ContentCutShort, ContentTooLarge, UploadTooSlow

CHUNK = 64 * 1024  # larger ones are given back to the system one by one, and cost more
LONGEST_UPLOAD_HOURS = 12
_HASHED_ASIDE = 16 * CHUNK  # up to here a thread costs more than it saves
_WAITING = 16  # pieces that wait to be hashed


class Readable(Protocol):
    """A stream that is read forwards, once."""

    def read(self, size: int, /) -> bytes:
        """Return up to ``size`` bytes; none at the end."""
        ...


@dataclass(frozen=True, slots=True)
class Incoming:
    """Bytes on their way in, and what they are held to while they stream.

    ``max_bytes`` refuses more (ContentTooLarge); ``announced`` is the Content-Length
    and refuses less (ContentCutShort); ``inspect`` sees each chunk, ``finish`` the end.
    """

    stream: Readable
    max_bytes: int
    announced: int | None = None
    inspect: Callable[[bytes], None] | None = None
    finish: Callable[[], None] | None = None

    @property
    def at_most(self) -> int:
        """How many bytes may come; raises ContentTooLarge if more are announced."""
        if self.announced is None:
            return self.max_bytes
        if self.announced > self.max_bytes:
            raise _too_large(self.announced, self.max_bytes)
        return self.announced


class Intake:
    """One passage of the bytes; their size and hash are known when it is over."""

    def __init__(self, incoming: Incoming) -> None:
        self.incoming = incoming
        self.received = 0
        self.sha256 = b""

    def pieces(self) -> Generator[bytes]:
        """Yield the stream in pieces of at most 64 KiB.

        After the last piece this raises what makes the whole unacceptable, so that a
        store that commits when the pieces end commits nothing else.
        """
        incoming = self.incoming
        until = time.monotonic() + LONGEST_UPLOAD_HOURS * 3600
        digest = Digest()
        try:
            while piece := incoming.stream.read(CHUNK):
                self.received += len(piece)
                if self.received > incoming.max_bytes:
                    raise _too_large(self.received, incoming.max_bytes)
                # The sweep takes what is older, so nothing is allowed to become that.
                if time.monotonic() > until:
                    raise UploadTooSlow(hours=LONGEST_UPLOAD_HOURS)
                digest.update(piece)
                if incoming.inspect is not None:
                    incoming.inspect(piece)
                yield piece
            self._check_end()
        finally:
            self.sha256 = digest.finish()

    def _check_end(self) -> None:
        """Refuse a stream that ended before it should have."""
        announced = self.incoming.announced
        if announced is not None and self.received < announced:
            raise ContentCutShort(received=self.received, announced=announced)
        if self.incoming.finish is not None and self.received:
            self.incoming.finish()


class Digest:
    """The SHA-256 of pieces; of long content it is taken in a thread of its own.

    hashlib lets other threads run, so that reading, hashing and storing overlap.
    """

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._seen = 0
        self._pieces: Queue[bytes] | None = None
        self._thread: Thread | None = None

    def update(self, piece: bytes) -> None:
        """Take a piece; waits while too many are not hashed yet."""
        if self._pieces is None:
            self._digest.update(piece)
            self._seen += len(piece)
            if self._seen >= _HASHED_ASIDE:
                self._pieces = Queue(_WAITING)
                self._thread = Thread(
                    target=self._work, args=(self._pieces,), daemon=True
                )
                self._thread.start()
        else:
            self._pieces.put(piece)

    def finish(self) -> bytes:
        """Wait for what is not hashed yet, and return the hash."""
        if self._pieces is not None and self._thread is not None:
            self._pieces.put(b"")
            self._thread.join()
        return self._digest.digest()

    def _work(self, pieces: "Queue[bytes]") -> None:
        while piece := pieces.get():
            self._digest.update(piece)


def _too_large(length: int, limit: int) -> DomainError:
    return ContentTooLarge(length=length, limit=limit // MEBIBYTE)
