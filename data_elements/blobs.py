"""The bytes of data elements: the only module that touches a storage backend.

A key is random, written once and never reused. Bytes are on disk before a row tells of
them; what a crash leaves behind is found by ``manage.py sweep_blobs``.
"""

import hashlib
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Protocol

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage, storages

from apps_registry.definition import MEBIBYTE
from common.errors import DomainError
from data_elements.errors import ContentCutShort, ContentTooLarge

CHUNK = 2**20
_PART = ".part"


class Readable(Protocol):
    """A stream that is read forwards, once."""

    def read(self, size: int, /) -> bytes:
        """Return up to ``size`` bytes; none at the end."""
        ...


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """Bytes that are safely in the store: their key, size in bytes and SHA-256."""

    key: str
    size: int
    sha256: bytes


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


@contextmanager
def stored(incoming: Incoming) -> Iterator[StoredBlob]:
    """Store the bytes for the length of a block, and take them back if it refuses them.

    An empty stream gives a blob of size 0, for the caller to refuse. After any other
    failure nobody can know whether the row was committed, so the bytes stay: the sweep
    finds them if they have no row.
    """
    blob = _write(incoming)
    try:
        yield blob
    except DomainError:
        discard(blob.key)
        raise


def open_blob(key: str) -> IO[bytes]:
    """Open the bytes for reading; raises FileNotFoundError."""
    return _storage().open(key, "rb")


def discard(key: str) -> None:
    """Delete the bytes; what is gone already is no error."""
    with suppress(FileNotFoundError):
        _storage().delete(key)


def keys_older_than(moment: datetime) -> Iterator[tuple[str, int]]:
    """Find every key last written before ``moment``, unfinished too, with its size."""
    yield from _walk(_storage(), "", moment)


def _write(incoming: Incoming) -> StoredBlob:
    if incoming.announced is not None and incoming.announced > incoming.max_bytes:
        raise _too_large(incoming.announced, incoming.max_bytes)
    name = secrets.token_hex(16)
    content = _Hashing(incoming)
    key = f"{name[:2]}/{name[2:4]}/{name}"
    try:
        _storage().save(key, content)
        content.close_checked()
    except BaseException:
        discard(key)
        raise
    return StoredBlob(key=key, size=content.received, sha256=content.digest.digest())


class _Hashing(File):  # type: ignore[type-arg]  # not subscriptable at run time
    """Hashes and measures a stream while a storage backend reads it."""

    def __init__(self, incoming: Incoming) -> None:
        super().__init__(None)
        self.incoming = incoming
        self.digest = hashlib.sha256()
        self.received = 0

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """Yield the stream in pieces of at most 1 MiB."""
        while piece := self.incoming.stream.read(CHUNK):
            self.received += len(piece)
            if self.received > self.incoming.max_bytes:
                raise _too_large(self.received, self.incoming.max_bytes)
            self.digest.update(piece)
            if self.incoming.inspect is not None:
                self.incoming.inspect(piece)
            yield piece

    def close_checked(self) -> None:
        """Refuse a stream that ended before it should have."""
        announced = self.incoming.announced
        if announced is not None and self.received < announced:
            raise ContentCutShort(received=self.received, announced=announced)
        if self.incoming.finish is not None and self.received:
            self.incoming.finish()


class BlobFileStorage(FileSystemStorage):
    """Files that appear under their name only when they are whole and on disk."""

    def _save(self, name: str, content: "File[bytes]") -> str:
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(path.name + _PART)
        try:
            with part.open("xb") as target:
                for piece in content.chunks():
                    target.write(piece)
                target.flush()
                os.fsync(target.fileno())
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        part.rename(path)
        _sync_folder(path.parent)
        return name


def _sync_folder(folder: Path) -> None:
    """Make the new name itself survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _walk(storage: Storage, folder: str, moment: datetime) -> Iterator[tuple[str, int]]:
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    prefix = f"{folder}/" if folder else ""
    for name in sorted(files):
        key = prefix + name
        # A file can vanish between being listed and being looked at.
        with suppress(FileNotFoundError):
            if storage.get_modified_time(key) < moment:
                yield key, storage.size(key)
    for name in sorted(folders):
        yield from _walk(storage, prefix + name, moment)


def _too_large(length: int, limit: int) -> DomainError:
    return ContentTooLarge(length=length, limit=limit // MEBIBYTE)


def _storage() -> Storage:
    return storages["blobs"]
