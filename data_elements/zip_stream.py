"""A zip archive that is written while it is sent: constant memory, any size.

Every file is deflated and followed by its length, as a stream needs it; one of 2 GiB
or more, and an archive of 4, have the long fields of ZIP64.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile

_LONG: Final = 2**31 - 2**20  # beyond it, deflating what is random may pass 2 GiB
_LEVEL = 1  # XML shrinks well enough, and what is packed already costs little
_LONGEST_NAME = 150
# What Windows takes in no name, controls, and the marks that turn the direction of
# writing. A slash among them, so that no name leads out of its folder.
_ILLEGAL = re.compile(
    r"[\x00-\x1f\x7f-\x9f/\\:*?\"<>|\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]"
)
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.I)


class ZipStream:
    """Yields the bytes of an archive, file after file; nothing is written twice."""

    def __init__(self) -> None:
        self._sink = _Sink()
        self._zip = ZipFile(
            self._sink,  # type: ignore[call-overload]  # zipfile asks no more of a stream
            "w",
            ZIP_DEFLATED,
            compresslevel=_LEVEL,
        )

    def add(self, name: str, pieces: Iterable[bytes], *, size: int) -> Iterator[bytes]:
        """Add a file that is announced to have so many bytes."""
        with self._zip.open(name, "w", force_zip64=size >= _LONG) as target:
            for piece in pieces:
                target.write(piece)
                yield self._sink.take()
        yield self._sink.take()

    def end(self) -> Iterator[bytes]:
        """Add the directory at the end."""
        self._zip.close()
        yield self._sink.take()


class Names:
    """Names of files in one folder of an archive: harmless, and each only once."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def name(self, wanted: str | None, *, otherwise: str) -> str:
        """Return the wanted name, made harmless; numbered when it is taken."""
        stem, extension = _parts(_harmless(wanted or "") or _harmless(otherwise))
        name, number = stem + extension, 1
        while name.casefold() in self._taken:  # as file systems compare
            number += 1
            name = f"{stem} ({number}){extension}"
        self._taken.add(name.casefold())
        return name


def _harmless(name: str) -> str:
    name = _ILLEGAL.sub("_", unicodedata.normalize("NFC", name)).strip(". ")
    return f"_{name}" if _RESERVED.fullmatch(name) else name


def _parts(name: str) -> tuple[str, str]:
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 10:
        return name[:_LONGEST_NAME] or "file", ""
    return stem[:_LONGEST_NAME].rstrip(". ") or "file", f".{extension}"


class _Sink:
    """What zipfile writes into; it cannot be sought in, nor says where it is."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        """Keep the bytes until they are taken."""
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Do nothing: what is written is there."""

    def take(self) -> bytes:
        """Return what was written since the last time."""
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken
