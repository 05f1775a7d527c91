"""Large contents: upload beside copying and hashing the same file, and downloads."""

import hashlib
import os
import random
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.generate import FIRST_PARTY
from bench.rounds import STEADY, Spread
from bench.scenarios import World

MEBIBYTE = 2**20
_PIECE = 256 * 1024
_PDF = {
    "Content-Type": "application/pdf",
    "Content-Disposition": 'attachment; filename="stor.pdf"',
}


@dataclass(frozen=True, slots=True)
class Transfer:
    """How long a transfer took, and what it is compared with, in seconds."""

    what: str
    size: int
    ours: Spread
    floor: Spread | None
    ratio: Spread | None
    at_most: float | None = None
    growth: int = 0

    @property
    def is_valid(self) -> bool:
        """Whether the disk was steady enough for a ratio to the floor."""
        return self.floor is None or self.floor.least / self.floor.most >= STEADY

    @property
    def rate(self) -> float:
        """MiB a second."""
        return self.size / MEBIBYTE / self.ours.median


def transfers(
    world: World, folder: Path, *, sizes: list[int], rounds: int
) -> Iterator[Transfer]:
    """Measure uploads and downloads of contents of these sizes, in MiB."""
    for size in sizes:
        path = folder / "content"
        _write(path, size)
        try:
            yield from _of_size(world, path, size * MEBIBYTE, rounds)
        finally:
            path.unlink()


def _of_size(world: World, path: Path, size: int, rounds: int) -> Iterator[Transfer]:
    address = f"/{world.app_id}/instances?instanceOwnerPartyId={FIRST_PARTY}"
    made = world.server.json("POST", address, world.callers.user)
    base = f"/storage/api/v1/instances/{made['id']}/data"
    before = world.server.peak_memory()
    floors, ups, wholes, parts = [], [], [], []
    element = ""
    for _ in range(rounds):
        os.sync()  # what was written before is nobody's time
        floors.append(_timed(lambda: _copy_and_hash(path)))
        os.sync()
        seconds, element = _upload(world, f"{base}?dataType=vedlegg", path, element)
        ups.append(seconds)
        wholes.append(_timed(lambda: _download(world, f"{base}/{element}", "")))  # noqa: B023
        middle = f"bytes={size // 2}-{size // 2 + size // 10 - 1}"
        parts.append(_timed(lambda: _download(world, f"{base}/{element}", middle)))  # noqa: B023
    growth = world.server.peak_memory() - before
    ratios = [up / floor for up, floor in zip(ups, floors, strict=True)]
    named = f"{size // MEBIBYTE:,} MiB"
    yield Transfer(
        f"PUT {named}, hashed and synced",
        size,
        Spread.of(ups),
        Spread.of(floors),
        Spread.of(ratios),
        at_most=1.4 if size >= 1024 * MEBIBYTE else None,
        growth=growth,
    )
    yield Transfer(f"GET {named}, whole", size, Spread.of(wholes), None, None)
    yield Transfer(
        f"GET a tenth of {named}, Range", size // 10, Spread.of(parts), None, None
    )


def _write(path: Path, mebibytes: int) -> None:
    block = random.Random(11).randbytes(MEBIBYTE - 8)  # noqa: S311  made-up content
    with path.open("wb") as file:
        for number in range(mebibytes):
            file.write(number.to_bytes(8, "big") + block)


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _copy_and_hash(path: Path) -> None:
    """The floor: what ``cp`` does, and then SHA-256 of the file."""
    copy = path.with_suffix(".copy")
    try:
        shutil.copyfile(path, copy)
        with path.open("rb") as file:
            hashlib.file_digest(file, "sha256")
    finally:
        copy.unlink()


def _upload(world: World, address: str, path: Path, element: str) -> tuple[float, str]:
    """Send a file, the first time with POST; return seconds and the element's id."""
    method = "PUT" if element else "POST"
    if element:
        address = address.partition("?")[0] + f"/{element}"
    length = {"Content-Length": str(path.stat().st_size)}
    with path.open("rb") as file:
        begun = time.perf_counter()
        calling, answer = world.server.open(
            method, address, {**world.portal, **_PDF, **length}, _pieces(file)
        )
        document = answer.read()
        seconds = time.perf_counter() - begun
    calling.close()
    if answer.status >= 300:
        raise RuntimeError(f"upload: {answer.status} {document[:300]!r}")
    location = answer.headers.get("Location", "")
    return seconds, element or location.rpartition("/")[2]


def _pieces(file: object) -> Iterator[bytes]:
    while piece := file.read(MEBIBYTE):  # type: ignore[attr-defined]  # a file
        yield piece


def _download(world: World, address: str, part: str) -> None:
    headers = {**world.portal, **({"Range": part} if part else {})}
    calling, answer = world.server.open("GET", address, headers)
    if answer.status != (206 if part else 200):
        raise RuntimeError(f"download: {answer.status}")
    taken = bytearray(_PIECE)
    while answer.readinto(taken):
        pass
    calling.close()


@dataclass(frozen=True, slots=True)
class Drained:
    """How a worklist was read to its end."""

    instances: int
    pages: int
    seconds: float
    twice: int

    @property
    def rate(self) -> float:
        """Instances a second."""
        return self.instances / self.seconds if self.seconds else 0.0


def drain(world: World, *, most: int = 25_000) -> Drained:
    """Follow an org's worklist to its end, or as far as ``most`` instances."""
    path = (
        f"/storage/api/v1/instances?org={world.org}&process.isComplete=true"
        f"&excludeConfirmedBy={world.org}"
    )
    begun, pages, count = time.perf_counter(), 0, 0
    seen: set[str] = set()
    while path and count < most:
        page = world.server.json("GET", path, world.platform)
        pages += 1
        count += page["count"]
        seen.update(one["id"] for one in page["instances"])
        path = (page["next"] or "").partition(world.server.host)[2]
    return Drained(count, pages, time.perf_counter() - begun, count - len(seen))
