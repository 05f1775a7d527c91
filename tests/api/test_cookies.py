"""Tokens in cookies: which one counts, in pieces or whole, and how they are set."""

import pytest
from django.test import Client

from api.cookies import NEWER_TOKEN_COOKIE, PARTY_COOKIE, TOKEN_COOKIE
from instances.models import Instance
from tests import cast
from tests.client import BASE_HOST, PLATFORM_HOST

pytestmark = pytest.mark.usefixtures("sandbox")
FORM = {"user": "1337", "party": "500000"}


def read(instance: Instance, cookies: dict[str, str]) -> int:
    """Read an instance with these cookies, and return the status."""
    client = Client()
    for name, value in cookies.items():
        client.cookies[name] = value
    url = f"/storage/api/v1/instances/{instance.instance_id}"
    answer = client.get(url, headers={"host": f"{PLATFORM_HOST}:8000"})
    if answer.status_code == 401:
        assert answer.json()["code"] == "invalid-token"
    return answer.status_code


def pieces(token: str, count: int, *, mark: str = "chunks-") -> dict[str, str]:
    """Return the cookies of a token that ASP.NET has cut."""
    size = -(-len(token) // count)
    cut = {
        f"{TOKEN_COOKIE}C{n + 1}": token[n * size : (n + 1) * size]
        for n in range(count)
    }
    return {TOKEN_COOKIE: f"{mark}{count}", **cut}


@pytest.mark.parametrize("name", [TOKEN_COOKIE, NEWER_TOKEN_COOKIE])
def test_both_cookies_are_read(instance: Instance, name: str) -> None:
    """Z-008, Z-009"""
    assert read(instance, {name: cast.SOPHIE.token()}) == 200


def test_the_newer_cookie_comes_first(instance: Instance) -> None:
    """Z-008: and it alone decides"""
    sophie, stranger = cast.SOPHIE.token(), cast.STRANGER.token()
    assert read(instance, {NEWER_TOKEN_COOKIE: stranger, TOKEN_COOKIE: sophie}) == 403
    assert read(instance, {NEWER_TOKEN_COOKIE: sophie, TOKEN_COOKIE: stranger}) == 200
    assert read(instance, {NEWER_TOKEN_COOKIE: "x", TOKEN_COOKIE: sophie}) == 401


@pytest.mark.parametrize("mark", ["chunks-", "chunks:"])
@pytest.mark.parametrize("count", [1, 2, 5, 8])
def test_a_token_in_pieces_is_read(instance: Instance, count: int, mark: str) -> None:
    """Z-009"""
    assert read(instance, pieces(cast.SOPHIE.token(), count, mark=mark)) == 200


@pytest.mark.parametrize("count", ["0", "1", "3", "9", "99", "00"])
def test_pieces_that_are_not_complete_are_401(instance: Instance, count: str) -> None:
    """Z-009: also a count that no token has"""
    cut = pieces(cast.SOPHIE.token(), 2)
    assert read(instance, {**cut, TOKEN_COOKIE: f"chunks-{count}"}) == 401


def test_the_cookies_bear_their_flags() -> None:
    """Z-009: scripts read the selected party, and never the token"""
    client = Client()
    headers = {"host": f"{BASE_HOST}:8000"}
    client.post("/Home/LogInTestUser", FORM, headers=headers, secure=True)
    token, party = client.cookies[TOKEN_COOKIE], client.cookies[PARTY_COOKIE]
    assert (token["httponly"], party["httponly"]) == (True, "")
    assert party.value == "500000"
    for cookie in (token, party):
        assert cookie["secure"]
        assert (cookie["samesite"], cookie["path"]) == ("Lax", "/")
        assert (cookie["domain"], cookie["max-age"]) == ("altinn.test", "")


def test_another_host_has_its_cookies_for_itself() -> None:
    """Z-009: a browser would not take the domain from there"""
    client = Client()
    client.post("/Home/LogInTestUser", FORM, headers={"host": "testserver"})
    assert client.cookies[TOKEN_COOKIE]["domain"] == ""
