"""A caller as a row keeps him, for what is done in his name when he is gone."""

from collections.abc import Mapping
from typing import Any

from parties.identity import Principal, PrincipalKind


def kept(principal: Principal) -> dict[str, object]:
    """Return what decisions about the caller need; no session, and no lock's token."""
    return {
        "kind": principal.kind.value,
        "level": principal.level,
        "userId": principal.user_id,
        "partyId": principal.party_id,
        "partyUuid": principal.party_uuid,
        "org": principal.org,
        "orgNumber": principal.org_number,
        "systemUserId": principal.system_user_id,
        "systemId": principal.system_id,
        "scopes": sorted(principal.scopes),
        "clientId": principal.client_id,
    }


def principal_from(row: Mapping[str, Any]) -> Principal:
    """Return the caller of what ``kept`` returned."""
    kind = row.get("kind") or PrincipalKind.SERVICE_OWNER.value
    return Principal(
        PrincipalKind(kind),
        level=int(row["level"]),
        user_id=row.get("userId"),
        party_id=row.get("partyId"),
        party_uuid=str(row.get("partyUuid") or ""),
        org=str(row["org"]),
        org_number=str(row["orgNumber"]),
        system_user_id=str(row.get("systemUserId") or ""),
        system_id=str(row.get("systemId") or ""),
        scopes=frozenset(row["scopes"]),
        client_id=str(row["clientId"]),
    )
