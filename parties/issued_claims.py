"""Claims of the tokens that the server issues, for each kind of caller."""

from parties.claims import (
    MACHINE_LEVEL,
    MACHINE_METHOD,
    ORGANISATION_AUTHORITY,
    SYSTEM_USER_TYPE,
)
from parties.identity import DESIGNER_APP, Principal, PrincipalKind

PORTAL_SCOPE = (
    "openid digdir:dialogporten.noconsent altinn:portal/enduser altinn:instances.read"
)
PLATFORM_AUDIENCE = "platform.altinn.no"


def user_claims(
    *,
    user_id: int,
    party_id: int,
    username: str,
    level: int,
    party_uuid: str = "",
    scope: str = PORTAL_SCOPE,
) -> dict[str, object]:
    """Return the claims of a user's token; at level 0, of a self-identified user's."""
    claims: dict[str, object] = {
        "nameid": str(user_id),
        "urn:altinn:userid": user_id,
        "urn:altinn:username": username,
        "urn:altinn:partyid": party_id,
        "urn:altinn:authenticatemethod": "NotDefined" if level else "SelfIdentified",
        "urn:altinn:authlevel": level,
        "scope": scope,
    }
    if party_uuid:
        claims["urn:altinn:party:uuid"] = party_uuid
    return claims


def service_owner_claims(
    *, org: str, org_number: str, scope: str, level: int = MACHINE_LEVEL
) -> dict[str, object]:
    """Return the claims of a service owner's token; the scope under both its names."""
    return {
        "urn:altinn:org": org,
        **organisation_claims(org_number=org_number, scope=scope, level=level),
        "urn:altinn:scope": scope,
    }


def organisation_claims(
    *, org_number: str, scope: str, level: int = MACHINE_LEVEL
) -> dict[str, object]:
    """Return the claims of an organisation's token."""
    return {
        "urn:altinn:orgNumber": org_number,
        "urn:altinn:authenticatemethod": MACHINE_METHOD,
        "urn:altinn:authlevel": level,
        "consumer": _organisation(org_number),
        "scope": scope,
    }


def system_user_claims(
    *,
    system_user_id: str,
    system_id: str,
    org_number: str,
    vendor_number: str,
    scope: str,
    level: int = MACHINE_LEVEL,
) -> dict[str, object]:
    """Return the claims of a system user's token.

    ``org_number`` is that of the organisation it acts for, ``vendor_number`` that of
    the vendor who asks for the token.
    """
    details = {
        "type": SYSTEM_USER_TYPE,
        "systemuser_id": [system_user_id],
        "systemuser_org": _organisation(org_number),
        "system_id": system_id,
    }
    return {
        **organisation_claims(org_number=vendor_number, scope=scope, level=level),
        "authorization_details": [details],
    }


def platform_claims(*, app: str) -> dict[str, object]:
    """Return the claims of a platform access token."""
    return {"urn:altinn:app": app, "aud": PLATFORM_AUDIENCE}


def designer_claims() -> dict[str, object]:
    """Return the claims of the token of the tool that makes applications."""
    return {"urn:altinn:app": DESIGNER_APP}


def claims_of(principal: Principal) -> dict[str, object]:
    """Return claims that describe the caller, and nothing that its token said besides.

    The vendor of a system user is not known any more, and nothing depends on it.
    """
    scope = " ".join(sorted(principal.scopes))
    match principal.kind:
        case PrincipalKind.USER:
            assert principal.user_id is not None  # noqa: S101  every user has both
            assert principal.party_id is not None  # noqa: S101  as above
            claims = user_claims(
                user_id=principal.user_id,
                party_id=principal.party_id,
                username=principal.username,
                level=principal.level,
                party_uuid=principal.party_uuid,
                scope=scope,
            )
            if principal.org_number:
                claims["urn:altinn:orgNumber"] = principal.org_number
        case PrincipalKind.SERVICE_OWNER:
            claims = service_owner_claims(
                org=principal.org,
                org_number=principal.org_number,
                scope=scope,
                level=principal.level,
            )
        case PrincipalKind.ORGANISATION:
            claims = organisation_claims(
                org_number=principal.org_number, scope=scope, level=principal.level
            )
        case PrincipalKind.SYSTEM_USER:
            claims = system_user_claims(
                system_user_id=principal.system_user_id,
                system_id=principal.system_id,
                org_number=principal.org_number,
                vendor_number=principal.org_number,
                scope=scope,
                level=principal.level,
            )
            del claims["urn:altinn:orgNumber"], claims["consumer"]
        case PrincipalKind.UNKNOWN:
            claims = {"scope": scope}
            if principal.app:
                claims["urn:altinn:app"] = principal.app
    if principal.method:
        claims["urn:altinn:authenticatemethod"] = principal.method
    return claims


def _organisation(number: str) -> dict[str, str]:
    return {"authority": ORGANISATION_AUTHORITY, "ID": f"0192:{number}"}
