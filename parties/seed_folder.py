"""Read a folder of test identities into dataclasses; no database.

The layout is the first of authorization.md §3.6. Reading is lenient: member names in
any case, numbers written as text, either spelling of ``organization``, files that say
only a part. What cannot be read is noted with its place, and reading goes on. Check
digits are not judged: some well-known test identities have wrong ones.
"""

import re
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from common.errors import Issue
from parties.choices import UserType
from parties.numbers import LARGEST_ID, whole_number
from parties.seed_parties import (
    ORGANIZATION_STATEMENTS,
    PERSON_STATEMENTS,
    PartySeed,
    PartyStatements,
    identifier,
)
from parties.seed_record import (
    SeedRecord,
    read_record,
    read_records,
)

_FOLDERS = (
    "Register/Party",
    "Register/Person",
    "Register/Org",
    "Profile/User",
    "authorization/partylist",
    "authorization/roles",
    "authorization/systems",
)
_ORGS = "orgs.json"
_ROLES_PATH = re.compile(
    r"authorization/roles/user_([0-9]+)/party_([0-9]+)/roles\.json", re.IGNORECASE
)
_MAX_ACTION, _MAX_SYSTEM = 64, 255
_TEXT_SETTINGS = ("preselectedPartyUuid",)
_NUMBER_SETTINGS = ("preSelectedPartyId",)
_FLAG_SETTINGS = [
    "doNotPromptForParty",
    "showClientUnits",
    "shouldShowSubEntities",
    "shouldShowDeletedEntities",
]


@dataclass(frozen=True, slots=True)
class ProfileSeed:
    """A user of the register as the folder has it.

    Where a value is None or empty, the folder does not say. ``source`` is the file that
    says so.
    """

    id: int
    party_id: int
    uuid: uuid.UUID | None
    user_name: str
    user_type: UserType | None
    external_identity: str
    is_reserved: bool | None
    email: str
    phone: str
    language: str
    settings: Mapping[str, object]
    source: str


class RoleRow(NamedTuple):
    """A role that a user holds for a party; the code in lower case."""

    user_id: int
    party_id: int
    role_code: str

    @property
    def source(self) -> str:
        """The file of the layout that holds this row."""
        return (
            f"authorization/roles/User_{self.user_id}/party_{self.party_id}/roles.json"
        )


@dataclass(frozen=True, slots=True)
class SystemUserSeed:
    """A system user: its organisation by number, and the actions it may do for it.

    ``source`` is the file that says so.
    """

    id: uuid.UUID
    system_id: str
    name: str
    org_number: str
    actions: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class OrgSeed:
    """A service owner: its code, and its name by language."""

    code: str
    name: Mapping[str, str]
    org_number: str


@dataclass(frozen=True, slots=True)
class SeedFolder:
    """What a folder holds; ``issues`` is everything in it that could not be read.

    ``not_read`` names the sub-folders that hold something else.
    """

    parties: tuple[PartySeed, ...] = ()
    profiles: tuple[ProfileSeed, ...] = ()
    roles: tuple[RoleRow, ...] = ()
    system_users: tuple[SystemUserSeed, ...] = ()
    orgs: tuple[OrgSeed, ...] = ()
    issues: tuple[Issue, ...] = ()
    not_read: tuple[str, ...] = ()


def read_seed_folder(path: Path) -> SeedFolder:
    """Read every file of the layout that is there below ``path``."""
    if not any((path / part).exists() for part in (*_FOLDERS, _ORGS)):
        detail = (
            f"There is no {', '.join(_FOLDERS)} or {_ORGS} in this folder, nor a file"
            " that docs/parties.md names."
        )
        return SeedFolder(issues=(Issue(str(path), "seed-folder-empty", detail),))
    issues: list[Issue] = []
    statements = PartyStatements(issues)
    _read_register(path, statements, issues)
    for file in _files(path, "authorization/partylist"):
        for record in read_records(path, file, issues):
            statements.add(record, party_id=identifier(record, "partyId"))
    profiles = tuple(_read_profiles(path, statements, issues))
    parties = statements.merged()
    system_users = tuple(_read_systems(path, issues))
    _note_same("UUID", [(user.id, user.source) for user in system_users], issues)
    _note_same(
        "organisation number", [(p.org_number, p.source) for p in parties], issues
    )
    _note_same("national identity number", [(p.ssn, p.source) for p in parties], issues)
    _note_same("external URN", [(p.external_urn, p.source) for p in parties], issues)
    _note_same("UUID", [(p.uuid, p.source) for p in parties], issues)
    _note_same("user name", [(p.user_name, p.source) for p in profiles], issues)
    _note_same("UUID", [(p.uuid, p.source) for p in profiles], issues)
    return SeedFolder(
        parties=parties,
        profiles=profiles,
        roles=tuple(dict.fromkeys(_read_roles(path, issues))),
        system_users=system_users,
        orgs=tuple(_read_orgs(path, issues)),
        issues=tuple(issues),
        not_read=tuple(_not_read(path)),
    )


def _read_register(
    root: Path, statements: PartyStatements, issues: list[Issue]
) -> None:
    # A person or organisation is found by its file's name; the number inside may
    # differ.
    for file in _files(root, "Register/Person"):
        if record := read_record(root, file, issues):
            statements.persons[file.stem] = record.texts(PERSON_STATEMENTS)
    for file in _files(root, "Register/Org"):
        if record := read_record(root, file, issues):
            statements.organizations[file.stem] = record.texts(ORGANIZATION_STATEMENTS)
    for file in _files(root, "Register/Party"):
        if record := read_record(root, file, issues):
            party_id = identifier(record, "partyId", stem=file.stem)
            statements.add(record, party_id=party_id, is_own_file=True)


