"""The exchange of another issuer's token for one of ours (authorization.md §1.7)."""

import time
from datetime import timedelta
from types import MappingProxyType

from common.errors import Invalid
from parties.foreign_claims import Register
from parties.issuers import IssuerKind
from parties.tokens import TokenIssuer, TokenRefused, TokenVerifier

PROVIDERS = MappingProxyType(
    {
        "maskinporten": IssuerKind.MASKINPORTEN,
        "id-porten": IssuerKind.IDPORTEN,
        "altinnstudio": IssuerKind.STUDIO,
    }
)
_AGENCY_OF_TESTS, _TEST_ORG = "digdir", "ttd"


class ProviderUnknown(Invalid):
    """Tokens of this provider are not exchanged."""

    code = "provider-unknown"
    detail = "{provider!r} is no provider; those are {known}."


def provider_kind(provider: str) -> IssuerKind:
    """Return whose tokens a provider's are, by its name; raises ProviderUnknown."""
    kind = PROVIDERS.get(provider.lower())
    if kind is None:
        raise ProviderUnknown(provider=provider, known=", ".join(PROVIDERS))
    return kind


def exchange(
    token: str,
    *,
    provider: str,
    verifier: TokenVerifier,
    issuer: TokenIssuer,
    register: Register,
    for_tests: bool = False,
) -> str:
    """Return a token of ours for the caller of another issuer's token.

    It ends when that one ends. With ``for_tests`` the agency that runs Altinn becomes
    the org of its test applications, if the register knows both. Raises
    ProviderUnknown, TokenRefused and AltinnScopeMissing.
    """
    kind = provider_kind(provider)
    now = int(time.time())
    foreign = verifier.verify_foreign(token, kind=kind)
    if foreign.expires <= now:  # within the skew, so that nothing is left of it
        raise TokenRefused("the token has expired")
    claims = {**foreign.claims, "originaliss": foreign.issuer.iss}
    is_agency = claims.get("urn:altinn:org") == _AGENCY_OF_TESTS
    if for_tests and is_agency and register.is_service_owner(_TEST_ORG):
        claims["urn:altinn:org"] = _TEST_ORG
    return issuer.issue(
        claims, lifetime=timedelta(seconds=foreign.expires - now), now=now
    )
