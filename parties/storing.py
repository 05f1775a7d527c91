"""From parties and users as an import has them to rows, new and changed.

A value that the import does not state stays as it is.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import QuerySet

from common.errors import Issue
from parties.models import Party, Profile
from parties.seed_folder import ProfileSeed
from parties.seed_parties import PartySeed

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
Seed = TypeVar("Seed", PartySeed, ProfileSeed)


@dataclass(frozen=True, slots=True)
class Rows(Generic[Row]):
    """Rows to write.

    Those that are stored as the folder has them are in neither list.
    """

    new: list[Row] = field(default_factory=list)
    changed: list[Row] = field(default_factory=list)


def party_rows(
    seeds: Sequence[PartySeed], issues: list[Issue] | None = None
) -> Rows[Party]:
    """Return the rows that these parties make new, or change; nothing is written.

    A value that its column cannot hold becomes an issue, where those are collected.
    """
    return _rows(Party, seeds, _party_values, issues)


def profile_rows(
    seeds: Sequence[ProfileSeed], issues: list[Issue] | None = None
) -> Rows[Profile]:
    """Return the rows that these users make new, or change; as ``party_rows``."""
    return _rows(Profile, seeds, _profile_values, issues)


def _rows(
    table: type[Row],
    seeds: Sequence[Seed],
    values_of: Callable[[Seed], Mapping[str, object]],
    issues: list[Issue] | None,
) -> Rows[Row]:
    stored: dict[int, Row] = table._default_manager.in_bulk([seed.id for seed in seeds])
    rows: Rows[Row] = Rows()
    for seed in seeds:
        row = stored.get(seed.id) or table(pk=seed.id)
        if _set(row, values_of(seed)):
            (rows.changed if seed.id in stored else rows.new).append(row)
            if issues is not None:
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


def taken(
    rows: QuerySet[Party] | QuerySet[Profile],
    column: str,
    values: Sequence[object],
) -> Iterator[tuple[object, int]]:
    """Yield each of the values that a stored row has, and that row's id."""
    for batch in batches(values):
        found = rows.filter(**{f"{column}__in": batch})
        for pk, value in found.values_list("pk", column):
            yield value, pk


def batches(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """Cut a list so that no query names more values than a database takes."""
    for start in range(0, len(items), _BATCH):
        yield items[start : start + _BATCH]


def write_rows(parties: Rows[Party], profiles: Rows[Profile]) -> None:
    """Write rows, those that take a number from another of them included."""
    # A number or name may pass from one row to another: all let go before one takes.
    for batch in batches([row.pk for row in parties.changed]):
        Party.objects.filter(pk__in=batch).update(
            org_number="", ssn="", external_urn="", uuid=None
        )
    for batch in batches([row.pk for row in profiles.changed]):
        Profile.objects.filter(pk__in=batch).update(user_name="", uuid=None)
    Party.objects.bulk_create(parties.new, batch_size=_BATCH)
    Party.objects.bulk_update(parties.changed, _PARTY_FIELDS, batch_size=_BATCH)
    Profile.objects.bulk_create(profiles.new, batch_size=_BATCH)
    Profile.objects.bulk_update(profiles.changed, _PROFILE_FIELDS, batch_size=_BATCH)


def find_by_index() -> None:
    """Let the rest of the transaction find rows by index alone.

    PostgreSQL has no statistics on rows that the transaction itself writes, takes every
    look-up for one of most of the table, and reads all of it each time.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
