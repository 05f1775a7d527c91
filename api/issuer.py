"""The server's own token issuer and its verifier, built once from settings."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from apps_registry import addresses
from parties.issuers import Issuer, load_issuers
from parties.keys import SigningKeys, signing_keys
from parties.tokens import TokenIssuer, TokenVerifier


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


@lru_cache(maxsize=1)
def token_verifier() -> TokenVerifier:
    """Return the verifier of our own tokens and those of the configured issuers."""
    own = Issuer.embedded(issuer_name(), keys())
    trusted = settings.ALTINN_TRUSTED_ISSUERS
    others = load_issuers(Path(trusted)) if trusted else ()
    return TokenVerifier([own, *others])
