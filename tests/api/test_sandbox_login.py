"""Signing a browser in as a test identity."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from api import issuer
from api.cookies import PARTY_COOKIE, TOKEN_COOKIE
from parties.identity import Principal
from tests.client import APP_HOST, BASE_HOST, PLATFORM_HOST, Api, assert_problem

pytestmark = pytest.mark.usefixtures("sandbox")
LOG_IN = "/Home/LogInTestUser"


def log_in(host: str = BASE_HOST, **form: str) -> Any:
    """Send the form of the page."""
    return Client().post(LOG_IN, form, headers={"host": f"{host}:8000"})


def caller(answer: Any) -> Principal:
    """Return whom the browser's new token speaks for."""
    return issuer.token_verifier().verify(answer.cookies[TOKEN_COOKIE].value)


@pytest.mark.parametrize(
    "form",
    [
        {"user": "1337", "level": "3"},
        {"userId": "1337", "authenticationLevel": "3"},
        {"UserId": "1337", "LEVEL": "3", "party": ""},
    ],
)
def test_the_browser_becomes_the_user(form: dict[str, str]) -> None:
    """§1.11: and acts for itself, unless another party is chosen"""
    answer = log_in(**form)
    assert answer.status_code == 302
    assert (caller(answer).user_id, caller(answer).level) == (1337, 3)
    assert answer.cookies[PARTY_COOKIE].value == "501337"


def test_the_browser_acts_for_another_party() -> None:
    """§1.11, D-02: the cookie alone is a wish; the token stays the user's own"""
    answer = log_in(user="1337", party="500000")
    assert answer.cookies[PARTY_COOKIE].value == "500000"
    assert (caller(answer).party_id, caller(answer).level) == (501337, 2)


def test_the_browser_becomes_a_service_owner() -> None:
    """§1.11"""
    answer = log_in(org="nav")
    assert caller(answer).owns("nav")
    assert PARTY_COOKIE not in answer.cookies


@pytest.mark.parametrize(
    ("host", "target"),
    [
        (BASE_HOST, "/nav/app2018"),
        (APP_HOST, "/nav/app2018"),
        (PLATFORM_HOST, "http://nav.apps.altinn.test:8000/nav/app2018"),
    ],
)
def test_signing_in_goes_to_the_app(host: str, target: str) -> None:
    """§1.11: where it is served"""
    answer = log_in(host, user="1337", app="nav/app2018")
    assert (answer.status_code, answer["Location"]) == (302, target)
    assert Api(host if host != PLATFORM_HOST else APP_HOST).get("/nav/app2018").json()


def test_reauthenticating_stays_where_it_is() -> None:
    """§1.11: 204, with a new cookie"""
    answer = log_in(user="1337", level="4", action="reauthenticate", app="nav/app2018")
    assert (answer.status_code, answer.content) == (204, b"")
    assert caller(answer).level == 4


@pytest.mark.parametrize(
    ("form", "status", "code"),
    [
        ({}, 400, "test-parameter-missing"),
        ({"user": "99"}, 404, "test-user-unknown"),
        ({"org": "nei"}, 404, "test-org-unknown"),
        ({"user": "1337", "level": "5"}, 400, "test-parameter-invalid"),
        ({"user": "1337", "party": "x"}, 400, "test-parameter-invalid"),
        ({"user": "1337", "party": "7"}, 404, "test-party-unknown"),
        ({"user": "1337", "app": "nav"}, 400, "test-parameter-invalid"),
        ({"user": "1337", "app": "nav/nothing"}, 404, "app-not-found"),
        ({"user": "1337", "app": "//evil.example/x"}, 404, "app-not-found"),
    ],
)
def test_nobody_is_signed_in_by_a_bad_form(
    form: dict[str, str], status: int, code: str
) -> None:
    """Z-030, T-14"""
    answer = log_in(**form)
    assert_problem(answer, status, code=code)
    assert not answer.cookies


def test_signing_out_removes_the_cookies() -> None:
    """§1.11"""
    client = Client()
    headers = {"host": f"{BASE_HOST}:8000"}
    client.post(LOG_IN, {"user": "1337"}, headers=headers)
    page = client.get("/Home/Tokens", headers=headers).content.decode()
    assert "Signed in as" in page
    client.post("/Home/LogOutTestUser", {}, headers=headers)
    assert not client.cookies[TOKEN_COOKIE].value
    page = client.get("/Home/Tokens", headers=headers).content.decode()
    assert "Signed in as" not in page


@pytest.mark.parametrize(
    ("form", "first"),
    [
        ({"user": "1337"}, "/storage/api/v1/instances?instanceOwner.partyId=501337"),
        ({"org": "nav"}, "/storage/api/v1/instances?org=nav"),
    ],
)
def test_who_is_signed_in_is_led_on(form: dict[str, str], first: str) -> None:
    """§1.11: every link works, with the browser's cookie; other hosts lack it"""
    client = Client()

    def tokens(host: str = BASE_HOST) -> str:
        headers = {"host": f"{host}:8000"}
        return client.get("/Home/Tokens", headers=headers).content.decode()

    assert "Go on in" not in tokens()
    client.post(LOG_IN, form, headers={"host": f"{BASE_HOST}:8000"})
    page = tokens()
    line = page[page.index("Go on in the browsable API") :].partition("</p>")[0]
    links = [unescape(link) for link in re.findall(r'href="([^"]+)"', line)]
    assert links[0] == first
    headers = {"host": f"{BASE_HOST}:8000", "Accept": "text/html"}
    for link in links:
        assert (client.get(link, headers=headers).status_code, link) == (200, link)
    assert "Go on in" not in tokens(f"nav.apps.{BASE_HOST}")


def test_every_token_on_the_page_is_one() -> None:
    """§1.11: the links of the page work"""
    page = Api(BASE_HOST).get("/Home/Tokens").content.decode()
    links = [unescape(link) for link in re.findall(r'href="(/Home/[^"]+)"', page)]
    assert len(links) > 20
    for link in links:
        assert Api(BASE_HOST).get(link).status_code == 200, link
