"""Tokens over HTTP: header, cookie, anti-forgery, the sandbox's tokens, discovery."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import LazySettings
from django.test import Client

from api import issuer
from api.cookies import TOKEN_COOKIE as COOKIE
from instances.models import Instance
from parties.keys import public_jwks
from parties.tokens import TokenIssuer
from tests import cast
from tests.client import APP_HOST, BASE_HOST, PLATFORM_HOST, Api, assert_problem
from tests.factories import reread

pytestmark = pytest.mark.usefixtures("sandbox")


def instance_url(instance: Instance) -> str:
    """Return the address of an instance in storage."""
    return f"/storage/api/v1/instances/{instance.instance_id}"


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer x",
        "Bearer a.b.c",
        "Basic dXNlcjpwYXNz",
        "bearer " + "x" * 20_000,
    ],
)
def test_a_bad_token_is_401_with_one_constant_text(
    instance: Instance, header: str
) -> None:
    """Z-020, §1.9: the reason stays in the log"""
    answer = Api(PLATFORM_HOST).get(
        instance_url(instance), headers={"Authorization": header}
    )
    document = assert_problem(answer, 401, code="invalid-token")
    assert document["detail"].startswith("The access token is not valid")
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_no_token_is_401(instance: Instance) -> None:
    """S-023"""
    answer = Api(PLATFORM_HOST).get(instance_url(instance))
    assert_problem(answer, 401, code="token-missing")
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_an_expired_token_is_401(instance: Instance) -> None:
    """S-023, Z-026"""
    api = Api(PLATFORM_HOST, cast.SOPHIE)
    assert api.get(instance_url(instance)).status_code == 200
    with time_machine.travel("2030-01-01", tick=False):
        assert_problem(api.get(instance_url(instance)), 401, code="invalid-token")


def test_a_token_of_another_issuer_with_our_key_is_401(instance: Instance) -> None:
    """Z-024, D-05: exact issuer"""
    name = issuer.issuer_name().removesuffix("/")
    foreign = TokenIssuer(name, issuer.keys(), lifetime=timedelta(minutes=5))
    token = foreign.issue(cast.SOPHIE.claims)
    headers = {"Authorization": f"Bearer {token}"}
    answer = Api(PLATFORM_HOST).get(instance_url(instance), headers=headers)
    assert_problem(answer, 401, code="invalid-token")


def test_the_cookie_authenticates_too(instance: Instance) -> None:
    """S-022, A-020, clients.md"""
    client = Client()
    client.cookies[COOKIE] = cast.SOPHIE.token()
    answer = client.get(
        instance_url(instance), headers={"host": f"{PLATFORM_HOST}:8000"}
    )
    assert answer.status_code == 200


def test_a_bad_header_never_falls_back_to_the_cookie(instance: Instance) -> None:
    """Z-008, D-03"""
    client = Client()
    client.cookies[COOKIE] = cast.SOPHIE.token()
    headers = {"host": f"{PLATFORM_HOST}:8000", "authorization": "Bearer x.y.z"}
    assert client.get(instance_url(instance), headers=headers).status_code == 401


def test_a_change_by_cookie_needs_the_anti_forgery_header(instance: Instance) -> None:
    """Z-010, A-033, A-034: 400 without, and nothing changes"""
    client = Client(enforce_csrf_checks=True)
    host = f"{BASE_HOST}:8000"
    client.get("/Home/Tokens", headers={"host": host})
    secret = client.cookies["XSRF-TOKEN"].value
    client.cookies[COOKIE] = cast.SOPHIE.token()
    url = instance_url(instance)
    refused = client.delete(url, headers={"host": host})
    assert refused.status_code == 400
    assert refused.json()["code"] == "anti-forgery-failed"
    assert reread(instance).soft_deleted_at is None
    done = client.delete(url, headers={"host": host, "x-xsrf-token": secret})
    assert done.status_code == 200


def test_discovery_and_keys_verify_our_tokens() -> None:
    """Z-011"""
    api = Api(PLATFORM_HOST)
    path = "/authentication/api/v1/openid/.well-known/openid-configuration"
    document = api.get(path).json()
    assert document["issuer"] == issuer.issuer_name()
    assert document["jwks_uri"] == f"http://platform.altinn.test:8000{path}/jwks"
    keys = api.get(f"{path}/jwks").json()
    assert keys == public_jwks(issuer.keys())
    assert "d" not in keys["keys"][0]


# --- the sandbox's tokens -------------------------------------------------------------
@pytest.mark.parametrize("host", [APP_HOST, PLATFORM_HOST, BASE_HOST])
def test_a_users_test_token_works(instance: Instance, host: str) -> None:
    """Z-030"""
    answer = Api(host).get("/Home/GetTestUserToken/1337?authenticationLevel=3")
    assert answer.status_code == 200
    headers = {"Authorization": f"Bearer {answer.content.decode()}"}
    read = Api(PLATFORM_HOST).get(instance_url(instance), headers=headers)
    assert read.status_code == 200


@pytest.mark.parametrize(
    "path", ["/Home/GetTestOrgToken/nav", "/Home/auth/serviceowner?org=nav"]
)
def test_a_service_owners_test_token_works(instance: Instance, path: str) -> None:
    """Z-030: with the scopes for lists"""
    token = Api(BASE_HOST).get(path).content.decode()
    headers = {"Authorization": f"Bearer {token}"}
    listed = Api(PLATFORM_HOST).get(
        "/storage/api/v1/instances?org=nav", headers=headers
    )
    assert listed.json()["count"] == 1


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/Home/GetTestUserToken/99", 404, "test-user-unknown"),
        ("/Home/GetTestUserToken/x", 404, "test-user-unknown"),
        ("/Home/GetTestOrgToken/nei", 404, "test-org-unknown"),
        (
            "/Home/GetTestUserToken/1337?authenticationLevel=5",
            400,
            "test-parameter-invalid",
        ),
        (
            "/Home/GetTestUserToken/1337?authenticationLevel=x",
            400,
            "test-parameter-invalid",
        ),
    ],
)
def test_test_tokens_for_nobody(path: str, status: int, code: str) -> None:
    """Z-030: problems, not tokens"""
    assert_problem(Api(BASE_HOST).get(path), status, code=code)


def test_without_the_sandbox_there_are_no_test_tokens(settings: LazySettings) -> None:
    """Z-031, Z-114, D-4"""
    settings.ALTINN_SANDBOX = False
    for path in (
        "/Home/GetTestUserToken/1337",
        "/Home/GetTestOrgToken/nav",
        "/Home/Tokens",
        "/Home/auth/user?userId=1337",
    ):
        assert Api(BASE_HOST).get(path).status_code == 404
    login = Client().post("/Home/LogInTestUser", {"userId": "1337"})
    assert login.status_code == 404
    assert COOKIE not in login.cookies


def test_signing_in_sets_the_cookie_and_goes_home() -> None:
    """§1.11: only to a page of this very host"""
    client = Client()
    headers = {"host": f"{BASE_HOST}:8000"}
    for given, expected in (
        ("/docs?x=1", "/docs?x=1"),
        ("https://evil.example/", "/Home/Tokens"),
        ("//evil.example/", "/Home/Tokens"),
        (f"http://{BASE_HOST}:8000//evil.example/", "/evil.example/"),
    ):
        form = {"userId": "1337", "next": given}
        answer = client.post("/Home/LogInTestUser", form, headers=headers)
        assert (answer.status_code, answer["Location"]) == (302, expected)
    cookie = client.cookies[COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_signing_in_takes_a_form() -> None:
    """Every error is a problem; what would do it stands in Allow"""
    answer = Api(BASE_HOST).get("/Home/LogInTestUser")
    assert_problem(answer, 405, code="method-not-allowed")
    assert answer["Allow"] == "POST"


def test_signing_in_from_another_site_is_refused() -> None:
    """Part 10: forms need their anti-forgery token"""
    client = Client(enforce_csrf_checks=True)
    answer = client.post(
        "/Home/LogInTestUser", {"userId": "1337"}, headers={"host": f"{BASE_HOST}:8000"}
    )
    assert answer.status_code == 400
    assert COOKIE not in answer.cookies
