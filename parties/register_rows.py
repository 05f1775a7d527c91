"""From the rows of register files to parties, users and roles; no database.

The rules that hold for one row stand here. What one row means for another is asked of
``Stated``.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from common.errors import Issue
from parties.choices import PartyType, UserType
from parties.register_columns import (
    SETTINGS,
    Column,
    Kind,
    Unreadable,
    cell,
    columns,
)
from parties.register_details import ORGANIZATION_MEMBERS, PERSON_MEMBERS, PERSON_NAMES
from parties.seed_folder import ProfileSeed, RoleRow
from parties.seed_parties import PartySeed

_ESTATE_FORM: Final = "KBO"
_ROLES_MEMBER: Final = "partyRoles"
SUB_UNITS: Final = "subUnits"
_CHANGE_TIMES: Final = ("lastChangedInAltinn", "lastChangedInExternalRegister")


@dataclass(frozen=True, slots=True)
class Row:
    """A row as its file has it.

    ``at`` makes the place of a column from its name: ``persons.csv:7:ssn``.
    """

    kind: Kind
    members: Mapping[str, object]
    place: str
    at: Callable[[str], str]


@dataclass(slots=True)
class Read:
    """What a row is about, with its place; more than one thing for some persons.

    Of a row with something wrong it has the ids alone, for other rows to refer to.
    """

    parties: list[PartySeed] = field(default_factory=list)
    profiles: list[ProfileSeed] = field(default_factory=list)
    roles: list[tuple[RoleRow, str]] = field(default_factory=list)
    stated_ids: list[tuple[str, object, str]] = field(default_factory=list)


class RowReader:
    """Reads rows; notes each thing that is wrong with one.

    ``lenient`` passes over members that are not known, as files for other systems have.
    """

    def __init__(
        self,
        note: Callable[[Issue], None],
        *,
        check_digits: bool,
        lenient: bool = False,
    ) -> None:
        self._note = note
        self.lenient = lenient
        self._columns: dict[Kind, dict[str, Column]] = {
            kind: columns(kind, check_digits=check_digits) for kind in Kind
        }
        self._names = {
            kind: {name.casefold(): name for name in known}
            for kind, known in self._columns.items()
        }

    def read(self, row: Row) -> Read:
        """Return what the row is about; nothing where that cannot be told."""
        read = Read()
        values, is_whole = self._values(row)
        if not is_whole:
            read.stated_ids += _ids(row, values)
        elif row.kind is Kind.PERSONS:
            self._read_person(row, values, read)
        elif row.kind is Kind.ORGANISATIONS:
            organisation = _organisation(values, row.place)
            if organisation.parent_id == organisation.id:
                detail = "No organisation is its own sub-unit; correct one of the ids."
                self._found(row, "parentPartyId", "parent-is-itself", detail)
            read.parties.append(organisation)
        elif row.kind is Kind.USERS:
            read.profiles.append(_profile(values, row.place))
        else:
            role = RoleRow(
                _whole(values["userId"]), _whole(values["partyId"]), str(values["role"])
            )
            read.roles.append((role, row.place))
        return read

    def sub_units(self, row: Row) -> Iterator[Row]:
        """Yield the sub-units inside an organisation of a JSON file, as rows."""
        inner = _member(row, SUB_UNITS)
        if row.kind is not Kind.ORGANISATIONS or inner is None:
            return
        if not isinstance(inner, Sequence) or isinstance(inner, str):
            self._found(row, SUB_UNITS, "wrong-type", "Expected a list of objects.")
            return
        for index, unit in enumerate(inner):
            place = f"{row.at(SUB_UNITS)}/{index}"
            if isinstance(unit, dict):
                parent = {"parentPartyId": _member(row, "partyId")}
                yield Row(row.kind, unit | parent, place, _below(place))
            else:
                self._note(Issue(place, "wrong-type", "Expected an object."))

    def unknown(self, kind: Kind, names: Sequence[str]) -> list[str]:
        """Return the names that are no columns of the kind."""
        return [name for name in names if name.casefold() not in self._names[kind]]

    def known(self, kind: Kind) -> str:
        """Return the columns of a kind, for people."""
        return ", ".join(self._columns[kind])

    # --- one row ----------------------------------------------------------------------
    def _values(self, row: Row) -> tuple[dict[str, object], bool]:
        """Return the values that can be read; and whether those are all, as it must be.

        What is wrong is noted.
        """
        known, names = self._columns[row.kind], self._names[row.kind]
        values: dict[str, object] = {}
        unread: set[str] = set()
        wrong = False
        for member, value in row.members.items():
            name = names.get(member.casefold())
            if name is None:
                wrong |= self._is_refused(row, member)
                continue
            try:
                if text := cell(value):
                    values[name] = known[name].read(text)
            except Unreadable as error:
                self._found(row, name, error.code, error.detail)
                wrong = True
                unread.add(name)
        for name, column in known.items():
            if column.required and name not in values and name not in unread:
                detail = f"{name} is missing; every row has one."
                self._found(row, name, "value-missing", detail)
                wrong = True
        return values, not wrong

    def _is_refused(self, row: Row, member: str) -> bool:
        """Note a member that is not known; return whether that is wrong."""
        inside = {SUB_UNITS: Kind.ORGANISATIONS, _ROLES_MEMBER: Kind.PERSONS}
        if self.lenient or any(
            member.casefold() == name.casefold() and kind is row.kind
            for name, kind in inside.items()
        ):
            return False
        detail = f"{member:.50} is not known here; known are {self.known(row.kind)}."
        self._found(row, member, "column-unknown", detail)
        return True

    def _read_person(self, row: Row, values: Mapping[str, object], read: Read) -> None:
        names = [str(values[name]) for name in PERSON_NAMES if name in values]
        name = str(values.get("name", "")) or " ".join(names)
        if not name:
            detail = "The person has no name; give name, or firstName and lastName."
            self._found(row, "name", "value-missing", detail)
            read.stated_ids += _ids(row, values)
            return
        read.parties.append(_person(values, name, row.place))
        if "userId" in values:
            read.profiles.append(_profile(values, row.place))
        read.roles += self._roles_inside(row, values)

    def _roles_inside(
        self, row: Row, values: Mapping[str, object]
    ) -> Iterator[tuple[RoleRow, str]]:
        """Yield the roles in a person's ``partyRoles``, as app test data has them."""
        inner = _member(row, _ROLES_MEMBER)
        if not inner:
            return
        user_id = values.get("userId")
        if not isinstance(inner, dict) or user_id is None:
            detail = "partyRoles maps party ids to lists of roles, beside a userId."
            self._found(row, _ROLES_MEMBER, "wrong-type", detail)
            return
        for party_id, listed in inner.items():
            roles = listed if isinstance(listed, list) else [listed]
            for index, role in enumerate(roles):
                place = f"{row.at(_ROLES_MEMBER)}/{party_id}/{index}"
                code = role.get("value") if isinstance(role, dict) else role
                members = {"userId": user_id, "partyId": party_id, "role": code}
                yield from self.read(
                    Row(Kind.ROLES, members, place, _below(place))
                ).roles

    def _found(self, row: Row, name: str, code: str, detail: str) -> None:
        self._note(Issue(row.at(name), code, detail))


