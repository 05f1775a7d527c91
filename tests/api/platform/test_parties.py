"""Register, profile and representation on the platform's host."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from authorization.models import RoleAssignment
from parties.choices import PartyType
from parties.issued_claims import organisation_claims, system_user_claims
from parties.models import Party, Profile
from tests import cast
from tests.cast import Person, user
from tests.client import PLATFORM_HOST, Api, assert_problem

pytestmark = pytest.mark.usefixtures("sandbox")

REGISTER = "/register/api/v1/parties"
USERS = "/profile/api/v1/users"
AUTHORIZATION = "/authorization/api/v1"
SYSTEM_USER = Person(
    "system user of 500000",
    system_user_claims(
        system_user_id="d111dbab-d619-4f15-bf29-58fe570a9ae6",
        system_id="312009579_regnskap",
        org_number="353801961",
        vendor_number="312009579",
        scope="altinn:instances.read",
    ),
)
ORGANISATION = Person(
    "organisation 500000",
    organisation_claims(org_number="353801961", scope="altinn:instances.read"),
)
UNKNOWN = Person("nobody in particular", {"scope": "altinn:instances.read"})
NOT_USERS = [cast.OWNER, ORGANISATION, SYSTEM_USER, UNKNOWN]
by_name = pytest.mark.parametrize("caller", NOT_USERS, ids=lambda c: c.name)

PARTY_MEMBERS = {
    "partyId",
    "partyUuid",
    "externalUrn",
    "partyTypeName",
    "orgNumber",
    "ssn",
    "unitType",
    "name",
    "isDeleted",
    "onlyHierarchyElementWithNoAccess",
    "person",
    "organization",
    "childParties",
    "lastChangedInAltinn",
    "lastChangedInExternalRegister",
}
PERSON_MEMBERS = (
    "ssn name firstName middleName lastName telephoneNumber mobileNumber mailingAddress"
    " mailingPostalCode mailingPostalCity addressMunicipalNumber addressMunicipalName"
    " addressStreetName addressHouseNumber addressHouseLetter addressPostalCode"
    " addressCity dateOfDeath"
)
ORGANIZATION_MEMBERS = (
    "orgNumber name unitType telephoneNumber mobileNumber faxNumber eMailAddress"
    " internetAddress mailingAddress mailingPostalCode mailingPostalCity"
    " businessAddress businessPostalCode businessPostalCity unitStatus"
)
PROFILE_MEMBERS = (
    "userId userUuid userName externalIdentity isReserved phoneNumber email partyId"
    " party userType profileSettingPreference"
)
SETTING_MEMBERS = (
    "language preSelectedPartyId preselectedPartyUuid doNotPromptForParty"
    " showClientUnits shouldShowSubEntities shouldShowDeletedEntities"
)


def api(caller: Person | None) -> Api:
    """Return a client on the platform's host."""
    return Api(PLATFORM_HOST, caller)


# --- register -------------------------------------------------------------------------
def test_a_user_reads_a_person_with_every_member(storage: Api) -> None:
    """Z-039, Z-040, M:P-17"""
    party = storage.get(f"{REGISTER}/501337").json()
    assert set(party) == PARTY_MEMBERS
    assert set(party["person"]) == set(PERSON_MEMBERS.split())
    assert party["partyTypeName"] == 1
    assert party["ssn"] == party["person"]["ssn"] == "13838441100"
    assert party["person"]["lastName"] == "Tindlund"
    assert party["person"]["addressHouseLetter"] is None
    assert party["organization"] is party["orgNumber"] is party["childParties"] is None
    assert party["onlyHierarchyElementWithNoAccess"] is False


def test_a_user_reads_an_organisation_with_every_member(storage: Api) -> None:
    """Z-039, Z-040"""
    party = storage.get(f"{REGISTER}/500000").json()
    assert set(party) == PARTY_MEMBERS
    assert set(party["organization"]) == set(ORGANIZATION_MEMBERS.split())
    assert party["partyTypeName"] == 2
    assert party["orgNumber"] == party["organization"]["orgNumber"] == "353801961"
    assert party["unitType"] == "AS"
    assert party["ssn"] is party["person"] is None


