"""Bytes on their way in: measured, hashed, checked, under keys that say nothing."""

import hashlib
import random
import threading
from io import BytesIO
from pathlib import Path

import pytest

from common.errors import Invalid
from data_elements import blobs, intake
from data_elements.blobs import CHUNK, Incoming
from data_elements.errors import ContentTooLarge, UploadTooSlow
from tests.stored import files_in


@pytest.mark.parametrize("size", [0, 1, CHUNK, 16 * CHUNK, 16 * CHUNK + 1, 40 * CHUNK])
def test_bytes_are_measured_and_hashed_while_they_stream(
    own_blobs: Path, size: int
) -> None:
    """Part 9: SHA-256 while writing, beside it or in a thread of its own"""
    content = random.Random(size).randbytes(size)
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


@pytest.mark.parametrize("announced", [None, 11])
def test_more_than_the_limit_is_refused(own_blobs: Path, announced: int | None) -> None:
    """Whether announced or not"""
    incoming = Incoming(BytesIO(b"x" * 11), max_bytes=10, announced=announced)
    with pytest.raises(ContentTooLarge), blobs.stored(incoming):
        pass
    assert files_in(own_blobs) == []


def test_what_inspection_refuses_is_not_kept_and_no_thread_stays(
    own_blobs: Path,
) -> None:
    """Malformed form data, in the middle of a content that is hashed aside"""
    seen: list[int] = []

    def refuse_late(piece: bytes) -> None:
        seen.append(len(piece))
        if len(seen) == 30:
            raise Invalid

    before = threading.active_count()
    content = BytesIO(b"x" * 40 * CHUNK)
    incoming = Incoming(content, max_bytes=2**30, inspect=refuse_late)
    with pytest.raises(Invalid), blobs.stored(incoming):
        pass
    assert files_in(own_blobs) == []
    assert threading.active_count() == before


def test_an_upload_that_lasts_too_long_is_refused(
    own_blobs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sweep would take what is older for an orphan"""
    assert intake.LONGEST_UPLOAD_HOURS < 24
    monkeypatch.setattr(intake, "LONGEST_UPLOAD_HOURS", 0)
    with pytest.raises(UploadTooSlow), blobs.stored(Incoming(BytesIO(b"x"), 10)):
        pass
    assert files_in(own_blobs) == []
