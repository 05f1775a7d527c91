"""What is not as it must be signs nobody in, and makes no account."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import LazySettings
from django.test import Client

from bench.ports import held_port
from parties import oidc
from parties.models import User
from tests.altinn.openid import (
    BACK,
    START,
    assert_refused,
    at_provider,
    browser,
    provider,
    running,
    sign_in,
    start,
)
from tests.client import BASE_HOST
from tests.openid_provider import CLIENT_ID, OpenIdProvider

__all__ = ["browser", "provider", "running"]

pytestmark = pytest.mark.django_db


# --- what is refused ------------------------------------------------------------------
@pytest.mark.parametrize(
    ("claims", "named"),
    [
        ({"nonce": "another"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"nonce": ""}, "nonce"),
        ({"aud": "another-client"}, "aud"),
        ({"aud": None}, "aud"),
        ({"aud": [CLIENT_ID, "another-client"], "azp": CLIENT_ID}, "aud"),
        ({"aud": ["another-client"], "azp": CLIENT_ID}, "aud"),
        ({"azp": "another-client"}, "azp"),
        ({"iss": "https://evil.example"}, "iss"),
        ({"iss": None}, "iss"),
        ({"exp": 1_000_000_000}, "expired"),
        ({"exp": None}, "exp"),
        ({"iat": 9_999_999_999}, "iat"),
        ({"nbf": 9_999_999_999}, "nbf"),
        ({"sub": None}, "sub"),
        ({"sub": ""}, "sub"),
        ({"sub": "x" * 256}, "sub"),
        ({"sub": 7}, "sub"),
        ({"at_hash": "AAAA"}, "at_hash"),
    ],
    ids=str,
)
def test_an_id_token_that_is_not_for_this_sign_in_is_refused(
    browser: Client, provider: OpenIdProvider, claims: dict[str, object], named: str
) -> None:
    """Wrong nonce, audience, issuer and times; the page names the claim"""
    provider.claims = claims
    assert_refused(browser, sign_in(browser), named)


def test_a_token_signed_with_another_key_is_refused(
    browser: Client, provider: OpenIdProvider
) -> None:
    """Also under the same key id, and with the public key as a shared secret"""
    published = provider.published
    provider.rotate("first")
    provider.published = published
    assert_refused(browser, sign_in(browser), "not signed by the provider")
    provider.shared_secret = published[0].as_pem(private=False)
    assert_refused(browser, sign_in(browser), "not signed by the provider")


def test_a_new_key_is_fetched_and_an_unknown_one_not_each_time(
    browser: Client, provider: OpenIdProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rotated key works; made-up key ids do not make requests"""
    sign_in(browser)
    provider.rotate("second")
    provider.requests.clear()
    assert sign_in(browser).status_code == 403
    assert sign_in(browser).status_code == 403
    assert provider.requests.count("GET /jwks") == 0  # fetched a moment ago
    monkeypatch.setattr(oidc, "KEY_COOLDOWN_SECONDS", -1.0)
    assert sign_in(browser).status_code == 302
    assert provider.requests.count("GET /jwks") == 1


def test_a_code_and_a_state_are_used_once(
    browser: Client, provider: OpenIdProvider
) -> None:
    """A replayed address signs nobody in, here or in another browser"""
    back = at_provider(start(browser))
    assert browser.get(back).status_code == 302
    browser.post("/admin/logout/")
    User.objects.all().delete()
    assert_refused(browser, browser.get(back), "or it was used before")
    stranger = Client(headers={"host": f"{BASE_HOST}:8000"})
    assert_refused(stranger, stranger.get(back), "No sign-in is under way")
    code = parse_qs(urlsplit(back).query)["code"][0]
    state = parse_qs(urlsplit(start(browser)).query)["state"][0]
    replayed = browser.get(BACK, {"code": code, "state": state})
    assert_refused(browser, replayed, "did not take the code (invalid_grant)")


@pytest.mark.parametrize("state", ["", "another", None, "\u00e6"])
def test_another_state_is_refused_and_ends_the_attempt(
    browser: Client, provider: OpenIdProvider, state: str | None
) -> None:
    """Login CSRF: an answer to somebody else's sign-in"""
    back = at_provider(start(browser))
    code = parse_qs(urlsplit(back).query)["code"][0]
    query = {"code": code} if state is None else {"code": code, "state": state}
    assert_refused(browser, browser.get(BACK, query), "another sign-in")
    assert "POST /token" not in provider.requests
    assert_refused(browser, browser.get(back), "No sign-in is under way")


def test_without_the_verifier_the_code_is_worth_nothing(
    browser: Client, provider: OpenIdProvider
) -> None:
    """PKCE: the provider itself refuses the code"""
    back = at_provider(start(browser))
    session = browser.session
    session["openid-attempt"] = {**session["openid-attempt"], "verifier": "x" * 64}
    session.save()
    assert_refused(browser, browser.get(back), "invalid_grant")