def test_a_self_identified_user_is_neither(stranger_storage: Api) -> None:
    """Z-039"""
    party = stranger_storage.get(f"{REGISTER}/510004").json()
    assert party["partyTypeName"] == 3
    assert party["person"] is party["organization"] is party["ssn"] is None


def test_the_same_party_is_found_by_uuid(storage: Api) -> None:
    """Z-040"""
    uuid = "1471feb7-5b6a-4ee4-8dfe-df15f133577d"
    by_id = storage.get(f"{REGISTER}/500000").json()
    assert storage.get(f"{REGISTER}/byuuid/{uuid}").json() == by_id
    assert by_id["partyUuid"] == uuid


@pytest.mark.parametrize("caller", [cast.OWNER, cast.OWNER_WITHOUT_SCOPE])
def test_a_service_owner_reads_any_party(caller: Person) -> None:
    """Z-040, M:P-17"""
    assert api(caller).get(f"{REGISTER}/501337").json()["ssn"] == "13838441100"
    unknown = "00000000-0000-4000-8000-000000000000"
    for path in ("/987654", "/-1", f"/byuuid/{unknown}"):
        answer = api(caller).get(f"{REGISTER}{path}")
        assert_problem(answer, 404, code="party-not-found")


@pytest.mark.parametrize("party", ["500700", "987654", "-1"])
def test_to_a_user_a_foreign_party_and_an_unknown_one_look_alike(
    stranger_storage: Api, party: str
) -> None:
    """Z-040, M:P-17: 401, as Altinn says"""
    answer = stranger_storage.get(f"{REGISTER}/{party}")
    assert_problem(answer, 401, code="party-not-represented")
    assert answer["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "uuid",
    ["1471feb7-5b6a-4ee4-8dfe-df15f133577d", "00000000-0000-4000-8000-000000000000"],
)
def test_by_uuid_they_look_alike_too(stranger_storage: Api, uuid: str) -> None:
    """Z-040"""
    answer = stranger_storage.get(f"{REGISTER}/byuuid/{uuid}")
    assert_problem(answer, 401, code="party-not-represented")


@pytest.mark.parametrize(
    "caller", [ORGANISATION, SYSTEM_USER, UNKNOWN], ids=lambda c: c.name
)
def test_a_token_without_user_or_org_code_reads_no_party(caller: Person) -> None:
    """Z-040, M:P-17: not even its own"""
    answer = api(caller).get(f"{REGISTER}/500000")
    assert_problem(answer, 401, code="party-not-represented")


def test_a_user_reads_a_sub_unit_by_a_key_role_for_its_organisation() -> None:
    """Z-040, Z-044"""
    RoleAssignment.objects.create(user_id=1004, party_id=500000, role_code="lede")
    stranger = api(cast.STRANGER)
    assert stranger.get(f"{REGISTER}/500001").json()["unitType"] == "BEDR"
    assert stranger.get(f"{REGISTER}/500801").status_code == 401


def test_an_element_of_hierarchy_is_not_read() -> None:
    """Z-044"""
    RoleAssignment.objects.create(user_id=1004, party_id=500001, role_code="dagl")
    stranger = api(cast.STRANGER)
    assert stranger.get(f"{REGISTER}/500001").status_code == 200
    assert stranger.get(f"{REGISTER}/500000").status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        f"{REGISTER}/500000",
        f"{REGISTER}/byuuid/1471feb7-5b6a-4ee4-8dfe-df15f133577d",
        f"{USERS}/1337",
        f"{USERS}/current",
        f"{AUTHORIZATION}/parties?userId=1337",
        f"{AUTHORIZATION}/parties/500000/validate?userId=1337",
        f"{AUTHORIZATION}/roles?coveredByUserId=1337&offeredByPartyId=500000",
    ],
)
def test_nothing_is_told_without_a_token(path: str) -> None:
    """Z-040, M:P-17, M:P-18"""
    assert_problem(api(None).get(path), 401, code="token-missing")