def _read_profiles(
    root: Path, statements: PartyStatements, issues: list[Issue]
) -> Iterable[ProfileSeed]:
    for file in _files(root, "Profile/User"):
        record = read_record(root, file, issues)
        user_id = identifier(record, "userId", stem=file.stem) if record else None
        if record is None or user_id is None:
            continue
        party = record.record("party")
        party_id = record.number("partyId") or (
            party.number("partyId") if party else None
        )
        if party_id is None:
            record.note("party-id-missing", "The user has no partyId; give one.")
            continue
        if party and party.text("name"):  # otherwise it only points to the party
            statements.add(party, party_id=party_id)
        settings = record.record("profileSettingPreference")
        yield ProfileSeed(
            id=user_id,
            party_id=party_id,
            uuid=record.uuid("userUuid"),
            user_name=record.text("userName"),
            user_type=record.choice("userType", UserType),
            external_identity=record.text("externalIdentity"),
            is_reserved=record.flag("isReserved"),
            email=record.text("email"),
            phone=record.text("phoneNumber"),
            language=settings.text("language") if settings else "",
            settings=_settings(settings) if settings else {},
            source=record.file,
        )


def _settings(record: SeedRecord) -> dict[str, object]:
    found: dict[str, object] = {
        **record.texts(_TEXT_SETTINGS),
        **{name: record.number(name) for name in _NUMBER_SETTINGS},
        **{name: record.flag(name) for name in _FLAG_SETTINGS},
    }
    return {name: value for name, value in found.items() if value is not None}


def _read_roles(root: Path, issues: list[Issue]) -> Iterable[RoleRow]:
    for file in sorted((root / "authorization" / "roles").rglob("*.json")):
        name = file.relative_to(root).as_posix()
        match = _ROLES_PATH.fullmatch(name)
        ids = [whole_number(text) for text in match.groups()] if match else [None] * 2
        user_id, party_id = ids
        if user_id is None or party_id is None:
            detail = (
                "Expected authorization/roles/User_<user id>/party_<party"
                f" id>/roles.json, with ids of at most {LARGEST_ID}."
            )
            issues.append(Issue(name, "roles-path-unexpected", detail))
            continue
        for record in read_records(root, file, issues):
            kind = record.text("type")
            code = record.text("value").casefold()
            if kind.casefold() not in ("", "altinn"):
                detail = (
                    f"The role is of type {kind!r}; only the type 'altinn' is read."
                )
                record.note("role-type-unknown", detail, member="type")
            elif not code:
                record.note(
                    "role-code-missing", "The role has no value; give its code."
                )
            else:
                yield RoleRow(user_id, party_id, code)


def _read_systems(root: Path, issues: list[Issue]) -> Iterable[SystemUserSeed]:
    for file in sorted((root / "authorization" / "systems").glob("*/system.json")):
        system = read_record(root, file, issues)
        if system is None:
            continue
        system_id = system.text("id") or file.parent.name
        name = system.text("name")[:_MAX_SYSTEM]
        folder = file.parent.relative_to(root).as_posix()
        for own in _files(root, f"{folder}/systemusers"):
            if record := read_record(root, own, issues):
                yield from _read_system_user(record, system_id, name)


def _read_system_user(
    record: SeedRecord, system_id: str, name: str
) -> Iterable[SystemUserSeed]:
    guid, org_number = record.uuid("id"), record.digits("orgNumber", length=9)
    if guid is None:
        record.note("system-user-id-missing", "The system user has no Id; give a UUID.")
    if not org_number:
        detail = "The system user has no OrgNumber; name its organisation."
        record.note("system-user-org-missing", detail)
    actions = tuple(dict.fromkeys(record.words("actions")))
    if max(map(len, actions), default=0) > _MAX_ACTION or len(system_id) > _MAX_SYSTEM:
        detail = (
            f"An action has at most {_MAX_ACTION} characters and the id of a system"
            f" {_MAX_SYSTEM}."
        )
        record.note("value-too-long", detail)
    if guid is not None and org_number:
        yield SystemUserSeed(guid, system_id, name, org_number, actions, record.file)


def _read_orgs(root: Path, issues: list[Issue]) -> Iterable[OrgSeed]:
    file = root / _ORGS
    document = read_record(root, file, issues) if file.exists() else None
    orgs = document.record("orgs") if document else None
    if document and orgs is None:
        document.note(
            "orgs-missing", "There is no member orgs with the service owners."
        )
    for code in orgs.names if orgs else ():
        org = orgs.record(code) if orgs else None
        if org is None:
            continue
        name = org.record("name")
        yield OrgSeed(
            code=code,
            name=name.texts(name.names) if name else {},
            org_number=org.digits("orgnr", length=9),
        )


def _files(root: Path, folder: str) -> list[Path]:
    return sorted((root / folder).glob("*.json"))


def _note_same(
    what: str, values: list[tuple[object, str]], issues: list[Issue]
) -> None:
    """Note a value that only one may have, at each of those that have it."""
    times = Counter(value for value, _ in values if value)
    for value, source in values:
        if times[value] > 1:
            detail = f"{times[value]} of them have the same {what}; make it one's own."
            issues.append(Issue(source, "value-not-unique", detail))


def _not_read(root: Path) -> Iterable[str]:
    parents = {folder.partition("/")[0] for folder in _FOLDERS}
    for entry in sorted(p for p in root.iterdir() if p.is_dir()):
        if entry.name not in parents:
            yield entry.name
            continue
        for inner in sorted(p for p in entry.iterdir() if p.is_dir()):
            if (name := inner.relative_to(root).as_posix()) not in _FOLDERS:
                yield name
