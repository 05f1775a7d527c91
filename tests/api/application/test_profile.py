"""The user's profile, on the app's own host."""

import pytest

from parties.models import Profile
from tests import cast
from tests.api.platform.test_parties import ORGANISATION, SYSTEM_USER
from tests.cast import Person
from tests.client import APP_HOST, Api, assert_problem

pytestmark = pytest.mark.usefixtures("sandbox")

PROFILE = "/nav/app2018/api/v1/profile/user"


def test_a_user_reads_the_own_profile_masked(app: Api) -> None:
    """A-174, Z-042, M:A-42"""
    answer = app.get(PROFILE)
    profile = answer.json()
    assert profile["userId"] == 1337
    assert profile["party"]["ssn"] == profile["party"]["person"]["ssn"] == "138384*****"
    assert b"13838441100" not in answer.content


@pytest.mark.parametrize(
    ("caller", "kind"),
    [
        (cast.OWNER, "ServiceOwner"),
        (ORGANISATION, "Org"),
        (SYSTEM_USER, "SystemUser"),
    ],
    ids=lambda value: value.name if isinstance(value, Person) else value,
)
def test_who_is_no_user_has_no_profile(caller: Person, kind: str) -> None:
    """A-179, M:A-42"""
    document = assert_problem(
        Api(APP_HOST, caller).get(PROFILE), 400, code="caller-without-profile"
    )
    assert document["detail"] == f"Unknown authentication context: {kind}"


def test_a_user_whom_the_register_does_not_have_is_told_so(stranger_app: Api) -> None:
    """M:A-42"""
    Profile.objects.filter(pk=1004).delete()
    assert_problem(stranger_app.get(PROFILE), 404, code="profile-not-found")
