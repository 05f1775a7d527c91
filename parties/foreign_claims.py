"""From what another issuer says of its caller to what Altinn says of the same.

One mapping for both ways in: a token that is exchanged, and one that is sent as it is.
Only what is listed here is taken over, and never a claim in Altinn's own name: whoever
is not Altinn does not say who is who in Altinn, which roles anybody has, or how
strongly an organisation is authenticated.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from parties.claims import (
    MACHINE_METHOD,
    ClaimInvalid,
    check_types,
    organisation_of,
    scopes_of,
    system_user_of,
    text,
    texts,
)
from parties.errors import AltinnScopeMissing
from parties.identity import DESIGNER_APP
from parties.issued_claims import (
    organisation_claims,
    service_owner_claims,
    system_user_claims,
    user_claims,
)
from parties.issuers import Issuer, IssuerKind
from parties.numbers import SSN_LENGTH, has_digits

# Altinn's own issuers say in Altinn's own words who their callers are.
SPEAK_FOR_ALTINN = frozenset({IssuerKind.EMBEDDED, IssuerKind.ALTINN})
OWNER_SCOPE = "altinn:serviceowner"

LEVELS: Mapping[str, int] = MappingProxyType(
    {
        "level0": 0,
        "selfregistered-email": 0,
        "idporten-loa-low": 0,
        "level1": 1,
        "level2": 2,
        "level3": 3,
        "idporten-loa-substantial": 3,
        "level4": 4,
        "idporten-loa-high": 4,
    }
)
METHODS: Mapping[str, str] = MappingProxyType(
    {
        "minid-pin": "MinIDPin",
        "minid-otc": "MinIDOTC",
        "minid-app": "MinIDApp",
        "commfides": "Commfides",
        "buypass": "BuyPass",
        "bankid": "BankID",
        "bankid mobil": "BankIDMobil",
        "eidas": "EIDAS",
        "testid": "IdportenTestId",
        "selfregistered-email": "IdportenEpost",
        "maskinporten": MACHINE_METHOD,
        "selfidentified": "SelfIdentified",
        "staticpassword": "StaticPassword",
    }
)
OTHER_METHOD = "NotDefined"

_FROM_MASKINPORTEN = ("client_id", "token_type", "supplier", "delegation_source")
_FROM_IDPORTEN = (
    "pid",
    "acr",
    "amr",
    "auth_time",
    "client_id",
    "client_orgno",
    "token_type",
    "orgsub",
    "email",
    "locale",
)


@dataclass(frozen=True, slots=True)
class RegisteredUser:
    """A person whom the register knows as a user."""

    user_id: int
    party_id: int
    party_uuid: str
    username: str


class Register(Protocol):
    """Whom the mapping asks who somebody is."""

    def person(self, ssn: str) -> RegisteredUser | None:
        """Return the user with this national identity number, None for nobody."""

    def service_owner(self, org_number: str) -> str:
        """Return the code of the service owner, empty for who is none."""

    def is_service_owner(self, org: str) -> bool:
        """Whether there is a service owner of this code."""


class EmptyRegister:
    """A register that knows nobody."""

    def person(self, ssn: str) -> RegisteredUser | None:
        """Return None."""
        return None

    def service_owner(self, org_number: str) -> str:
        """Return the empty string."""
        return ""

    def is_service_owner(self, org: str) -> bool:
        """Return False."""
        return False


def level_of(acr: str) -> int:
    """Return the authentication level; what is not known proves nothing."""
    return LEVELS.get(acr.lower(), 0)


def method_of(amr: str) -> str:
    """Return the name that Altinn has for a way of authentication."""
    return METHODS.get(amr.lower(), OTHER_METHOD)


def altinn_claims(
    claims: Mapping[str, object], *, issuer: Issuer, register: Register
) -> dict[str, object]:
    """Return what Altinn says of the caller whom a verified token describes.

    Raises ClaimInvalid for a token that names nobody whom Altinn knows, and
    AltinnScopeMissing for a person's token that is not for Altinn.
    """
    check_types(claims)
    if issuer.kind in SPEAK_FOR_ALTINN:
        return dict(claims)
    if issuer.kind is IssuerKind.MASKINPORTEN:
        return _machine(claims, register)
    if issuer.kind is IssuerKind.IDPORTEN:
        return _person(claims, issuer, register)
    if issuer.kind is IssuerKind.STUDIO:
        return {"urn:altinn:app": DESIGNER_APP}
    raise ClaimInvalid("a platform access token is no token of a caller")


def is_owner_scope(scope: str) -> bool:
    """Whether a scope is one of service owners', compared whole."""
    return scope == OWNER_SCOPE or scope.startswith(f"{OWNER_SCOPE}/")


def _machine(claims: Mapping[str, object], register: Register) -> dict[str, object]:
    number = organisation_of(claims, "consumer")
    scope = text(claims, "scope")
    kept = {name: claims[name] for name in _FROM_MASKINPORTEN if name in claims}
    if (system_user := system_user_of(claims)) is not None:
        described = system_user_claims(
            system_user_id=system_user.id,
            system_id=system_user.system_id,
            org_number=system_user.org_number,
            vendor_number=number,
            scope=scope,
        )
        if not number:
            del described["urn:altinn:orgNumber"], described["consumer"]
    elif not number:
        raise ClaimInvalid("a token of Maskinporten without a consumer")
    elif org := _service_owner(claims, number, register):
        described = service_owner_claims(org=org, org_number=number, scope=scope)
    else:
        described = organisation_claims(org_number=number, scope=scope)
    return {**kept, **described}


def _service_owner(
    claims: Mapping[str, object], number: str, register: Register
) -> str:
    scopes = scopes_of({"scope": text(claims, "scope")})
    return register.service_owner(number) if any(map(is_owner_scope, scopes)) else ""


def _person(
    claims: Mapping[str, object], issuer: Issuer, register: Register
) -> dict[str, object]:
    scope = text(claims, "scope")
    scopes = scopes_of({"scope": scope})
    if not any(one.startswith("altinn:") for one in scopes) and scopes.isdisjoint(
        issuer.partner_scopes
    ):
        raise AltinnScopeMissing
    ssn, acr = text(claims, "pid"), text(claims, "acr")
    if not has_digits(ssn, SSN_LENGTH) or not acr:
        raise ClaimInvalid("a token of ID-porten without pid or acr")
    user = register.person(ssn)
    if user is None:
        raise ClaimInvalid("the register has no user with the token's pid")
    kept = {name: claims[name] for name in _FROM_IDPORTEN if name in claims}
    methods = texts(claims, "amr")
    described = user_claims(
        user_id=user.user_id,
        party_id=user.party_id,
        username=user.username,
        level=level_of(acr),
        party_uuid=user.party_uuid,
        scope=scope,
    )
    method = method_of(methods[0]) if methods else OTHER_METHOD
    return {**kept, **described, "urn:altinn:authenticatemethod": method}
