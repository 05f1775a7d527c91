"""Read an application's config folder into files, and files into a definition.

No database. Everything that can be wrong with a folder is found here and listed in one
report.
"""

import hashlib
import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TypeVar
from urllib.parse import quote, unquote

from lxml import etree

from apps_registry import lenient_json
from apps_registry.bpmn import ProcessDefinition, Task, parse_process
from apps_registry.definition import MEBIBYTE, AppDefinition
from apps_registry.errors import AppFolderRefused
from apps_registry.metadata import FILE as METADATA
from apps_registry.metadata import Metadata, read_metadata
from apps_registry.xacml import parse_policy
from apps_registry.xacml_ast import Policy
from apps_registry.xacml_lint import lint_policy
from common import xml
from common.errors import DomainError, Issue

PROCESS = "config/process/process.bpmn"
POLICY = "config/authorization/policy.xml"
_FOLDERS = ("config", "models", "ui", "options")
_SUFFIXES = frozenset(
    {".json", ".bpmn", ".xml", ".xsd", ".js", ".css", ".svg", ".png", ".md"}
)
_ROOT = "app://folder/"  # what the addresses of a folder's schemas begin with
_MAX_FILES = 2000
_MAX_FILE = 5 * MEBIBYTE
_MAX_TOTAL = 50 * MEBIBYTE
Parsed = TypeVar("Parsed")


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


@dataclass(frozen=True, slots=True)
class CheckedApp:
    """A folder without errors: its definition and what deserves a warning."""

    definition: AppDefinition
    warnings: tuple[Issue, ...]


def read_folder(path: Path) -> AppFolder:
    """Read the folder that holds ``config/``, or that has it under ``App/``.

    Raises AppFolderRefused when there is no such folder, or it has links, or is too
    large.
    """
    root = path / "App" if (path / "App" / "config").is_dir() else path
    if not (root / "config").is_dir():
        detail = f"There is no folder config/ in {path} or in {path / 'App'}."
        raise _refused([Issue(str(path), "config-folder-missing", detail)])
    files: dict[str, bytes] = {}
    issues: list[Issue] = []
    total = 0
    for folder in _FOLDERS:
        for entry in sorted((root / folder).rglob("*")):
            name = entry.relative_to(root).as_posix()
            if entry.is_symlink():
                detail = "Links are not followed; put the file itself here."
                issues.append(Issue(name, "link-refused", detail))
            elif entry.is_file() and entry.suffix.lower() in _SUFFIXES:
                total += entry.stat().st_size
                if entry.stat().st_size > _MAX_FILE or total > _MAX_TOTAL:
                    raise _refused([_too_large(name)])
                files[name] = entry.read_bytes()
        if len(files) > _MAX_FILES:
            detail = f"The folder has more than {_MAX_FILES} files."
            raise _refused([Issue(folder, "too-many-files", detail)])
    if issues:
        raise _refused(issues)
    return AppFolder(files)


def check_folder(folder: AppFolder, *, org: str = "", app: str = "") -> CheckedApp:
    """Parse every file; raises AppFolderRefused with all findings.

    ``org`` and ``app`` fill the placeholders ``[ORG]`` and ``[APP]``.
    """
    errors: list[Issue] = []
    warnings: list[Issue] = []
    metadata = _check_metadata(folder, errors, org=org, app=app)
    process = _collect(errors, PROCESS, folder, parse_process)
    policy = _collect(
        errors,
        POLICY,
        folder,
        lambda content: parse_policy(
            content,
            org=metadata.org,
            app=metadata.app,
            semantics=metadata.policy_semantics,
        ),
    )
    _check_other_files(folder, errors)
    if errors or process is None or policy is None:
        raise _refused(errors)
    _warn_of_unknown_tasks(metadata, process, warnings)
    _warn_of_scans(metadata, warnings)
    warnings.extend(
        replace(issue, pointer=f"{POLICY}{_line(issue.pointer)}")
        for issue in lint_policy(policy, org=metadata.org, app=metadata.app)
    )
    return CheckedApp(_definition(folder, metadata, process, policy), tuple(warnings))


def _definition(
    folder: AppFolder, metadata: Metadata, process: ProcessDefinition, policy: Policy
) -> AppDefinition:
    return AppDefinition(
        org=metadata.org,
        app=metadata.app,
        metadata=metadata.document,
        data_types=metadata.data_types,
        process=process,
        policy=policy,
        party_types_allowed=metadata.party_types_allowed,
        auto_delete_on_process_end=metadata.auto_delete_on_process_end,
        prevent_deletion_days=metadata.prevent_deletion_days,
        disallow_user_instantiation=metadata.disallow_user_instantiation,
        content_hash=folder.content_hash,
        files=folder.files,
    )


def _check_metadata(
    folder: AppFolder, errors: list[Issue], *, org: str, app: str
) -> Metadata:
    document: object = {}
    if METADATA not in folder.files:
        errors.append(_missing(METADATA))
        return replace(read_metadata({}, []), org=org, app=app)
    try:
        document = lenient_json.parse(folder.files[METADATA], file=METADATA)
    except ValueError as error:
        errors.append(error.args[0])
        return replace(read_metadata({}, []), org=org, app=app)
    return read_metadata(_filled(document, org=org, app=app), errors)


