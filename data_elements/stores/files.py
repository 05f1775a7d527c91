"""Bytes in files, of this machine or of a network file system."""

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import IO, Self, cast

from django.core.files.storage import FileSystemStorage

from data_elements.stores.port import UNFINISHED, Entry, Guard, Span, failures_of

_WRITTEN_EARLY = 16 * 2**20


class FileBlobs(FileSystemStorage):
    """Files that appear under their name only when they are whole and on disk."""

    def write(self, key: str, pieces: Iterable[bytes], *, at_most: int) -> None:
        """Write beside the name, flush to disk, rename, and flush the name too."""
        path = Path(self.path(key))
        part = path.with_name(path.name + UNFINISHED)
        with _guard("write", key):
            self._make_folder(path.parent)
            target = part.open("xb")
        try:
            with _closed(target), _Early(target.fileno()) as early:
                for piece in pieces:
                    with _guard("write", key):
                        early.note(target.write(piece))
                with _guard("flush", key):
                    target.flush()
                    os.fsync(target.fileno())
            with _guard("commit", key):
                part.rename(path)
                _sync_folder(path.parent)
        except BaseException:
            # What cannot be removed now is left to the sweep.
            for leftover in (part, path):
                with suppress(OSError):
                    leftover.unlink()
            raise

    def read_span(self, key: str, start: int, end: int | None) -> Span:
        """Open the file at a place."""
        with _guard("read", key):
            content = Path(self.path(key)).open("rb")  # noqa: SIM115  the reader closes
            size = os.fstat(content.fileno()).st_size
            content.seek(start)
        if end is None or end >= size:
            return Span(content, max(0, size - start))
        return Span(
            cast("IO[bytes]", BufferedReader(_First(content, end - start))), end - start
        )

    def size(self, name: str) -> int:
        """Return the length of the file."""
        with _guard("read", name):
            return Path(self.path(name)).stat().st_size

    def delete(self, name: str) -> None:
        """Remove the file."""
        with _guard("delete", name):
            Path(self.path(name)).unlink(missing_ok=True)

    def entries(self) -> Iterator[Entry]:
        """Walk through the folders in the order of names."""
        with _guard("list", ""):
            yield from _walk(Path(self.location), "")

    def _make_folder(self, folder: Path) -> None:
        """Make a folder so that it survives a power cut, as the file in it does."""
        if folder.is_dir():
            return
        if folder != Path(self.location):
            self._make_folder(folder.parent)
        folder.mkdir(parents=True, exist_ok=True)
        _sync_folder(folder.parent)


class _Early:
    """Has large content written to disk while more of it comes.

    The flush at the end finds little left to do. Errors of the disk are told by it.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._written = self._begun = 0
        self._pool: ThreadPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def note(self, length: int) -> None:
        """Note that so many bytes were written."""
        self._written += length
        waiting = self._written - self._begun
        if waiting < _WRITTEN_EARLY or not hasattr(os, "posix_fadvise"):
            return
        self._pool = self._pool or ThreadPoolExecutor(1)
        # Linux begins to write what is to leave its cache, and keeps what is not
        # written yet; nothing else in Python begins to write and does not wait.
        self._pool.submit(
            os.posix_fadvise,
            self._descriptor,
            self._begun,
            waiting,
            os.POSIX_FADV_DONTNEED,
        )
        self._begun = self._written


class _First(RawIOBase):
    """The first bytes of what is left of a file."""

    def __init__(self, content: IO[bytes], length: int) -> None:
        self._content = content
        self._left = length

    def readable(self) -> bool:
        return True

    # A buffer is what typeshed names it by, and no more than that is needed.
    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        piece = self._content.read(min(len(buffer), self._left))
        buffer[: len(piece)] = piece
        self._left -= len(piece)
        return len(piece)

    def close(self) -> None:
        self._content.close()
        super().close()


@contextmanager
def _closed(file: IO[bytes]) -> Iterator[None]:
    """Close the file at the end of a block, whatever that says.

    What is to be kept was flushed before; what a full disk refused, it refuses again.
    """
    try:
        yield
    finally:
        with suppress(OSError):
            file.close()


def _guard(doing: str, key: str) -> Guard:
    return failures_of("file", (OSError,), doing, key)


def _sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _walk(folder: Path, prefix: str) -> Iterator[Entry]:
    try:
        found = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except FileNotFoundError:
        return
    for one in found:
        if one.is_dir(follow_symlinks=False):
            yield from _walk(folder / one.name, f"{prefix}{one.name}/")
            continue
        # A file can vanish between being listed and being looked at.
        with suppress(FileNotFoundError):
            status = one.stat(follow_symlinks=False)
            written = datetime.fromtimestamp(status.st_mtime, tz=UTC)
            yield Entry(prefix + one.name, status.st_size, written)
