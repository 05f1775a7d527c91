"""Put together what several files of a seed folder say about one party."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from common.errors import Issue
from parties.choices import PartyType
from parties.numbers import whole_number
from parties.register_details import ORGANIZATION_MEMBERS, PERSON_MEMBERS
from parties.seed_record import SeedRecord

# What the files of the register's folders say besides.
PERSON_STATEMENTS = ("name", *PERSON_MEMBERS)
ORGANIZATION_STATEMENTS = ("name", "unitType", *ORGANIZATION_MEMBERS)
_CHANGE_TIMES = ("lastChangedInAltinn", "lastChangedInExternalRegister")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class PartySeed:
    """A party as the folder has it; ``source`` is the file that says so.

    Where a value is None or empty, the folder does not say. ``details`` are the members
    of the register's document as ``Party`` stores them.
    """

    id: int
    type: PartyType
    name: str
    uuid: uuid.UUID | None
    org_number: str
    ssn: str
    unit_type: str
    is_deleted: bool | None
    external_urn: str
    parent_id: int | None
    details: Mapping[str, object]
    source: str


@dataclass(frozen=True, slots=True)
class _Statement:
    """What one place in one file says about a party.

    Empty and None when it does not say.
    """

    source: str
    id: int
    type: PartyType | None
    name: str
    uuid: uuid.UUID | None
    org_number: str
    ssn: str
    unit_type: str
    is_deleted: bool | None
    external_urn: str
    parent_id: int | None
    person: Mapping[str, object]
    organization: Mapping[str, object]
    change_times: Mapping[str, object]


class PartyStatements:
    """Collects statements about parties, then merges them to one seed a party.

    ``persons`` and ``organizations`` are the register's details by number.
    """

    def __init__(self, issues: list[Issue]) -> None:
        self.persons: dict[str, Mapping[str, object]] = {}
        self.organizations: dict[str, Mapping[str, object]] = {}
        self._issues = issues
        self._statements: dict[int, list[_Statement]] = {}

    def add(
        self,
        record: SeedRecord,
        *,
        party_id: int | None,
        parent_id: int | None = None,
        is_own_file: bool = False,
    ) -> None:
        """Take down a party and its sub-units.

        The party's own file is believed first.
        """
        if party_id is None:
            return
        person = record.record("person")
        # Data files of the local test platform spell it with an s.
        organization = record.record("organization") or record.record("organisation")
        statement = _Statement(
            source=record.file,
            id=party_id,
            type=record.choice("partyTypeName", PartyType),
            name=record.text("name"),
            uuid=record.uuid("partyUuid"),
            org_number=record.digits("orgNumber", length=9),
            ssn=record.digits("ssn", length=11),
            unit_type=record.text("unitType"),
            is_deleted=record.flag("isDeleted"),
            external_urn=record.text("externalUrn"),
            parent_id=parent_id,
            person=person.texts(PERSON_STATEMENTS) if person else {},
            organization=organization.texts(ORGANIZATION_STATEMENTS)
            if organization
            else {},
            change_times=record.texts(_CHANGE_TIMES),
        )
        about = self._statements.setdefault(party_id, [])
        about.insert(0 if is_own_file else len(about), statement)
        for child in record.records("childParties"):
            self.add(child, party_id=identifier(child, "partyId"), parent_id=party_id)

    def merged(self) -> tuple[PartySeed, ...]:
        """Return the parties by id.

        One that cannot be told whole is noted and left out.
        """
        seeds = [self._merge(about) for _, about in sorted(self._statements.items())]
        return tuple(seed for seed in seeds if seed is not None)

    def _merge(self, about: list[_Statement]) -> PartySeed | None:
        first = about[0]
        ssn = _first(s.ssn for s in about) or ""
        org_number = _first(s.org_number for s in about) or ""
        person = self.persons.get(ssn) or _first(s.person for s in about) or {}
        organization = (
            self.organizations.get(org_number)
            or _first(s.organization for s in about)
            or {}
        )
        party_type = _first(s.type for s in about)
        if party_type is None and (ssn or org_number):
            party_type = PartyType.PERSON if ssn else PartyType.ORGANISATION
        name = _first(s.name for s in about) or str(
            (person or organization).get("name", "")
        )
        if party_type is None or not name:
            detail = f"Party {first.id} has no name or no partyTypeName; give both."
            self._issues.append(Issue(first.source, "party-incomplete", detail))
            return None
        if ssn and org_number:
            detail = (
                f"Party {first.id} has the numbers of a person and of an organisation."
            )
            self._issues.append(Issue(first.source, "party-two-numbers", detail))
            return None
        details = dict(_first(s.change_times for s in about) or {})
        details |= {"person": person} if person else {}
        details |= {"organization": organization} if organization else {}
        return PartySeed(
            id=first.id,
            type=party_type,
            name=name,
            uuid=_first(s.uuid for s in about),
            org_number=org_number,
            ssn=ssn,
            unit_type=_first(s.unit_type for s in about) or "",
            is_deleted=next(
                (s.is_deleted for s in about if s.is_deleted is not None), None
            ),
            external_urn=_first(s.external_urn for s in about) or "",
            parent_id=_first(s.parent_id for s in about),
            details=details,
            source=first.source,
        )


def identifier(record: SeedRecord, member: str, *, stem: str = "") -> int | None:
    """Return the id that a record states or its file is named by; else note it."""
    stated = record.number(member)
    named = whole_number(stem)
    if stated is None and named is None:
        record.note("id-missing", f"There is no {member} here; give one.")
    if stated is not None and stem and stated != named:
        detail = f"The file is named {stem} and states {stated}; make them equal."
        record.note("id-mismatch", detail, member=member)
    return named if stated is None else stated


def _first(values: Iterable[Value | None]) -> Value | None:
    """Return the first that is neither None nor empty."""
    return next((value for value in values if value), None)