def test_a_party_is_found_in_one_statement(storage: Api, owner_storage: Api) -> None:
    """As a user and as a service owner"""
    for client in (storage, owner_storage):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"{REGISTER}/500000").status_code == 200
        assert len(captured) == 1


# --- profile --------------------------------------------------------------------------
def test_a_user_reads_the_own_profile_with_every_member(storage: Api) -> None:
    """Z-039"""
    profile = storage.get(f"{USERS}/1337").json()
    assert set(profile) == set(PROFILE_MEMBERS.split())
    assert set(profile["profileSettingPreference"]) == set(SETTING_MEMBERS.split())
    assert profile["userType"] == 1
    assert profile["userName"] == "signe.tindlund"
    assert profile["partyId"] == profile["party"]["partyId"] == 501337
    assert profile["party"]["ssn"] == "13838441100"
    preference = profile["profileSettingPreference"]
    assert preference["language"] == "nn"
    assert preference["preSelectedPartyId"] == 0
    assert preference["doNotPromptForParty"] is True
    assert storage.get(f"{USERS}/current").json() == profile


def test_a_profile_takes_one_statement(storage: Api) -> None:
    """The user with the party"""
    with CaptureQueriesContext(connection) as captured:
        storage.get(f"{USERS}/current")
    assert len(captured) == 1


@pytest.mark.parametrize("other", ["1001", "987654", "-5"])
def test_nobody_reads_the_profile_of_another(storage: Api, other: str) -> None:
    """authorization.md 3.3"""
    assert_problem(storage.get(f"{USERS}/{other}"), 403, code="own-user-only")


@by_name
def test_who_is_no_user_has_no_profile(caller: Person) -> None:
    """authorization.md 3.3"""
    assert_problem(api(caller).get(f"{USERS}/1337"), 403, code="own-user-only")
    assert_problem(api(caller).get(f"{USERS}/current"), 403, code="user-only")


def test_a_user_whom_the_register_does_not_have_is_told_so() -> None:
    """authorization.md 3.3"""
    ghost = api(user(987654, 987654))
    for path in ("987654", "current"):
        assert_problem(ghost.get(f"{USERS}/{path}"), 404, code="profile-not-found")
    answer = ghost.get(f"{AUTHORIZATION}/parties?userId=987654")
    assert_problem(answer, 404, code="nobody-represented")


# --- representation -------------------------------------------------------------------
def test_a_user_lists_the_parties_that_can_be_represented(storage: Api) -> None:
    """Z-039, Z-040: sub-units inside their organisations, numbers in full"""
    listed = storage.get(f"{AUTHORIZATION}/parties?userId=1337").json()
    ids = [party["partyId"] for party in listed]
    assert ids[:4] == [501337, 12345, 500000, 500004]
    assert ids[4:] == [500600, 500700, 500800, 500801, 500802]
    assert all(set(party) == PARTY_MEMBERS for party in listed)
    units = {
        party["partyId"]: [unit["partyId"] for unit in party["childParties"]]
        for party in listed
        if party["childParties"]
    }
    assert units == {500000: [500001, 500002, 500003]}
    assert listed[0]["ssn"] == "13838441100"


def test_the_list_takes_one_statement_at_any_size(storage: Api) -> None:
    """The same for two parties and for a thousand"""
    Party.objects.bulk_create(
        Party(pk=900_000 + n, type=PartyType.ORGANISATION, name=f"Organisation {n}")
        for n in range(1000)
    )
    RoleAssignment.objects.bulk_create(
        RoleAssignment(user_id=1004, party_id=900_000 + n, role_code="regna")
        for n in range(1000)
    )
    for person, size in ((user(1001, 510001), 2), (cast.STRANGER, 1001)):
        client = api(person)
        user_id = person.claims["urn:altinn:userid"]
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(f"{AUTHORIZATION}/parties?userId={user_id}")
        assert len(answer.json()) == size
        assert len(captured) == 1


@pytest.mark.parametrize(
    ("party", "answer"),
    [
        (501337, True),
        (500000, True),
        (500001, True),
        (500700, True),
        (500005, False),
        (987654, False),
        (-1, False),
    ],
)
def test_a_user_asks_whether_a_party_can_be_represented(
    storage: Api, party: int, answer: bool
) -> None:
    """Z-040"""
    url = f"{AUTHORIZATION}/parties/{party}/validate?userId=1337"
    assert storage.get(url).json() is answer


