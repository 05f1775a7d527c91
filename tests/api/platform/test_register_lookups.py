"""Look-ups of one party by number, and who may look up, in the register."""

import pytest

from parties.choices import PartyType
from parties.models import Party
from tests import cast
from tests.api.platform.register import (
    NOBODY_ORG,
    NOBODY_SSN,
    ORG_NUMBER,
    PARTIES,
    REGISTER,
    SSN,
    UUID,
    tables,
)
from tests.cast import platform_headers
from tests.client import PLATFORM_HOST, Api, assert_problem

pytestmark = pytest.mark.usefixtures("sandbox")
_FOR_PLATFORM: list[tuple[str, str, object]] = [
    ("POST", f"{PARTIES}/lookup", {"orgNo": ORG_NUMBER}),
    ("POST", f"{PARTIES}/nameslookup", {"parties": [{"orgNo": ORG_NUMBER}]}),
    ("POST", f"{PARTIES}/partylist", [500000]),
    ("POST", f"{PARTIES}/partylistbyuuid", [UUID]),
    ("GET", f"{PARTIES}/identifiers?ids=500000", None),
    ("GET", f"{REGISTER}/organizations/{ORG_NUMBER}", None),
]
_CELLS = {"AN": 401, "OA": 403, "UW": 403, "SU": 403, "PA": 200, "SD": 403}
_CALLERS = {
    "AN": None,
    "OA": cast.OWNER,
    "UW": cast.SOPHIE,
    "SU": cast.SYSTEM_USER,
    "PA": None,
    "SD": cast.DESIGNER,
}


@pytest.mark.parametrize(("method", "path", "body"), _FOR_PLATFORM)
@pytest.mark.parametrize("caller", _CELLS)
def test_only_components_of_the_platform_look_parties_up(
    caller: str, method: str, path: str, body: object
) -> None:
    """Z-040, M:P-16"""
    headers = platform_headers() if caller == "PA" else {}
    api = Api(PLATFORM_HOST, _CALLERS[caller], headers=headers)
    before = tables()
    answer = api.call(method, path, json=body)
    assert answer.status_code == _CELLS[caller], answer.content
    if answer.status_code == 403:
        assert_problem(answer, 403, code="platform-token-missing")
    assert tables() == before


@pytest.mark.parametrize(("method", "path", "body"), _FOR_PLATFORM)
def test_a_refused_platform_token_does_not_count(
    method: str, path: str, body: object
) -> None:
    """Z-032, M:P-16"""
    token = platform_headers()["PlatformAccessToken"]
    api = Api(
        PLATFORM_HOST, cast.SOPHIE, headers={"PlatformAccessToken": f"{token},{token}"}
    )
    assert_problem(api.call(method, path, json=body), 401, code="invalid-token")


# --- one party by number --------------------------------------------------------------
@pytest.mark.parametrize(
    ("body", "party"),
    [
        ({"ssn": SSN}, 501337),
        ({"orgNo": ORG_NUMBER}, 500000),
        ({"ORGNO": ORG_NUMBER, "ssn": None}, 500000),
    ],
)
def test_a_party_is_looked_up_by_its_number(
    platform: Api, owner_storage: Api, body: object, party: int
) -> None:
    """Z-040: the whole party, its number in full"""
    found = platform.post(f"{PARTIES}/lookup", json=body).json()
    assert found == owner_storage.get(f"{PARTIES}/{party}").json()


@pytest.mark.parametrize("body", [{"ssn": NOBODY_SSN}, {"orgNo": NOBODY_ORG}])
def test_a_number_that_is_nobodys_is_not_found(platform: Api, body: object) -> None:
    """Z-040"""
    answer = platform.post(f"{PARTIES}/lookup", json=body)
    assert_problem(answer, 404, code="party-not-found")


@pytest.mark.parametrize("body", [{"ssn": "17858296438"}, {"orgNo": "974760674"}])
def test_a_mistyped_number_is_told_so(platform: Api, body: dict[str, str]) -> None:
    """Z-040, Z-046, Z-047"""
    answer = platform.post(f"{PARTIES}/lookup", json=body)
    problem = assert_problem(answer, 400, code="number-mistyped")
    assert not any(number in str(problem) for number in body.values())


def test_a_registered_number_with_wrong_check_digits_is_found(platform: Api) -> None:
    """Z-045: some well-known test identities have them"""
    Party.objects.create(
        id=7, type=PartyType.ORGANISATION, name="Wrong", org_number="897069650"
    )
    found = platform.post(f"{PARTIES}/lookup", json={"orgNo": "897069650"})
    assert found.json()["partyId"] == 7


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"ssn": SSN, "orgNo": ORG_NUMBER},
        {"ssn": None},
        {"ssn": "1383844110"},
        {"ssn": "1383844110x"},
        {"orgNo": "35380196"},
        {"orgNo": ["353801961"]},
        {"ssn": {"$gt": ""}},
        [],
        "353801961",
    ],
)
def test_what_is_not_one_number_is_refused(platform: Api, body: object) -> None:
    """Z-040"""
    answer = platform.post(f"{PARTIES}/lookup", json=body)
    assert_problem(answer, 400, code="validation-failed")


def test_an_organisation_is_read_by_its_number(
    platform: Api, owner_storage: Api
) -> None:
    """Z-039, Z-040"""
    organization = platform.get(f"{REGISTER}/organizations/{ORG_NUMBER}").json()
    party = owner_storage.get(f"{PARTIES}/500000").json()
    assert organization == party["organization"]
    missing = platform.get(f"{REGISTER}/organizations/{NOBODY_ORG}")
    assert_problem(missing, 404, code="party-not-found")
    assert platform.get(f"{REGISTER}/organizations/12345678").status_code == 404
