"""A reader of the plain Parquet files that the server writes, made from the format.

Written apart from the writer, as a check on it: a reader of the outside world
(pyarrow) has read the same bytes.
"""

import struct
from datetime import UTC, datetime, timedelta
from typing import Any

_INT64, _BYTE_ARRAY, _TIMESTAMP_MILLIS = 2, 6, 9


class Thrift:
    """Reads Thrift's compact protocol: structures become dicts by field number."""

    def __init__(self, data: bytes, at: int) -> None:
        self.data, self.at = data, at

    def structure(self) -> dict[int, Any]:
        found: dict[int, Any] = {}
        number = 0
        while (head := self._byte()) != 0:
            number += head >> 4
            assert head >> 4, "no long form is written"
            found[number] = self._value(head & 15)
        return found

    def _value(self, kind: int) -> Any:
        if kind in (5, 6):
            raw = self._varint()
            return raw >> 1 if raw % 2 == 0 else -(raw >> 1) - 1
        if kind == 8:
            length = self._varint()
            self.at += length
            return self.data[self.at - length : self.at]
        if kind == 9:
            head = self._byte()
            count = head >> 4 if head >> 4 < 15 else self._varint()
            return [self._value(head & 15) for _ in range(count)]
        assert kind == 12, kind
        return self.structure()

    def _byte(self) -> int:
        self.at += 1
        return self.data[self.at - 1]

    def _varint(self) -> int:
        number = shift = 0
        while (byte := self._byte()) & 0x80:
            number |= (byte & 0x7F) << shift
            shift += 7
        return number | byte << shift


def read_table(data: bytes) -> dict[str, list[Any]]:
    """Return the columns of the file."""
    assert data[:4] == data[-4:] == b"PAR1"
    (length,) = struct.unpack("<i", data[-8:-4])
    footer = Thrift(data, len(data) - 8 - length).structure()
    root, *schema = footer[2]
    assert root[5] == len(schema)
    groups = footer[4]
    columns: dict[str, list[Any]] = {one[4].decode(): [] for one in schema}
    for group in groups:
        assert group[3] == footer[3]
        for described, chunk in zip(schema, group[1], strict=True):
            name = described[4].decode()
            assert chunk[3][3] == [described[4]]
            columns[name] = _values(data, described, chunk[3])
            assert len(columns[name]) == footer[3]
    return columns


def _values(data: bytes, described: dict[int, Any], chunk: dict[int, Any]) -> list[Any]:
    reader = Thrift(data, chunk[9])
    page = reader.structure()
    content = data[reader.at : reader.at + page[3]]
    assert reader.at + page[3] == chunk[9] + chunk[7]
    count = page[5][1]
    if described[1] == _BYTE_ARRAY:
        texts, at = [], 0
        for _ in range(count):
            (size,) = struct.unpack_from("<i", content, at)
            texts.append(content[at + 4 : at + 4 + size].decode())
            at += 4 + size
        assert at == len(content)
        return texts
    assert described[1] == _INT64
    numbers = list(struct.unpack(f"<{count}q", content))
    if described.get(6) != _TIMESTAMP_MILLIS:
        return numbers
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return [epoch + timedelta(milliseconds=number) for number in numbers]
