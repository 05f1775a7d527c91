"""Read downloads of Tenor, the tax administration's made-up people; no database.

The third layout of authorization.md §3.6: ``freg.*.kildedata.json`` is a person of the
population register, ``brreg-er-fr.*.kildedata.json`` an organisation of the business
register with who holds which role in it. Neither has ids of parties and users.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from common.errors import Issue
from parties.choices import PartyType, UserType
from parties.seed_folder import ProfileSeed, RoleRow, SeedFolder
from parties.seed_parties import PartySeed
from parties.seed_record import SeedRecord, read_record

# Where the ids begin that a download's persons, organisations and users are given.
FIRST_PERSON: Final = 600_000
FIRST_ORGANISATION: Final = 700_000
FIRST_USER: Final = 10_000

_PERSONS, _ORGANISATIONS = "freg.*.kildedata.json", "brreg-er-fr.*.kildedata.json"
_ALL_NINES: Final = 99_999_999_999
_ADDRESSES: Final = {"forretningsadresse": "business", "postadresse": "mailing"}
_YES = frozenset({"j", "ja", "true"})
_PRIVATE_PERSON = "priv"
_BANKRUPTCY_ESTATE = "KBO"


@dataclass(frozen=True, slots=True)
class TenorParty:
    """A person or an organisation by its number; ``details`` as ``Party`` has them.

    ``roles`` are those that persons hold in an organisation: (their number, the code).
    """

    number: str
    name: str
    details: Mapping[str, str]
    source: str
    unit_type: str = ""
    is_deleted: bool = False
    roles: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class TenorFolder:
    """What a folder holds; ``issues`` is everything in it that could not be read."""

    persons: tuple[TenorParty, ...]
    organisations: tuple[TenorParty, ...]
    issues: tuple[Issue, ...]

    @property
    def people(self) -> set[str]:
        """The numbers of all persons, and of those who hold a role."""
        holders = {ssn for one in self.organisations for ssn, _ in one.roles}
        return holders | {person.number for person in self.persons}


@dataclass(frozen=True, slots=True)
class KnownIds:
    """The ids that the register has given already, by number, and those to give."""

    parties: Mapping[str, int]
    users: Mapping[str, int]
    new_persons: Iterator[int]
    new_organisations: Iterator[int]
    new_users: Iterator[int]


def is_tenor_folder(path: Path) -> bool:
    """Whether there is a file with one of the names that Tenor gives."""
    return any(next(path.glob(name), None) for name in (_PERSONS, _ORGANISATIONS))


def read_tenor_folder(path: Path) -> TenorFolder:
    """Read every download of the folder, in the order of their names."""
    issues: list[Issue] = []
    persons = _read(path, _PERSONS, _person, issues)
    organisations = _read(path, _ORGANISATIONS, _organisation, issues)
    return TenorFolder(persons, organisations, tuple(issues))


def seed_of(folder: TenorFolder, known: KnownIds) -> SeedFolder:
    """Return what was read as any other folder of test identities is read.

    A number that the register has keeps its party and its user. Each person is a user,
    and a private person for itself. A role of somebody who is in neither is left out.
    """
    people = {
        person.number: known.parties.get(person.number) or next(known.new_persons)
        for person in folder.persons
    }
    users = dict(known.users)
    for number in people:
        users[number] = users.get(number) or next(known.new_users)
    organisations = {
        one.number: known.parties.get(one.number) or next(known.new_organisations)
        for one in folder.organisations
    }
    roles = [
        RoleRow(users[number], party_id, _PRIVATE_PERSON)
        for number, party_id in people.items()
    ]
    roles += [
        RoleRow(users[ssn], organisations[one.number], code)
        for one in folder.organisations
        for ssn, code in one.roles
        if ssn in users
    ]
    return SeedFolder(
        parties=(
            *(_person_seed(one, people[one.number]) for one in folder.persons),
            *(
                _organisation_seed(one, organisations[one.number])
                for one in folder.organisations
            ),
        ),
        profiles=tuple(
            _profile_seed(
                one,
                user_id=users[one.number],
                party_id=people[one.number],
                is_new=one.number not in known.users,
            )
            for one in folder.persons
        ),
        roles=tuple(dict.fromkeys(roles)),
        issues=folder.issues,
    )


# --- reading --------------------------------------------------------------------------
def _read(
    root: Path,
    pattern: str,
    read: Callable[[SeedRecord], TenorParty | None],
    issues: list[Issue],
) -> tuple[TenorParty, ...]:
    found: dict[str, TenorParty] = {}
    for file in sorted(root.glob(pattern)):
        record = read_record(root, file, issues)
        party = None if record is None else read(record)
        if party is None:
            continue
        if earlier := found.get(party.number):
            detail = f"{earlier.source} is about the same number; keep one of them."
            issues.append(Issue(party.source, "value-not-unique", detail))
        else:
            found[party.number] = party
    return tuple(found.values())


def _person(record: SeedRecord) -> TenorParty | None:
    identity = _current(record.records("identifikasjonsnummer"))
    number = identity.digits("foedselsEllerDNummer", length=11) if identity else ""
    named = _current(record.records("navn"))
    names = _texts(
        named,
        {"fornavn": "firstName", "mellomnavn": "middleName", "etternavn": "lastName"},
    )
    home = _current(record.records("bostedsadresse"))
    road = home.record("vegadresse") if home else None
    details = {
        **names,
        **_texts(
            road,
            {
                "kommunenummer": "addressMunicipalNumber",
                "adressenavn": "addressStreetName",
            },
        ),
        **_texts(
            road.record("adressenummer") if road else None,
            {"husnummer": "addressHouseNumber", "husbokstav": "addressHouseLetter"},
        ),
        **_texts(
            road.record("poststed") if road else None,
            {"postnummer": "addressPostalCode", "poststedsnavn": "addressCity"},
        ),
    }
    return _party(record, number, " ".join(names.values()), details)


def _organisation(record: SeedRecord) -> TenorParty | None:
    number = record.digits("organisasjonsnummer", length=9)
    form = record.record("organisasjonsform")
    details: dict[str, str] = {}
    for member, beginning in _ADDRESSES.items():
        if address := record.record(member):
            lines = address.lines("adresse")
            details |= {f"{beginning}Address": lines} if lines else {}
            details |= _texts(
                address,
                {
                    "postnummer": f"{beginning}PostalCode",
                    "poststed": f"{beginning}PostalCity",
                },
            )
    return _party(
        record,
        number,
        record.text("navn"),
        details,
        unit_type=form.text("kode").upper() if form else "",
        is_deleted=_is_yes(record, "slettetIEnhetsregisteret"),
        roles=tuple(_roles(record)),
    )


def _party(
    record: SeedRecord,
    number: str,
    name: str,
    details: Mapping[str, str],
    *,
    unit_type: str = "",
    is_deleted: bool = False,
    roles: tuple[tuple[str, str], ...] = (),
) -> TenorParty | None:
    if not number or not name:
        detail = "There is no number or no name that is in force; download it anew."
        record.note("party-incomplete", detail)
        return None
    return TenorParty(number, name, details, record.file, unit_type, is_deleted, roles)


def _roles(record: SeedRecord) -> Iterator[tuple[str, str]]:
    """Yield who holds which role; those that organisations hold are passed over."""
    for group in record.records("rollegrupper"):
        for role in group.records("roller"):
            kind, person = role.record("type"), role.record("person")
            ssn = person.digits("foedselsnummer", length=11) if person else ""
            code = kind.text("kode").casefold() if kind else ""
            if ssn and code and not _is_yes(role, "fratraadt"):
                yield ssn, code


_Record = TypeVar("_Record", bound=SeedRecord)


def _current(records: Iterable[_Record]) -> _Record | None:
    """Return the entry that is in force, else the first."""
    found = list(records)
    return next((one for one in found if one.flag("erGjeldende")), None) or next(
        iter(found), None
    )


def _texts(record: SeedRecord | None, names: Mapping[str, str]) -> dict[str, str]:
    """Return those members that are not empty, by the register's names for them."""
    if record is None:
        return {}
    return {names[member]: text for member, text in record.texts(names).items()}


