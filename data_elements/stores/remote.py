"""Bytes that come over the network while they are read."""

import io
from collections.abc import Callable
from typing import IO, Protocol, cast

import structlog

from data_elements.errors import StorageUnavailable

log = structlog.get_logger()

_RESUMPTIONS = 3
_BUFFER = 256 * 1024


class Source(Protocol):
    """A stream of a store's library."""

    def read(self, size: int, /) -> bytes:
        """Return up to ``size`` bytes, none at the end; raises StorageUnavailable."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...


class _Remote(io.RawIOBase):
    """Reads forwards; a connection that breaks is taken up again where it broke."""

    def __init__(self, source: Source, fetch: Callable[[int], Source], at: int) -> None:
        self._source = source
        self._fetch = fetch
        self._at = at
        self._resumptions = 0

    def readable(self) -> bool:
        return True

    # A buffer is what typeshed names it by, and no more than that is needed.
    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        piece = self._read(len(buffer))
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def _read(self, size: int) -> bytes:
        while True:
            try:
                return self._source.read(size)
            except StorageUnavailable:
                self._resumptions += 1
                if self._resumptions > _RESUMPTIONS:
                    raise
                log.warning("blob_read_resumed", at=self._at)
                self._source.close()
                self._source = self._fetch(self._at)

    def close(self) -> None:
        if not self.closed:
            self._source.close()
        super().close()


def streamed(source: Source, *, fetch: Callable[[int], Source], at: int) -> IO[bytes]:
    """Return a stream as a file that is read forwards.

    ``fetch`` opens the same bytes from a place on; they never change under their key.
    """
    return cast("IO[bytes]", io.BufferedReader(_Remote(source, fetch, at), _BUFFER))
