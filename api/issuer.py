"""The server's own token issuer and its verifier, from settings and the keys at hand.

Both follow the keys: after a file of theirs is replaced, every process signs, publishes
and verifies with the new one.
"""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from apps_registry import addresses
from apps_registry import services as apps
from common.egress import egress
from parties import services as parties
from parties.exchange import exchange
from parties.foreign_claims import RegisteredUser
from parties.issued_claims import PLATFORM_AUDIENCE
from parties.issuer_file import load_issuers
from parties.issuers import Issuer, IssuerKind
from parties.keys import KeyRing, SigningKeys, key_ring
from parties.remote_keys import RemoteKeys
from parties.tokens import PLATFORM_TOKEN_LIFETIME, TokenIssuer, TokenVerifier

PLATFORM = "platform"  # the iss of the platform's own components


class Register:
    """Whom the register and the registry of applications know."""

    def person(self, ssn: str) -> RegisteredUser | None:
        """Return the user with this national identity number, None for nobody."""
        profile = parties.user_with_ssn(ssn)
        if profile is None:
            return None
        return RegisteredUser(
            user_id=profile.pk,
            party_id=profile.party_id,
            party_uuid=str(profile.party.uuid or ""),
            username=profile.user_name,
        )

    def service_owner(self, org_number: str) -> str:
        """Return the code of the service owner, empty for who is none."""
        return apps.service_owner_with_number(org_number)

    def is_service_owner(self, org: str) -> bool:
        """Whether there is a service owner of this code."""
        return apps.is_service_owner(org)


def issuer_name() -> str:
    """Return our ``iss``: the address of our OpenID documents, with a final slash."""
    return f"{addresses.platform_base()}/authentication/api/v1/openid/"


def ring() -> KeyRing:
    """Return all our keys; the first is made at first use."""
    return key_ring(settings.ALTINN_KEYS_DIR, sandbox=settings.ALTINN_SANDBOX)


def keys() -> SigningKeys:
    """Return our signing key."""
    return ring().current


def token_issuer() -> TokenIssuer:
    """Return the issuer of our own tokens."""
    return TokenIssuer(issuer_name(), keys(), lifetime=settings.ALTINN_TOKEN_LIFETIME)


def platform_keys() -> SigningKeys:
    """Return the key that the sandbox's platform access tokens are signed with."""
    return key_ring(_platform_folder(settings.ALTINN_KEYS_DIR)).current


def platform_token_issuer() -> TokenIssuer:
    """Return the issuer of the sandbox's platform access tokens."""
    return TokenIssuer(PLATFORM, platform_keys(), lifetime=PLATFORM_TOKEN_LIFETIME)


def token_verifier() -> TokenVerifier:
    """Return the verifier of our own tokens and those of the configured issuers."""
    platform = platform_keys() if settings.ALTINN_SANDBOX else None
    # What is published now, so that an old key verifies until its time and no longer.
    return _verifier(ring().published(), platform)


def forget() -> None:
    """Build the verifier anew for the next token: for tests that change settings."""
    _verifier.cache_clear()


def exchanged(token: str, *, provider: str, for_tests: bool) -> str:
    """Return a token of ours for the caller of another issuer's; see ``exchange``."""
    return exchange(
        token,
        provider=provider,
        verifier=token_verifier(),
        issuer=token_issuer(),
        register=Register(),
        for_tests=for_tests,
    )


@lru_cache(maxsize=1)
def _platform_folder(folder: Path) -> Path:
    return folder / PLATFORM


@lru_cache(maxsize=1)
def _verifier(
    own: tuple[SigningKeys, ...], platform: SigningKeys | None
) -> TokenVerifier:
    """Build the verifier once for these keys; what it remembers goes with them."""
    others = _configured()
    ours = [
        Issuer.embedded(issuer_name(), *own),
        *_sandbox_issuers(platform, others),
    ]
    return TokenVerifier(
        [*ours, *others], register=Register(), remote_keys=RemoteKeys(egress())
    )


def _configured() -> list[Issuer]:
    """Return the issuers of the file that are trusted in this environment."""
    if not settings.ALTINN_TRUSTED_ISSUERS:
        return []
    issuers = load_issuers(
        Path(settings.ALTINN_TRUSTED_ISSUERS),
        internal_hosts=settings.ALTINN_INTERNAL_HOSTS,
    )
    return [one for one in issuers if settings.ALTINN_ENVIRONMENT in one.enabled_in]


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
