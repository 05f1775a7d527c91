"""Whom a caller can represent, in one statement whatever the answer's size."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from apps_registry.definition import AppDefinition
from authorization import party_types
from authorization.choices import KEY_ROLES
from authorization.models import RoleAssignment
from authorization.representation import (
    ListedParty,
    can_represent,
    own_party,
    party_list,
    representable_parties,
)
from parties.choices import PartyType
from parties.identity import Principal, PrincipalKind
from parties.models import Party
from tests.factories import sample_app

pytestmark = pytest.mark.usefixtures("sandbox")

NILS = Principal(PrincipalKind.USER, user_id=1001, party_id=510001)
JONAS = Principal(PrincipalKind.USER, user_id=1003, party_id=510003)
LONER = Principal(PrincipalKind.USER, user_id=1004, party_id=510004)
ORGANISATION = Principal(PrincipalKind.ORGANISATION, org_number="353801961")
SYSTEM_USER = Principal(
    PrincipalKind.SYSTEM_USER, org_number="353801961", system_user_id="d111dbab"
)
MAIN_UNIT, SUB_UNIT, OTHER_SUB_UNIT = 500000, 500001, 500002


def give(user_id: int, party_id: int, code: str) -> None:
    """Let the user hold a role for the party."""
    RoleAssignment.objects.create(user_id=user_id, party_id=party_id, role_code=code)


def ids(principal: Principal) -> set[int]:
    """Return whom the caller can represent."""
    return set(representable_parties(principal).values_list("pk", flat=True))


def test_a_user_represents_the_own_party_without_any_role() -> None:
    """Z-044"""
    RoleAssignment.objects.held_by(1004).delete()
    assert ids(LONER) == {510004}
    assert can_represent(LONER, party_id=510004)


def test_any_role_is_enough_for_the_party_that_it_names() -> None:
    """authorization.md 3.5"""
    assert ids(NILS) == {510001, MAIN_UNIT}  # an accountant's roles are no key roles
    give(1001, 500700, "obs")
    assert ids(NILS) == {510001, MAIN_UNIT, 500700}


@pytest.mark.parametrize("code", sorted(KEY_ROLES))
def test_a_key_role_reaches_the_sub_units(code: str) -> None:
    """authorization.md 3.5, 4.1"""
    give(1004, MAIN_UNIT, code)
    assert ids(LONER) == {510004, MAIN_UNIT, 500001, 500002, 500003}


@pytest.mark.parametrize("code", ["regna", "medl", "revai", "kont"])
def test_another_role_does_not_reach_the_sub_units(code: str) -> None:
    """authorization.md 3.5"""
    give(1004, MAIN_UNIT, code)
    assert not can_represent(LONER, party_id=SUB_UNIT)


def test_a_role_for_a_sub_unit_does_not_reach_up_or_sideways() -> None:
    """Z-044: what is shown as an element of the hierarchy is not representable"""
    give(1004, SUB_UNIT, "dagl")
    assert not can_represent(LONER, party_id=MAIN_UNIT)
    assert not can_represent(LONER, party_id=OTHER_SUB_UNIT)
    listed = party_list(LONER)
    assert [item.party.pk for item in listed] == [510004, MAIN_UNIT]
    assert [item.only_hierarchy for item in listed] == [False, True]
    assert [unit.pk for unit in listed[1].sub_units] == [SUB_UNIT]


@pytest.mark.parametrize("caller", [ORGANISATION, SYSTEM_USER])
def test_an_organisation_represents_itself_alone(caller: Principal) -> None:
    """M:A-40, M:A-41"""
    assert ids(caller) == {MAIN_UNIT}
    party = own_party(caller)
    assert party is not None
    assert party.pk == MAIN_UNIT
    assert not can_represent(caller, party_id=SUB_UNIT)


def test_a_caller_without_identity_represents_nobody() -> None:
    """M:A-40 for unknown callers"""
    unknown = Principal(PrincipalKind.UNKNOWN, org_number="353801961", party_id=500000)
    assert ids(unknown) == set()
    assert own_party(unknown) is None
    assert party_list(unknown) == []


def test_an_organisation_without_number_represents_nobody() -> None:
    """A person of the register has no organisation number either"""
    assert ids(Principal(PrincipalKind.ORGANISATION, org_number="")) == set()


def test_each_answer_takes_one_statement(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    """The same for a caller of two parties and one of hundreds"""
    Party.objects.bulk_create(
        Party(pk=900_000 + n, type=PartyType.ORGANISATION, name=f"Organisation {n}")
        for n in range(300)
    )
    Party.objects.bulk_create(
        Party(
            pk=910_000 + n, type=PartyType.SUB_UNIT, name=f"{n}", parent_id=900_000 + n
        )
        for n in range(300)
    )
    RoleAssignment.objects.bulk_create(
        RoleAssignment(user_id=1004, party_id=900_000 + n, role_code="lede")
        for n in range(300)
    )
    for caller, size in ((LONER, 301), (NILS, 2)):
        with django_assert_num_queries(1):
            assert len(party_list(caller)) == size
        with django_assert_num_queries(1):
            assert can_represent(caller, party_id=910_000) is (caller is LONER)
    assert len(ids(LONER)) == 601


@pytest.mark.skipif(
    connection.vendor != "sqlite", reason="PostgreSQL reads small tables whole"
)
def test_the_register_is_not_read_through_to_find_them() -> None:
    """The database goes by indexes from the caller's roles to the parties"""
    plan = representable_parties(NILS).explain()
    assert "SEARCH parties_party" in plan
    assert "SCAN" not in plan