def _is_yes(record: SeedRecord, name: str) -> bool:
    return record.text(name).casefold() in _YES


# --- seeds ----------------------------------------------------------------------------
def _person_seed(person: TenorParty, party_id: int) -> PartySeed:
    return PartySeed(
        id=party_id,
        type=PartyType.PERSON,
        name=person.name,
        uuid=None,
        org_number="",
        ssn=person.number,
        unit_type="",
        is_deleted=None,
        external_urn="",
        parent_id=None,
        details={"person": person.details},
        source=person.source,
    )


def _organisation_seed(organisation: TenorParty, party_id: int) -> PartySeed:
    is_estate = organisation.unit_type == _BANKRUPTCY_ESTATE
    return PartySeed(
        id=party_id,
        type=PartyType.BANKRUPTCY_ESTATE if is_estate else PartyType.ORGANISATION,
        name=organisation.name,
        uuid=None,
        org_number=organisation.number,
        ssn="",
        unit_type=organisation.unit_type,
        is_deleted=organisation.is_deleted,
        external_urn="",
        parent_id=None,
        details={"organization": organisation.details} if organisation.details else {},
        source=organisation.source,
    )


def _profile_seed(
    person: TenorParty, *, user_id: int, party_id: int, is_new: bool
) -> ProfileSeed:
    """Return the person's user; one that there is already keeps its name."""
    name = f"user-{_ALL_NINES - int(person.number)}" if is_new else ""
    return ProfileSeed(
        id=user_id,
        party_id=party_id,
        uuid=None,
        user_name=name,
        user_type=UserType.SSN_IDENTIFIED,
        external_identity="",
        is_reserved=None,
        email="",
        phone="",
        language="",
        settings={},
        source=person.source,
    )