def _member(row: Row, name: str) -> object:
    """Return a member that is no column, by its name in any case."""
    wanted = name.casefold()
    return next((v for n, v in row.members.items() if n.casefold() == wanted), None)


def _ids(row: Row, values: Mapping[str, object]) -> Iterator[tuple[str, object, str]]:
    """Yield the ids that the row gives to somebody, and does not just refer to."""
    given = {
        Kind.PERSONS: ("partyId", "userId"),
        Kind.ORGANISATIONS: ("partyId",),
        Kind.USERS: ("userId",),
        Kind.ROLES: (),
    }
    for name in given[row.kind]:
        if name in values:
            yield name, values[name], row.place


def _below(place: str) -> Callable[[str], str]:
    return lambda name: f"{place}/{name}"


def _person(values: Mapping[str, object], name: str, place: str) -> PartySeed:
    ssn = str(values.get("ssn", ""))
    stated = {member: values[member] for member in PERSON_MEMBERS if member in values}
    kind = PartyType.PERSON if ssn else PartyType.SELF_IDENTIFIED
    details: dict[str, object] = {"person": stated} if ssn and stated else {}
    return _party(values, place, type=kind, name=name, ssn=ssn, details=details)


def _organisation(values: Mapping[str, object], place: str) -> PartySeed:
    stated = {name: values[name] for name in ORGANIZATION_MEMBERS if name in values}
    kind, parent = values.get("partyTypeName"), values.get("parentPartyId")
    if kind is None:
        is_estate = values.get("unitType") == _ESTATE_FORM
        kind = PartyType.BANKRUPTCY_ESTATE if is_estate else PartyType.ORGANISATION
        kind = kind if parent is None else PartyType.SUB_UNIT
    return _party(
        values,
        place,
        type=PartyType(_whole(kind)),
        name=str(values["name"]),
        org_number=str(values["orgNumber"]),
        unit_type=str(values.get("unitType", "")),
        parent_id=None if parent is None else _whole(parent),
        details={"organization": stated} if stated else {},
    )


def _party(
    values: Mapping[str, object],
    place: str,
    *,
    type: PartyType,
    name: str,
    details: Mapping[str, object],
    ssn: str = "",
    org_number: str = "",
    unit_type: str = "",
    parent_id: int | None = None,
) -> PartySeed:
    times = {name: values[name] for name in _CHANGE_TIMES if name in values}
    return PartySeed(
        id=_whole(values["partyId"]),
        type=type,
        name=name,
        uuid=values.get("partyUuid"),  # type: ignore[arg-type]  # the column reads a UUID
        org_number=org_number,
        ssn=ssn,
        unit_type=unit_type,
        is_deleted=values.get("isDeleted"),  # type: ignore[arg-type]  # it reads a flag
        external_urn=str(values.get("externalUrn", "")),
        parent_id=parent_id,
        details={**times, **details},
        source=place,
    )


def _profile(values: Mapping[str, object], place: str) -> ProfileSeed:
    user_type = values.get("userType")
    if user_type is None and values.get("ssn"):
        user_type = UserType.SSN_IDENTIFIED
    return ProfileSeed(
        id=_whole(values["userId"]),
        party_id=_whole(values["partyId"]),
        uuid=values.get("userUuid"),  # type: ignore[arg-type]  # the column reads a UUID
        user_name=str(values.get("userName", "")),
        user_type=None if user_type is None else UserType(_whole(user_type)),
        external_identity=str(values.get("externalIdentity", "")),
        is_reserved=values.get("isReserved"),  # type: ignore[arg-type]  # it reads a flag
        email=str(values.get("email", "")),
        phone=str(values.get("phoneNumber", "")),
        language=str(values.get("language", "")),
        settings={name: values[name] for name in SETTINGS if name in values},
        source=place,
    )


def _whole(value: object) -> int:
    assert isinstance(value, int)  # noqa: S101  the column reads a whole number
    return value
