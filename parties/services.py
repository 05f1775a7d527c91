"""The register: looking parties and users up, and bringing test identities in."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from common.errors import Issue
from parties.errors import PartyNotFound, ProfileNotFound, SeedFolderRefused
from parties.models import Party, Profile
from parties.seed_folder import ProfileSeed, SeedFolder, read_seed_folder
from parties.seed_parties import PartySeed

log = structlog.get_logger()

_BATCH = 500
_PARTY_FIELDS = [
    "type",
    "name",
    "org_number",
    "ssn",
    "unit_type",
    "is_deleted",
    "external_urn",
    "uuid",
    "parent",
    "register_details",
]
_PROFILE_FIELDS = [
    "party",
    "user_name",
    "user_type",
    "external_identity",
    "is_reserved",
    "email",
    "phone",
    "language",
    "uuid",
    "settings",
]
Item = TypeVar("Item")
Row = TypeVar("Row", Party, Profile)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """How many parties and users a folder holds; how many rows were new or changed."""

    parties: int
    parties_written: int
    profiles: int
    profiles_written: int


def party_by_id(party_id: int) -> Party:
    """Return the party; raises PartyNotFound."""
    party = Party.objects.filter(pk=party_id).first()
    if party is None:
        raise PartyNotFound(what="party id")
    return party


def party_by_ssn(ssn: str) -> Party:
    """Return the person with this national identity number; raises PartyNotFound."""
    party = Party.objects.with_ssn(ssn).first()
    if party is None:
        raise PartyNotFound(what="national identity number")
    return party


def party_by_org_number(org_number: str) -> Party:
    """Return the organisation with this number; raises PartyNotFound."""
    party = Party.objects.with_org_number(org_number).first()
    if party is None:
        raise PartyNotFound(what="organisation number")
    return party


def profile_by_id(user_id: int) -> Profile:
    """Return the user with its own party; raises ProfileNotFound."""
    profile = Profile.objects.with_party().filter(pk=user_id).first()
    if profile is None:
        raise ProfileNotFound(user_id=user_id)
    return profile


def import_parties(path: Path) -> ImportReport:
    """Store the parties and users of a folder of test identities.

    Change those that exist. Raises SeedFolderRefused with every finding, and stores
    nothing then.
    """
    return store_parties(load_seed_folder(path))


def load_seed_folder(path: Path) -> SeedFolder:
    """Read a folder of test identities; raises SeedFolderRefused with every finding."""
    folder = read_seed_folder(path)
    if folder.issues:
        raise SeedFolderRefused(issues=folder.issues, count=len(folder.issues))
    return folder


@transaction.atomic
def store_parties(folder: SeedFolder) -> ImportReport:
    """Store what was read; a value that the folder does not state stays as it is.

    Raises SeedFolderRefused when it does not fit the columns or what is stored already.
    """
    issues = [*_values_of_others(folder), *_unknown_parties(folder)]
    parties = _party_rows(folder.parties, issues)
    profiles = _profile_rows(folder.profiles, issues)
    if issues:
        raise SeedFolderRefused(issues=issues, count=len(issues))
    # A number or name may pass from one row to another: all let go before one takes.
    for batch in _batches([row.pk for row in parties.changed]):
        Party.objects.filter(pk__in=batch).update(
            org_number="", ssn="", external_urn="", uuid=None
        )
    for batch in _batches([row.pk for row in profiles.changed]):
        Profile.objects.filter(pk__in=batch).update(user_name="", uuid=None)
    Party.objects.bulk_create(parties.new, batch_size=_BATCH)
    Party.objects.bulk_update(parties.changed, _PARTY_FIELDS, batch_size=_BATCH)
    Profile.objects.bulk_create(profiles.new, batch_size=_BATCH)
    Profile.objects.bulk_update(profiles.changed, _PROFILE_FIELDS, batch_size=_BATCH)
    report = ImportReport(
        parties=len(folder.parties),
        parties_written=len(parties.new) + len(parties.changed),
        profiles=len(folder.profiles),
        profiles_written=len(profiles.new) + len(profiles.changed),
    )
    log.info("parties_imported", parties=report.parties, profiles=report.profiles)
    return report


@dataclass(frozen=True, slots=True)
class _Rows(Generic[Row]):
    """Rows to write.

    Those that are stored as the folder has them are in neither list.
    """

    new: list[Row] = field(default_factory=list)
    changed: list[Row] = field(default_factory=list)


def _party_rows(seeds: Sequence[PartySeed], issues: list[Issue]) -> _Rows[Party]:
    stored = Party.objects.in_bulk([seed.id for seed in seeds])
    rows: _Rows[Party] = _Rows()
    for seed in seeds:
        row = stored.get(seed.id) or Party(pk=seed.id)
        if _set(row, _party_values(seed)):
            (rows.changed if seed.id in stored else rows.new).append(row)
            issues += _misfits(row, seed.source)
    return rows


def _profile_rows(seeds: Sequence[ProfileSeed], issues: list[Issue]) -> _Rows[Profile]:
    stored = Profile.objects.in_bulk([seed.id for seed in seeds])
    rows: _Rows[Profile] = _Rows()
    for seed in seeds:
        row = stored.get(seed.id) or Profile(pk=seed.id)
        if _set(row, _profile_values(seed)):
            (rows.changed if seed.id in stored else rows.new).append(row)
            issues += _misfits(row, seed.source)
    return rows


def _party_values(seed: PartySeed) -> dict[str, object]:
    values: dict[str, object] = {
        "type": seed.type,
        "name": seed.name,
        "org_number": seed.org_number,
        "ssn": seed.ssn,
        "unit_type": seed.unit_type,
        "is_deleted": seed.is_deleted,
        "external_urn": seed.external_urn,
        "uuid": seed.uuid,
        "parent_id": seed.parent_id,
        "register_details": dict(seed.details),
    }
    return _stated(values)


def _profile_values(seed: ProfileSeed) -> dict[str, object]:
    values: dict[str, object] = {
        "party_id": seed.party_id,
        "user_name": seed.user_name,
        "user_type": seed.user_type,
        "external_identity": seed.external_identity,
        "is_reserved": seed.is_reserved,
        "email": seed.email,
        "phone": seed.phone,
        "language": seed.language,
        "uuid": seed.uuid,
        "settings": dict(seed.settings),
    }
    return _stated(values)


def _stated(values: Mapping[str, object]) -> dict[str, object]:
    """Return the values that the folder states: None and what is empty it does not."""
    return {
        name: value for name, value in values.items() if value not in (None, "", {})
    }


def _set(row: Party | Profile, values: Mapping[str, object]) -> bool:
    """Set the values; return whether one of them was another before."""
    changed = {
        name: value for name, value in values.items() if getattr(row, name) != value
    }
    for name, value in changed.items():
        setattr(row, name, value)
    return bool(changed)


def _misfits(row: Party | Profile, source: str) -> Iterator[Issue]:
    """Yield a finding for each value that its column cannot hold."""
    try:
        row.clean_fields(exclude={"parent", "party"})
    except ValidationError as error:
        for column, messages in error.message_dict.items():
            yield Issue(source, "value-refused", f"{column}: {' '.join(messages)}")


def _values_of_others(folder: SeedFolder) -> Iterator[Issue]:
    """Yield a finding for each value that a row outside the folder has already."""
    parties, profiles = folder.parties, folder.profiles
    party_ids = {seed.id for seed in parties}
    user_ids = {seed.id for seed in profiles}
    for column, values in (
        ("org_number", [(seed.org_number, seed.source) for seed in parties]),
        ("ssn", [(seed.ssn, seed.source) for seed in parties]),
        ("external_urn", [(seed.external_urn, seed.source) for seed in parties]),
        ("uuid", [(seed.uuid, seed.source) for seed in parties]),
    ):
        yield from _taken(Party.objects.all(), column, values, party_ids)
    for column, values in (
        ("user_name", [(seed.user_name, seed.source) for seed in profiles]),
        ("uuid", [(seed.uuid, seed.source) for seed in profiles]),
    ):
        yield from _taken(Profile.objects.all(), column, values, user_ids)


def _taken(
    rows: QuerySet[Party] | QuerySet[Profile],
    column: str,
    values: Sequence[tuple[object, str]],
    own_ids: Collection[int],
) -> Iterator[Issue]:
    sources = {value: source for value, source in values if value}
    for batch in _batches(list(sources)):
        for pk, value in rows.filter(**{f"{column}__in": batch}).values_list(
            "pk", column
        ):
            if pk not in own_ids:
                name = f"{rows.model.__name__} {pk}"
                detail = (
                    f"{name}, which is not in this folder, has the same {column}"
                    " already."
                )
                yield Issue(sources[value], "value-taken", detail)


def _unknown_parties(folder: SeedFolder) -> Iterator[Issue]:
    """Yield a finding for each user whose own party nobody knows."""
    here = {seed.id for seed in folder.parties}
    elsewhere = {seed.party_id for seed in folder.profiles} - here
    stored = set(Party.objects.filter(pk__in=elsewhere).values_list("pk", flat=True))
    for seed in folder.profiles:
        if seed.party_id in elsewhere - stored:
            detail = (
                f"User {seed.id} has the party {seed.party_id}, which is not in the"
                " register."
            )
            yield Issue(seed.source, "party-unknown", detail)


def _batches(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """Cut a list so that no query names more values than a database takes."""
    for start in range(0, len(items), _BATCH):
        yield items[start : start + _BATCH]
