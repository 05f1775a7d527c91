"""Real file systems that are full, read only, or lose what was written to them.

They are mounted, which takes root on Linux; elsewhere the tests are skipped.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

KIBIBYTE = 1024
_EXT4 = "-q -F -O ^has_journal -E lazy_itable_init=1,nodiscard -m 0"


@contextmanager
def small_disk(folder: Path, *, kibibytes: int) -> Iterator[None]:
    """Let a folder be a disk of this size for a block; what is in it stays in it."""
    before = folder.with_name(f"{folder.name}-before")
    folder.mkdir(exist_ok=True)
    folder.rename(before)
    folder.mkdir()
    try:
        _run("mount", "-t", "tmpfs", "-o", f"size={kibibytes}k", "tmpfs", str(folder))
        try:
            shutil.copytree(before, folder, dirs_exist_ok=True)
            yield
        finally:
            _run("umount", "--lazy", str(folder))
    finally:
        folder.rmdir()
        before.rename(folder)


@contextmanager
def disk_that_loses_writes(folder: Path, *, beside: Path) -> Iterator[None]:
    """Let a folder be a disk that has less behind it than it says.

    Writing succeeds, for it goes to memory; only ``fsync`` finds out.
    """
    behind, image = beside / "behind", beside / "behind" / "image"
    behind.mkdir()
    folder.mkdir(exist_ok=True)
    _run("mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(behind))
    try:
        with image.open("wb") as file:
            file.truncate(64 * KIBIBYTE * KIBIBYTE)
        _run("mkfs.ext4", *_EXT4.split(), str(image))
        _run("mount", "-o", "loop", str(image), str(folder))
        try:
            yield
        finally:
            _run("umount", "--lazy", str(folder))
    finally:
        _run("umount", "--lazy", str(behind))


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Let a mounted disk refuse every write for a block."""
    _run("mount", "-o", "remount,ro", str(folder))
    try:
        yield
    finally:
        _run("mount", "-o", "remount,rw", str(folder))


def _run(*command: str) -> None:
    if os.geteuid() != 0 or not shutil.which(command[0]):
        pytest.skip(f"needs root and {command[0]}, to mount a disk of its own")
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    if done.returncode and command[0] == "mount":
        pytest.skip(f"cannot mount a disk here: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