def test_an_attempt_is_good_for_ten_minutes(
    browser: Client, provider: OpenIdProvider
) -> None:
    """Whatever the session is good for"""
    back = at_provider(start(browser))
    session = browser.session
    session["openid-attempt"] = {**session["openid-attempt"], "begun": 1.0}
    session.save()
    assert_refused(browser, browser.get(back), "took too long")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"error": "access_denied"}, "access_denied"),
        ({"error": "<script>alert(1)</script>"}, "&lt;script&gt;"),
        ({"code": ""}, "no code"),
        ({"iss": "https://evil.example", "code": "x"}, "Another provider"),
    ],
)
def test_what_the_provider_refuses_is_said(
    browser: Client, provider: OpenIdProvider, query: dict[str, str], said: str
) -> None:
    """Escaped: the text comes from the address"""
    state = parse_qs(urlsplit(start(browser)).query)["state"][0]
    answer = browser.get(BACK, {**query, "state": state})
    assert_refused(browser, answer, said)
    assert b"<script>alert" not in answer.content


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"issuer": "https://evil.example"}, "another issuer"),
        ({"issuer": None}, "another issuer"),
        ({"code_challenge_methods_supported": ["plain"]}, "PKCE"),
        ({"authorization_endpoint": None}, "authorization_endpoint"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "authorization_endpoint"),
        ({"authorization_endpoint": "https://me@evil.example/"}, "authorization"),
        ({"token_endpoint": "file:///etc/passwd"}, "token_endpoint"),
        ({"authorization_endpoint": "https://[evil"}, "authorization_endpoint"),
        ({"jwks_uri": "https://[evil"}, "jwks_uri"),
    ],
    ids=str,
)
def test_a_provider_that_does_not_fit_is_not_gone_to(
    browser: Client, provider: OpenIdProvider, document: dict[str, object], said: str
) -> None:
    """503, and the page says what is wrong with it"""
    provider.document = document
    answer = browser.get(START)
    if answer.status_code == 302:  # what is wrong shows on the way back alone
        answer = browser.get(at_provider(answer["Location"]))
    assert_refused(browser, answer, said, status=503)


@pytest.mark.parametrize("status", [500, 404, 302])
def test_a_provider_that_fails_is_a_page(
    browser: Client, provider: OpenIdProvider, status: int
) -> None:
    """Redirects are not followed"""
    provider.status = status
    answer = browser.get(START)
    said = "redirects are not followed" if status == 302 else f"status {status}"
    assert_refused(browser, answer, said, status=503)
    assert provider.requests == ["GET /.well-known/openid-configuration"]


def test_a_provider_that_is_not_there_is_a_page(
    browser: Client, provider: OpenIdProvider, settings: LazySettings
) -> None:
    """Nobody waits for ever; and what is not public must be named by the operator"""
    settings.ALTINN_INTERNAL_HOSTS = []
    with held_port() as unused:
        settings.ALTINN_OIDC_ISSUER = f"http://127.0.0.1:{unused}"
        answer = browser.get(START)
        assert_refused(browser, answer, "ALTINN_INTERNAL_HOSTS", status=503)
        oidc._providers.clear()
        settings.ALTINN_INTERNAL_HOSTS = ["127.0.0.1"]
        assert_refused(browser, browser.get(START), "cannot be reached", status=503)


def test_a_provider_that_failed_is_not_asked_again_at_once(
    browser: Client, provider: OpenIdProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody keeps the server waiting for it by pressing the button"""
    monkeypatch.setattr(oidc, "FAILURE_SECONDS", 3600.0)  # however busy the machine is
    provider.status = 500
    for _ in range(3):
        answer = browser.get(START)
        assert_refused(browser, answer, "status 500", "Try again in", status=503)
        assert 0 < int(answer["Retry-After"]) <= oidc.FAILURE_SECONDS
    assert len(provider.requests) == 1
    provider.status = 200
    monkeypatch.setattr(oidc, "FAILURE_SECONDS", -1.0)
    assert browser.get(START).status_code == 302


def test_an_attempt_does_not_shorten_a_later_session(
    browser: Client, provider: OpenIdProvider
) -> None:
    """Somebody begins at the provider, and then takes the password"""
    start(browser)
    User.objects.create_superuser("boss", password="an-admin-of-tests-only")
    form = {"username": "boss", "password": "an-admin-of-tests-only"}
    answer = browser.post("/admin/login/", form)
    assert answer.cookies["admin-session"]["max-age"] == 12 * 3600


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/admin/",
        "//evil.example/admin/",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/Home/Tokens",
        "javascript:alert(1)",
        "http:evil.example",
        "/admin\\@evil.example",
        "https://altinn.test@evil.example/admin/",
        "\x00/admin/",
        "admin/",
    ],
)
def test_after_signing_in_only_the_admin_is_gone_to(
    browser: Client, provider: OpenIdProvider, target: str
) -> None:
    """Z-090, T-14"""
    location = sign_in(browser, target)["Location"]
    assert location == "/admin/"
