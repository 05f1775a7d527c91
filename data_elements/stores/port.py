"""What a store of bytes can do, whichever it is."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Protocol

import structlog

from data_elements.errors import StorageUnavailable

log = structlog.get_logger()

UNFINISHED = ".part"  # ends the name of an upload that has not come to its end
RETRY_AFTER = 10
_LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Entry:
    """What lies in a store: its name, its size, and when it was last written."""

    key: str
    size: int
    written: datetime


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes that were opened for reading, and how many there are."""

    content: IO[bytes]
    length: int


class BlobStore(Protocol):
    """A store of bytes. What it fails at is a StorageUnavailable, and in the log."""

    def write(self, key: str, pieces: Iterable[bytes], *, at_most: int) -> None:
        """Store the pieces: they are there whole, for good, or not at all.

        ``at_most`` says how many bytes may come. What ``pieces`` raises is raised.
        """
        ...

    def read_span(self, key: str, start: int, end: int | None) -> Span:
        """Open bytes for reading, forwards and once; raises FileNotFoundError."""
        ...

    def size(self, name: str) -> int:
        """Return how many bytes there are; raises FileNotFoundError."""
        ...

    def delete(self, name: str) -> None:
        """Delete bytes, or an upload that has not come to its end; none is no error."""
        ...

    def entries(self) -> Iterator[Entry]:
        """Yield what there is; uploads that have not come to their end have UNFINISHED.

        Those count as written when they last were, as far as the store tells.
        """
        ...


class SigningStore(BlobStore, Protocol):
    """A store that callers can be sent to."""

    def signed_url(
        self, key: str, *, seconds: int, content_type: str, disposition: str
    ) -> str:
        """Return an address that anybody reads the bytes at, for so many seconds."""
        ...


@contextmanager
def failures_of(
    store: str, kinds: tuple[type[Exception], ...], doing: str, key: str
) -> "Iterator[None]":
    """Turn what a backend raises into StorageUnavailable, and log it.

    A FileNotFoundError passes: it is an answer.
    """
    try:
        yield
    except FileNotFoundError:
        raise
    except kinds as error:
        reason = f"{type(error).__name__}: {error}".splitlines()[0][:_LONGEST_REASON]
        log.error("blob_store_failed", store=store, doing=doing, key=key, reason=reason)
        raise StorageUnavailable(retry_after=RETRY_AFTER) from error


Guard = AbstractContextManager[None]
