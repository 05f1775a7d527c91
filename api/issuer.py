"""The server's own token issuer and its verifier, built once from settings."""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from apps_registry import addresses
from parties.issued_claims import PLATFORM_AUDIENCE
from parties.issuers import Issuer, IssuerKind, load_issuers
from parties.keys import SigningKeys, signing_keys
from parties.tokens import PLATFORM_TOKEN_LIFETIME, TokenIssuer, TokenVerifier

PLATFORM = "platform"  # the iss of the platform's own components


def issuer_name() -> str:
    """Return our ``iss``: the address of our OpenID documents, with a final slash."""
    return f"{addresses.platform_base()}/authentication/api/v1/openid/"


def keys() -> SigningKeys:
    """Return our signing key, made at first use."""
    return signing_keys(settings.ALTINN_KEYS_DIR)


@lru_cache(maxsize=1)
def token_issuer() -> TokenIssuer:
    """Return the issuer of our own tokens."""
    return TokenIssuer(issuer_name(), keys(), lifetime=settings.ALTINN_TOKEN_LIFETIME)


def platform_keys() -> SigningKeys:
    """Return the key that the sandbox's platform access tokens are signed with."""
    return signing_keys(settings.ALTINN_KEYS_DIR / PLATFORM)


@lru_cache(maxsize=1)
def platform_token_issuer() -> TokenIssuer:
    """Return the issuer of the sandbox's platform access tokens."""
    return TokenIssuer(PLATFORM, platform_keys(), lifetime=PLATFORM_TOKEN_LIFETIME)


@lru_cache(maxsize=1)
def token_verifier() -> TokenVerifier:
    """Return the verifier of our own tokens and those of the configured issuers."""
    own = Issuer.embedded(issuer_name(), keys())
    trusted = settings.ALTINN_TRUSTED_ISSUERS
    others = load_issuers(Path(trusted)) if trusted else ()
    return TokenVerifier([own, *_sandbox_issuers(others), *others])


def _sandbox_issuers(others: Iterable[Issuer]) -> list[Issuer]:
    """Return the sandbox's own platform issuer, unless another has its name."""
    named = any(PLATFORM in issuer.names for issuer in others)
    if named or not settings.ALTINN_SANDBOX:
        return []
    keys = platform_keys()
    return [
        Issuer(
            iss=PLATFORM,
            kind=IssuerKind.PLATFORM,
            keys={keys.kid: keys.public},
            audiences=frozenset({PLATFORM_AUDIENCE}),
            max_lifetime=PLATFORM_TOKEN_LIFETIME,
        )
    ]
