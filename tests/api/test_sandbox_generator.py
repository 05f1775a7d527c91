"""Test tokens as clients of the public token generator ask for them."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import LazySettings

from api import issuer
from parties.choices import PartyType, UserType
from parties.identity import Principal, PrincipalKind
from parties.models import Party, Profile
from parties.tokens import stated_claims
from tests.client import BASE_HOST, PLATFORM_HOST, Api, assert_problem

pytestmark = pytest.mark.usefixtures("sandbox")
EMAIL = "solveig@example.no"
SYSTEM = {
    "systemId": "913312465_sbs",
    "systemUserId": "d111dbab-d619-4f15-bf29-58fe570a9ae6",
    "systemUserOrg": "950474084",
    "supplierOrgNo": "913312465",
}


@pytest.fixture(autouse=True)
def solveig(db: None) -> Profile:
    """Somebody who registered with an e-mail address alone."""
    party = Party.objects.create(
        id=510099,
        type=PartyType.SELF_IDENTIFIED,
        name=EMAIL,
        external_urn=f"urn:altinn:person:idporten-email:{EMAIL}",
    )
    return Profile.objects.create(
        id=1099, party=party, user_name=EMAIL, user_type=UserType.SELF_IDENTIFIED
    )


def asked(path: str, **query: object) -> Any:
    return Api(BASE_HOST).get(f"/Home/{path}?{urlencode(query)}")


def token(path: str, **query: object) -> str:
    answer = asked(path, **query)
    assert answer.status_code == 200, answer.content
    return str(answer.content.decode())


def caller(path: str, **query: object) -> Principal:
    return issuer.token_verifier().verify(token(path, **query))


@pytest.mark.parametrize(
    ("path", "query", "kind"),
    [
        ("GetEnterpriseToken", {"orgNo": "310000009"}, PrincipalKind.ORGANISATION),
        ("GetEnterpriseToken", {"org": "nav"}, PrincipalKind.SERVICE_OWNER),
        ("GetPersonalToken", {"userId": 1337}, PrincipalKind.USER),
        (
            "GetEnterpriseUserToken",
            {"userId": 1337, "orgNo": "310000009"},
            PrincipalKind.USER,
        ),
        ("GetSelfIdentifiedUserToken", {"username": "fjelltrost"}, PrincipalKind.USER),
        ("GetSelfRegisteredEmailUserToken", {"email": EMAIL}, PrincipalKind.USER),
        ("GetSystemUserToken", SYSTEM, PrincipalKind.SYSTEM_USER),
        ("auth/enterpriseuser", {"userId": 1, "orgNumber": "310000009"}, None),
        ("auth/selfregisteredemail", {"email": EMAIL.upper()}, PrincipalKind.USER),
    ],
)
def test_each_kind_of_token(
    path: str, query: dict[str, object], kind: PrincipalKind | None
) -> None:
    """Z-030: half an hour, unless `ttl` says otherwise"""
    if kind is None:
        assert_problem(asked(path, **query), 404, code="test-user-unknown")
        return
    assert caller(path, **query).kind is kind
    for ttl, seconds in (({}, 1800), ({"ttl": 60}, 60)):
        claims = stated_claims(token(path, **query, **ttl))
        assert int(str(claims["exp"])) - int(str(claims["iat"])) == seconds
    scoped = caller(path, **query, scopes="altinn:a,altinn:b altinn:c")
    if not path.startswith("auth/"):
        assert scoped.scopes == {"altinn:a", "altinn:b", "altinn:c"}


def test_enterprise_user_is_a_user_whatever_else_the_token_says() -> None:
    """Z-003, Z-030, D-01"""
    found = caller("auth/enterpriseuser", userId=1337, orgNumber="310000009")
    assert (found.kind, found.user_id) == (PrincipalKind.USER, 1337)
    assert (found.level, found.method) == (3, "virksomhetsbruker")
    assert found.id == "1337"


def test_self_registered_user_is_at_level_0(solveig: Profile) -> None:
    """Z-030"""
    found = caller("auth/selfregisteredemail", email=EMAIL)
    assert (found.user_id, found.party_id) == (solveig.pk, solveig.party_id)
    assert (found.level, found.method) == (0, "IdportenEpost")
    claims = stated_claims(token("auth/selfregisteredemail", email=EMAIL))
    assert claims["acr"] == "selfregistered-email"
    assert claims["urn:altinn:party:external-identifier"] == (
        f"urn:altinn:person:idporten-email:{EMAIL}"
    )


def test_levels_of_persons() -> None:
    """Z-030"""
    assert caller("GetPersonalToken", userId=1337).level == 3
    assert caller("GetPersonalToken", userId=1337, authLvl=4).level == 4


def test_platform_token_is_for_its_own_header() -> None:
    """Z-030, Z-032, T-08"""
    text = token("GetPlatformToken", app="pdf")
    assert str(issuer.token_verifier().verify_platform(text)) == "platform/pdf"
    refused = Api(PLATFORM_HOST).get(
        "/profile/api/v1/users/current", headers={"Authorization": f"Bearer {text}"}
    )
    assert_problem(refused, 401, code="invalid-token")


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("GetTestUserToken/1337", {}),
        ("auth/user", {"userId": 1337}),
        ("GetTestOrgToken/nav", {}),
    ],
)
def test_every_token_takes_the_names_of_the_generator(
    path: str, query: dict[str, object]
) -> None:
    """Z-031: a parameter that is passed over would give another token"""
    principal = caller(path, **query, scopes="altinn:a,altinn:b", authLvl=4)
    assert (principal.level, principal.scopes) == (4, {"altinn:a", "altinn:b"})


def test_the_designer_s_token_reads_and_replaces_policies() -> None:
    """Z-031: what is Studio's elsewhere can be tried in a sandbox"""
    api = Api(
        PLATFORM_HOST, headers={"Authorization": f"Bearer {token('GetDesignerToken')}"}
    )
    address = "/authorization/api/v1/policies"
    policy = api.get(f"{address}/nav/app2018").content
    answer = api.post(
        f"{address}?org=nav&app=app2018", body=policy, content_type="application/xml"
    )
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("path", "query", "status", "code"),
    [
        ("GetEnterpriseToken", {}, 400, "test-parameter-missing"),
        ("GetEnterpriseToken", {"orgNo": "1"}, 400, "test-parameter-invalid"),
        ("GetEnterpriseToken", {"org": "none"}, 404, "test-org-unknown"),
        ("GetPersonalToken", {}, 400, "test-parameter-missing"),
        ("GetPersonalToken", {"userId": 9}, 404, "test-user-unknown"),
        ("GetPersonalToken", {"userId": 1337, "ttl": 0}, 400, "test-parameter-invalid"),
        ("GetEnterpriseUserToken", {"userId": 1337}, 400, "test-parameter-missing"),
        ("auth/enterpriseuser", {"orgNumber": "1"}, 400, "test-parameter-missing"),
        ("auth/selfregisteredemail", {}, 400, "test-parameter-missing"),
        ("auth/selfregisteredemail", {"email": "x"}, 404, "test-user-unknown"),
        ("auth/selfregisteredemail", {"email": "\0"}, 400, "test-parameter-invalid"),
        ("GetSystemUserToken", {}, 400, "test-parameter-missing"),
        ("GetPlatformToken", {}, 400, "test-parameter-missing"),
    ],
)
def test_what_no_token_is_given_for(
    path: str, query: dict[str, object], status: int, code: str
) -> None:
    """Z-030"""
    assert_problem(asked(path, **query), status, code=code)


@pytest.mark.parametrize(
    "path",
    [
        "GetEnterpriseToken?orgNo=310000009",
        "GetPersonalToken?userId=1337",
        "GetEnterpriseUserToken?userId=1337&orgNo=310000009",
        "GetSelfIdentifiedUserToken?username=fjelltrost",
        f"GetSelfRegisteredEmailUserToken?email={EMAIL}",
        "GetSystemUserToken",
        "GetPlatformToken?app=pdf",
        "GetDesignerToken",
        "auth/enterpriseuser?userId=1337&orgNumber=310000009",
        f"auth/selfregisteredemail?email={EMAIL}",
    ],
)
def test_outside_a_sandbox_there_is_nothing(settings: LazySettings, path: str) -> None:
    """Z-031, T-43"""
    settings.ALTINN_SANDBOX = False
    answer = Api(BASE_HOST).get(f"/Home/{path}")
    assert_problem(answer, 404, code="route-not-found")
