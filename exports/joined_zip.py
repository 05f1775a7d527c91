"""Many archives as one: their files as they are, and one directory at the end.

Nothing is unpacked. Each part's directory is read when the files of all have been sent,
and its entries are told where their files lie now, so memory stays constant.
"""

import struct
from collections.abc import Iterator
from typing import Final

_ENTRY: Final = struct.Struct("<4s6H3I5H2I")
_ENTRY_MARK: Final = b"PK\x01\x02"
_END: Final = struct.Struct("<4s4H2IH")
_END_MARK: Final = b"PK\x05\x06"
_LONG_END: Final = struct.Struct("<4sQ2H2I4Q")
_LONG_END_MARK: Final = b"PK\x06\x06"
_LOCATOR: Final = struct.Struct("<4sIQI")
_LOCATOR_MARK: Final = b"PK\x06\x07"
_LONG_FIELD: Final = 1
_VERSION: Final = 45  # the first that knows long fields
_FULL: Final = 0xFFFF_FFFF
_MANY: Final = 0xFFFF
# Positions in an entry.
_NEEDED, _SHORT_SIZE, _FULL_SIZE = 2, 8, 9
_NAME, _EXTRA, _COMMENT, _OFFSET = 10, 11, 12, 16


class DirectoryBroken(Exception):
    """What should be a part's directory is none."""


def moved(directory: bytes, by: int) -> Iterator[bytes]:
    """Yield the entries of a part's directory, of files that lie ``by`` bytes later."""
    position = 0
    while directory[position : position + 4] == _ENTRY_MARK:
        fields = list(_ENTRY.unpack_from(directory, position))
        start = position + _ENTRY.size
        name_end = start + fields[_NAME]
        extra_end = name_end + fields[_EXTRA]
        position = extra_end + fields[_COMMENT]
        extra, full_size, short_size, offset = _long_values(
            directory[name_end:extra_end],
            fields[_FULL_SIZE],
            fields[_SHORT_SIZE],
            fields[_OFFSET],
        )
        values = []
        for place, value in (
            (_FULL_SIZE, full_size),
            (_SHORT_SIZE, short_size),
            (_OFFSET, offset + by),
        ):
            fields[place] = min(value, _FULL)
            if value >= _FULL:
                values.append(value)
        if values:
            head = struct.pack("<2H", _LONG_FIELD, 8 * len(values))
            extra = head + struct.pack(f"<{len(values)}Q", *values) + extra
            fields[_NEEDED] = max(fields[_NEEDED], _VERSION)
        fields[_EXTRA] = len(extra)
        yield (
            _ENTRY.pack(*fields)
            + directory[start:name_end]
            + extra
            + directory[extra_end:position]
        )
    if directory[position : position + 4] not in (_END_MARK, _LONG_END_MARK):
        raise DirectoryBroken


def end(*, files: int, start: int, size: int) -> bytes:
    """Return what follows the directory of ``size`` bytes that begins at ``start``."""
    long = b""
    if files >= _MANY or start >= _FULL or size >= _FULL:
        long = _LONG_END.pack(
            _LONG_END_MARK,
            _LONG_END.size - 12,
            _VERSION,
            _VERSION,
            0,
            0,
            files,
            files,
            size,
            start,
        ) + _LOCATOR.pack(_LOCATOR_MARK, 0, start + size, 1)
    few = min(files, _MANY)
    return long + _END.pack(
        _END_MARK, 0, 0, few, few, min(size, _FULL), min(start, _FULL), 0
    )


def _long_values(
    extra: bytes, full_size: int, short_size: int, offset: int
) -> tuple[bytes, int, int, int]:
    """Return the extra fields without the long one, and the values that it held."""
    kept, position = b"", 0
    values = [full_size, short_size, offset]
    while position + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, position)
        following = position + 4 + length
        if kind == _LONG_FIELD:
            held = extra[position + 4 : following]
            longs = iter(
                struct.unpack(f"<{len(held) // 8}Q", held[: len(held) // 8 * 8])
            )
            values = [
                next(longs, value) if value == _FULL else value for value in values
            ]
        else:
            kept += extra[position:following]
        position = following
    return kept, values[0], values[1], values[2]
