"""Who asked, as a row keeps it for work that is done after the answer."""

from collections.abc import Mapping
from typing import Any

from parties.identity import Principal, PrincipalKind


def written(principal: Principal) -> dict[str, object]:
    """Return the caller without what is proof of him: session and lock token."""
    return {
        "kind": principal.kind.value,
        "level": principal.level,
        "method": principal.method,
        "userId": principal.user_id,
        "partyId": principal.party_id,
        "partyUuid": principal.party_uuid,
        "username": principal.username,
        "org": principal.org,
        "orgNumber": principal.org_number,
        "systemUserId": principal.system_user_id,
        "systemId": principal.system_id,
        "scopes": sorted(principal.scopes),
        "app": principal.app,
        "clientId": principal.client_id,
    }


def read(kept: Mapping[str, Any]) -> Principal:
    """Return the caller of whom ``written`` told."""
    return Principal(
        PrincipalKind(kept["kind"]),
        level=kept["level"],
        method=kept["method"],
        user_id=kept["userId"],
        party_id=kept["partyId"],
        party_uuid=kept["partyUuid"],
        username=kept["username"],
        org=kept["org"],
        org_number=kept["orgNumber"],
        system_user_id=kept["systemUserId"],
        system_id=kept["systemId"],
        scopes=frozenset(kept["scopes"]),
        app=kept["app"],
        client_id=kept["clientId"],
    )
