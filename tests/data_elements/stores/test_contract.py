"""What every store of bytes must do: file system, S3 and Azure by the same tests."""

import hashlib
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest

from common.errors import DomainError, Invalid
from data_elements import blobs
from data_elements.blobs import CHUNK, Incoming
from data_elements.errors import ContentCutShort, ContentTooLarge
from tests.data_elements.stores.kinds import PART, Kind, read, store
from tests.factories import now

LARGE = 2 * PART + 17
KEY = "ab/cd/" + "abcd" * 8


def content_of(size: int) -> bytes:
    """Return bytes that are no part of themselves."""
    return random.Random(size).randbytes(size)


@pytest.mark.parametrize("size", [1, CHUNK, CHUNK + 1, PART - 1, PART, 2 * PART, LARGE])
def test_what_was_stored_is_read(kind: Kind, size: int) -> None:
    """D-10: small, and in one part and in several"""
    content = content_of(size)
    blob = store(content)
    assert (blob.size, blob.sha256) == (size, hashlib.sha256(content).digest())
    assert read(blob.key) == content
    assert blobs.size_of(blob.key) == size
    assert kind.names() == [blob.key]


def test_an_empty_stream_is_a_blob_of_no_bytes(kind: Kind) -> None:
    """For the caller to refuse"""
    blob = store(b"")
    assert blob.size == 0
    assert read(blob.key) == b""
    assert [key for key, _ in blobs.keys_older_than(now() + timedelta(hours=1))] == [
        blob.key
    ]


SPANS = [
    (0, 1),
    (0, LARGE),
    (5, 6),
    (PART - 1, PART + 1),
    (LARGE - 1, LARGE),
    (7, None),
]


def test_a_span_is_read_without_the_rest(kind: Kind) -> None:
    """Ranges over every backend"""
    content = content_of(LARGE)
    blob = store(content)
    for start, end in SPANS:
        assert read(blob.key, start=start, end=end) == content[start:end]


def test_a_span_is_asked_of_the_store(far_away: Kind) -> None:
    """Nobody reads a whole content for some bytes of it"""
    blob = store(content_of(LARGE))
    received: list[int] = []
    far_away.faulty.sent = received.append
    assert len(read(blob.key, start=10, end=20)) == 10
    assert sum(received) == 10


def test_a_content_that_is_too_short_is_as_one_that_is_missing(kind: Kind) -> None:
    """What the store has lost is never answered as if it were whole"""
    blob = store(b"0123456789")
    for start, end in [(0, 11), (9, 11), (10, 11), (50, 60)]:
        with pytest.raises(FileNotFoundError):
            blobs.open_blob(blob.key, start=start, end=end)


def test_what_is_not_there_is_missing(kind: Kind) -> None:
    with pytest.raises(FileNotFoundError):
        blobs.open_blob(KEY)
    with pytest.raises(FileNotFoundError):
        blobs.open_blob(KEY, start=3, end=5)
    with pytest.raises(FileNotFoundError):
        blobs.size_of(KEY)


def test_discarding_twice_is_no_error(kind: Kind) -> None:
    blob = store(b"abc")
    blobs.discard(blob.key)
    blobs.discard(blob.key)
    assert kind.names() == []


class Breaking:
    """A stream that fails after some bytes, as one does whose sender is gone."""

    def __init__(self, size: int) -> None:
        self.left = size

    def read(self, size: int) -> bytes:
        """Give bytes, then fail."""
        if self.left <= 0:
            raise OSError("the client is gone")
        self.left -= size
        return b"x" * size


@pytest.mark.parametrize("size", [CHUNK, LARGE])
def test_a_stream_that_breaks_off_leaves_nothing(kind: Kind, size: int) -> None:
    """Neither an object nor an upload that has not come to its end"""
    incoming = Incoming(Breaking(size), max_bytes=2**30)
    with pytest.raises(OSError, match="gone"), blobs.stored(incoming):
        pass
    assert kind.names() == []


def refuse() -> None:
    """Refuse content at its end."""
    raise Invalid


@pytest.mark.parametrize("size", [CHUNK, LARGE])
@pytest.mark.parametrize(
    ("limits", "error"),
    [
        (lambda size: {"announced": size + 1}, ContentCutShort),
        (lambda size: {"max_bytes": size - 1}, ContentTooLarge),
        (lambda size: {"finish": refuse}, Invalid),
    ],
    ids=["cut off", "too large", "refused"],
)
def test_what_is_refused_leaves_nothing(
    kind: Kind,
    size: int,
    limits: Callable[[int], dict[str, Any]],
    error: type[DomainError],
) -> None:
    with pytest.raises(error):
        store(content_of(size), **limits(size))
    assert kind.names() == []


def test_a_block_that_refuses_takes_the_bytes_back(kind: Kind) -> None:
    with pytest.raises(Invalid), blobs.stored(incoming_of(content_of(LARGE))):
        refuse()
    assert kind.names() == []


def test_a_block_that_fails_otherwise_leaves_the_bytes_to_the_sweep(kind: Kind) -> None:
    with pytest.raises(RuntimeError), blobs.stored(incoming_of(b"abc")):
        raise RuntimeError
    ((key, size),) = blobs.keys_older_than(now() + timedelta(hours=1))
    assert (kind.names(), size) == ([key], 3)


def test_what_a_crash_leaves_is_found_and_removed(kind: Kind) -> None:
    """An upload that has not come to its end, on every backend"""
    kind.leave_unfinished(KEY, b"half")
    assert list(blobs.keys_older_than(now() - timedelta(hours=1))) == []
    found = list(blobs.keys_older_than(now() + timedelta(hours=1)))
    assert found == [(f"{KEY}.part", 4)]
    blobs.discard(f"{KEY}.part")
    assert kind.names() == []


def test_only_old_keys_of_ours_are_listed(kind: Kind) -> None:
    """What somebody else keeps there is not ours to remove"""
    kind.put("readme.txt", b"not ours")
    kind.put(KEY.upper(), b"not ours")
    blob = store(b"abc")
    assert list(blobs.keys_older_than(now() - timedelta(hours=1))) == []
    assert list(blobs.keys_older_than(now() + timedelta(hours=1))) == [(blob.key, 3)]


def test_many_keys_are_all_listed(kind: Kind) -> None:
    keys = {store(bytes([number])).key for number in range(30)}
    found = {key for key, _ in blobs.keys_older_than(now() + timedelta(hours=1))}
    assert found == keys


def incoming_of(content: bytes) -> Incoming:
    """Return bytes on their way in."""
    return Incoming(BytesIO(content), max_bytes=2**30)


def test_many_uploads_and_reads_at_once_do_not_mix(kind: Kind) -> None:
    """One client serves all threads of a server"""
    contents = [content_of(PART + number) for number in range(6)]

    def there_and_back(content: bytes) -> bytes:
        return read(store(content).key)

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(there_and_back, contents)) == contents
    assert len(kind.names()) == len(contents)
