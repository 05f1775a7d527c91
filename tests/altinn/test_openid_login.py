"""People come into the admin by OpenID Connect, from a real provider over HTTP."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import LazySettings
from django.contrib.sessions.models import Session
from django.test import Client

from parties.models import Membership, User
from tests.altinn.openid import (
    BACK,
    START,
    at_provider,
    browser,
    provider,
    running,
    sign_in,
    start,
)
from tests.client import BASE_HOST
from tests.openid_provider import CLIENT_ID, CLIENT_SECRET, OpenIdProvider

__all__ = ["browser", "provider", "running"]

pytestmark = pytest.mark.django_db


# --- the way in -----------------------------------------------------------------------
def test_the_button_is_there_when_a_provider_is_configured(
    browser: Client, provider: OpenIdProvider, settings: LazySettings
) -> None:
    """And only then; the provider is not asked for the page."""
    page = browser.get("/admin/login/?next=/admin/auth/").content.decode()
    assert "Sign in with NAV" in page
    assert f"{START}?next=%2Fadmin%2Fauth%2F" in page
    assert provider.requests == []
    settings.ALTINN_OIDC_ISSUER = ""
    assert "Sign in with" not in browser.get("/admin/login/").content.decode()
    refused = browser.get(START)
    assert refused.status_code == 404
    assert "No OpenID provider is configured" in refused.content.decode()


def test_a_person_signs_in_with_what_the_claims_give(
    browser: Client, provider: OpenIdProvider
) -> None:
    """Code flow with PKCE, state and nonce; staff by membership, never a superuser."""
    url = start(browser, "/admin/password_change/")
    query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    assert query["response_type"] == "code"
    assert query["code_challenge_method"] == "S256"
    assert query["redirect_uri"] == f"http://altinn.test:8000{BACK}"
    assert len(query["state"]) >= 43
    assert len(query["nonce"]) >= 43
    before = browser.session.session_key
    answer = browser.get(at_provider(url))
    assert (answer.status_code, answer["Location"]) == (302, "/admin/password_change/")
    assert browser.session.session_key != before  # T-13: rotated
    assert not Session.objects.filter(session_key=before).exists()
    user = User.objects.get()
    assert (user.oidc_issuer, user.oidc_subject) == (provider.issuer, "person-1")
    assert (user.is_staff, user.is_superuser) == (True, False)
    assert (user.first_name, user.email) == ("Kari", "kari@nav.example")
    assert not user.has_usable_password()
    (membership,) = user.memberships.all()
    assert (membership.org, membership.role) == ("nav", "case-worker")
    assert browser.get("/admin/").status_code == 200


def test_nothing_secret_is_in_an_address_or_a_page(
    browser: Client, provider: OpenIdProvider
) -> None:
    """No token in any URL; the verifier and the secret never leave by the browser"""
    url = start(browser)
    kept = browser.session["openid-attempt"]
    back = at_provider(url)
    answer = browser.get(back)
    for text in (url, back, answer["Location"]):
        assert kept["verifier"] not in text
        assert CLIENT_SECRET not in text
        assert "token" not in text
    assert set(parse_qs(urlsplit(back).query)) == {"code", "state"}


def test_the_session_cookie_bears_its_flags(
    browser: Client, provider: OpenIdProvider
) -> None:
    """T-13: no script reads it, and no other site's form sends it"""
    answer = sign_in(browser)
    cookie = answer.cookies["admin-session"]
    assert cookie["httponly"]
    assert (cookie["samesite"], cookie["path"], cookie["domain"]) == ("Lax", "/", "")
    assert cookie["max-age"] == 12 * 3600  # not the ten minutes of an attempt


def test_memberships_follow_the_claims(
    browser: Client, provider: OpenIdProvider
) -> None:
    """What a claim gave goes with the claim; what was given by hand stays"""
    provider.claims = {"groups": ["nav-saksbehandlere", "nav-lesere"], "dept": "skd"}
    sign_in(browser)
    user = User.objects.get()
    assert user.memberships.count() == 3
    Membership.objects.create(user=user, org="dfo", role="viewer")
    provider.claims = {"groups": "nav-lesere"}
    sign_in(browser)
    left = set(user.memberships.values_list("org", "role"))
    assert left == {("nav", "viewer"), ("dfo", "viewer")}


def test_who_lost_every_claim_is_out_in_every_browser(
    browser: Client, provider: OpenIdProvider
) -> None:
    """Also in one that was signed in before"""
    sign_in(browser)
    other = Client(headers={"host": f"{BASE_HOST}:8000"})
    provider.claims = {"groups": []}
    answer = sign_in(other)
    assert answer.status_code == 403
    assert "gives you access" in answer.content.decode().replace("\n", " ")
    user = User.objects.get()
    assert (user.is_staff, user.memberships.count()) == (False, 0)
    assert browser.get("/admin/").status_code == 302


def test_a_disabled_account_stays_out(
    browser: Client, provider: OpenIdProvider
) -> None:
    """What the provider says does not open it"""
    sign_in(browser)
    User.objects.update(is_active=False)
    other = Client(headers={"host": f"{BASE_HOST}:8000"})
    assert sign_in(other).status_code == 403
    assert "_auth_user_id" not in other.session


def test_an_account_is_known_by_issuer_and_subject_alone(
    browser: Client, provider: OpenIdProvider
) -> None:
    """Nobody becomes somebody by having their address or name"""
    boss = User.objects.create_superuser("kari", email="kari@nav.example")
    provider.claims = {"preferred_username": "kari", "is_superuser": True}
    sign_in(browser)
    mine = User.objects.exclude(pk=boss.pk).get()
    assert browser.session["_auth_user_id"] == str(mine.pk)
    assert not mine.is_superuser
    provider.claims = {"sub": "person-2"}
    sign_in(Client(headers={"host": f"{BASE_HOST}:8000"}))
    assert User.objects.count() == 3


def test_signing_out_ends_the_session_and_shows_the_way_out_of_the_provider(
    browser: Client, provider: OpenIdProvider
) -> None:
    """Without the ID token in the address"""
    sign_in(browser)
    key = browser.session.session_key
    page = browser.post("/admin/logout/").content.decode()
    assert f"{provider.issuer}/logout?client_id={CLIENT_ID}" in page
    assert "id_token" not in page
    assert not Session.objects.filter(session_key=key).exists()
    assert browser.get("/admin/").status_code == 302
