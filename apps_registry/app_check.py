"""What an application's files make, and everything that is wrong with them.

``read_definition`` is for what was checked and stored; ``check_folder`` looks at every
file and every name that one file has of something in another.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from apps_registry import lenient_json
from apps_registry.api_scopes import ApiScopes
from apps_registry.app_contents import Contents
from apps_registry.app_folder import POLICY, PROCESS, AppFolder
from apps_registry.bpmn import ProcessDefinition, parse_process
from apps_registry.definition import AppDefinition
from apps_registry.errors import AppFolderRefused
from apps_registry.findings import Finding, Findings, Report
from apps_registry.layouts_check import check_layouts
from apps_registry.metadata import FILE as METADATA
from apps_registry.metadata import SHAPE as METADATA_SHAPE
from apps_registry.metadata import Metadata, read_metadata
from apps_registry.models_check import check_models
from apps_registry.policy_check import check_policy
from apps_registry.process_check import check_process
from apps_registry.shape_check import check_shape
from apps_registry.texts import texts_of
from apps_registry.texts_check import check_texts
from apps_registry.xacml import parse_policy
from apps_registry.xacml_ast import Policy
from apps_registry.xacml_lint import lint_policy
from apps_registry.xsd_check import check_xml_schemas
from common.errors import DomainError, Issue

_NEEDED = (METADATA, PROCESS, POLICY)
_further: list[Callable[[Contents], None]] = []
Parsed = TypeVar("Parsed")


@dataclass(frozen=True, slots=True)
class CheckedApp:
    """A folder without errors: its definition and what deserves a warning."""

    definition: AppDefinition
    warnings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Parts:
    """The three files that a definition is made of, as far as they can be read."""

    metadata: Metadata | None
    process: ProcessDefinition | None
    policy: Policy | None


def also_check(check: Callable[[Contents], None]) -> None:
    """Let a room above look at every folder too: it knows what this one cannot."""
    if check not in _further:
        _further.append(check)


def read_definition(
    folder: AppFolder, *, org: str = "", app: str = ""
) -> AppDefinition:
    """Read what the server works with; raises AppFolderRefused.

    ``org`` and ``app`` fill the placeholders ``[ORG]`` and ``[APP]``.
    """
    findings = Findings()
    return _definition(folder, _read(folder, findings, org=org, app=app), findings)


def check_folder(
    folder: AppFolder, *, org: str = "", app: str = "", addressed: bool = False
) -> CheckedApp:
    """Look at everything; raises AppFolderRefused with all findings.

    ``org`` and ``app`` fill the placeholders ``[ORG]`` and ``[APP]``; when
    ``addressed``, they are the application that the folder must be of.
    """
    findings = Findings()
    parts = _read(folder, findings, org=org, app=app)
    contents = Contents(
        files=folder.files,
        documents=_documents(folder, findings, org=org, app=app),
        metadata=parts.metadata,
        process=parts.process,
        policy=parts.policy,
        findings=findings,
    )
    if METADATA in contents.documents:
        check_shape(
            contents.documents[METADATA],
            METADATA_SHAPE,
            file=METADATA,
            findings=findings,
            wrong_type="metadata-wrong-type",
        )
    if addressed:
        _check_address(contents, f"{org}/{app}")
    else:
        _check_names(contents, org=org, app=app)
    _check_references(contents)
    check_process(contents)
    if parts.policy is not None and parts.metadata is not None:
        check_policy(contents, parts.policy)
        own = parts.metadata
        issues = lint_policy(parts.policy, org=own.org, app=own.app)
        findings.take(_placed(issues, POLICY), severity="warning")
    check_texts(contents)
    check_layouts(contents)
    check_models(contents)
    check_xml_schemas(contents)
    for check in _further:
        check(contents)
    return CheckedApp(_definition(folder, parts, findings), findings.warnings)


def _definition(folder: AppFolder, parts: _Parts, findings: Findings) -> AppDefinition:
    metadata, process, policy = parts.metadata, parts.process, parts.policy
    if findings.errors or metadata is None or process is None or policy is None:
        raise AppFolderRefused(Report.of(findings))
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
        api_scopes=_with_messages(metadata.api_scopes, folder.files),
        content_hash=folder.content_hash,
        files=folder.files,
    )


def _with_messages(
    scopes: ApiScopes | None, files: Mapping[str, bytes]
) -> ApiScopes | None:
    """Look up once what callers are told who lack a scope."""
    if scopes is None:
        return None
    users, owners = scopes.users, scopes.service_owners
    return ApiScopes(
        replace(users, messages=texts_of(files, users.text_key)),
        replace(owners, messages=texts_of(files, owners.text_key)),
    )


# --- reading --------------------------------------------------------------------------
def _read(folder: AppFolder, findings: Findings, *, org: str, app: str) -> _Parts:
    for name in _NEEDED:
        if name not in folder.files:
            detail = f"The folder has no {name}; every application needs it."
            findings.error(name, "file-missing", detail)
    metadata = _metadata(folder, findings, org=org, app=app)
    # A policy can be read without the metadata, and says what is wrong with itself.
    known = metadata or replace(read_metadata({}, []), org=org, app=app)

    def policy(content: bytes) -> Policy:
        semantics = known.policy_semantics
        return parse_policy(content, org=known.org, app=known.app, semantics=semantics)

    return _Parts(
        metadata,
        _parsed(folder, PROCESS, parse_process, findings),
        _parsed(folder, POLICY, policy, findings),
    )


def _metadata(
    folder: AppFolder, findings: Findings, *, org: str, app: str
) -> Metadata | None:
    try:
        content = folder.files[METADATA]
        document = lenient_json.parse(content, file=METADATA)
    except KeyError:
        return None
    except ValueError as error:
        findings.take([error.args[0]])
        return None
    issues: list[Issue] = []
    metadata = read_metadata(_filled(document, org=org, app=app), issues)
    findings.take(issues)
    return metadata


def _parsed(
    folder: AppFolder,
    name: str,
    parse: Callable[[bytes], Parsed],
    findings: Findings,
) -> Parsed | None:
    """Parse a file, if it is there; what is wrong with it is noted."""
    if name not in folder.files:
        return None
    try:
        return parse(folder.files[name])
    except DomainError as error:
        findings.take(_placed(error.issues, name))
        if not error.issues:
            line = f":{error.context['line']}" if "line" in error.context else ""
            findings.error(f"{name}{line}", error.code, error.detail)
        return None


def _placed(issues: "list[Issue] | tuple[Issue, ...]", name: str) -> list[Issue]:
    """Give ``process.bpmn:12`` the whole path of its file."""
    return [
        replace(issue, pointer=f"{name}{''.join(issue.pointer.partition(':')[1:])}")
        for issue in issues
    ]


def _documents(
    folder: AppFolder, findings: Findings, *, org: str, app: str
) -> dict[str, object]:
    """Parse every JSON file; those that cannot be parsed are noted and left out."""
    documents: dict[str, object] = {}
    for name, content in folder.files.items():
        if not name.endswith(".json"):
            continue
        try:
            document = lenient_json.parse(content, file=name)
        except ValueError as error:
            findings.take([error.args[0]])
            continue
        if name == METADATA:
            document = _filled(document, org=org, app=app)
        documents[name] = document
    return documents


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


# --- what the metadata names ----------------------------------------------------------
def _check_references(contents: Contents) -> None:
    """Hold the names in the metadata to what they stand for."""
    if contents.metadata is None:
        return
    for index, data_type in enumerate(contents.metadata.data_types.values()):
        place = f"{METADATA}#/dataTypes/{index}"
        where = f"The data type {data_type.id!r}"
        contents.expect_task(f"{place}/taskId", data_type.task_id, where=where)
        contents.require_data_type(
            f"{place}/appLogic/shadowFields/saveToDataType", data_type.shadow_target
        )
        if data_type.enable_file_scan:
            detail = (
                f"Content of the data type {data_type.id!r} waits for a malware scan,"
                " and a task cannot be left while it waits."
            )
            pointer = f"{place}/enableFileScan"
            contents.findings.warn(pointer, "scan-awaited", detail)
    document = contents.metadata.document
    for name in ("presentationFields", "dataFields"):
        for index, entry in enumerate(_list(document.get(name))):
            pointer = f"{METADATA}#/{name}/{index}/dataTypeId"
            type_id = entry.get("dataTypeId") if isinstance(entry, dict) else None
            contents.require_data_type(pointer, type_id)
    copying = document.get("copyInstanceSettings")
    excluded = copying.get("excludedDataTypes") if isinstance(copying, dict) else None
    for index, type_id in enumerate(_list(excluded)):
        pointer = f"{METADATA}#/copyInstanceSettings/excludedDataTypes/{index}"
        contents.require_data_type(pointer, type_id)


def _check_address(contents: Contents, app_id: str) -> None:
    """Hold the id in the metadata to the application that was addressed."""
    metadata = contents.metadata
    stated = f"{metadata.org}/{metadata.app}" if metadata else app_id
    if stated not in (app_id, "/"):  # an id that is none has its own finding
        detail = f"The folder is of {stated!r:.130}, and was sent to {app_id}."
        contents.findings.error(f"{METADATA}#/id", "app-id-mismatch", detail)


def _check_names(contents: Contents, *, org: str, app: str) -> None:
    """Say so when the folder has names of its own in place of those that are given."""
    metadata = contents.metadata
    if metadata is None or not metadata.app:  # an id that is none has its own finding
        return
    if org not in ("", metadata.org) or app not in ("", metadata.app):
        given = f"{org or metadata.org}/{app or metadata.app}"
        stated = f"{metadata.org}/{metadata.app}"
        detail = (
            f"The folder is of {stated!r:.130} by its own words, not of {given!r:.130}:"
            " org and app fill the placeholders [ORG] and [APP] alone."
        )
        contents.findings.warn(f"{METADATA}#/id", "app-id-given-in-vain", detail)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
