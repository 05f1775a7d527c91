"""Importing register files: persons, organisations, users and roles, of any number.

Rows are read and stored in batches inside one transaction. From the first finding on
nothing more is written, and in the end everything is taken back; reading goes on, so
that one run tells everything that is wrong.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from io import BufferedReader, FileIO
from pathlib import Path
from typing import Final

import structlog
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from authorization.errors import RegisterChanged
from authorization.models import RoleAssignment
from common.errors import Issue
from parties.models import Party, Profile
from parties.register_columns import Kind
from parties.register_files import RegisterFile
from parties.register_rows import Read, Row, RowReader
from parties.seed_folder import ProfileSeed, RoleRow
from parties.seed_parties import PartySeed
from parties.stated import Stated
from parties.storing import (
    Rows,
    find_by_index,
    party_rows,
    profile_rows,
    taken,
    write_rows,
)

log = structlog.get_logger()

_BATCH: Final = 1000
_BUFFER: Final = 64 * 1024
_PARTY, _USER = "partyId", "userId"
# Columns of the tables whose values nobody else has, by the names that files use.
_OWN_OF_PARTY: Final = {
    "partyUuid": "uuid",
    "ssn": "ssn",
    "orgNumber": "org_number",
    "externalUrn": "external_urn",
}
_OWN_OF_USER: Final = {"userUuid": "uuid", "userName": "user_name"}
Note = Callable[[Issue], None]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far reading has come: rows of all files, bytes of this one."""

    file: str
    rows: int
    read: int
    size: int


@dataclass(slots=True)
class RegisterReport:
    """What an import read and did; with ``findings`` it stored nothing."""

    rows: int = 0
    parties: int = 0
    parties_written: int = 0
    profiles: int = 0
    profiles_written: int = 0
    roles: int = 0
    roles_added: int = 0
    findings: int = 0


def import_register(
    files: Iterable[tuple[Path, Kind | None]],
    *,
    check_digits: bool = True,
    dry_run: bool = False,
    note: Note,
    show: Callable[[Progress], None] = lambda progress: None,
) -> RegisterReport:
    """Store the rows of register files, all or, when ``note`` was called, none.

    What is stored already is changed in place, and what a row does not state stays.
    ``dry_run`` reads, checks and counts, and writes nothing. Raises RegisterChanged
    when somebody else changed the register meanwhile.
    """
    try:
        with transaction.atomic(), Stated() as stated:
            find_by_index()
            run = _Import(stated, note, show, writes=not dry_run)
            for path, kind in files:
                run.read_file(path, kind, check_digits=check_digits)
            run.check_references()
            if run.report.findings or dry_run:
                transaction.set_rollback(True)
    except IntegrityError:
        raise RegisterChanged from None
    report = run.report
    if not report.findings and not dry_run:
        log.info("register_imported", parties=report.parties, roles=report.roles)
    return report


@dataclass(slots=True)
class _Batch:
    parties: list[PartySeed] = field(default_factory=list)
    profiles: list[ProfileSeed] = field(default_factory=list)
    roles: list[tuple[RoleRow, str]] = field(default_factory=list)

    def add(self, read: Read) -> None:
        self.parties += read.parties
        self.profiles += read.profiles
        self.roles += read.roles

    def __len__(self) -> int:
        return len(self.parties) + len(self.profiles) + len(self.roles)