def _filled(value: object, *, org: str, app: str) -> object:
    """Replace the placeholders in every text of a JSON document."""
    if isinstance(value, str):
        for name, given in (
            ("[ORG]", org),
            ("[org]", org),
            ("[APP]", app),
            ("[app]", app),
        ):
            value = value.replace(name, given) if given else value
        return value
    if isinstance(value, list):
        return [_filled(item, org=org, app=app) for item in value]
    if isinstance(value, dict):
        return {key: _filled(item, org=org, app=app) for key, item in value.items()}
    return value


def _collect(
    errors: list[Issue], name: str, folder: AppFolder, parse: Callable[[bytes], Parsed]
) -> Parsed | None:
    """Parse a file that must be there; what is wrong is appended to ``errors``."""
    if name not in folder.files:
        errors.append(_missing(name))
        return None
    try:
        return parse(folder.files[name])
    except DomainError as error:
        errors.extend(
            replace(issue, pointer=f"{name}{_line(issue.pointer)}")
            for issue in error.issues
        )
        if not error.issues:
            line = f":{error.context['line']}" if "line" in error.context else ""
            errors.append(Issue(f"{name}{line}", error.code, error.detail))
        return None


def _line(pointer: str) -> str:
    """Return the ``:12`` of ``process.bpmn:12``."""
    _, colon, line = pointer.partition(":")
    return f"{colon}{line}"


def _check_other_files(folder: AppFolder, errors: list[Issue]) -> None:
    for name, content in folder.files.items():
        suffix = PurePosixPath(name).suffix
        if name == METADATA:
            continue
        if suffix == ".json":
            try:
                document = lenient_json.parse(content, file=name)
            except ValueError as error:
                errors.append(error.args[0])
                continue
            if name.startswith("config/texts/"):
                _check_texts(name, document, errors)
        elif suffix == ".xsd":
            _check_schema(name, folder, errors)


def _check_texts(name: str, document: object, errors: list[Issue]) -> None:
    resources = document.get("resources") if isinstance(document, dict) else None
    if not isinstance(resources, list):
        detail = "A text file is an object with the members language and resources."
        errors.append(Issue(name, "texts-malformed", detail))
        return
    for index, entry in enumerate(resources):
        if not (isinstance(entry, dict) and isinstance(entry.get("id"), str)):
            detail = "A text is an object with an id and a value."
            errors.append(
                Issue(f"{name}#/resources/{index}", "text-without-id", detail)
            )


class _OwnFiles(etree.Resolver):
    """Finds the schemas that a schema names among the folder's own files, only there.

    lxml would look for them on the disk.
    """

    def __init__(self, folder: AppFolder) -> None:
        super().__init__()
        self._folder = folder

    def resolve(  # type: ignore[override]  # the stubs lack the context
        self, system_url: str, public_id: str, context: object
    ) -> object:
        """Return the file of this address.

        What is raised here, lxml reports as a resource that cannot be parsed.
        """
        path = posixpath.normpath(unquote(system_url.removeprefix(_ROOT)))
        if not system_url.startswith(_ROOT) or path not in self._folder.files:
            raise FileNotFoundError(system_url)
        content = self._folder.files[path]
        xml.parse(content)
        return self.resolve_string(content, context, base_url=system_url)


def _check_schema(name: str, folder: AppFolder, errors: list[Issue]) -> None:
    try:
        etree.XMLSchema(
            xml.parse(
                folder.files[name], name=_ROOT + quote(name), resolver=_OwnFiles(folder)
            )
        )
    except DomainError as error:
        errors.append(
            Issue(f"{name}:{error.context.get('line', 1)}", error.code, error.detail)
        )
    except etree.XMLSchemaParseError as error:
        last = error.error_log.last_error
        line = max(1, last.line) if last else 1
        errors.append(Issue(f"{name}:{line}", "schema-malformed", str(error)))


def _warn_of_unknown_tasks(
    metadata: Metadata, process: ProcessDefinition, warnings: list[Issue]
) -> None:
    tasks = {e.id for e in process.elements.values() if isinstance(e, Task)}
    for index, data_type in enumerate(metadata.data_types.values()):
        if data_type.task_id and data_type.task_id not in tasks:
            detail = (
                f"The data type {data_type.id!r} names the task {data_type.task_id!r},"
                " which the process does not have."
            )
            pointer = f"{METADATA}#/dataTypes/{index}/taskId"
            warnings.append(Issue(pointer, "task-unknown", detail))


def _warn_of_scans(metadata: Metadata, warnings: list[Issue]) -> None:
    for index, data_type in enumerate(metadata.data_types.values()):
        if data_type.enable_file_scan:
            detail = (
                f"Content of the data type {data_type.id!r} waits for a malware scan,"
                " and a task cannot be left while it waits; see that a scanner reports."
            )
            pointer = f"{METADATA}#/dataTypes/{index}/enableFileScan"
            warnings.append(Issue(pointer, "scan-awaited", detail))


def _missing(name: str) -> Issue:
    return Issue(
        name, "file-missing", f"The folder has no {name}; every application needs it."
    )


def _too_large(name: str) -> Issue:
    limit = (
        f"a file may have {_MAX_FILE // MEBIBYTE} MiB, all together"
        f" {_MAX_TOTAL // MEBIBYTE}"
    )
    return Issue(name, "file-too-large", f"The folder is too large here: {limit}.")


def _refused(issues: list[Issue]) -> AppFolderRefused:
    return AppFolderRefused(issues=issues, count=len(issues))
