"""The bytes of data elements: the only module that touches a store of them.

A key is random, written once and never reused. Bytes are safely stored before a row
tells of them; what a crash leaves behind is found by ``manage.py sweep_blobs``.
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import IO, cast

import structlog
from django.conf import settings
from django.core.files.storage import storages

from common.errors import DomainError
from data_elements.errors import StorageUnavailable
from data_elements.intake import CHUNK, Incoming, Intake, Readable
from data_elements.stores.port import UNFINISHED, BlobStore, SigningStore

__all__ = ["CHUNK", "Incoming", "Readable"]

log = structlog.get_logger()

# Keys that were written in what is to leave no trace, None outside of that.
_trial: ContextVar[list[str] | None] = ContextVar("trial", default=None)
# Keys that were written in what may yet be refused, None outside of that.
_refusable: ContextVar[list[str] | None] = ContextVar("refusable", default=None)
_KEY = re.compile(rf"[0-9a-f]{{2}}/[0-9a-f]{{2}}/[0-9a-f]{{32}}({UNFINISHED})?")


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """Bytes that are safely in the store: their key, size in bytes and SHA-256."""

    key: str
    size: int
    sha256: bytes


@dataclass(frozen=True, slots=True)
class HandOff:
    """Where a download is sent on to: an address of callers, or of the proxy alone."""

    address: str
    for_proxy: bool


@contextmanager
def stored(incoming: Incoming) -> Iterator[StoredBlob]:
    """Store the bytes for the length of a block, and take them back if it refuses them.

    An empty stream gives a blob of size 0, for the caller to refuse. After any other
    failure nobody can know whether the row was committed, so the bytes stay: the sweep
    finds them if they have no row. Raises StorageUnavailable.
    """
    blob = _write(incoming)
    try:
        yield blob
    except DomainError:
        _take_back(blob.key)
        raise


@contextmanager
def all_or_none() -> Iterator[None]:
    """Take back whatever is stored in the block if the block is refused in the end.

    As ``stored`` does for one content, where a transaction goes on after it.
    """
    written: list[str] = []
    outer = _refusable.get()
    token = _refusable.set(written)
    try:
        yield
    except DomainError:
        for key in written:
            _take_back(key)
        raise
    finally:
        _refusable.reset(token)
        if outer is not None:
            outer += written


@contextmanager
def on_trial() -> Iterator[None]:
    """Take back whatever is stored in the block, and delete nothing else."""
    written: list[str] = []
    token = _trial.set(written)
    try:
        yield
    finally:
        _trial.reset(token)
        for key in written:
            _take_back(key)


def is_on_trial() -> bool:
    """Whether what is done here is to leave no trace."""
    return _trial.get() is not None


def open_blob(key: str, *, start: int = 0, end: int | None = None) -> IO[bytes]:
    """Open the bytes, or those from ``start`` to before ``end``, for reading forwards.

    Raises FileNotFoundError, also where there are fewer bytes than that, and
    StorageUnavailable; so does reading on.
    """
    span = _store().read_span(key, start, end)
    if end is not None:
        try:
            _ensure_length(key, wanted=end - start, found=span.length)
        except FileNotFoundError:
            span.content.close()
            raise
    return span.content


def size_of(key: str) -> int:
    """Return how many bytes are stored; raises FileNotFoundError."""
    return _store().size(key)


def ensure_whole(key: str, *, size: int) -> None:
    """Raise FileNotFoundError where there are not as many bytes."""
    _ensure_length(key, wanted=size, found=size_of(key))


def hand_off(
    key: str, *, size: int, content_type: str, disposition: str
) -> HandOff | None:
    """Say where a download is sent on to, if the server does not send it itself.

    Raises FileNotFoundError where there are not as many bytes, and StorageUnavailable.
    """
    kind = settings.ALTINN_BLOB_HAND_OFF
    if kind:
        ensure_whole(key, size=size)
    if kind == "x-accel":
        return HandOff(settings.ALTINN_BLOB_X_ACCEL_PATH + key, for_proxy=True)
    if kind == "signed-url":
        address = cast("SigningStore", _store()).signed_url(
            key,
            seconds=settings.ALTINN_BLOB_URL_SECONDS,
            content_type=content_type,
            disposition=disposition,
        )
        return HandOff(address, for_proxy=False)
    return None


def discard(key: str) -> None:
    """Delete the bytes; what is gone already is no error. Raises StorageUnavailable."""
    written = _trial.get()
    if written is None or key in written:
        _store().delete(key)


def keys_older_than(moment: datetime) -> Iterator[tuple[str, int]]:
    """Find every key last written before ``moment``, unfinished too, with its size.

    Only names that this module gave count: what else lies there is not ours to remove.
    """
    for entry in _store().entries():
        if entry.written < moment and _KEY.fullmatch(entry.key):
            yield entry.key, entry.size


def _write(incoming: Incoming) -> StoredBlob:
    at_most = incoming.at_most
    name = secrets.token_hex(16)
    key = f"{name[:2]}/{name[2:4]}/{name}"
    intake = Intake(incoming)
    pieces = intake.pieces()
    for noted in (_trial.get(), _refusable.get()):
        if noted is not None:
            noted.append(key)
    try:
        _store().write(key, pieces, at_most=at_most)
    finally:
        pieces.close()
    return StoredBlob(key=key, size=intake.received, sha256=intake.sha256)


def _ensure_length(key: str, *, wanted: int, found: int) -> None:
    if found < wanted:
        log.error("blob_too_short", key=key, wanted=wanted, found=found)
        raise FileNotFoundError(key)


def _take_back(key: str) -> None:
    """Delete what was just stored; where that fails, the sweep finds it."""
    try:
        discard(key)
    except StorageUnavailable:
        log.warning("blob_left_behind", key=key)


def _store() -> BlobStore:
    return cast("BlobStore", storages["blobs"])