def test_an_element_of_hierarchy_is_listed_and_cannot_be_represented() -> None:
    """Z-044"""
    RoleAssignment.objects.create(user_id=1004, party_id=500001, role_code="dagl")
    stranger = api(cast.STRANGER)
    listed = stranger.get(f"{AUTHORIZATION}/parties?userId=1004").json()
    shown = {p["partyId"]: p["onlyHierarchyElementWithNoAccess"] for p in listed}
    assert shown == {510004: False, 500000: True}
    assert [unit["partyId"] for unit in listed[1]["childParties"]] == [500001]
    answers = [
        stranger.get(f"{AUTHORIZATION}/parties/{party}/validate?userId=1004").json()
        for party in (500000, 500001, 500002)
    ]
    assert answers == [False, True, False]


def test_a_user_reads_the_roles_held_for_a_party(storage: Api) -> None:
    """Z-040"""
    url = f"{AUTHORIZATION}/roles?coveredByUserId=1337&offeredByPartyId=12345"
    assert storage.get(url).json() == [
        {"type": "altinn", "value": "PRIV"},
        {"type": "altinn", "value": "UTINN"},
    ]


def test_without_a_role_there_is_nothing_to_read(storage: Api) -> None:
    """Z-040"""
    for party in (500005, 987654):
        url = f"{AUTHORIZATION}/roles?coveredByUserId=1337&offeredByPartyId={party}"
        assert_problem(storage.get(url), 404, code="no-roles")


_OF_1337 = [
    "parties?userId=1337",
    "parties/500000/validate?userId=1337",
    "roles?coveredByUserId=1337&offeredByPartyId=500000",
]


@pytest.mark.parametrize("path", _OF_1337)
@pytest.mark.parametrize(
    "caller", [cast.STRANGER, *NOT_USERS], ids=lambda caller: caller.name
)
def test_each_user_asks_for_itself_alone(caller: Person, path: str) -> None:
    """Z-040, M:P-18"""
    answer = api(caller).get(f"{AUTHORIZATION}/{path}")
    assert_problem(answer, 403, code="own-user-only")


@pytest.mark.parametrize(
    "path",
    [
        "parties",
        "parties?userId=",
        "parties?userId=0",
        "parties?userId=somebody",
        "parties/500000/validate",
        "roles",
        "roles?coveredByUserId=1337",
        "roles?offeredByPartyId=500000",
        "roles?coveredByUserId=1337&offeredByPartyId=99999999999",
    ],
)
def test_what_does_not_say_whom_it_asks_for_is_refused(storage: Api, path: str) -> None:
    """Z-040"""
    answer = storage.get(f"{AUTHORIZATION}/{path}")
    assert_problem(answer, 400, code="parameter-invalid")


def test_the_user_id_of_the_token_counts_not_the_party_id() -> None:
    """A party id in place of the user id is another user"""
    url = f"{AUTHORIZATION}/parties?userId=510004"
    assert_problem(api(cast.STRANGER).get(url), 403, code="own-user-only")


def test_reading_changes_nothing(storage: Api) -> None:
    """Z-040"""
    tables = (Party, Profile, RoleAssignment)
    before = [list(table.objects.values()) for table in tables]  # type: ignore[attr-defined]  # every table has it
    for path in (*(f"{AUTHORIZATION}/{p}" for p in _OF_1337), f"{USERS}/current"):
        assert storage.get(path).status_code == 200
    assert [list(t.objects.values()) for t in tables] == before  # type: ignore[attr-defined]  # every table has it


def test_on_the_base_host_they_stand_by_path(fallback: Api) -> None:
    """Z-040"""
    assert fallback.get(f"{REGISTER}/500000").status_code == 200
    assert fallback.get(f"{USERS}/current").status_code == 200
    assert fallback.get(f"{AUTHORIZATION}/{_OF_1337[0]}").status_code == 200
