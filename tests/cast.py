"""The people of the tests: who they are in the sandbox's register, and their tokens.

Sophie (user 1337) manages the organisation 500000 and acts for party 12345 too; the
owner is the service owner ``nav``; the stranger (user 1002) holds no role for either;
the other owner is ``skd``.
"""

from dataclasses import dataclass, field

from api import issuer
from api.authentication import PLATFORM_HEADER
from parties.identity import Principal, PrincipalKind
from parties.issued_claims import (
    designer_claims,
    platform_claims,
    service_owner_claims,
    system_user_claims,
    user_claims,
)

ORG_PARTY = 500000
PROPOSAL_PARTY = 12345
READ_SCOPE = "altinn:serviceowner/instances.read"
OWNER_SCOPES = f"{READ_SCOPE} altinn:serviceowner/instances.write"
USER_SCOPE = "altinn:portal/enduser"


@dataclass(frozen=True)
class Person:
    """Somebody who calls; ``claims`` are those of their token."""

    name: str
    claims: dict[str, object] = field(hash=False)

    def token(self) -> str:
        """Return a fresh access token."""
        return issuer.token_issuer().issue(self.claims)

    def principal(self) -> Principal:
        """Return the caller as the rooms see him."""
        return issuer.token_verifier().verify(self.token())


def user(user_id: int, party_id: int, *, level: int = 2, name: str = "") -> Person:
    """Return an end user."""
    claims = user_claims(
        user_id=user_id,
        party_id=party_id,
        username=name or f"user{user_id}",
        level=level,
        scope=USER_SCOPE,
    )
    return Person(name or f"user {user_id}", claims)


def service_owner(
    org: str, *, scope: str = OWNER_SCOPES, number: str = "310000000"
) -> Person:
    """Return a service owner."""
    claims = service_owner_claims(org=org, org_number=number, scope=scope, level=3)
    return Person(org, claims)


def platform_headers(app: str = "storage") -> dict[str, str]:
    """Return the headers of a component of the platform, which is no person."""
    token = issuer.platform_token_issuer().issue(platform_claims(app=app))
    return {PLATFORM_HEADER: token}


SOPHIE = user(1337, 501337, name="sophie")
WEAK_SOPHIE = user(1337, 501337, level=1, name="weak sophie")
STRANGER = user(1004, 510004, name="stranger")
OWNER = service_owner("nav")
OWNER_WITHOUT_SCOPE = service_owner("nav", scope="altinn:serviceowner")
OTHER_OWNER = service_owner("skd", number="310000001")

# The sandbox's system user, which acts for the organisation 500000.
SYSTEM_USER = Person(
    "system user",
    system_user_claims(
        system_user_id="0b7c9e2e-52d4-4c0a-9f6e-2d0a6f1c3e55",
        system_id="312009579_fakturaflyt",
        org_number="353801961",
        vendor_number="312009579",
        scope="altinn:instances.read altinn:instances.write",
    ),
)

DESIGNER = Person("designer", designer_claims())

SOPHIE_PRINCIPAL = Principal(
    PrincipalKind.USER, level=2, user_id=1337, party_id=501337, username="sophie"
)
OWNER_PRINCIPAL = Principal(
    PrincipalKind.SERVICE_OWNER, level=3, org="nav", org_number="310000000"
)
