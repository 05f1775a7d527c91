"""Tokens: verified into a Principal, and issued by the server's own issuer.

Verification follows authorization.md §1.9 step by step and fails closed, with one
constant text for the caller; why it failed is for the log alone.
"""

import base64
import hashlib
import json
import re
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import timedelta

from joserfc import jws, jwt
from joserfc.errors import JoseError

from common.errors import Unauthenticated
from parties.claims import ClaimInvalid, number, principal_of, text
from parties.identity import Principal, PrincipalKind
from parties.issuers import KEY_TYPES, Issuer, Key
from parties.keys import SigningKeys

_MAX_TOKEN = 16 * 1024
_MAX_HEADER = 2 * 1024
_MAX_KID = 128
_MAX_CACHED = 60.0
_SEGMENT = re.compile(r"[A-Za-z0-9_-]+")
_TYPES = frozenset({"JWT", "at+jwt", None})
_NEVER = ("crit", "zip", "enc", "b64")
_TO_BE_EXCHANGED = frozenset({"maskinporten", "idporten"})


class TokenRefused(Unauthenticated):
    """The access token is not valid: expired, altered, or of an issuer that is not trusted.

    Get a new token and send it as ``Authorization: Bearer …``.
    """

    code = "invalid-token"
    detail = (
        "The access token is not valid; get a new one and send it as a Bearer token."
    )

    def __init__(self, reason: str) -> None:
        """Keep the reason for the log; the detail never tells it."""
        super().__init__()
        self.reason = reason


class TokenVerifier:
    """Verifies tokens of a fixed set of issuers, and remembers for a short while whose.

    Thread-safe. ``verified_count`` counts verifications that were not answered from memory.
    """

    def __init__(
        self,
        issuers: Sequence[Issuer],
        *,
        skew: timedelta = timedelta(seconds=10),
        cache_size: int = 10_000,
    ) -> None:
        self.verified_count = 0
        self._issuers = tuple(issuers)
        self._skew = skew.total_seconds()
        self._cache: OrderedDict[bytes, tuple[float, Principal]] = OrderedDict()
        self._cache_size = cache_size
        self._lock = threading.Lock()

    def verify(self, token: str) -> Principal:
        """Return who the token speaks for; raises TokenRefused."""
        now = time.time()
        name = hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
        with self._lock:
            known = self._cache.get(name)
            if known is not None and known[0] > now:
                self._cache.move_to_end(name)
                return known[1]
        principal, expires = self._verify(token, now)
        with self._lock:
            self.verified_count += 1
            self._cache[name] = (min(expires, now + _MAX_CACHED), principal)
            self._cache.move_to_end(name)
            while len(self._cache) > self._cache_size:
                self._cache.popitem(last=False)
        return principal

    def _verify(self, token: str, now: float) -> tuple[Principal, float]:
        header, unverified = _read(token)
        issuer = self._issuer(unverified)
        _check_header(header, issuer)
        key = _key(header, issuer)
        claims = _signed_claims(token, key, issuer)
        try:
            expires = self._check_times(claims, issuer, now)
            _check_audience(claims, issuer)
            principal = principal_of(claims)
        except ClaimInvalid as error:
            raise TokenRefused(error.reason) from None
        if (
            issuer.kind in _TO_BE_EXCHANGED
            and principal.kind is not PrincipalKind.SYSTEM_USER
        ):
            raise TokenRefused(f"a raw {issuer.kind} token must be exchanged first")
        return principal, expires

    def _issuer(self, claims: Mapping[str, object]) -> Issuer:
        iss = claims.get("iss")
        found = [i for i in self._issuers if isinstance(iss, str) and i.names(iss)]
        if len(found) != 1:
            raise TokenRefused("its issuer is not trusted")
        return found[0]

    def _check_times(
        self, claims: Mapping[str, object], issuer: Issuer, now: float
    ) -> float:
        expires = number(claims, "exp")
        begins, issued = number(claims, "nbf"), number(claims, "iat")
        if expires is None:
            raise TokenRefused("it has no exp")
        if expires + self._skew <= now:
            raise TokenRefused("it has expired")
        if begins is not None and begins - self._skew > now:
            raise TokenRefused("it is not valid yet")
        if issued is not None and issued - self._skew > now:
            raise TokenRefused("it was issued in the future")
        if expires - (now if issued is None else issued) > issuer.max_lifetime:
            raise TokenRefused("it lives longer than its issuer's tokens may")
        return float(expires)


class TokenIssuer:
    """Issues the server's own tokens."""

    def __init__(self, iss: str, keys: SigningKeys, *, lifetime: timedelta) -> None:
        self.iss = iss
        self._keys = keys
        self._lifetime = lifetime

    def issue(
        self,
        claims: Mapping[str, object],
        *,
        lifetime: timedelta | None = None,
        now: float | None = None,
    ) -> str:
        """Return a signed token with the claims; ``now`` is in seconds since 1970."""
        issued = int(time.time() if now is None else now)
        expires = issued + int((lifetime or self._lifetime).total_seconds())
        full = {
            **claims,
            "iss": self.iss,
            "iat": issued,
            "nbf": issued,
            "exp": expires,
            "jti": secrets.token_hex(16),
        }
        header = {"alg": "RS256", "kid": self._keys.kid}
        return jwt.encode(header, full, self._keys.private, algorithms=["RS256"])


