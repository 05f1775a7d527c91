"""Limits of an application folder, and JSON as config files have it."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import LazySettings

from apps_registry import lenient_json
from apps_registry.app_folder import AppFolder, read_folder
from apps_registry.errors import AppFolderRefused


@contextmanager
def nobody_special() -> Iterator[None]:
    """Be a user whom permissions bind, who root is not."""
    was = os.geteuid()
    if was == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(was)


def test_a_folder_without_config_is_named(tmp_path: Path) -> None:
    """D-2"""
    with pytest.raises(AppFolderRefused) as caught:
        read_folder(tmp_path)
    assert caught.value.issues[0].code == "config-folder-missing"


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    """A folder is read into memory, so it has a limit"""
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "big.json").write_bytes(b" " * (5 * 2**20 + 1))
    with pytest.raises(AppFolderRefused) as caught:
        read_folder(tmp_path)
    (found,) = caught.value.report.errors
    assert (found.pointer, found.code) == ("config/big.json", "file-too-large")


def test_too_many_files_are_refused(tmp_path: Path, settings: LazySettings) -> None:
    """A folder is read into memory, so it has a limit"""
    settings.ALTINN_MAX_APP_FILES = 2
    (tmp_path / "config").mkdir()
    for number in range(3):
        (tmp_path / "config" / f"{number}.json").write_text("{}", "utf-8")
    with pytest.raises(AppFolderRefused) as caught:
        read_folder(tmp_path)
    assert caught.value.issues[0].code == "too-many-files"


def test_the_hash_is_of_paths_and_contents() -> None:
    """D-2: the same content is the same deployment"""
    one = AppFolder({"a": b"1", "b": b"2"}).content_hash
    assert AppFolder({"b": b"2", "a": b"1"}).content_hash == one
    assert AppFolder({"a": b"12", "b": b""}).content_hash != one
    assert AppFolder({"ab": b"1", "b": b"2"}).content_hash != one


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'{"a": 1}', {"a": 1}),
        (b'\xef\xbb\xbf{"a": 1,}', {"a": 1}),
        (b'{"a": [1, 2, /* x */ ], // y\n}', {"a": [1, 2]}),
        (b'{"a": "// no comment, }"}', {"a": "// no comment, }"}),
        (b'{"a": "/* nor */ this \\" ,]"}', {"a": '/* nor */ this " ,]'}),
    ],
)
def test_leniencies_leave_texts_alone(content: bytes, expected: object) -> None:
    """app-api.md §15"""
    assert lenient_json.parse(content, file="x.json") == expected


@pytest.mark.parametrize(
    ("content", "pointer", "code"),
    [
        (b'{\n\n"a" 1}', "x.json:3", "json-malformed"),
        (b'/* a\nb */ {"a" 1}', "x.json:2", "json-malformed"),
        (b"\xff", "x.json", "not-utf-8"),
        (b"[" * 100_000, "x.json", "json-too-deep"),
        (b"[" + b"1" * 5_000 + b"]", "x.json", "json-malformed"),
        (b"[1," + b"/**/" * 10_000 + b"x]", "x.json:1", "json-malformed"),
        (b"[" + b"1,/*" * 100_000, "x.json:1", "json-malformed"),
        (b'["' + b'\\"' * 100_000, "x.json:1", "json-malformed"),
        (b"{} /*/", "x.json:1", "json-malformed"),
    ],
)
def test_what_is_no_json_is_placed(content: bytes, pointer: str, code: str) -> None:
    """D-2: file and line"""
    with pytest.raises(ValueError) as caught:
        lenient_json.parse(content, file="x.json")
    issue = caught.value.args[0]
    assert (issue.pointer, issue.code) == (pointer, code)


@pytest.mark.parametrize("hidden", ["config", "config/texts", "config/a.json"])
def test_what_may_not_be_read_is_named(hidden: str) -> None:
    """Nothing is left out in silence"""
    with nobody_special(), tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "config" / "texts").mkdir(parents=True)
        (folder / "config" / "a.json").write_bytes(b"{}")
        (folder / hidden).chmod(0)
        with pytest.raises(AppFolderRefused) as caught:
            read_folder(folder)
        (folder / hidden).chmod(0o700)
    (found,) = caught.value.report.errors
    assert found.code == "folder-unreadable"
    assert "Permission denied" in found.detail
    assert hidden in found.pointer
