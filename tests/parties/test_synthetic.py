"""Made-up parties: valid, unique, and the same for the same seed."""

from collections import Counter
from itertools import islice

import pytest

from parties.choices import PartyType
from parties.numbers import birth_date, is_synthetic_ssn, is_valid_org_number
from parties.synthetic import BLOCK, FIRST_ID, synthetic_parties

MADE = list(synthetic_parties(count=5000, seed=7))


def test_every_number_is_valid_and_of_the_ranges_that_nobody_has() -> None:
    """Z-046, Z-047"""
    for party in MADE:
        if party.type == PartyType.PERSON:
            assert is_synthetic_ssn(party.number)
            assert birth_date(party.number) is not None
        else:
            assert is_valid_org_number(party.number)
            assert party.number.startswith("2")


def test_nobody_shares_an_id_a_number_or_a_uuid() -> None:
    """The register's unique constraints"""
    assert [party.id for party in MADE] == list(range(FIRST_ID, FIRST_ID + len(MADE)))
    assert len({party.number for party in MADE}) == len(MADE)
    assert len({party.uuid for party in MADE}) == len(MADE)


def test_of_ten_seven_are_persons_and_one_is_a_sub_unit() -> None:
    """As the command's help says"""
    kinds = Counter(party.type for party in MADE)
    tenth = len(MADE) // BLOCK
    assert kinds == {
        PartyType.PERSON: 7 * tenth,
        PartyType.ORGANISATION: 2 * tenth,
        PartyType.SUB_UNIT: tenth,
    }


def test_whoever_acts_for_an_organisation_is_a_person_made_before() -> None:
    """So that a batch refers to what is stored already, or with it"""
    kinds = {party.id: party.type for party in MADE}
    for party in MADE:
        for user_id in (party.manager_id, party.accountant_id):
            if user_id is not None:
                assert user_id < party.id
                assert kinds[user_id] == PartyType.PERSON
        if party.type == PartyType.SUB_UNIT:
            assert party.parent_id is not None
            assert kinds[party.parent_id] == PartyType.ORGANISATION


def test_an_accountant_has_a_hundred_organisations() -> None:
    """Users with long lists"""
    books = Counter(p.accountant_id for p in MADE if p.accountant_id is not None)
    assert set(books.values()) == {100}


def test_the_same_seed_makes_the_same_parties() -> None:
    """And a longer run begins with those of a shorter one"""
    again = list(synthetic_parties(count=5000, seed=7))
    assert again == MADE
    longer = synthetic_parties(count=6000, seed=7)
    assert list(islice(longer, 5000)) == MADE


def test_another_seed_makes_others() -> None:
    """Of the same ids"""
    others = list(synthetic_parties(count=5000, seed=8))
    assert [party.id for party in others] == [party.id for party in MADE]
    same = {party.number for party in others} & {party.number for party in MADE}
    assert len(same) < 50
    assert not {p.uuid for p in others} & {p.uuid for p in MADE}


@pytest.mark.parametrize("place", [0, 8])
def test_a_number_that_is_taken_is_passed_over(place: int) -> None:
    """A person's and an organisation's"""
    taken = MADE[place].number
    made = list(synthetic_parties(count=20, seed=7, taken={taken}))
    assert taken not in {party.number for party in made}
    assert len({party.number for party in made}) == 20
