"""Read an application's config folder into files, within limits. No database."""

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from django.conf import settings

from apps_registry.definition import MEBIBYTE
from apps_registry.errors import AppFolderRefused
from apps_registry.findings import Findings, Report

PROCESS = "config/process/process.bpmn"
POLICY = "config/authorization/policy.xml"
_FOLDERS = ("config", "models", "ui", "options")
_SETTINGS = "appsettings*.json"  # beside the folders
_SUFFIXES = frozenset(
    {".json", ".bpmn", ".xml", ".xsd", ".js", ".css", ".svg", ".png", ".md"}
)
_MAX_FILE = 5 * MEBIBYTE
WHOLE = "."  # the place of what is wrong with the folder as a whole
_MAX_PATH = 255  # what the database has room for


@dataclass(frozen=True, slots=True)
class AppFolder:
    """The files of one application folder, by path below what holds config/."""

    files: Mapping[str, bytes]

    @property
    def content_hash(self) -> str:
        """SHA-256 over every path and content, in order of path."""
        digest = hashlib.sha256()
        for path, content in sorted(self.files.items()):
            digest.update(f"{path}\0{len(content)}\0".encode())
            digest.update(content)
        return digest.hexdigest()


def read_folder(path: Path) -> AppFolder:
    """Read the folder that holds ``config/``, or that has it under ``App/``.

    Raises AppFolderRefused when there is no such folder, or it has links, cannot be
    read or is too large.
    """
    files = FileCollector()
    try:
        _collect(path, files)
    except OSError as error:
        detail = f"It cannot be read: {error.strerror}."
        place = shown(str(error.filename or path))
        files.findings.error(place, "folder-unreadable", detail)
    return files.folder()


def _collect(path: Path, files: "FileCollector") -> None:
    root = path / "App" if (path / "App" / "config").is_dir() else path
    if not (root / "config").is_dir():
        detail = _why_no_folder(path)
        files.findings.error(shown(str(path)), "config-folder-missing", detail)
        return
    for entry in _entries(root):
        name = entry.relative_to(root).as_posix()
        if entry.is_symlink():
            files.refuse_link(name)
        elif entry.is_file():
            files.take(name, entry.stat().st_size, entry.read_bytes)


def _why_no_folder(path: Path) -> str:
    if path.is_file():
        return f"{path} is a file, and an application is a folder."
    if not path.exists():
        return f"There is nothing at {path}."
    return f"There is no folder config/ in {path} or in {path / 'App'}."


def _entries(root: Path) -> list[Path]:
    entries = sorted(root.glob(_SETTINGS))
    for name in _FOLDERS:
        folder = root / name
        if folder.is_symlink():
            entries.append(folder)
        elif folder.is_dir():
            entries += sorted(_below(folder))
    return entries


def _below(folder: Path) -> Iterator[Path]:
    """Yield all that is in a folder; raises OSError where it cannot be looked into."""
    for place, folders, names in os.walk(folder, onerror=_raise):
        yield from (Path(place, name) for name in (*folders, *names))


def _raise(error: OSError) -> None:
    raise error


class FileCollector:
    """Takes the files that an application is made of, and holds them to the limits."""

    def __init__(self) -> None:
        self.findings = Findings()
        self._files: dict[str, bytes] = {}
        self._total = 0

    def take(self, name: str, size: int, read: Callable[[], bytes]) -> None:
        """Read a file, unless it is none of an application's or beyond a limit.

        ``name`` is its path below what holds config/, ``size`` in bytes as stated.
        """
        if not is_config(name):
            return
        if not _is_plain(name):
            detail = "The path has a character that no path may have."
            self.findings.error(shown(name), "path-refused", detail)
        elif len(name) > _MAX_PATH:
            detail = f"The path may have {_MAX_PATH} characters."
            self.findings.error(f"{name:.80}…", "path-too-long", detail)
        elif name in self._files:
            detail = "There are two files of this path."
            self.findings.error(name, "path-twice", detail)
        elif self._has_room(name, size):
            content = read()
            self._total += len(content)
            self._files[name] = content

    def refuse_link(self, name: str) -> None:
        """Note a link, which may lead out of the folder."""
        detail = "Links are not followed."
        self.findings.error(shown(name), "link-refused", detail)

    def folder(self) -> AppFolder:
        """Return what was taken; raises AppFolderRefused with all that was refused."""
        if self.findings.errors:
            raise AppFolderRefused(Report.of(self.findings))
        return AppFolder(self._files)

    def _has_room(self, name: str, size: int) -> bool:
        most, total = settings.ALTINN_MAX_APP_FILES, settings.ALTINN_MAX_APP_MIB
        if size > _MAX_FILE:
            detail = f"A file may have {_MAX_FILE // MEBIBYTE} MiB."
            self.findings.error(name, "file-too-large", detail)
        elif self._total + size > total * MEBIBYTE:
            detail = f"All files together may have {total} MiB."
            self.findings.error(WHOLE, "folder-too-large", detail)
        elif len(self._files) >= most:
            detail = f"The folder has more than {most} files."
            self.findings.error(WHOLE, "too-many-files", detail)
        else:
            return True
        return False


def is_config(name: str) -> bool:
    """Whether a path is that of a file that an application is made of."""
    path = PurePosixPath(name)
    if path.suffix.lower() not in _SUFFIXES:
        return False
    if len(path.parts) == 1:
        return path.match(_SETTINGS)
    return path.parts[0] in _FOLDERS


def shown(name: str) -> str:
    """Return a path as it can stand in a report."""
    return "".join(c if c.isprintable() else "�" for c in name)[:_MAX_PATH]


def _is_plain(name: str) -> bool:
    """Whether a path can be stored and written again anywhere."""
    return all(c.isprintable() and c not in '\\:*?"<>|' for c in name)
