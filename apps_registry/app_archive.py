"""Read an application's folder out of a zip file, believing nothing that it says.

Names that are absolute or climb, links, bombs and whatever else is no plain file are
refused before a byte of them is unpacked; nothing is ever written to the disk.
"""

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import PurePosixPath
from typing import IO, Final

from apps_registry.app_folder import WHOLE, AppFolder, FileCollector, shown
from apps_registry.definition import MEBIBYTE

_MOST_ENTRIES: Final = 20_000  # of the whole archive: code and the like is passed over
_MOST_DIRECTORY: Final = 4 * MEBIBYTE
_MOST_RATIO: Final = 200  # JSON and XML pack some twenty times, seldom fifty
_SMALL: Final = 64 * 1024  # what unpacks to so little is no bomb
_PLAIN = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED = 0x1
_END = b"PK\x05\x06"
_END_SIZE = 22
_LOCATOR_64 = b"PK\x06\x07"
_LOCATOR_64_SIZE = 20
_MOST_COMMENT = 2**16


class _Unreadable(Exception):
    """The archive is none, or of a kind that is not read; says why."""


def read_archive(file: IO[bytes]) -> AppFolder:
    """Read the files of an application out of a zip file that can be sought in.

    The folder that holds config/ may stand below App/, below one folder of any name, or
    both. Raises AppFolderRefused with all that is wrong with the archive.
    """
    files = FileCollector()
    try:
        with _opened(file) as archive:
            _collect(archive, files)
    except _Unreadable as error:
        files.findings.error(WHOLE, "archive-unreadable", str(error))
    return files.folder()


def _collect(archive: zipfile.ZipFile, files: FileCollector) -> None:
    entries = archive.infolist()
    for entry in entries:
        _check_entry(entry, files)
    if files.findings.errors:
        return
    root = _root_of([entry.filename for entry in entries])
    if root is None:
        detail = "The archive has no folder config/, at its root or below App/."
        files.findings.error(WHOLE, "config-folder-missing", detail)
        return
    for entry in entries:
        if entry.filename.startswith(root) and not entry.is_dir():
            name = entry.filename.removeprefix(root)
            files.take(name, entry.file_size, partial(_content, archive, entry))


def _check_entry(entry: zipfile.ZipInfo, files: FileCollector) -> None:
    name, findings = entry.filename, files.findings
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name:
        detail = "The path is absolute, climbs out of the folder, or is no plain path."
        findings.error(shown(name), "path-refused", detail)
    mode = entry.external_attr >> 16
    if stat.S_ISLNK(mode):
        files.refuse_link(name)
    elif mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        detail = "The entry is neither a file nor a folder."
        findings.error(shown(name), "path-refused", detail)
    if entry.flag_bits & _ENCRYPTED:
        findings.error(shown(name), "entry-encrypted", "The entry is encrypted.")
    elif entry.compress_type not in _PLAIN:
        detail = "The entry is packed in another way than by deflate."
        findings.error(shown(name), "archive-unreadable", detail)
    if entry.file_size > max(_SMALL, _MOST_RATIO * entry.compress_size):
        detail = f"The entry unpacks to more than {_MOST_RATIO} times its size."
        findings.error(shown(name), "ratio-refused", detail)


def _root_of(names: list[str]) -> str | None:
    """Return what stands before config/ in the paths, None if nothing has it."""
    folders = {name.partition("/")[0] for name in names if "/" in name}
    wrappers = ["", *(f"{folder}/" for folder in sorted(folders))][:100]
    for wrapper in wrappers:
        for root in (f"{wrapper}App/", wrapper):
            if any(name.startswith(f"{root}config/") for name in names):
                return root
    return None


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with archive.open(entry) as content:
        # An entry may be longer than it says; zipfile reads as far as it says.
        return content.read(entry.file_size)


@contextmanager
def _opened(file: IO[bytes]) -> Iterator[zipfile.ZipFile]:
    """Open the archive; what goes wrong in it, then or later, is _Unreadable."""
    _check_directory(file)
    try:
        with zipfile.ZipFile(file) as archive:
            if len(archive.filelist) > _MOST_ENTRIES:
                raise _Unreadable(f"The archive has more than {_MOST_ENTRIES} entries.")
            yield archive
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as error:
        raise _Unreadable(f"This is no zip file that can be read: {error}.") from None


def _check_directory(file: IO[bytes]) -> None:
    """Refuse a list of entries that is too long to be read into memory.

    Looks where zipfile will look, for it reads the whole list at once.
    """
    size = file.seek(0, 2)
    file.seek(max(0, size - _END_SIZE - _MOST_COMMENT - _LOCATOR_64_SIZE))
    tail = file.read()
    place = tail.rfind(_END)
    if place < 0 or len(tail) - place < _END_SIZE:
        raise _Unreadable("This is no zip file, or one that was cut off.")
    if tail[max(0, place - _LOCATOR_64_SIZE) : place].startswith(_LOCATOR_64):
        raise _Unreadable("The archive is of the kind for more than 65,535 entries.")
    (directory,) = struct.unpack("<L", tail[place + 12 : place + 16])
    if directory > _MOST_DIRECTORY:
        raise _Unreadable("The archive has too many entries.")
