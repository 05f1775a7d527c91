"""Read applicationmetadata.json into data types and settings.

Every finding is collected.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from apps_registry.api_scopes import MEMBER as API_SCOPES
from apps_registry.api_scopes import ApiScopes, read_api_scopes
from apps_registry.choices import (
    APP_PATTERN,
    MAX_APP,
    MAX_ID,
    MAX_ORG,
    ORG_PATTERN,
    RESERVED_APP_NAMES,
    RESERVED_ORG_CODES,
)
from apps_registry.definition import DataType
from apps_registry.xacml_ast import Semantics
from common.errors import Issue
from common.pointers import pointer_to

FILE = "config/applicationmetadata.json"
SHAPE = "applicationmetadata"
_APP_ID = re.compile(rf"({ORG_PATTERN})/({APP_PATTERN})")
_MAX_NUMBER = 2**31 - 1  # clients read these as 32 bits
_MAX_DAYS = 36_500  # a hundred years
PARTY_TYPES = ("bankruptcyEstate", "organisation", "person", "subUnit")


@dataclass(frozen=True, slots=True)
class Metadata:
    """The parts of the metadata that the server acts on, and the whole document."""

    org: str
    app: str
    document: Mapping[str, object]
    data_types: Mapping[str, DataType]
    party_types_allowed: frozenset[str]
    auto_delete_on_process_end: bool
    prevent_deletion_days: int | None
    disallow_user_instantiation: bool
    policy_semantics: Semantics
    api_scopes: ApiScopes | None


def read_metadata(document: object, issues: list[Issue]) -> Metadata:
    """Read the parsed file; what is wrong is appended to ``issues``."""
    _note_large_numbers(document, (), issues)
    root = _Members(document, "", issues)
    app_id = root.text("id")
    match = _APP_ID.fullmatch(app_id)
    org, app = match.groups() if match else ("", "")
    if not match:
        detail = (
            f"The id {app_id!r} is not org/app in lower case letters, digits and (in"
            " the app) dashes; mend it, or give --org and --app where it holds"
            " [ORG]/[APP]."
        )
        issues.append(Issue(f"{FILE}#/id", "app-id-invalid", detail))
    stated_org = root.text("org")
    if match and stated_org and stated_org != org:
        detail = f"The org {stated_org!r} is not the one in the id {app_id!r}."
        issues.append(Issue(f"{FILE}#/org", "org-mismatch", detail))
    for name, reserved in ((org, RESERVED_ORG_CODES), (app, RESERVED_APP_NAMES)):
        if name in reserved:
            detail = f"The name {name!r} is reserved for the server's own addresses."
            issues.append(Issue(f"{FILE}#/id", "name-reserved", detail))
    for name, most in ((org, MAX_ORG), (app, MAX_APP)):
        if len(name) > most:
            detail = f"The name {name!r:.90} may have {most} characters."
            issues.append(Issue(f"{FILE}#/id", "name-too-long", detail))
    party_types = root.member("partyTypesAllowed")
    return Metadata(
        org=org,
        app=app,
        document=root.members,
        data_types=_read_data_types(root, issues),
        party_types_allowed=frozenset(t for t in PARTY_TYPES if party_types.flag(t)),
        auto_delete_on_process_end=root.flag("autoDeleteOnProcessEnd"),
        prevent_deletion_days=root.number(
            "preventInstanceDeletionForDays", least=0, most=_MAX_DAYS
        ),
        disallow_user_instantiation=root.flag("disallowUserInstantiation"),
        policy_semantics=_read_semantics(root, issues),
        api_scopes=read_api_scopes(
            root.members.get(API_SCOPES), issues, app=app, file=FILE
        ),
    )


def _read_semantics(root: "_Members", issues: list[Issue]) -> Semantics:
    """Read how the policy is meant where Altinn's engine and the standard differ."""
    stated = root.text("policySemantics")
    if stated not in ("", "standard", "altinn"):
        detail = f"The value {stated!r:.90} is not standard or altinn."
        issues.append(Issue(f"{FILE}#/policySemantics", "wrong-value", detail))
    return "altinn" if stated == "altinn" else "standard"


def _note_large_numbers(
    value: object, path: tuple[object, ...], issues: list[Issue]
) -> None:
    """Note whole numbers that an answer could not hold; the document is answered."""
    if isinstance(value, dict):
        for name, inner in value.items():
            _note_large_numbers(inner, (*path, name), issues)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            _note_large_numbers(inner, (*path, index), issues)
    elif isinstance(value, int) and not -(2**63) <= value < 2**63:
        detail = "The number has more than 64 bits."
        issues.append(
            Issue(f"{FILE}#{pointer_to(path)}", "number-out-of-range", detail)
        )


