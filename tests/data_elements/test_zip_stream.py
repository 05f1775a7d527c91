"""The zip archive that is written while it is sent."""

import os
import random
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from data_elements import zip_stream
from data_elements.rules import extension_of
from data_elements.zip_stream import Names, ZipStream


def archive(files: dict[str, bytes]) -> bytes:
    """Return an archive as one would receive it."""
    stream = ZipStream()
    pieces: list[bytes] = []
    for name, content in files.items():
        pieces += stream.add(name, [content[:3], content[3:]], size=len(content))
    pieces += stream.end()
    return b"".join(pieces)


def test_what_goes_in_comes_out(tmp_path: Path) -> None:
    files = {"data/a.xml": b"<a/>" * 999, "data/æ ø.pdf": os.urandom(70_000), "b": b"1"}
    whole = archive(files)
    with zipfile.ZipFile(BytesIO(whole)) as read:
        assert read.testzip() is None
        assert {name: read.read(name) for name in read.namelist()} == files
    (tmp_path / "a.zip").write_bytes(whole)
    done = subprocess.run(
        [sys.executable, "-m", "zipfile", "-t", str(tmp_path / "a.zip")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Done testing" in done.stdout


def test_an_empty_archive_is_one() -> None:
    assert zipfile.ZipFile(BytesIO(archive({}))).namelist() == []


def test_large_files_have_the_long_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    """ZIP64, from a size on that a test would wait for"""
    monkeypatch.setattr(zip_stream, "_LONG", 10)
    whole = archive({"a": b"0123456789" * 10, "b": b"1"})
    with zipfile.ZipFile(BytesIO(whole)) as read:
        long, short = read.infolist()
        assert (long.extract_version, short.extract_version) == (45, 20)
        assert read.testzip() is None


def test_memory_stays_constant_whatever_the_size() -> None:
    piece = os.urandom(256 * 1024)

    def pieces(count: int) -> Iterator[bytes]:
        for _ in range(count):
            yield piece

    def peak(count: int) -> int:
        stream = ZipStream()
        tracemalloc.start()
        for _ in stream.add("a", pieces(count), size=count * len(piece)):
            pass
        held = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return held

    peak(1)
    assert peak(120) < peak(8) + 512 * 1024


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("a.pdf", "a.pdf"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("/etc/passwd", "_etc_passwd"),
        ("C:\\windows\\x.dll", "C__windows_x.dll"),
        ("..", "default.xml"),
        ("...", "default.xml"),
        ("", "default.xml"),
        (None, "default.xml"),
        (".bashrc", "bashrc"),
        ("con", "_con"),
        ("NUL.txt", "_NUL.txt"),
        ("trailing. . ", "trailing"),
        ("a\0b\r\nc", "a_b__c"),
        ("exe\u202efdp.exe", "exe_fdp.exe"),
        ("x" * 300 + ".pdf", "x" * 150 + ".pdf"),
        ("e\u0301.txt", "é.txt"),
    ],
)
def test_a_name_leads_nowhere_and_is_one_everywhere(
    wanted: str | None, found: str
) -> None:
    assert Names().name(wanted, otherwise="default.xml") == found


def test_no_two_files_have_the_same_name_on_any_file_system() -> None:
    names = Names()
    given = ["a.pdf", "A.PDF", "a.pdf", "a (2).pdf", "noext", "noext"]
    found = [names.name(one, otherwise="x") for one in given]
    assert found[:3] == ["a.pdf", "A (2).PDF", "a (3).pdf"]
    assert found[3] == "a (2) (2).pdf"
    assert len({name.casefold() for name in found}) == len(found)


def test_any_name_at_all_stays_below_its_folder() -> None:
    rng = random.Random(7)
    letters = './\\:\0\n aAé\u202e*?|<>"con1'
    names = Names()
    seen = set()
    for _ in range(3000):
        wanted = "".join(rng.choices(letters, k=rng.randrange(0, 12)))
        name = names.name(wanted, otherwise="")
        assert name
        assert not set(name) & set('/\\:\0\n\u202e*?|<>"')
        assert name not in (".", "..")
        assert not name.startswith(".")
        seen.add(name.casefold())
    assert len(seen) == 3000


@pytest.mark.parametrize(
    ("media_type", "extension"),
    [
        ("application/xml", ".xml"),
        ("application/pdf; version=1", ".pdf"),
        ("image/png", ".png"),
        ("application/json", ".json"),
        ("application/octet-stream", ".bin"),
        ("not a type", ""),
        (None, ""),
    ],
)
def test_a_file_without_a_name_has_its_types_extension(
    media_type: str | None, extension: str
) -> None:
    assert extension_of(media_type) == extension
