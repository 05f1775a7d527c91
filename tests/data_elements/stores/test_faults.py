"""Stores that fail: on a write, a commit or a read, in the middle, or altogether."""

import errno
import os
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bench.ports import held_port
from data_elements import blobs
from data_elements.errors import ContentTooLarge, StorageUnavailable
from tests.blob_servers import azurite_connection
from tests.data_elements.stores.kinds import PART, Kind, read, store
from tests.data_elements.stores.test_contract import KEY, LARGE, content_of, incoming_of
from tests.factories import now
from tests.faulty_proxy import Fault
from tests.stored import files_in

SMALL = 1000


def is_part(method: str, path: str) -> bool:
    """Whether a request sends a part of a content."""
    return method == "PUT" and ("partNumber=" in path or "comp=block&" in path)


def is_commit(method: str, path: str) -> bool:
    """Whether a request makes a content of its parts."""
    s3 = method == "POST" and "uploadId=" in path
    return s3 or (method == "PUT" and "comp=blocklist" in path)


def is_put(method: str, path: str) -> bool:
    """Whether a request sends a whole content."""
    return method == "PUT" and "?" not in path


def is_removal(method: str, path: str) -> bool:
    """Whether a request deletes or aborts, or drops blocks by writing over them."""
    return method == "DELETE" or is_put(method, path)


def is_read(method: str, path: str) -> bool:
    """Whether a request reads content."""
    return method == "GET"


def everything() -> list[str]:
    """Return what the sweep would find."""
    return [key for key, _ in blobs.keys_older_than(now() + timedelta(hours=1))]


# --- over a network -------------------------------------------------------------------
@pytest.mark.parametrize(
    ("size", "matches"),
    [(SMALL, is_put), (LARGE, is_part), (LARGE, is_commit)],
    ids=["whole", "part", "commit"],
)
def test_a_write_that_fails_leaves_nothing(
    far_away: Kind, size: int, matches: Callable[[str, str], bool]
) -> None:
    """A 500 on the only write, on the parts, on the commit: nothing half-written"""
    far_away.faulty.faults.append(Fault("error", matches))
    with pytest.raises(StorageUnavailable) as caught:
        store(content_of(size))
    assert caught.value.context["retry_after"] > 0
    far_away.faulty.faults.clear()
    assert far_away.names() == []
    assert read(store(content_of(size)).key) == content_of(size)


@pytest.mark.parametrize(
    ("size", "matches"),
    [(SMALL, is_put), (LARGE, is_part), (LARGE, is_commit)],
    ids=["whole", "part", "commit"],
)
def test_a_write_that_fails_once_is_tried_again(
    far_away: Kind, size: int, matches: Callable[[str, str], bool]
) -> None:
    far_away.faulty.faults.append(Fault("error", matches, times=1))
    blob = store(content_of(size))
    assert read(blob.key) == content_of(size)
    assert far_away.names() == [blob.key]


def test_a_commit_whose_answer_is_lost_leaves_nothing(far_away: Kind) -> None:
    """The store has the content, and nobody heard of it"""
    far_away.faulty.faults.append(Fault("lost", is_commit))
    with pytest.raises(StorageUnavailable):
        store(content_of(LARGE))
    assert far_away.names() == []


def test_what_cannot_even_be_taken_back_is_left_to_the_sweep(far_away: Kind) -> None:
    """The error is the first one, and the bytes are found later"""
    faults = far_away.faulty.faults
    faults += [Fault("error", is_commit), Fault("error", is_removal)]
    with pytest.raises(StorageUnavailable):
        store(content_of(LARGE))
    faults.clear()
    (key,) = everything()
    assert key.endswith(".part")
    blobs.discard(key)
    assert far_away.names() == []


def test_a_refusal_stays_one_when_the_bytes_cannot_be_taken_back(
    far_away: Kind,
) -> None:
    """What the caller did is told, not what the store did"""
    with pytest.raises(ContentTooLarge), blobs.stored(incoming_of(b"abc")):
        far_away.faulty.faults.append(Fault("error"))
        raise ContentTooLarge(length=3, limit=0)
    far_away.faulty.faults.clear()
    assert len(everything()) == 1


@pytest.mark.parametrize("times", [1, 2])
def test_a_read_that_breaks_off_is_taken_up_where_it_broke(
    far_away: Kind, times: int
) -> None:
    content = content_of(LARGE)
    blob = store(content)
    far_away.faulty.faults.append(Fault("cut", is_read, times=times))
    assert read(blob.key) == content


def test_a_read_that_breaks_off_for_good_is_an_error(far_away: Kind) -> None:
    """Never an end that comes too early"""
    content = content_of(LARGE)
    blob = store(content)
    far_away.faulty.faults.append(Fault("cut", is_read))
    with pytest.raises(StorageUnavailable):
        read(blob.key)


