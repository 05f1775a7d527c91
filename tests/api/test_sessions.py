"""Sessions over HTTP: refreshed, kept alive and ended."""

from typing import Any

import pytest
import time_machine
from django.test import Client

from api import issuer
from api.cookies import NEWER_TOKEN_COOKIE, PARTY_COOKIE, TOKEN_COOKIE
from tests import cast
from tests.cast import Person
from tests.client import APP_HOST, BASE_HOST, PLATFORM_HOST, Api, assert_problem

pytestmark = pytest.mark.usefixtures("sandbox")
REFRESH = "/authentication/api/v1/refresh"
LOGOUT = "/authentication/api/v1/logout"
KEEP_ALIVE = "/nav/app2018/api/authentication/keepAlive"
INVALIDATE = "/nav/app2018/api/Authentication/invalidatecookie"
NOW = 1_800_000_000


def browser(host: str, method: str, path: str, **cookies: str) -> Any:
    """Call as a browser with the cookies that Sophie's session has."""
    client = Client(enforce_csrf_checks=True)
    client.cookies[TOKEN_COOKIE] = cast.SOPHIE.token()
    for name, value in cookies.items():
        client.cookies[name] = value
    return client.generic(method, path, headers={"host": f"{host}:8000"})


def expired(cookie: Any) -> bool:
    """Whether a cookie is told to go."""
    return (cookie.value, cookie["max-age"]) == ("", 0)


@pytest.mark.parametrize(
    "person", [cast.SOPHIE, cast.OWNER, cast.STRANGER], ids=lambda person: person.name
)
def test_refresh_answers_a_new_token_for_the_caller(person: Person) -> None:
    """Z-014, Z-030"""
    answer = Api(PLATFORM_HOST, person).get(REFRESH)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    after = issuer.token_verifier().verify(answer.content.decode())
    assert after.id == person.principal().id
    assert after.scopes == person.principal().scopes
    assert TOKEN_COOKIE not in answer.cookies


def test_refresh_answers_json_to_those_who_ask_for_it() -> None:
    """Z-014"""
    api = Api(PLATFORM_HOST, cast.SOPHIE)
    answer = api.get(
        f"{REFRESH}?enrichPid=true", headers={"Accept": "application/json"}
    )
    assert answer["Content-Type"] == "application/json"
    assert issuer.token_verifier().verify(answer.json()).user_id == 1337


def test_refresh_by_cookie_sets_the_cookie_too() -> None:
    """Z-014, Z-009"""
    answer = browser(PLATFORM_HOST, "GET", REFRESH)
    assert answer.cookies[TOKEN_COOKIE].value == answer.content.decode()
    assert answer.cookies[TOKEN_COOKIE]["httponly"]


def test_refresh_without_a_valid_token_is_401() -> None:
    """Z-014"""
    assert_problem(Api(PLATFORM_HOST).get(REFRESH), 401, code="token-missing")
    headers = {"Authorization": "Bearer x.y.z"}
    answer = Api(PLATFORM_HOST).get(REFRESH, headers=headers)
    assert_problem(answer, 401, code="invalid-token")


def test_a_session_that_is_too_old_is_neither_refreshed_nor_kept_alive() -> None:
    """Z-014, §1.8: 401 where a token is asked for, 400 in an app"""
    with time_machine.travel(NOW, tick=False):
        old = Person("old", {**cast.SOPHIE.claims, "auth_time": NOW - 720 * 60})
        answer = Api(PLATFORM_HOST, old).get(REFRESH)
        assert_problem(answer, 401, code="session-ended")
        answer = Api(APP_HOST, old).get(KEEP_ALIVE)
        assert_problem(answer, 400, code="session-not-prolonged")
        assert TOKEN_COOKIE not in answer.cookies


@pytest.mark.parametrize("host", [APP_HOST, BASE_HOST])
def test_keep_alive_sets_a_new_cookie(host: str) -> None:
    """Z-014, A-180, M:A-44"""
    answer = browser(host, "GET", KEEP_ALIVE)
    assert (answer.status_code, answer.content) == (200, b"")
    cookie = answer.cookies[TOKEN_COOKIE]
    assert issuer.token_verifier().verify(cookie.value).user_id == 1337
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    for person in (cast.SOPHIE, cast.OWNER):
        assert Api(host, person).get(KEEP_ALIVE).status_code == 200


def test_the_app_must_be_there(app: Api, anonymous_app: Api) -> None:
    """M:A-44: and a caller"""
    path = KEEP_ALIVE.replace("app2018", "nothing")
    assert_problem(app.get(path), 404, code="app-not-found")
    for method, path in (("GET", KEEP_ALIVE), ("PUT", INVALIDATE)):
        answer = anonymous_app.call(method, path)
        assert_problem(answer, 401, code="token-missing")


def test_invalidate_cookie_expires_it(app: Api) -> None:
    """Z-014, A-180: by cookie with the anti-forgery header only"""
    answer = app.put(INVALIDATE)
    assert (answer.status_code, answer.content) == (200, b"")
    assert expired(answer.cookies[TOKEN_COOKIE])
    refused = browser(APP_HOST, "PUT", INVALIDATE)
    assert_problem(refused, 400, code="anti-forgery-failed")
    assert TOKEN_COOKIE not in refused.cookies


@pytest.mark.parametrize("token", ["", "x.y.z"])
def test_logging_out_clears_every_cookie(token: str) -> None:
    """Z-014: also those of a session that has ended, and the pieces of a long one"""
    cookies = {NEWER_TOKEN_COOKIE: token, f"{TOKEN_COOKIE}C1": "piece"}
    answer = browser(PLATFORM_HOST, "GET", f"{LOGOUT}?goto=//evil.example", **cookies)
    assert answer.status_code == 302
    assert answer["Location"] == "http://altinn.test:8000/"
    names = {TOKEN_COOKIE, NEWER_TOKEN_COOKIE, PARTY_COOKIE, f"{TOKEN_COOKIE}C1"}
    assert set(answer.cookies) == names
    assert all(expired(cookie) for cookie in answer.cookies.values())
