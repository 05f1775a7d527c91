"""The sandbox's test tokens: each kind of caller, its parameters and defaults."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from django.conf import LazySettings
from django.test import Client

from api import issuer
from apps_registry.services import register_org
from authorization.models import SystemUser
from parties.identity import Principal, PrincipalKind
from parties.models import Party, Profile
from parties.tokens import stated_claims
from tests.client import APP_HOST, BASE_HOST, PLATFORM_HOST, Api, assert_problem

pytestmark = pytest.mark.usefixtures("sandbox")
SYSTEM_USER = "d111dbab-d619-4f15-bf29-58fe570a9ae6"
SYSTEM = "913312465_sbs"
READ = "altinn:serviceowner/instances.read"
READ_WRITE = {READ, "altinn:serviceowner/instances.write"}
INSTANCES = frozenset({"altinn:instances.read", "altinn:instances.write"})
STATED = {
    "systemId": SYSTEM,
    "systemUserId": SYSTEM_USER,
    "systemUserOrgNumber": "950474084",
    "supplierOrgNumber": "913312465",
}
# A valid number with an ordinary month, put together from a date and check digits.
REAL = "01010012356"


def token(path: str, **query: object) -> str:
    """Return the token that an address of the sandbox answers."""
    host = PLATFORM_HOST if path.startswith("/auth") else BASE_HOST
    answer = Api(host).get(f"{path}?{urlencode(query)}")
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    return str(answer.content.decode())


def caller(path: str, **query: object) -> Principal:
    """Return whom that token speaks for."""
    return issuer.token_verifier().verify(token(path, **query))


def refused(path: str, **query: object) -> Any:
    """Return the answer to a call that gets no token."""
    return Api(BASE_HOST).get(f"{path}?{urlencode(query)}")


@pytest.fixture
def system_user() -> SystemUser:
    """A system user of an organisation of the register."""
    party = Party.objects.get(pk=500000)
    return SystemUser.objects.create(
        pk=UUID(SYSTEM_USER), party=party, system_id=SYSTEM, name="SBS"
    )


# --- users ----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/Home/GetTestUserToken/1337", {}),
        ("/Home/auth/user", {"userId": 1337}),
        ("/Home/auth/generate", {"type": 1, "userId": 1337}),
        ("/Home/auth/generate", {"type": "user", "userid": 1337}),
        ("/authentication/api/v1/appToken", {"userId": 1337}),
    ],
)
def test_a_users_token(path: str, query: dict[str, object]) -> None:
    """Z-030: level 2 unless another is asked for; names of parameters in any case"""
    sophie = caller(path, **query)
    assert (sophie.kind, sophie.user_id) == (PrincipalKind.USER, 1337)
    assert (sophie.party_id, sophie.level) == (501337, 2)
    assert "altinn:portal/enduser" in sophie.scopes
    assert caller(path, **query, authenticationLevel=4).level == 4


def test_the_scope_and_the_party_of_a_user() -> None:
    """Z-030"""
    query = {"userId": 1337, "partyId": 501337, "scope": "a:b c:d"}
    assert caller("/Home/auth/user", **query).scopes == {"a:b", "c:d"}
    assert caller("/Home/auth/user", userId=1337).scopes == {"altinn:portal/enduser"}


@pytest.mark.parametrize(
    "path", ["/Home/auth/selfidentifieduser", "/Home/auth/generate"]
)
def test_a_self_identified_users_token(path: str) -> None:
    """Z-030, §1.2: level 0"""
    claims = stated_claims(token(path, type=2, username="fjelltrost"))
    assert claims["urn:altinn:userid"] == 1004
    assert claims["urn:altinn:authlevel"] == 0
    assert claims["urn:altinn:authenticatemethod"] == "SelfIdentified"
    assert claims["urn:altinn:party:external-identifier"] == (
        "urn:altinn:person:legacy-selfidentified:fjelltrost"
    )


# --- organisations and systems --------------------------------------------------------
@pytest.mark.parametrize("path", ["/Home/auth/org", "/Home/auth/generate"])
def test_an_organisations_token(path: str) -> None:
    """Z-030: no service owner, whatever its scope says"""
    found = caller(path, type=3, orgNumber="310000000")
    assert (found.kind, found.org_number) == (PrincipalKind.ORGANISATION, "310000000")
    assert (found.org, found.level, found.scopes) == ("", 3, INSTANCES)
    other = caller(path, type=3, orgNumber="310000000", scope=READ)
    assert (other.kind, other.scopes) == (PrincipalKind.ORGANISATION, frozenset({READ}))


@pytest.mark.parametrize(
    ("path", "query", "scopes"),
    [
        ("/Home/GetTestOrgToken/nav", {}, {READ}),
        ("/Home/GetTestOrgToken/nav", {"scopes": "x:y"}, {"x:y"}),
        ("/Home/auth/serviceowner", {"org": "nav"}, READ_WRITE),
        ("/Home/auth/generate", {"type": 5, "org": "nav"}, READ_WRITE),
        ("/authentication/api/v1/orgToken", {"org": "nav"}, READ_WRITE),
    ],
)
def test_a_service_owners_token(
    path: str, query: dict[str, object], scopes: set[str]
) -> None:
    """Z-030, Z-034: the scope under both its names"""
    found = caller(path, **query)
    assert (found.kind, found.org) == (PrincipalKind.SERVICE_OWNER, "nav")
    assert (found.level, set(found.scopes)) == (3, scopes)
    claims = stated_claims(token(path, **query, orgNumber="310000000"))
    assert claims["urn:altinn:scope"] == claims["scope"]
    assert claims["urn:altinn:orgNumber"] == "310000000"
    by_number = caller("/Home/auth/serviceowner", orgNumber=found.org_number)
    assert by_number.org == "nav"


def test_the_service_owner_is_ttd_by_default() -> None:
    """Z-030"""
    register_org(code="ttd", name={}, org_number="405003309")
    assert caller("/authentication/api/v1/orgToken").org == "ttd"
    assert caller("/authentication/api/v1/orgToken", ORG="nav").org == "nav"


@pytest.mark.parametrize("path", ["/Home/auth/systemuser", "/Home/auth/generate"])
def test_a_registered_system_users_token(path: str, system_user: SystemUser) -> None:
    """Z-030, §1.2: it acts for the organisation that let it in"""
    query = {"type": 4, "systemId": SYSTEM, "systemUserId": SYSTEM_USER}
    found = caller(path, **query)
    assert (found.kind, found.system_id) == (PrincipalKind.SYSTEM_USER, SYSTEM)
    assert found.system_user_id == SYSTEM_USER
    assert found.org_number == system_user.party.org_number
    assert found.scopes == INSTANCES
    assert stated_claims(token(path, **query))["urn:altinn:orgNumber"] == "913312465"
    answer = refused(path, **query | {"systemId": "913312465_other"})
    assert_problem(answer, 404, code="test-system-user-unknown")


def test_a_stated_system_users_token() -> None:
    """Z-030: it need not be registered"""
    found = caller("/Home/GetTestSystemUserToken", **STATED, scope="a:b")
    assert (found.kind, found.org_number) == (PrincipalKind.SYSTEM_USER, "950474084")
    assert found.scopes == {"a:b"}


@pytest.mark.parametrize("missing", STATED)
def test_a_system_user_that_is_not_stated_in_full(missing: str) -> None:
    """Z-030"""
    rest = {name: value for name, value in STATED.items() if name != missing}
    answer = refused("/Home/GetTestSystemUserToken", **rest)
    document = assert_problem(answer, 400, code="test-parameter-missing")
    assert missing in document["detail"]


def test_a_components_token_is_none_of_a_caller() -> None:
    """Z-032: for the header of its own"""
    text = token("/Home/GetPlatformAccessToken", app="pdf")
    found = issuer.token_verifier().verify_platform(text)
    assert str(found) == "platform/pdf"
    claims = stated_claims(token("/Home/GetPlatformAccessToken", app="pdf", ttl=1800))
    assert int(str(claims["exp"])) - int(str(claims["iat"])) == 300
    answer = refused("/Home/GetPlatformAccessToken")
    assert_problem(answer, 400, code="test-parameter-missing")


def test_a_test_token_lives_as_long_as_is_asked() -> None:
    """§1.11: `ttl` in seconds"""
    for query, seconds in (({}, 1800), ({"ttl": 60}, 60), ({"ttl": 86400}, 86400)):
        claims = stated_claims(token("/Home/GetTestUserToken/1337", **query))
        assert int(str(claims["exp"])) - int(str(claims["iat"])) == seconds
        assert claims["iss"] == issuer.issuer_name()


# --- refusals -------------------------------------------------------------------------
INVALID = "test-parameter-invalid"
MISSING = "test-parameter-missing"


@pytest.mark.parametrize(
    ("path", "query", "status", "code"),
    [
        ("auth/user", {}, 400, MISSING),
        ("auth/user", {"userId": 99}, 404, "test-user-unknown"),
        ("auth/user", {"userId": "1337x"}, 404, "test-user-unknown"),
        ("auth/user", {"userId": 1337, "partyId": 500000}, 400, INVALID),
        ("auth/user", {"userId": 1337, "partyId": "x"}, 400, INVALID),
        ("auth/user", {"userId": 1337, "authenticationLevel": "-1"}, 400, INVALID),
        ("auth/user", {"userId": 1337, "authenticationLevel": "9" * 99}, 400, INVALID),
        ("auth/user", {"userId": 1337, "ttl": 0}, 400, INVALID),
        ("auth/user", {"userId": 1337, "ttl": 86401}, 400, INVALID),
        ("auth/selfidentifieduser", {}, 400, MISSING),
        ("auth/selfidentifieduser", {"username": "x"}, 404, "test-user-unknown"),
        ("auth/org", {}, 400, MISSING),
        ("auth/org", {"orgNumber": "31000000"}, 400, INVALID),
        ("auth/org", {"orgNumber": "31000000æ"}, 400, INVALID),
        ("auth/serviceowner", {}, 400, MISSING),
        ("auth/serviceowner", {"org": "nei"}, 404, "test-org-unknown"),
        ("auth/serviceowner", {"orgNumber": "310000009"}, 404, "test-org-unknown"),
        ("auth/serviceowner", {"org": "nav", "orgNumber": "x"}, 400, INVALID),
        ("auth/systemuser", {"systemId": SYSTEM}, 400, MISSING),
        ("auth/systemuser", {"systemUserId": SYSTEM_USER}, 400, MISSING),
        ("auth/systemuser", {"systemUserId": "x", "systemId": SYSTEM}, 400, INVALID),
        ("auth/generate", {"userId": 1337}, 400, MISSING),
        ("auth/generate", {"type": 6}, 400, INVALID),
        ("auth/generate", {"type": "1x", "userId": 1337}, 400, INVALID),
    ],
)
def test_bad_parameters(
    path: str, query: dict[str, object], status: int, code: str
) -> None:
    """Z-030: problems, not tokens"""
    assert_problem(refused(f"/Home/{path}", **query), status, code=code)


def test_nobody_gets_the_token_of_a_real_person() -> None:
    """Z-031, §3.7: a number with an ordinary month may be somebody's"""
    Party.objects.filter(pk=501337).update(ssn=REAL)
    for path in ("GetTestUserToken/1337", "auth/user"):
        answer = refused(f"/Home/{path}", userId=1337)
        document = assert_problem(answer, 403, code="test-user-real")
        assert REAL not in str(document)
    login = Client().post("/Home/LogInTestUser", {"user": "1337"})
    assert login.status_code == 403
    assert not login.cookies