# --- types of parties ----------------------------------------------------------------
def app_for(*kinds: str) -> AppDefinition:
    """Return the sample application, for parties of these kinds alone."""
    return replace(sample_app(), party_types_allowed=frozenset(kinds))


@pytest.mark.parametrize(
    ("kind", "form", "member"),
    [
        (PartyType.PERSON, "", "person"),
        (PartyType.SELF_IDENTIFIED, "", "person"),
        (PartyType.ORGANISATION, "AS", "organisation"),
        (PartyType.ORGANISATION, "", "organisation"),
        (PartyType.ORGANISATION, "BEDR", "subUnit"),
        (PartyType.ORGANISATION, "AAFY", "subUnit"),
        (PartyType.ORGANISATION, "KBO", "bankruptcyEstate"),
        (PartyType.SUB_UNIT, "BEDR", "subUnit"),
        (PartyType.SUB_UNIT, "", "subUnit"),
        (PartyType.BANKRUPTCY_ESTATE, "KBO", "bankruptcyEstate"),
    ],
)
def test_each_type_is_allowed_by_its_own_member_alone(
    kind: PartyType, form: str, member: str
) -> None:
    """Z-043, A-175"""
    party = Party(type=kind, unit_type=form)
    members = ("person", "organisation", "subUnit", "bankruptcyEstate")
    allowing = [m for m in members if party_types.is_allowed(app_for(m), party)]
    assert allowing == [member]
    assert party_types.is_allowed(app_for(), party)


def listed(**changes: Any) -> list[ListedParty]:
    """Return a list of an organisation with one sub-unit of each spelling."""
    main = Party(pk=1, type=PartyType.ORGANISATION, unit_type="AS")
    units = (
        Party(pk=2, type=PartyType.SUB_UNIT),
        Party(pk=3, type=PartyType.ORGANISATION, unit_type="KBO"),
    )
    return [ListedParty(main, sub_units=units, **changes)]


def test_an_organisation_stays_as_hierarchy_for_its_allowed_sub_units() -> None:
    """Z-043, A-175"""
    (kept,) = party_types.allowed_of(app_for("subUnit"), listed())
    assert kept.only_hierarchy
    assert [unit.pk for unit in kept.sub_units] == [2]


def test_an_allowed_organisation_loses_the_sub_units_that_are_not() -> None:
    """Z-043"""
    (kept,) = party_types.allowed_of(app_for("organisation"), listed())
    assert not kept.only_hierarchy
    assert kept.sub_units == ()


def test_an_element_of_hierarchy_goes_with_its_last_sub_unit() -> None:
    """Z-043, Z-044: its own type allows nothing, it cannot be represented"""
    app = app_for("organisation", "bankruptcyEstate")
    (kept,) = party_types.allowed_of(app, listed(only_hierarchy=True))
    assert kept.only_hierarchy
    assert [unit.pk for unit in kept.sub_units] == [3]
    assert party_types.allowed_of(app_for("person"), listed()) == []
    app = app_for("organisation")
    assert party_types.allowed_of(app, listed(only_hierarchy=True)) == []
