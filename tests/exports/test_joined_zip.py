"""Many archives as one, nothing unpacked."""

import os
import zipfile
from collections.abc import Sequence
from io import BytesIO

import pytest

from data_elements.zip_stream import ZipStream
from exports import joined_zip
from exports.joined_zip import DirectoryBroken


def part(files: dict[str, bytes], *, size: int = 0) -> tuple[bytes, bytes]:
    """Return an archive's files, and its directory with what follows."""
    stream = ZipStream()
    pieces = []
    for name, content in files.items():
        pieces += stream.add(name, [content], size=size or len(content))
    return b"".join(pieces), b"".join(stream.end())


def joined(parts: Sequence[tuple[bytes, bytes]]) -> bytes:
    """Return the archive of all."""
    start = sum(len(files) for files, _ in parts)
    entries, before = [], 0
    for files, directory in parts:
        entries += joined_zip.moved(directory, before)
        before += len(files)
    size = sum(map(len, entries))
    return b"".join(
        [
            *(files for files, _ in parts),
            *entries,
            joined_zip.end(files=len(entries), start=start, size=size),
        ]
    )


def test_the_whole_has_the_files_of_all_parts() -> None:
    contents = {
        f"{folder}/æ {number}.bin": os.urandom(1000 * number)
        for folder in range(4)
        for number in range(3)
    }
    parts = [
        part({name: c for name, c in contents.items() if name.startswith(f"{n}/")})
        for n in range(4)
    ]
    with zipfile.ZipFile(BytesIO(joined(parts))) as read:
        assert read.testzip() is None
        assert {name: read.read(name) for name in read.namelist()} == contents


def test_nothing_and_one_are_archives_too() -> None:
    assert zipfile.ZipFile(BytesIO(joined([]))).namelist() == []
    one = joined([part({"a": b"1"}), part({})])
    assert zipfile.ZipFile(BytesIO(one)).read("a") == b"1"


def test_entries_with_long_fields_stay_whole() -> None:
    parts = [part({"a": b"1" * 100}, size=2**31), part({"b": b"2"}, size=2**32)]
    with zipfile.ZipFile(BytesIO(joined(parts))) as read:
        assert read.testzip() is None
        assert read.read("b") == b"2"


def test_a_file_beyond_four_gibibytes_is_found() -> None:
    """The archive is a sparse stream: zipfile reads its end and its offsets alone"""
    files, directory = part({"a": b"1", "b": b"22"})
    far = 5 * 2**30
    entries = list(joined_zip.moved(directory, far))
    size = sum(map(len, entries))
    tail = b"".join(entries) + joined_zip.end(
        files=2, start=far + len(files), size=size
    )
    with zipfile.ZipFile(_Sparse(far, files + tail)) as read:
        first, second = read.infolist()
        assert first.header_offset == far
        assert second.header_offset > far
        assert (read.read("a"), read.read("b")) == (b"1", b"22")


def test_more_files_than_the_short_fields_count_are_counted() -> None:
    parts = [part({f"{n}/{m}": b"" for m in range(700)}) for n in range(100)]
    with zipfile.ZipFile(BytesIO(joined(parts))) as read:
        assert len(read.namelist()) == 70_000
        assert read.read("99/699") == b""


@pytest.mark.parametrize("broken", [b"", b"PK", b"xxxx" * 30])
def test_what_is_no_directory_is_refused(broken: bytes) -> None:
    with pytest.raises(DirectoryBroken):
        list(joined_zip.moved(broken, 0))


class _Sparse(BytesIO):
    """Zeros, and then some bytes."""

    def __init__(self, zeros: int, rest: bytes) -> None:
        super().__init__()
        self._zeros, self._rest, self._at = zeros, rest, 0

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = 0) -> int:
        base = (0, self._at, self._zeros + len(self._rest))[whence]
        self._at = base + offset
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        end = self._zeros + len(self._rest)
        until = end if size is None or size < 0 else min(end, self._at + size)
        assert until - self._at < 2**20 or self._at >= self._zeros
        zeros = max(0, min(until, self._zeros) - self._at)
        begin = max(self._at, self._zeros) - self._zeros
        found = bytes(zeros) + self._rest[begin : max(begin, until - self._zeros)]
        self._at = until
        return found
