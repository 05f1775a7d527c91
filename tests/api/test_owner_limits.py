"""Numbers of instance owners tell who exists, so few of nobody are answered (T-36)."""

from typing import Any

import pytest

from instances.models import Instance
from parties.models import LookUpAttempt
from tests import cast
from tests.client import APP_HOST, PLATFORM_HOST, Api, assert_problem

pytestmark = pytest.mark.usefixtures("sandbox")

SSN, NOBODY_SSN, NOBODY_ORG = "13838441100", "17858296439", "974760673"


def create(caller: cast.Person, **owner: str) -> Any:
    """Create an instance for an owner named by number."""
    body = {"instanceOwner": owner}
    return Api(APP_HOST, caller).post("/nav/app2018/instances", json=body)


def query(caller: cast.Person, owner: str) -> Any:
    """List instances of an owner named by number."""
    url = "/storage/api/v1/instances?appId=nav/app2018"
    headers = {"X-Ai-InstanceOwnerIdentifier": owner}
    return Api(PLATFORM_HOST, caller).get(url, headers=headers)


def test_a_user_guesses_few_persons_whichever_way() -> None:
    """Z-110, T-36, M:A-06: instances, lists and look-ups share one allowance"""
    for _ in range(3):
        missed = create(cast.SOPHIE, personNumber=NOBODY_SSN)
        assert_problem(missed, 404, code="party-not-found")
    for _ in range(2):
        assert query(cast.SOPHIE, f"person:{NOBODY_SSN}").status_code < 429
    for number in (NOBODY_SSN, SSN):
        refused = create(cast.SOPHIE, personNumber=number)
        assert_problem(refused, 429, code="look-ups-exhausted")
        refused = query(cast.SOPHIE, f"person:{number}")
        assert_problem(refused, 429, code="look-ups-exhausted")
    assert not Instance.objects.exists()
    assert LookUpAttempt.objects.count() == 5
    # Organisations have an allowance of their own, and an id tells nothing new.
    missed = create(cast.SOPHIE, organisationNumber=NOBODY_ORG)
    assert_problem(missed, 404, code="party-not-found")
    assert create(cast.SOPHIE, partyId="500000").status_code == 201


def test_an_owner_that_is_found_is_not_counted() -> None:
    """Z-110"""
    for _ in range(7):
        assert create(cast.SOPHIE, personNumber=SSN).status_code == 201
        assert query(cast.SOPHIE, f"person:{SSN}").status_code == 200
    assert not LookUpAttempt.objects.exists()


def test_who_sends_in_for_many_may_miss_more_often() -> None:
    """Z-110: a hundred within an hour"""
    for _ in range(100):
        assert create(cast.OWNER, personNumber=NOBODY_SSN).status_code == 404
    refused = create(cast.OWNER, personNumber=NOBODY_SSN)
    assert_problem(refused, 429, code="look-ups-exhausted")
    assert create(cast.OTHER_OWNER, personNumber=NOBODY_SSN).status_code == 404
