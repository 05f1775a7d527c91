"""Zip files: an ordinary one is the folder, a hostile one is refused whole."""

import io
import stat
import struct
import zipfile
from time import process_time

import pytest
from django.conf import LazySettings

from apps_registry.app_archive import read_archive
from apps_registry.app_folder import AppFolder
from apps_registry.errors import AppFolderRefused
from tests.apps_registry.archives import FILES, archive, special, with_entry

EXTRA = "App/options/extra.json"


def refusals(content: bytes) -> list[tuple[str, str]]:
    """Return place and code of what is wrong with an archive."""
    with pytest.raises(AppFolderRefused) as caught:
        read_archive(io.BytesIO(content))
    return [(f.pointer, f.code) for f in caught.value.report.errors]


@pytest.mark.parametrize("below", ["App/", "", "app-main/App/", "app-main/"])
def test_an_archive_is_read_wherever_the_folder_stands(below: str) -> None:
    """D-2: what holds config/, or has it under App/, or under one more folder"""
    assert read_archive(io.BytesIO(archive(FILES, below=below))).files == FILES


def test_code_and_the_rest_of_a_repository_are_left_out() -> None:
    """D-2: and so is what stands outside the folder"""
    files = {f"App/{name}": content for name, content in FILES.items()}
    more = {"App/Program.cs": b"x", "README.md": b"x", ".github/a.json": b"{"}
    read = read_archive(io.BytesIO(archive({**files, **more}, below="")))
    assert read == AppFolder(FILES)


@pytest.mark.parametrize(
    "name",
    [
        "/etc/config/a.json",
        "../config/a.json",
        "App/../../a.json",
        "App/options/../../../a.json",
        "C:/options/a.json",
        "App\\options\\a.json",
        "..",
    ],
)
def test_paths_that_leave_the_folder_are_refused(name: str) -> None:
    """Absolute and climbing paths"""
    ((_, code),) = refusals(with_entry(name))
    assert code == "path-refused"


@pytest.mark.parametrize(
    ("mode", "code"),
    [
        (stat.S_IFLNK | 0o777, "link-refused"),
        (stat.S_IFIFO | 0o644, "path-refused"),
        (stat.S_IFCHR | 0o644, "path-refused"),
    ],
)
def test_links_and_devices_are_refused(mode: int, code: str) -> None:
    """T-17"""
    assert refusals(with_entry(special(EXTRA, mode), b"/etc/passwd")) == [(EXTRA, code)]


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    """Zip bombs, by their ratio"""
    begun = process_time()
    bomb = with_entry(EXTRA, b" " * 50 * 2**20)
    assert refusals(bomb) == [(EXTRA, "ratio-refused")]
    assert process_time() - begun < 5


def test_a_bomb_that_lies_about_its_size_is_refused() -> None:
    """It is read as far as it says, and no further"""
    content = bytearray(with_entry(EXTRA, b" " * 2**20))
    place = content.rindex(b"PK\x01\x02")
    content[place + 24 : place + 28] = struct.pack("<L", 1000)
    assert refusals(bytes(content)) == [(".", "archive-unreadable")]


def test_many_small_bombs_are_held_to_the_total(settings: LazySettings) -> None:
    """The size of all files together"""
    settings.ALTINN_MAX_APP_MIB = 1
    content = bytes(range(256)) * 200
    bombs = {f"options/{n}.json": content for n in range(30)}
    assert refusals(archive({**FILES, **bombs})) == [(".", "folder-too-large")]


def test_too_many_files_are_refused(settings: LazySettings) -> None:
    """The count of files"""
    settings.ALTINN_MAX_APP_FILES = len(FILES)
    assert refusals(with_entry(EXTRA)) == [(".", "too-many-files")]


def test_a_directory_that_is_too_long_is_not_read() -> None:
    """A list of entries takes memory before any limit on files could count"""
    content = bytearray(archive(FILES))
    place = content.rindex(b"PK\x05\x06")
    content[place + 12 : place + 16] = struct.pack("<L", 2**30)
    assert refusals(bytes(content)) == [(".", "archive-unreadable")]
    locator = b"PK\x06\x07" + b"\0" * 16
    content = bytearray(archive(FILES))
    place = content.rindex(b"PK\x05\x06")
    content[place:place] = locator
    assert refusals(bytes(content)) == [(".", "archive-unreadable")]


def test_a_file_twice_is_refused() -> None:
    """Of two contents nobody knows which is meant"""
    with pytest.warns(UserWarning, match="Duplicate"):
        content = with_entry("App/config/applicationmetadata.json")
    assert refusals(content) == [("config/applicationmetadata.json", "path-twice")]


def test_encrypted_and_odd_entries_are_refused() -> None:
    """Only plain files are read"""
    content = bytearray(with_entry(EXTRA))
    place = content.rindex(b"PK\x01\x02")
    content[place + 8] |= 1
    assert refusals(bytes(content)) == [(EXTRA, "entry-encrypted")]
    info = zipfile.ZipInfo(EXTRA)
    info.compress_type = zipfile.ZIP_LZMA
    assert refusals(with_entry(info)) == [(EXTRA, "archive-unreadable")]


@pytest.mark.parametrize(
    "name", ["App/options/a\nb.json", "App/options/a?.json", "App/options/a*.json"]
)
def test_names_that_cannot_be_written_again_are_refused(name: str) -> None:
    """Every deployment can be exported, anywhere"""
    ((_, code),) = refusals(with_entry(name))
    assert code == "path-refused"
    long = f"App/options/{'a' * 250}.json"
    ((_, code),) = refusals(with_entry(long))
    assert code == "path-too-long"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "archive-unreadable"),
        (b"x", "archive-unreadable"),
        (b"PK\x05\x06", "archive-unreadable"),
        (b"PK\x05\x06" + b"\0" * 18, "config-folder-missing"),
        (archive(FILES)[:-30], "archive-unreadable"),
    ],
    ids=["empty", "no zip", "only a mark", "no entries", "cut off"],
)
def test_what_is_no_archive_is_refused(content: bytes, code: str) -> None:
    """400, never 500"""
    assert refusals(content) == [(".", code)]


def test_damage_anywhere_is_refused() -> None:
    """A byte of the content, checked by its sum"""
    content = bytearray(archive(FILES))
    content[len(content) // 3] ^= 0xFF
    codes = {code for _, code in refusals(bytes(content))}
    assert codes <= {"archive-unreadable", "path-refused", "ratio-refused"}


def test_an_archive_without_config_is_told_so() -> None:
    """D-2"""
    assert refusals(archive({"a.json": b"{}"})) == [(".", "config-folder-missing")]
