"""Storing made-up parties with their users and roles, batch by batch."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from django.db import transaction
from django.db.models import Q, QuerySet

from authorization.errors import GeneratedOtherwise
from authorization.models import RoleAssignment
from parties.choices import PartyType, UserType
from parties.models import Party, Profile
from parties.synthetic import FIRST_ID, MOST, SyntheticParty, synthetic_parties

BATCH = 5000
_MANAGER, _ACCOUNTANT, _ONESELF = "dagl", "regna", "priv"


@dataclass(frozen=True, slots=True)
class Progress:
    """How many parties there are, and how many of them this run has made."""

    stored: int
    made: int


def generate_parties(*, count: int, seed: int) -> Iterator[Progress]:
    """Store made-up parties until there are ``count``; yield before and after batches.

    Each batch is a transaction, and running again with the same seed goes on where the
    last run ended. Raises GeneratedOtherwise when those that are there are of another
    seed.
    """
    stored = _generated().count()
    made = 0
    if stored:
        _ensure_same_seed(stored=stored, seed=seed)
    yield Progress(stored, made)
    if stored >= count:
        return
    parties = synthetic_parties(count=count, seed=seed, taken=_taken_numbers())
    rest = islice(parties, stored, None)
    while batch := list(islice(rest, BATCH)):
        _store(batch)
        made += len(batch)
        yield Progress(stored + made, made)


def _generated() -> QuerySet[Party]:
    return Party.objects.filter(pk__gte=FIRST_ID, pk__lt=FIRST_ID + MOST)


def _ensure_same_seed(*, stored: int, seed: int) -> None:
    first = next(synthetic_parties(count=1, seed=seed))
    if not Party.objects.filter(pk=first.id, uuid=first.uuid).exists():
        raise GeneratedOtherwise(stored=stored, seed=seed)


def _taken_numbers() -> frozenset[str]:
    """Return the numbers of the parties that were not made up here."""
    others = Party.objects.filter(Q(pk__lt=FIRST_ID) | Q(pk__gte=FIRST_ID + MOST))
    pairs = others.order_by().values_list("ssn", "org_number").iterator()
    return frozenset(ssn or org_number for ssn, org_number in pairs)


@transaction.atomic
def _store(batch: Sequence[SyntheticParty]) -> None:
    persons = [party for party in batch if party.type == PartyType.PERSON]
    Party.objects.bulk_create([_party(party) for party in batch])
    Profile.objects.bulk_create([_profile(party) for party in persons])
    RoleAssignment.objects.bulk_create(
        RoleAssignment(user_id=user_id, party_id=party_id, role_code=code)
        for user_id, party_id, code in _roles(batch)
    )


def _party(party: SyntheticParty) -> Party:
    is_person = party.type == PartyType.PERSON
    details: dict[str, object] = {"organization": {"unitStatus": "N"}}
    if is_person:
        names = {"firstName": party.given_name, "lastName": party.family_name}
        details = {"person": names}
    return Party(
        id=party.id,
        uuid=party.uuid,
        type=party.type,
        name=party.name,
        ssn=party.number if is_person else "",
        org_number="" if is_person else party.number,
        unit_type=party.unit_type,
        parent_id=party.parent_id,
        register_details=details,
    )


def _profile(party: SyntheticParty) -> Profile:
    return Profile(
        id=party.id,
        uuid=party.uuid,
        party_id=party.id,
        user_name=f"made-up-{party.id}",
        user_type=UserType.SSN_IDENTIFIED,
    )


def _roles(batch: Sequence[SyntheticParty]) -> Iterator[tuple[int, int, str]]:
    for party in batch:
        if party.type == PartyType.PERSON:
            yield party.id, party.id, _ONESELF
        if party.manager_id is not None:
            yield party.manager_id, party.id, _MANAGER
        if party.accountant_id is not None:
            yield party.accountant_id, party.id, _ACCOUNTANT