def _read_data_types(root: "_Members", issues: list[Issue]) -> dict[str, DataType]:
    types: dict[str, DataType] = {}
    for entry in root.objects("dataTypes"):
        data_type = _read_data_type(entry)
        pointer = f"{FILE}#{entry.pointer}/id"
        if not data_type.id:
            issues.append(
                Issue(pointer, "data-type-without-id", "Give the data type an id.")
            )
        elif len(data_type.id) > MAX_ID:
            detail = f"The id may have {MAX_ID} characters."
            issues.append(Issue(pointer, "id-too-long", detail))
        elif data_type.id in types:
            detail = f"Two data types have the id {data_type.id!r}; rename one."
            issues.append(Issue(pointer, "data-type-twice", detail))
        types.setdefault(data_type.id, data_type)
    return types


def _read_data_type(entry: "_Members") -> DataType:
    logic = entry.member("appLogic")
    shadows = logic.member("shadowFields")
    return DataType(
        id=entry.text("id"),
        allowed_content_types=entry.texts("allowedContentTypes"),
        allowed_contributors=(
            entry.texts("allowedContributors") or entry.texts("allowedContributers")
        ),
        allowed_metadata_keys=entry.texts("allowedKeysForUserDefinedMetadata"),
        action_required_to_read=entry.text("actionRequiredToRead").strip(),
        action_required_to_write=entry.text("actionRequiredToWrite").strip(),
        task_id=entry.text("taskId"),
        max_size=entry.number("maxSize"),
        max_count=entry.number("maxCount") or 0,
        min_count=entry.number("minCount") or 0,
        enable_file_scan=entry.flag("enableFileScan"),
        file_analysers=entry.texts("enabledFileAnalysers"),
        file_validators=entry.texts("enabledFileValidators"),
        enable_pdf_creation=entry.flag("enablePdfCreation", otherwise=True),
        class_ref=logic.text("classRef"),
        auto_create=logic.flag("autoCreate"),
        allow_anonymous_on_stateless=logic.flag("allowAnonymousOnStateless"),
        auto_delete_on_process_end=logic.flag("autoDeleteOnProcessEnd"),
        disallow_user_create=logic.flag("disallowUserCreate"),
        disallow_user_delete=logic.flag("disallowUserDelete"),
        shadow_prefix=shadows.text("prefix"),
        shadow_target=shadows.text("saveToDataType"),
    )


class _Members:
    """Reads the members of one JSON object, noting each that has the wrong type."""

    def __init__(self, value: object, pointer: str, issues: list[Issue]) -> None:
        self.pointer = pointer
        self._issues = issues
        self.members: Mapping[str, object] = value if isinstance(value, dict) else {}
        if value is not None and not isinstance(value, dict):
            self._note("", "an object", value)

    def text(self, name: str) -> str:
        """Return a text, empty when absent."""
        value = self.members.get(name)
        if isinstance(value, str):
            return value
        self._absent_or_note(name, "a text", value)
        return ""

    def flag(self, name: str, *, otherwise: bool = False) -> bool:
        """Return a truth value, ``otherwise`` when absent."""
        value = self.members.get(name)
        if isinstance(value, bool):
            return value
        self._absent_or_note(name, "true or false", value)
        return otherwise

    def number(
        self, name: str, *, least: int = -_MAX_NUMBER, most: int = _MAX_NUMBER
    ) -> int | None:
        """Return a whole number within the limits, None when absent."""
        value = self.members.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            if least <= value <= most:
                return value
            detail = f"The number must be from {least} to {most}."
            pointer = f"{FILE}#{self.pointer}/{name}"
            self._issues.append(Issue(pointer, "number-out-of-range", detail))
            return None
        self._absent_or_note(name, "a whole number", value)
        return None

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts, empty when absent."""
        value = self.members.get(name)
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        self._absent_or_note(name, "a list of texts", value)
        return ()

    def member(self, name: str) -> "_Members":
        """Return an object, empty when absent."""
        return _Members(self.members.get(name), f"{self.pointer}/{name}", self._issues)

    def objects(self, name: str) -> list["_Members"]:
        """Return a list of objects, empty when absent."""
        value = self.members.get(name)
        if not isinstance(value, list):
            self._absent_or_note(name, "a list", value)
            return []
        base = f"{self.pointer}/{name}"
        return [
            _Members(item, f"{base}/{i}", self._issues) for i, item in enumerate(value)
        ]

    def _absent_or_note(self, name: str, expected: str, value: object) -> None:
        if value is not None:
            self._note(f"/{name}", expected, value)

    def _note(self, suffix: str, expected: str, value: object) -> None:
        detail = f"Expected {expected}, found {value!r:.80}."
        pointer = f"{FILE}#{self.pointer}{suffix}"
        self._issues.append(Issue(pointer, "metadata-wrong-type", detail))