class _Import:
    """One run: what it has read so far, and whether it still writes."""

    def __init__(
        self,
        stated: Stated,
        note: Note,
        show: Callable[[Progress], None],
        *,
        writes: bool,
    ) -> None:
        self.report = RegisterReport()
        self._stated = stated
        self._tell = note
        self._show = show
        self._writes = writes

    def read_file(self, path: Path, kind: Kind | None, *, check_digits: bool) -> None:
        """Read a file to its end, batch by batch."""
        with BufferedReader(FileIO(path), _BUFFER) as stream:
            file = RegisterFile(path.name, stream, kind)
            lenient = file.is_app_test_data()
            reader = RowReader(
                self._note, check_digits=check_digits and not lenient, lenient=lenient
            )
            size = path.stat().st_size
            batch = _Batch()
            for row in file.rows(reader, self._note):
                for each in _with_sub_units(reader, row):
                    self.report.rows += 1
                    self._take(reader.read(each), batch)
                if len(batch) >= _BATCH:
                    self._store(batch)
                    batch = _Batch()
                    self._show(
                        Progress(file.name, self.report.rows, file.position(), size)
                    )
            self._store(batch)
            self._show(Progress(file.name, self.report.rows, size, size))

    def check_references(self) -> None:
        """Note each row that refers to what nobody knows."""
        for kind, what, rows in (
            (_PARTY, "Party", Party.objects.all()),
            (_USER, "User", Profile.objects.all()),
        ):
            for values in self._stated.unstated(kind):
                ids = {int(value) for value in values}
                known = rows.filter(pk__in=ids).values_list("pk", flat=True)
                missing = sorted(ids - set(known))
                for place, value in self._stated.places_wanting(
                    kind, [str(one) for one in missing]
                ):
                    detail = (
                        f"{what} {value} is neither in the register nor in this import;"
                        " add its row, or correct the id."
                    )
                    self._note(Issue(place, f"{what.lower()}-unknown", detail))

    # --- one row ----------------------------------------------------------------------
    def _take(self, read: Read, batch: _Batch) -> None:
        """Remember what a row states, and add it to the batch."""
        for kind, value, place in read.stated_ids:
            self._state(kind, value, place)
        for party in read.parties:
            self._state(_PARTY, party.id, party.source)
            self._state_own(party.id, party, _OWN_OF_PARTY)
            if party.parent_id is not None:
                self._stated.want(_PARTY, party.parent_id, party.source)
        for profile in read.profiles:
            self._state(_USER, profile.id, profile.source)
            self._state_own(profile.id, profile, _OWN_OF_USER)
            self._stated.want(_PARTY, profile.party_id, profile.source)
        for role, place in read.roles:
            self._stated.want(_USER, role.user_id, place)
            self._stated.want(_PARTY, role.party_id, place)
        batch.add(read)

    def _state_own(
        self, row_id: int, seed: PartySeed | ProfileSeed, own: dict[str, str]
    ) -> None:
        for name, column in own.items():
            if value := getattr(seed, column):
                self._state(name, value, seed.source)
                if not self._writes:
                    self._stated.state(f"{name} of", row_id, seed.source)

    def _state(self, kind: str, value: object, place: str) -> None:
        if earlier := self._stated.state(kind, value, place):
            detail = f"{earlier} has the same {kind}; each stands in one row alone."
            self._note(Issue(place, "value-not-unique", detail))

    # --- one batch --------------------------------------------------------------------
    def _store(self, batch: _Batch) -> None:
        self._check_taken(Party.objects.all(), batch.parties, _OWN_OF_PARTY)
        self._check_taken(Profile.objects.all(), batch.profiles, _OWN_OF_USER)
        if self.report.findings:
            return
        # The columns of the files hold no value that those of the tables do not.
        parties, profiles = party_rows(batch.parties), profile_rows(batch.profiles)
        roles = _missing_roles([role for role, _ in batch.roles])
        self._count(batch, parties, profiles, roles)
        if self._writes:
            write_rows(parties, profiles)
            RoleAssignment.objects.bulk_create(roles, batch_size=_BATCH)

    def _check_taken(
        self,
        rows: QuerySet[Party] | QuerySet[Profile],
        seeds: Sequence[PartySeed] | Sequence[ProfileSeed],
        own: dict[str, str],
    ) -> None:
        """Note each value that a stored row has and does not give up in this import."""
        for name, column in own.items():
            values = {getattr(seed, column): seed for seed in seeds}
            given_up = {seed.id for seed in seeds if getattr(seed, column)}
            values.pop(None, None)
            values.pop("", None)
            for value, holder in taken(rows, column, list(values)):
                seed = values[value]
                if holder == seed.id or holder in given_up:
                    continue
                if not self._writes and self._stated.place_of(f"{name} of", holder):
                    continue
                detail = (
                    f"{rows.model.__name__} {holder} of the register has the same"
                    f" {name} already. If a row of this import gives it another, put"
                    " that row before this one."
                )
                self._note(Issue(seed.source, "value-taken", detail))

    def _count(
        self,
        batch: _Batch,
        parties: Rows[Party],
        profiles: Rows[Profile],
        roles: Sequence[RoleAssignment],
    ) -> None:
        report = self.report
        report.parties += len(batch.parties)
        report.parties_written += len(parties.new) + len(parties.changed)
        report.profiles += len(batch.profiles)
        report.profiles_written += len(profiles.new) + len(profiles.changed)
        report.roles += len(batch.roles)
        report.roles_added += len(roles)

    def _note(self, issue: Issue) -> None:
        self.report.findings += 1
        self._writes = False
        self._tell(issue)


def _with_sub_units(reader: RowReader, row: Row) -> Iterator[Row]:
    yield row
    for unit in reader.sub_units(row):
        yield from _with_sub_units(reader, unit)


def _missing_roles(rows: Sequence[RoleRow]) -> list[RoleAssignment]:
    """Return the roles that are not stored yet."""
    wanted = {(row.user_id, row.party_id, row.role_code) for row in rows}
    stored = RoleAssignment.objects.filter(
        user_id__in={user_id for user_id, _, _ in wanted},
        party_id__in={party_id for _, party_id, _ in wanted},
    ).values_list("user_id", "party_id", "role_code")
    return [
        RoleAssignment(user_id=user_id, party_id=party_id, role_code=code)
        for user_id, party_id, code in sorted(wanted - set(stored))
    ]
