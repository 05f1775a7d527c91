"""Small tables as Apache Parquet: one row group, plain values, nothing compressed.

For tables of thousands of rows and no more: everything is in memory. What is written
of the format is https://parquet.apache.org/docs/file-format/, in Thrift's compact
protocol.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_MAGIC = b"PAR1"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_CREATED_BY = b"altinn"

Kind = type[str] | type[int] | type[datetime]
Column = tuple[Kind, Sequence[object]]  # values of that type

# Types of values: their number in the format, and as what they are to be read.
_INT64, _BYTE_ARRAY = 2, 6
_UTF8, _TIMESTAMP_MILLIS = 0, 9
_REQUIRED, _PLAIN, _RLE, _UNCOMPRESSED, _DATA_PAGE = 0, 0, 3, 0, 0

# Types of Thrift's compact protocol.
_I32, _I64, _BINARY, _LIST, _STRUCT = 5, 6, 8, 9, 12


def table(columns: Mapping[str, Column]) -> bytes:
    """Return the table as a file; each column has its type, and all are of one length.

    Times are UTC, to the millisecond.
    """
    count = max((len(values) for _, values in columns.values()), default=0)
    written = bytearray(_MAGIC)
    chunks = []
    for name, column in columns.items():
        chunk, data = _chunk(name, column, offset=len(written))
        chunks.append(chunk)
        written += data
    size = sum(chunk.size for chunk in chunks)
    root = _struct((4, _BINARY, _text("schema")), (5, _I32, _signed(len(chunks))))
    group = _struct(
        (1, _LIST, _list(_STRUCT, [chunk.document for chunk in chunks])),
        (2, _I64, _signed(size)),
        (3, _I64, _signed(count)),
    )
    footer = _struct(
        (1, _I32, _signed(1)),
        (2, _LIST, _list(_STRUCT, [root, *(chunk.schema for chunk in chunks)])),
        (3, _I64, _signed(count)),
        (4, _LIST, _list(_STRUCT, [group] if count else [])),
        (6, _BINARY, _varint(len(_CREATED_BY)) + _CREATED_BY),
    )
    return bytes(written) + footer + struct.pack("<i", len(footer)) + _MAGIC


@dataclass(frozen=True, slots=True)
class _Chunk:
    """What the footer says of a column."""

    schema: bytes
    document: bytes
    size: int


def _chunk(name: str, column: Column, *, offset: int) -> tuple[_Chunk, bytes]:
    kind, reading, content = _plain(*column)
    values = column[1]
    header = _struct(
        (1, _I32, _signed(_DATA_PAGE)),
        (2, _I32, _signed(len(content))),
        (3, _I32, _signed(len(content))),
        (
            5,
            _STRUCT,
            _struct(
                (1, _I32, _signed(len(values))),
                (2, _I32, _signed(_PLAIN)),
                (3, _I32, _signed(_RLE)),
                (4, _I32, _signed(_RLE)),
            ),
        ),
    )
    page = header + content
    metadata = _struct(
        (1, _I32, _signed(kind)),
        (2, _LIST, _list(_I32, [_signed(_PLAIN)])),
        (3, _LIST, _list(_BINARY, [_text(name)])),
        (4, _I32, _signed(_UNCOMPRESSED)),
        (5, _I64, _signed(len(values))),
        (6, _I64, _signed(len(page))),
        (7, _I64, _signed(len(page))),
        (9, _I64, _signed(offset)),
    )
    document = _struct((2, _I64, _signed(offset)), (3, _STRUCT, metadata))
    schema = [
        (1, _I32, _signed(kind)),
        (3, _I32, _signed(_REQUIRED)),
        (4, _BINARY, _text(name)),
    ]
    if reading is not None:
        schema.append((6, _I32, _signed(reading)))
    return _Chunk(_struct(*schema), document, len(page)), page


def _plain(
    python_type: Kind, values: Sequence[object]
) -> tuple[int, int | None, bytes]:
    """Return the type of the values, as what to read them, and their bytes."""
    if python_type is datetime:
        times = (one for one in values if isinstance(one, datetime))
        moments = [(one - _EPOCH) // _MILLISECOND for one in times]
        return _INT64, _TIMESTAMP_MILLIS, struct.pack(f"<{len(moments)}q", *moments)
    if python_type is int:
        return _INT64, None, struct.pack(f"<{len(values)}q", *values)
    texts = [str(one).encode() for one in values]
    return _BYTE_ARRAY, _UTF8, b"".join(struct.pack("<i", len(t)) + t for t in texts)


# --- Thrift's compact protocol --------------------------------------------------------
def _struct(*fields: tuple[int, int, bytes]) -> bytes:
    written, last = bytearray(), 0
    for number, kind, value in fields:
        written.append((number - last) << 4 | kind)
        written += value
        last = number
    return bytes(written) + b"\0"


def _list(kind: int, items: Sequence[bytes]) -> bytes:
    few = 15
    if len(items) < few:
        return bytes([len(items) << 4 | kind]) + b"".join(items)
    return bytes([few << 4 | kind]) + _varint(len(items)) + b"".join(items)


def _text(text: str) -> bytes:
    encoded = text.encode()
    return _varint(len(encoded)) + encoded


def _signed(number: int) -> bytes:
    return _varint(number << 1 if number >= 0 else (-number << 1) - 1)


def _varint(number: int) -> bytes:
    written = bytearray()
    while number > 0x7F:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    written.append(number)
    return bytes(written)
