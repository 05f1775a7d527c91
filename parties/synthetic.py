"""Made-up parties with valid check digits, for tests of size; pure and repeatable.

They come in blocks of ten: seven persons, two organisations, and a sub-unit of the
second. The same seed always gives the same blocks. Identity numbers are of the range
that no real person has (month + 80), and organisation numbers begin with 2, as no real
one does.
"""

import random
import uuid
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from math import gcd
from typing import Final

from parties.choices import PartyType
from parties.numbers import complete_org_number, complete_ssn

# Far above those of the standard test identities and of any register today.
FIRST_ID: Final = 1_000_000_000
MOST: Final = 10_000_000
BLOCK: Final = 10
_PERSONS: Final = 7

_FIRST_BIRTH = date(1940, 1, 1)
_DAYS = (date(2000, 1, 1) - _FIRST_BIRTH).days
_SERIALS = 500  # individual numbers 000 to 499 are of those born in the 1900s
_ORG_NUMBERS = 10_000_000  # 20000000 to 29999999
_MONTH_OFFSET = 80
# Each accountant keeps the books of the organisations of so many blocks.
_ACCOUNTANT_EVERY = 50

# fmt: off
_GIVEN = (
    "Alva", "Birk", "Dagny", "Eldar", "Frida", "Gard", "Hedda", "Ivar", "Jorunn",
    "Kåre", "Live", "Magne", "Nora", "Odd", "Pernille", "Rolf", "Siri", "Torstein",
    "Unni", "Vidar", "Åse", "Øyvind",
)
_FAMILY_BEGIN = (
    "Ask", "Bjørk", "Dal", "Elv", "Furu", "Gran", "Haug", "Lind", "Moss", "Nes", "Sol",
    "Stein", "Vik",
)
_FAMILY_END = (
    "bakken", "berget", "bu", "dalen", "foss", "heim", "holt", "lia", "moen", "rud",
    "stad", "vang",
)
_TRADES = (
    "Bakeri", "Båtbyggeri", "Fiskeri", "Gartneri", "Hagesenter", "Kafé", "Mekanikk",
    "Regnskap", "Renhold", "Snekkeri", "Transport", "Veveri",
)
# fmt: on
_FORMS = ("AS", "AS", "AS", "ENK", "SA", "BRL")


@dataclass(frozen=True, slots=True)
class SyntheticParty:
    """A made-up party.

    ``number`` is its national identity number or organisation number. ``parent_id`` is
    set on sub-units. A person is a user as well, with the party's id for user id.
    ``manager_id`` and ``accountant_id`` are users who act for an organisation.
    """

    id: int
    uuid: uuid.UUID
    type: PartyType
    name: str
    number: str
    unit_type: str = ""
    parent_id: int | None = None
    given_name: str = ""
    family_name: str = ""
    manager_id: int | None = None
    accountant_id: int | None = None


def synthetic_parties(
    *, count: int, seed: int, taken: Collection[str] = frozenset()
) -> Iterator[SyntheticParty]:
    """Yield ``count`` parties, at most ``MOST``, with ids from ``FIRST_ID`` on.

    A longer run begins with the parties of a shorter one. Numbers in ``taken`` are
    passed over.
    """
    # Repeatable on purpose; nothing secret comes of it.
    dice = random.Random(seed)  # noqa: S311
    ssns = _numbers(dice, _DAYS * _SERIALS, _ssn, taken)
    org_numbers = _numbers(dice, _ORG_NUMBERS, _org_number, taken)
    for party_id in range(FIRST_ID, FIRST_ID + count):
        block, place = divmod(party_id - FIRST_ID, BLOCK)
        if place < _PERSONS:
            party = _person(dice, party_id, next(ssns))
        elif place < BLOCK - 1:
            party = _organisation(dice, party_id, next(org_numbers), block)
        else:
            party = _sub_unit(dice, party_id, next(org_numbers), main_unit=party)
        yield party


def _person(dice: random.Random, party_id: int, ssn: str) -> SyntheticParty:
    given = dice.choice(_GIVEN)
    family = dice.choice(_FAMILY_BEGIN) + dice.choice(_FAMILY_END)
    return SyntheticParty(
        id=party_id,
        uuid=_uuid(dice),
        type=PartyType.PERSON,
        name=f"{given} {family}",
        number=ssn,
        given_name=given,
        family_name=family,
    )


def _organisation(
    dice: random.Random, party_id: int, number: str, block: int
) -> SyntheticParty:
    manager = dice.randrange(block + 1) * BLOCK + dice.randrange(_PERSONS)
    form = dice.choice(_FORMS)
    place = dice.choice(_FAMILY_BEGIN) + dice.choice(_FAMILY_END)
    return SyntheticParty(
        id=party_id,
        uuid=_uuid(dice),
        type=PartyType.ORGANISATION,
        name=f"{place} {dice.choice(_TRADES)} {form}",
        number=number,
        unit_type=form,
        manager_id=FIRST_ID + manager,
        accountant_id=FIRST_ID + (block - block % _ACCOUNTANT_EVERY) * BLOCK,
    )


def _sub_unit(
    dice: random.Random, party_id: int, number: str, *, main_unit: SyntheticParty
) -> SyntheticParty:
    place = dice.choice(_FAMILY_BEGIN) + dice.choice(_FAMILY_END)
    return SyntheticParty(
        id=party_id,
        uuid=_uuid(dice),
        type=PartyType.SUB_UNIT,
        name=f"{place} avdeling",
        number=number,
        unit_type="BEDR",
        parent_id=main_unit.id,
        manager_id=main_unit.manager_id,
    )


def _numbers(
    dice: random.Random,
    size: int,
    number_at: Callable[[int], str | None],
    taken: Collection[str],
) -> Iterator[str]:
    """Yield the numbers of a range in an order of the seed's own, each once."""
    start = dice.randrange(size)
    step = dice.randrange(size // 3, size)
    while gcd(step, size) != 1:  # only then every place is come to
        step += 1
    for turn in range(size):
        number = number_at((start + turn * step) % size)
        if number is not None and number not in taken:
            yield number


def _ssn(place: int) -> str | None:
    days, serial = divmod(place, _SERIALS)
    born = _FIRST_BIRTH + timedelta(days=days)
    return complete_ssn(
        f"{born.day:02}{born.month + _MONTH_OFFSET}{born.year % 100:02}{serial:03}"
    )


def _org_number(place: int) -> str | None:
    return complete_org_number(f"2{place:07}")


def _uuid(dice: random.Random) -> uuid.UUID:
    return uuid.UUID(int=dice.getrandbits(128), version=4)