def test_a_number_that_nobody_has_is_no_hindrance() -> None:
    """§3.6: well-known test identities have wrong check digits"""
    Party.objects.filter(pk=501337).update(ssn="01039012345")
    assert caller("/Home/GetTestUserToken/1337").user_id == 1337


def test_without_the_sandbox_no_address_of_it_is_there(settings: LazySettings) -> None:
    """Z-031, T-43: by any method, on any host"""
    settings.ALTINN_SANDBOX = False
    homes = ["GetTestUserToken/1337", "GetTestOrgToken/nav", "GetTestSystemUserToken"]
    homes += ["GetPlatformAccessToken", "LogInTestUser", "LogOutTestUser", "Tokens"]
    homes += ["Localtest/Version", "auth/user", "auth/selfidentifieduser", "auth/org"]
    homes += ["auth/serviceowner", "auth/systemuser", "auth/generate", "auth/info"]
    platform = ["orgToken", "appToken"]
    paths = [f"/Home/{name}" for name in homes]
    paths += [f"/authentication/api/v1/{name}" for name in platform]
    for path in paths:
        for method in ("GET", "POST"):
            answer = Api(BASE_HOST).call(method, path)
            assert_problem(answer, 404, code="route-not-found")


def test_tokens_are_got_and_not_posted() -> None:
    """Part 9: 405 as a problem, with what is allowed"""
    answer = Api(APP_HOST).post("/Home/auth/user")
    assert_problem(answer, 405, code="method-not-allowed")
    assert answer["Allow"] == "GET"


def test_info_lists_the_identities(system_user: SystemUser) -> None:
    """Z-030: each kind, and nobody's identity number"""
    document = Api(BASE_HOST).get("/Home/auth/info").json()
    name = Profile.objects.get(pk=1337).party.name
    assert {"userId": 1337, "partyId": 501337, "name": name} in document["users"]
    by_itself = {"userId": 1004, "partyId": 510004, "username": "fjelltrost"}
    assert document["selfIdentifiedUsers"] == [by_itself]
    assert "nav" in {row["org"] for row in document["serviceOwners"]}
    assert {row["partyId"] for row in document["orgs"]} >= {500000}
    assert {
        "systemUserId": SYSTEM_USER,
        "systemId": SYSTEM,
        "systemUserOrgNumber": system_user.party.org_number,
    } in document["systemUsers"]
    for ssn in Party.objects.exclude(ssn="").values_list("ssn", flat=True):
        assert ssn not in str(document)
