"""Whose platform access tokens a server believes."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings

from api import issuer
from parties.issued_claims import platform_claims
from parties.keys import KEY_FILE, public_jwks, signing_keys
from parties.tokens import PLATFORM_TOKEN_LIFETIME, TokenIssuer, TokenRefused
from tests.cast import SOPHIE


@pytest.fixture(autouse=True)
def read_again() -> Iterator[None]:
    """Build the verifier from the settings of the test, and from the suite's after."""
    issuer._verifier.cache_clear()
    yield
    issuer._verifier.cache_clear()


def test_the_sandbox_has_a_platform_of_its_own() -> None:
    """Z-032, T-44: with a key that signs nothing else"""
    token = issuer.platform_token_issuer().issue(platform_claims(app="pdf"))
    assert str(issuer.token_verifier().verify_platform(token)) == "platform/pdf"
    assert issuer.platform_keys().kid != issuer.keys().kid


def test_a_replaced_key_signs_is_published_and_verifies(
    settings: LazySettings, tmp_path: Path
) -> None:
    """Z-013, T-39: all three at once, and the old key's tokens are refused"""
    settings.ALTINN_KEYS_DIR = tmp_path / "keys"
    old = issuer.token_issuer().issue(SOPHIE.claims)
    assert issuer.token_verifier().verify(old).user_id == 1337
    other = signing_keys(tmp_path / "other")
    (tmp_path / "other" / KEY_FILE).replace(settings.ALTINN_KEYS_DIR / KEY_FILE)
    new = issuer.token_issuer().issue(SOPHIE.claims)
    assert issuer.token_verifier().verify(new).user_id == 1337
    assert issuer.keys().kid == other.kid
    with pytest.raises(TokenRefused):
        issuer.token_verifier().verify(old)


def test_outside_the_sandbox_its_platform_is_not_believed(
    settings: LazySettings,
) -> None:
    """Z-028, Z-032, T-43"""
    settings.ALTINN_SANDBOX = False
    token = issuer.platform_token_issuer().issue(platform_claims(app="pdf"))
    with pytest.raises(TokenRefused):
        issuer.token_verifier().verify_platform(token)


@pytest.mark.parametrize("sandbox", [True, False])
def test_a_configured_platform_is_believed_in_its_place(
    settings: LazySettings, tmp_path: Path, sandbox: bool
) -> None:
    """Z-032: the issuer's own keys, and no other's beside them"""
    keys = signing_keys(tmp_path / "keys")
    entry = {"iss": "platform", "kind": "platform", "jwks": public_jwks(keys)}
    path = tmp_path / "issuers.json"
    path.write_text(json.dumps({"issuers": [entry]}))
    settings.ALTINN_TRUSTED_ISSUERS = str(path)
    settings.ALTINN_SANDBOX = sandbox
    theirs = TokenIssuer("platform", keys, lifetime=PLATFORM_TOKEN_LIFETIME)
    token = theirs.issue(platform_claims(app="storage"))
    found = issuer.token_verifier().verify_platform(token)
    assert str(found) == "platform/storage"
    ours = issuer.platform_token_issuer().issue(platform_claims(app="storage"))
    with pytest.raises(TokenRefused):
        issuer.token_verifier().verify_platform(ours)
