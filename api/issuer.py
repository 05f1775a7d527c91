"""The server's own token issuer and its verifier, from settings and the key at hand.

Both follow the key: after its file is replaced, every process signs, publishes and
verifies with the new one.
"""

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


def token_issuer() -> TokenIssuer:
    """Return the issuer of our own tokens."""
    return TokenIssuer(issuer_name(), keys(), lifetime=settings.ALTINN_TOKEN_LIFETIME)


def platform_keys() -> SigningKeys:
    """Return the key that the sandbox's platform access tokens are signed with."""
    return signing_keys(settings.ALTINN_KEYS_DIR / PLATFORM)


def platform_token_issuer() -> TokenIssuer:
    """Return the issuer of the sandbox's platform access tokens."""
    return TokenIssuer(PLATFORM, platform_keys(), lifetime=PLATFORM_TOKEN_LIFETIME)


def token_verifier() -> TokenVerifier:
    """Return the verifier of our own tokens and those of the configured issuers."""
    return _verifier(keys(), platform_keys() if settings.ALTINN_SANDBOX else None)


@lru_cache(maxsize=1)
def _verifier(own: SigningKeys, platform: SigningKeys | None) -> TokenVerifier:
    """Build the verifier once for these keys; what it remembers goes with them."""
    trusted = settings.ALTINN_TRUSTED_ISSUERS
    others = load_issuers(Path(trusted)) if trusted else ()
    ours = [Issuer.embedded(issuer_name(), own), *_sandbox_issuers(platform, others)]
    return TokenVerifier([*ours, *others])


def _sandbox_issuers(
    keys: SigningKeys | None, others: Iterable[Issuer]
) -> list[Issuer]:
    """Return the sandbox's own platform issuer, unless another has its name."""
    if keys is None or any(PLATFORM in issuer.names for issuer in others):
        return []
    return [
        Issuer(
            iss=PLATFORM,
            kind=IssuerKind.PLATFORM,
            keys={keys.kid: keys.public},
            audiences=frozenset({PLATFORM_AUDIENCE}),
            max_lifetime=PLATFORM_TOKEN_LIFETIME,
        )
    ]
