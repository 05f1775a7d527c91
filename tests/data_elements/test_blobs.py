"""Bytes in the store: whole or not at all, measured and hashed on the way."""

import hashlib
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest

from common.errors import Invalid
from data_elements import blobs
from data_elements.blobs import Incoming
from data_elements.errors import ContentCutShort, ContentTooLarge
from tests.factories import now


def files(folder: Path) -> list[Path]:
    """Return every file in the store, unfinished ones too."""
    return [p for p in folder.rglob("*") if p.is_file()] if folder.exists() else []


def test_bytes_are_measured_and_hashed_while_they_stream(own_blobs: Path) -> None:
    """Part 9: SHA-256 while writing"""
    content = b"x" * (3 * blobs.CHUNK + 17)
    with blobs.stored(Incoming(BytesIO(content), max_bytes=2**30)) as blob:
        assert blob.size == len(content)
        assert blob.sha256 == hashlib.sha256(content).digest()
    with blobs.open_blob(blob.key) as stored:
        assert stored.read() == content


def test_keys_are_random_and_say_nothing(own_blobs: Path) -> None:
    """D-10: never derived from user input"""
    keys = set()
    for _ in range(3):
        with blobs.stored(Incoming(BytesIO(b"same"), max_bytes=10)) as blob:
            keys.add(blob.key)
    assert len(keys) == 3


class Failing:
    """A stream that breaks off."""

    def __init__(self) -> None:
        self.sent = False

    def read(self, size: int) -> bytes:
        """Give one piece, then fail."""
        if self.sent:
            raise OSError("the client is gone")
        self.sent = True
        return b"half"


def test_a_broken_stream_leaves_nothing(own_blobs: Path) -> None:
    """Part 9: nothing half"""
    with pytest.raises(OSError, match="gone"), blobs.stored(Incoming(Failing(), 10)):
        pass
    assert files(own_blobs) == []


def test_a_block_that_refuses_takes_the_bytes_back(own_blobs: Path) -> None:
    """Row and bytes together or neither"""
    with pytest.raises(ContentTooLarge), blobs.stored(Incoming(BytesIO(b"x"), 10)):
        raise ContentTooLarge(length=1, limit=0)
    assert files(own_blobs) == []


def test_a_block_that_fails_otherwise_leaves_the_bytes_to_the_sweep(
    own_blobs: Path,
) -> None:
    """A connection that breaks in a commit leaves open whether the row is there"""
    with pytest.raises(RuntimeError), blobs.stored(Incoming(BytesIO(b"x"), 10)):
        raise RuntimeError
    assert len(files(own_blobs)) == 1


@pytest.mark.parametrize("announced", [None, 11])
def test_more_than_the_limit_is_refused(own_blobs: Path, announced: int | None) -> None:
    """Whether announced or not"""
    incoming = Incoming(BytesIO(b"x" * 11), max_bytes=10, announced=announced)
    with pytest.raises(ContentTooLarge), blobs.stored(incoming):
        pass
    assert files(own_blobs) == []


def test_less_than_announced_is_refused(own_blobs: Path) -> None:
    """A body that is cut short"""
    incoming = Incoming(BytesIO(b"x" * 9), max_bytes=100, announced=10)
    with pytest.raises(ContentCutShort) as caught, blobs.stored(incoming):
        pass
    assert "9" in caught.value.detail
    assert files(own_blobs) == []


def test_what_inspection_refuses_is_not_kept(own_blobs: Path) -> None:
    """Malformed form data"""

    def refuse() -> None:
        raise Invalid

    incoming = Incoming(BytesIO(b"x"), max_bytes=10, finish=refuse)
    with pytest.raises(Invalid), blobs.stored(incoming):
        pass
    assert files(own_blobs) == []


def test_only_old_keys_are_listed(own_blobs: Path) -> None:
    """A younger one may belong to an upload that is not committed yet"""
    with blobs.stored(Incoming(BytesIO(b"abc"), max_bytes=10)) as blob:
        pass
    assert list(blobs.keys_older_than(now() - timedelta(hours=1))) == []
    later = now() + timedelta(hours=1)
    assert list(blobs.keys_older_than(later)) == [(blob.key, 3)]


def test_discarding_twice_is_no_error(own_blobs: Path) -> None:
    """What is gone already is no error"""
    with blobs.stored(Incoming(BytesIO(b"abc"), max_bytes=10)) as blob:
        pass
    blobs.discard(blob.key)
    blobs.discard(blob.key)
    assert files(own_blobs) == []
