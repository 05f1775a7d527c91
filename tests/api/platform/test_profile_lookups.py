"""Profiles by user id and by identity number, for components and for users."""

import pytest

from parties.models import Profile
from tests import cast
from tests.api.platform.register import NOBODY_SSN, SSN
from tests.client import PLATFORM_HOST, Api, assert_problem

pytestmark = pytest.mark.usefixtures("sandbox")
USERS = "/profile/api/v1/users"


def test_a_component_reads_any_profile(platform: Api, storage: Api) -> None:
    """Z-040: by user id and by identity number"""
    own = storage.get(f"{USERS}/1337").json()
    assert platform.get(f"{USERS}/1337").json() == own
    assert platform.post(f"{USERS}", json=SSN).json() == own
    for answer in (
        platform.get(f"{USERS}/987654"),
        platform.post(USERS, json=NOBODY_SSN),
    ):
        assert_problem(answer, 404, code="profile-not-found")


def test_a_user_reads_the_own_profile_by_number(storage: Api) -> None:
    """Z-040: that of another looks like one that does not exist"""
    assert storage.post(USERS, json=SSN).json()["userId"] == 1337
    other = (
        Profile.objects.select_related("party")
        .exclude(party__ssn="")
        .exclude(pk=1337)[0]
    )
    for number in (other.party.ssn, NOBODY_SSN):
        answer = storage.post(USERS, json=number)
        problem = assert_problem(answer, 403, code="own-user-only")
        assert number not in str(problem)


def test_who_is_no_user_finds_no_profile_by_number() -> None:
    """Z-040"""
    for caller in (cast.OWNER, cast.SYSTEM_USER, cast.DESIGNER):
        answer = Api(PLATFORM_HOST, caller).post(USERS, json=SSN)
        assert_problem(answer, 403, code="user-only")
    assert_problem(Api(PLATFORM_HOST).post(USERS, json=SSN), 401, code="token-missing")


@pytest.mark.parametrize("body", ["", "123", ["13838441100"], {"ssn": SSN}, True])
def test_what_is_no_number_finds_no_profile(platform: Api, body: object) -> None:
    """Z-040"""
    answer = platform.post(USERS, json=body)
    assert_problem(answer, 400, code="validation-failed")


def test_a_component_has_no_profile_of_its_own(platform: Api) -> None:
    """Z-040"""
    assert_problem(platform.get(f"{USERS}/current"), 401, code="token-missing")
