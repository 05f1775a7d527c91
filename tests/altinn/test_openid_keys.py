"""Keys and ID tokens that can be read in two ways, or not at all, sign nobody in."""

import pytest
from django.test import Client

from parties import oidc
from tests.altinn.openid import (
    START,
    assert_refused,
    browser,
    provider,
    running,
    sign_in,
)
from tests.openid_provider import OpenIdProvider

__all__ = ["browser", "provider", "running"]

pytestmark = pytest.mark.django_db


def test_of_two_keys_of_one_name_neither_counts(
    browser: Client, provider: OpenIdProvider
) -> None:
    """Whichever of them signed: which is meant, nobody can tell"""
    first = provider.signing_key
    provider.rotate("first")
    provider.published = [provider.signing_key, first]
    assert_refused(browser, sign_in(browser), "no key that can be used", status=503)


def test_other_keys_of_the_set_still_count(
    browser: Client, provider: OpenIdProvider
) -> None:
    """A name given twice spoils no other"""
    first = provider.signing_key
    provider.rotate("first")
    twins = [provider.signing_key, first]
    provider.rotate("second")
    provider.published = [*twins, provider.signing_key]
    assert sign_in(browser).status_code == 302


@pytest.mark.parametrize("depth", [100, 900])
def test_an_id_token_nested_too_deep_is_refused(
    browser: Client, provider: OpenIdProvider, depth: int
) -> None:
    """With its signature as it should be"""
    nested: object = "x"
    for _ in range(depth):
        nested = [nested]
    provider.claims = {"x": nested}
    assert_refused(browser, sign_in(browser), "cannot be read")


def test_keys_that_cannot_be_fetched_are_not_asked_for_again_at_once(
    browser: Client, provider: OpenIdProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each sign-in is told when to try again, and the first one after that succeeds"""
    monkeypatch.setattr(oidc, "FAILURE_SECONDS", 3600.0)  # however busy the machine is
    provider.broken = {"/jwks"}
    for _ in range(3):
        answer = sign_in(browser)
        assert_refused(browser, answer, "status 500", "Try again in", status=503)
        assert 0 < int(answer["Retry-After"]) <= oidc.FAILURE_SECONDS
    assert provider.requests.count("GET /jwks") == 1
    provider.broken.clear()
    monkeypatch.setattr(oidc, "FAILURE_SECONDS", -1.0)
    assert sign_in(browser).status_code == 302


def test_a_new_key_that_cannot_be_fetched_keeps_nobody_else_out(
    browser: Client, provider: OpenIdProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who is signed by a key that is known comes in while others are told to wait"""
    first = provider.signing_key
    assert sign_in(browser).status_code == 302
    monkeypatch.setattr(oidc, "KEY_COOLDOWN_SECONDS", -1.0)
    monkeypatch.setattr(oidc, "FAILURE_SECONDS", 3600.0)  # however busy the machine is
    provider.broken = {"/jwks"}
    provider.rotate("second")
    provider.requests.clear()
    for _ in range(2):
        assert sign_in(browser).status_code == 503
    assert provider.requests.count("GET /jwks") == 1
    provider.signing_key = first
    assert sign_in(browser).status_code == 302


@pytest.mark.parametrize("lacking", ["token_endpoint", "jwks_uri"])
def test_a_document_that_lacks_an_address_is_not_kept(
    browser: Client,
    provider: OpenIdProvider,
    monkeypatch: pytest.MonkeyPatch,
    lacking: str,
) -> None:
    """Nobody is sent to the provider in vain, and it counts as soon as it is whole"""
    provider.document = {lacking: None}
    assert_refused(browser, browser.get(START), lacking, status=503)
    provider.document = {}
    monkeypatch.setattr(oidc, "FAILURE_SECONDS", -1.0)
    assert sign_in(browser).status_code == 302