def user_claims(
    *,
    user_id: int,
    party_id: int,
    username: str,
    level: int,
    party_uuid: str = "",
    scope: str = "altinn:portal/enduser",
) -> dict[str, object]:
    """Return the claims of an end user's token (authorization.md §1.2)."""
    claims: dict[str, object] = {
        "nameid": str(user_id),
        "urn:altinn:userid": user_id,
        "urn:altinn:username": username,
        "urn:altinn:partyid": party_id,
        "urn:altinn:authenticatemethod": "NotDefined",
        "urn:altinn:authlevel": level,
        "scope": scope,
    }
    if party_uuid:
        claims["urn:altinn:party:uuid"] = party_uuid
    return claims


def service_owner_claims(
    *, org: str, org_number: str, scope: str, level: int = 3
) -> dict[str, object]:
    """Return the claims of a service owner's token; the scope under both its names."""
    return {
        "urn:altinn:org": org,
        "urn:altinn:orgNumber": org_number,
        "urn:altinn:authenticatemethod": "maskinporten",
        "urn:altinn:authlevel": level,
        "consumer": {"authority": "iso6523-actorid-upis", "ID": f"0192:{org_number}"},
        "scope": scope,
        "urn:altinn:scope": scope,
    }


def discovery_document(
    iss: str,
    *,
    jwks_uri: str,
    authorization_endpoint: str,
    token_endpoint: str,
    end_session_endpoint: str,
) -> dict[str, object]:
    """Return the OpenID discovery document of an issuer (authorization.md §1.6)."""
    return {
        "issuer": iss,
        "authorization_endpoint": authorization_endpoint,
        "token_endpoint": token_endpoint,
        "jwks_uri": jwks_uri,
        "end_session_endpoint": end_session_endpoint,
        "response_types_supported": ["token"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
    }


# --- the steps of verification --------------------------------------------------------------
def _read(token: str) -> tuple[dict[str, object], dict[str, object]]:
    """Read header and claims without believing them."""
    segments = token.split(".")
    if len(token) > _MAX_TOKEN or len(segments) != 3:
        raise TokenRefused("it is not a compact JWS")
    if not all(_SEGMENT.fullmatch(segment) for segment in segments):
        raise TokenRefused("a segment is not base64url")
    if len(segments[0]) > _MAX_HEADER:
        raise TokenRefused("its header is too long")
    try:
        compact = jws.extract_compact(token.encode())
        header = json.loads(
            _decoded(segments[0]), object_pairs_hook=_without_duplicates
        )
        claims = json.loads(compact.payload, object_pairs_hook=_without_duplicates)
    except (JoseError, ValueError, RecursionError) as error:
        raise TokenRefused(f"it cannot be read: {error}") from None
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise TokenRefused("its header or claims are no object")
    return header, claims


def _check_header(header: Mapping[str, object], issuer: Issuer) -> None:
    if header.get("alg") not in issuer.algorithms:
        raise TokenRefused("its algorithm is not the issuer's")
    if any(name in header for name in _NEVER):
        raise TokenRefused("its header asks for what is never done")
    if header.get("typ") not in _TYPES:
        raise TokenRefused("its type is not that of an access token")


def _key(header: Mapping[str, object], issuer: Issuer) -> Key:
    kid = header.get("kid")
    if kid is None and len(issuer.keys) == 1:
        key = next(iter(issuer.keys.values()))
    elif isinstance(kid, str) and len(kid) <= _MAX_KID and kid in issuer.keys:
        key = issuer.keys[kid]
    else:
        raise TokenRefused("its issuer has no such key")
    if key.key_type != KEY_TYPES[str(header["alg"])]:
        raise TokenRefused("its algorithm does not fit the key")
    return key


def _signed_claims(token: str, key: Key, issuer: Issuer) -> Mapping[str, object]:
    try:
        signed = jwt.decode(token, key, algorithms=sorted(issuer.algorithms))
    except (JoseError, ValueError) as error:
        raise TokenRefused(f"its signature does not hold: {error}") from None
    return signed.claims


def _check_audience(claims: Mapping[str, object], issuer: Issuer) -> None:
    if issuer.kind == "idporten" and not text(claims, "scope"):
        raise TokenRefused("it is an id token, not an access token")
    if not issuer.audiences:
        return
    audience = claims.get("aud")
    given = audience if isinstance(audience, list) else [audience]
    if issuer.audiences.isdisjoint(item for item in given if isinstance(item, str)):
        raise TokenRefused("it is for another audience")


def _decoded(segment: str) -> bytes:
    return base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member stands twice")
    return members