def test_a_store_that_is_slow_is_given_up_in_bounded_time(far_away: Kind) -> None:
    """Three attempts of one second each, and what lies between them"""
    blob = store(b"abc")
    far_away.use(patience=1)
    far_away.faulty.faults.append(Fault("hang"))
    for call in (
        lambda: read(blob.key),
        lambda: store(b"abc"),
    ):
        far_away.faulty.calls.clear()
        begun = time.monotonic()
        with pytest.raises(StorageUnavailable):
            call()
        assert len(far_away.faulty.calls) == 3
        # Each would last for ever, and half a minute or more as clients are made.
        assert time.monotonic() - begun < 20


def test_a_store_that_nobody_answers_for_is_unavailable(far_away: Kind) -> None:
    """Connection refused"""
    with held_port() as port:
        if far_away.name == "s3":
            far_away.use(endpoint_url=f"http://127.0.0.1:{port}", patience=1)
        else:
            far_away.use(connection_string=azurite_connection(port), patience=1)
        for call in (
            lambda: store(content_of(LARGE)),
            lambda: read(KEY),
            everything,
        ):
            with pytest.raises(StorageUnavailable):
                call()


def test_a_bucket_or_container_that_is_not_there_is_no_missing_content(
    far_away: Kind,
) -> None:
    """A wrong setting must not look as if contents were lost"""
    name = "bucket_name" if far_away.name == "s3" else "azure_container"
    far_away.use(**{name: "no-such-place"})
    with pytest.raises(StorageUnavailable):
        read(KEY)
    with pytest.raises(StorageUnavailable):
        store(b"abc")


def test_parts_on_their_way_are_bounded(far_away: Kind) -> None:
    """Memory is part size times parts at once: two are on their way while one fills"""
    proxy = far_away.faulty
    parts = 8
    proxy.faults.append(Fault("slow", is_part, seconds=0.3))
    taken: list[int] = []

    class Counting:
        """A stream that notes how far it is read beyond what was sent."""

        left = parts * PART

        def read(self, size: int) -> bytes:
            """Give bytes."""
            sent = sum(is_part(*call) for call in proxy.calls)
            taken.append((parts * PART - self.left) - sent * PART)
            size = min(size, self.left)
            self.left -= size
            return b"x" * size

    with blobs.stored(blobs.Incoming(Counting(), max_bytes=2**30)) as blob:
        assert blob.size == parts * PART
    assert max(taken) <= 3 * PART


# --- in files -------------------------------------------------------------------------
@contextmanager
def no_file_longer_than(size: int) -> Iterator[None]:
    """Let the system refuse longer files, as it does when a disk is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_is_unavailable_storage(own_blobs: Path) -> None:
    """On a write in the middle"""
    with no_file_longer_than(2**20), pytest.raises(StorageUnavailable) as caught:
        store(content_of(2 * 2**20))
    assert isinstance(caught.value.__cause__, OSError)
    assert files_in(own_blobs) == []


@pytest.mark.parametrize("call", ["fsync", "mkdir", "open"])
def test_a_disk_that_fails_otherwise_leaves_nothing(
    own_blobs: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """No disk to be had fails on flushing; the system's answer is put in its place"""

    def fail(*args: object, **kwargs: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as broken:
        if call == "fsync":
            broken.setattr(os, "fsync", fail)
        else:
            broken.setattr(Path, call, fail)
        with pytest.raises(StorageUnavailable):
            store(b"abc")
    assert files_in(own_blobs) == []


def test_a_name_that_cannot_be_flushed_leaves_nothing(
    own_blobs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the commit: the file has its name already, and may lose it in a power cut"""
    store(b"abc")
    fsync = os.fsync

    def fail_on_folders(descriptor: int) -> None:
        if os.path.isdir(f"/proc/self/fd/{descriptor}"):
            raise OSError(errno.EIO, "Input/output error")
        fsync(descriptor)

    before = files_in(own_blobs)
    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", fail_on_folders)
        with pytest.raises(StorageUnavailable):
            store(b"abc")
    assert files_in(own_blobs) == before


def test_the_file_its_name_and_its_folders_are_flushed(
    own_blobs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """fsync before commit: what a row tells of survives a power cut"""
    flushed: list[str] = []
    fsync = os.fsync

    def note(descriptor: int) -> None:
        flushed.append(os.readlink(f"/proc/self/fd/{descriptor}"))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", note)
    path = own_blobs / store(b"abc").key
    assert flushed == [
        str(own_blobs.parent),
        str(own_blobs),
        str(path.parent.parent),
        f"{path}.part",
        str(path.parent),
    ]


def test_a_file_that_cannot_be_read_is_unavailable_storage(own_blobs: Path) -> None:
    """A folder in its place, for any error but that it is not there"""
    (own_blobs / KEY).mkdir(parents=True)
    with pytest.raises(StorageUnavailable):
        read(KEY)
