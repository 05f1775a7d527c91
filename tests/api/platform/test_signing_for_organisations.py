"""Signing data elements in storage in an organisation's name."""

from uuid import uuid4

import pytest

from authorization.models import Delegation, RoleAssignment
from parties.models import Party
from tests.api.platform.test_signing import (
    USER,
    address,
    body,
    director,
    names,
    signatures,
    state,
)
from tests.authorization.matrix.fixture import Names
from tests.authorization.matrix.rows import Q
from tests.client import Api, assert_problem

__all__ = ["director", "names"]
pytestmark = pytest.mark.usefixtures("sandbox")


@pytest.fixture
def other() -> Party:
    """An organisation that is not the instance's owner, and gave nobody anything."""
    RoleAssignment.objects.filter(user_id=1337, party_id=Q).delete()
    return Party.objects.get(pk=Q)


@pytest.mark.parametrize("role", ["medl", ""], ids=["role", "right"])
def test_who_does_not_lead_an_organisation_does_not_sign_for_it(
    director: Api, names: Names, other: Party, role: str
) -> None:
    """D-13: a lesser role does not suffice, nor a right to one of its instances"""
    if role:
        RoleAssignment.objects.create(user_id=1337, party=other, role_code=role)
    else:
        Delegation.objects.create(
            user_id=1337,
            from_party=other,
            app_id="ttd/authz-matrix",
            instance_guid=uuid4(),
            action="sign",
            performed_by="app:ttd/authz-matrix",
        )
    signee, before = {**USER, "organisationNumber": other.org_number}, state(names)
    answer = director.post(address(names, "/sign"), json=body(names, signee=signee))
    assert_problem(answer, 403, code="signee-not-the-caller")
    assert state(names) == before
    assert signatures(names) == []


@pytest.mark.parametrize("role", ["dagl", "lede"])
def test_who_leads_an_organisation_signs_for_it(
    director: Api, names: Names, other: Party, role: str
) -> None:
    """As at the application's own address (A-235)"""
    RoleAssignment.objects.create(user_id=1337, party=other, role_code=role)
    signee = {**USER, "organisationNumber": other.org_number}
    answer = director.post(address(names, "/sign"), json=body(names, signee=signee))
    assert answer.status_code == 201, answer.content
    assert len(signatures(names)) == 1
