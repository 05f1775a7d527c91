"""The register: looking users up, and bringing test identities in."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import structlog
from django.db import transaction
from django.db.models import QuerySet

from common.errors import Issue
from parties.errors import ProfileNotFound, SeedFolderRefused
from parties.models import Party, Profile
from parties.seed_folder import SeedFolder, read_seed_folder
from parties.storing import party_rows, profile_rows, taken, write_rows
from parties.tenor import (
    FIRST_ORGANISATION,
    FIRST_PERSON,
    FIRST_USER,
    KnownIds,
    is_tenor_folder,
    read_tenor_folder,
    seed_of,
)

log = structlog.get_logger()

_BLOCK = 1000


@dataclass(frozen=True, slots=True)
class ImportReport:
    """How many parties and users a folder holds; how many rows were new or changed."""

    parties: int
    parties_written: int
    profiles: int
    profiles_written: int


def profile_by_id(user_id: int) -> Profile:
    """Return the user with its own party; raises ProfileNotFound."""
    profile = Profile.objects.with_party().filter(pk=user_id).first()
    if profile is None:
        raise ProfileNotFound(user=user_id)
    return profile


def profile_language(user_id: int) -> str | None:
    """Return the language that a user has chosen, None for a user nobody knows."""
    chosen = Profile.objects.filter(pk=user_id).values_list("language", flat=True)
    return chosen.first()


def profile_by_ssn(ssn: str) -> Profile:
    """Return the user with this national identity number, with its own party.

    Raises ProfileNotFound.
    """
    profile = Profile.objects.with_party().with_ssn(ssn).first()
    if profile is None:
        raise ProfileNotFound(user="with this national identity number")
    return profile


def user_with_ssn(ssn: str) -> Profile | None:
    """Return the user who is this person, with the party; None for nobody."""
    users = Profile.objects.with_ssn(ssn).persons().with_party()
    return users.order_by("id").first()


def load_seed_folder(path: Path) -> SeedFolder:
    """Read a folder of test identities, or of Tenor's downloads of them.

    Raises SeedFolderRefused with every finding.
    """
    folder = _tenor_seed(path) if is_tenor_folder(path) else read_seed_folder(path)
    if folder.issues:
        raise SeedFolderRefused(issues=folder.issues, count=len(folder.issues))
    return folder


def _tenor_seed(path: Path) -> SeedFolder:
    """Return Tenor's downloads with ids: those of the register, or the next free."""
    folder = read_tenor_folder(path)
    people = folder.people
    numbers = {one.number for one in folder.organisations} | people
    parties = Party.objects.with_number_in(ssns=people, org_numbers=numbers)
    users = Profile.objects.of_people(ssns=people, uuids=()).order_by("-pk")
    known = KnownIds(
        parties={
            ssn or org_number: pk
            for pk, ssn, org_number in parties.values_list("pk", "ssn", "org_number")
        },
        users=dict(users.values_list("party__ssn", "pk")),  # the oldest of several
        new_persons=_free_ids(Party.objects.all(), FIRST_PERSON),
        new_organisations=_free_ids(Party.objects.all(), FIRST_ORGANISATION),
        new_users=_free_ids(Profile.objects.all(), FIRST_USER),
    )
    return seed_of(folder, known)


def _free_ids(rows: QuerySet[Party] | QuerySet[Profile], first: int) -> Iterator[int]:
    """Yield the ids from ``first`` on that no row has."""
    for start in count(first, _BLOCK):
        block = rows.filter(pk__gte=start, pk__lt=start + _BLOCK)
        used = set(block.values_list("pk", flat=True))
        yield from (pk for pk in range(start, start + _BLOCK) if pk not in used)


@transaction.atomic
def store_parties(folder: SeedFolder) -> ImportReport:
    """Store what was read; a value that the folder does not state stays as it is.

    Raises SeedFolderRefused when it does not fit the columns or what is stored already.
    """
    issues = [*_values_of_others(folder), *_unknown_parties(folder)]
    parties = party_rows(folder.parties, issues)
    profiles = profile_rows(folder.profiles, issues)
    if issues:
        raise SeedFolderRefused(issues=issues, count=len(issues))
    write_rows(parties, profiles)
    report = ImportReport(
        parties=len(folder.parties),
        parties_written=len(parties.new) + len(parties.changed),
        profiles=len(folder.profiles),
        profiles_written=len(profiles.new) + len(profiles.changed),
    )
    log.info("parties_imported", parties=report.parties, profiles=report.profiles)
    return report


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


def _taken(
    rows: QuerySet[Party] | QuerySet[Profile],
    column: str,
    values: Sequence[tuple[object, str]],
    own_ids: Collection[int],
) -> Iterator[Issue]:
    sources = {value: source for value, source in values if value}
    for value, pk in taken(rows, column, list(sources)):
        if pk not in own_ids:
            name = f"{rows.model.__name__} {pk}"
            detail = (
                f"{name}, which is not in this folder, has the same {column} already."
            )
            yield Issue(sources[value], "value-taken", detail)
