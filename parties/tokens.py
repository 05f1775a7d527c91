"""Tokens: verified into a Principal, and issued by the server's own issuer.

Verification follows authorization.md §1.9 and fails closed, with one constant text for
the caller; why it failed is for the log alone.
"""

import base64
import binascii
import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jws import JWSRegistry

from common.errors import Unauthenticated
from parties.claims import (
    ClaimInvalid,
    check_types,
    number,
    parse_object,
    principal_of,
    text,
    texts,
)
from parties.identity import PlatformCaller, Principal, PrincipalKind
from parties.issuers import (
    KEY_TYPES,
    MAX_KID_LENGTH,
    Issuer,
    IssuerKind,
    Key,
    issuers_by_name,
)
from parties.keys import SigningKeys

PLATFORM_TOKEN_LIFETIME = timedelta(seconds=300)

_MAX_SKEW = timedelta(seconds=10)
_MAX_CACHED_SECONDS = 60.0
_MAX_TOKEN_LENGTH = 16 * 1024
_MAX_HEADER_LENGTH = 2 * 1024
_MAX_DEPTH = 64
_REFUSED_HEADERS = ("crit", "zip", "enc")
_SPEAK_FOR_ALTINN = frozenset({IssuerKind.EMBEDDED, IssuerKind.ALTINN})
_NAME_SYSTEM_USERS = _SPEAK_FOR_ALTINN | {IssuerKind.MASKINPORTEN}
_ALGORITHMS = JWSRegistry(algorithms=list(KEY_TYPES))


class TokenRefused(Unauthenticated):
    """The access token is not valid: expired, altered, or of an issuer not trusted.

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
    """Verifies the tokens of trusted issuers, and remembers for a while whose they are.

    Thread-safe. ``verified_count`` counts the tokens that were verified in full and
    found valid, so not those that were answered from memory.
    """

    def __init__(
        self,
        issuers: Sequence[Issuer],
        *,
        skew: timedelta = _MAX_SKEW,
        cache_size: int = 10_000,
    ) -> None:
        """Trust ``issuers``; clocks may differ by ``skew``, at most ten seconds."""
        if not timedelta(0) <= skew <= _MAX_SKEW:
            raise ValueError(f"skew is {skew}; it lies between 0 and {_MAX_SKEW}")
        self.verified_count = 0
        self._skew = skew.total_seconds()
        self._cache_size = cache_size
        self._count_lock = threading.Lock()
        self.replace_issuers(issuers)

    def replace_issuers(self, issuers: Sequence[Issuer]) -> None:
        """Trust these issuers from now on, and forget every token verified before.

        Raises IssuerConfigInvalid when two of them have the same name.
        """
        # One reference is swapped: a verification under way ends with the old issuers,
        # and leaves its result in the memory that goes with them.
        self._trust = _Trust(issuers, self._cache_size)

    def verify(self, token: str) -> Principal:
        """Return who the token speaks for; raises TokenRefused."""
        content = _encoded(token)
        trust = self._trust
        now = time.time()
        digest = hashlib.sha256(content).digest()
        if (known := trust.recall(digest, now)) is not None:
            return known
        try:
            principal, expires = self._verify(content, trust, now)
        except ClaimInvalid as error:
            raise TokenRefused(error.reason) from None
        trust.remember(digest, principal, now, min(expires, now + _MAX_CACHED_SECONDS))
        with self._count_lock:
            self.verified_count += 1
        return principal

    def verify_platform(self, token: str) -> PlatformCaller:
        """Return which component a platform access token speaks for.

        Raises TokenRefused, also for a token of an issuer of any other kind.
        """
        content = _encoded(token)
        try:
            signed = _read(content)
            _check_header(signed.header)
            issuer = _platform_issuer(signed.claims, self._trust)
            self._check(signed, issuer, time.time())
            check_types(signed.claims)
            app = text(signed.claims, "urn:altinn:app")
        except ClaimInvalid as error:
            raise TokenRefused(error.reason) from None
        if not app:
            raise TokenRefused("a platform access token without an app")
        return PlatformCaller(issuer=issuer.iss, app=app)

    def _verify(
        self, content: bytes, trust: "_Trust", now: float
    ) -> tuple[Principal, int]:
        signed = _read(content)
        _check_header(signed.header)
        issuer = _issuer(signed.claims, trust)
        expires = self._check(signed, issuer, now)
        return _principal(signed.claims, issuer), expires

    def _check(self, signed: "_Signed", issuer: Issuer, now: float) -> int:
        """Check the token against its issuer's rules; return when it expires."""
        _check_signature(signed, _key(signed.header, issuer))
        expires = _check_times(signed.claims, issuer, now=now, skew=self._skew)
        _check_audience(signed.claims, issuer)
        _check_type(signed, issuer)
        return expires


class TokenIssuer:
    """Issues the server's own tokens."""

    def __init__(self, iss: str, keys: SigningKeys, *, lifetime: timedelta) -> None:
        self.iss = iss
        self.lifetime = lifetime
        self._keys = keys

    def issue(
        self,
        claims: Mapping[str, object],
        *,
        lifetime: timedelta | None = None,
        now: float | None = None,
    ) -> str:
        """Return a signed token with the claims; ``now`` is in seconds since 1970.

        Issuer and times are the issuer's own; the id is that of the session, if any.
        """
        span = self.lifetime if lifetime is None else lifetime
        if (seconds := int(span.total_seconds())) <= 0:
            raise ValueError("a token lives for a second at least")
        issued = int(time.time() if now is None else now)
        full = {
            **claims,
            "iss": self.iss,
            "iat": issued,
            "nbf": issued,
            "exp": issued + seconds,
            "jti": claims.get("sid") or secrets.token_hex(16),
        }
        header = {"alg": "RS256", "kid": self._keys.kid}
        return jwt.encode(header, full, self._keys.private, algorithms=["RS256"])


def stated_claims(token: str) -> Mapping[str, object]:
    """Return what a token says; it is to be believed of a verified token alone.

    Raises TokenRefused for what is no token.
    """
    try:
        return _read(_encoded(token)).claims
    except ClaimInvalid as error:
        raise TokenRefused(error.reason) from None


# --- what is remembered ---------------------------------------------------------------
_Remembered = tuple[Principal, float, float]  # who, from when, until when


class _Trust:
    """Trusted issuers, and the callers of the tokens of theirs that were verified last.

    Refusals are not remembered: anybody can make up any number of bad tokens.
    """

    def __init__(self, issuers: Sequence[Issuer], cache_size: int) -> None:
        self.by_name = issuers_by_name(issuers)
        self._cache_size = cache_size
        self._lock = threading.Lock()
        self._verified: OrderedDict[bytes, _Remembered] = OrderedDict()

    def recall(self, digest: bytes, now: float) -> Principal | None:
        with self._lock:
            if (entry := self._verified.get(digest)) is None:
                return None
            principal, since, until = entry
            if not since <= now < until:  # before since: the clock was set back
                return None
            self._verified.move_to_end(digest)
            return principal

    def remember(
        self, digest: bytes, who: Principal, since: float, until: float
    ) -> None:
        with self._lock:
            self._verified[digest] = who, since, until
            self._verified.move_to_end(digest)
            while len(self._verified) > self._cache_size:
                self._verified.popitem(last=False)


# --- the steps of verification --------------------------------------------------------
class _Signed(NamedTuple):
    """A token taken apart; nothing in it is believed before its signature is."""

    header: Mapping[str, object]
    claims: Mapping[str, object]
    signing_input: bytes
    signature: bytes


def _encoded(token: str) -> bytes:
    if len(token) > _MAX_TOKEN_LENGTH:
        raise TokenRefused("the token is too long")
    try:
        return token.encode("ascii")
    except UnicodeEncodeError:
        raise TokenRefused("the token is not ASCII") from None


def _read(content: bytes) -> _Signed:
    segments = content.split(b".")
    if len(segments) != 3:
        raise TokenRefused("the token has not three segments")
    header, claims, signature = (_decoded(segment) for segment in segments)
    if len(header) > _MAX_HEADER_LENGTH:
        raise TokenRefused("the header is too long")
    return _Signed(
        header=parse_object(header, max_depth=_MAX_DEPTH),
        claims=parse_object(claims, max_depth=_MAX_DEPTH, repeats=True),
        signing_input=content.rpartition(b".")[0],
        signature=signature,
    )


def _decoded(segment: bytes) -> bytes:
    try:
        content = base64.urlsafe_b64decode(segment + b"=" * (-len(segment) % 4))
    except binascii.Error:
        raise TokenRefused("a segment is not base64url") from None
    # The decoder skips what it does not know; only what it would write itself is read.
    if base64.urlsafe_b64encode(content).rstrip(b"=") != segment:
        raise TokenRefused("a segment is not base64url")
    return content


def _check_header(header: Mapping[str, object]) -> None:
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in KEY_TYPES:
        raise TokenRefused("the algorithm is never used")
    if any(name in header for name in _REFUSED_HEADERS):
        raise TokenRefused("the header asks for what is never done")


def _issuer(claims: Mapping[str, object], trust: _Trust) -> Issuer:
    if (issuer := trust.by_name.get(text(claims, "iss"))) is None:
        raise TokenRefused("the issuer is not trusted")
    if issuer.kind is IssuerKind.PLATFORM:
        raise TokenRefused("a platform access token is no Bearer token")
    return issuer


def _platform_issuer(claims: Mapping[str, object], trust: _Trust) -> Issuer:
    issuer = trust.by_name.get(text(claims, "iss"))
    if issuer is None or issuer.kind is not IssuerKind.PLATFORM:
        raise TokenRefused("the issuer is not trusted for platform access tokens")
    # Whoever holds such a token is asked for no right, so it is never a long one.
    shortest = min(issuer.max_lifetime, PLATFORM_TOKEN_LIFETIME)
    return replace(issuer, max_lifetime=shortest)


def _key(header: Mapping[str, object], issuer: Issuer) -> Key:
    if header["alg"] not in issuer.algorithms:
        raise TokenRefused("the algorithm is not one of the issuer's")
    if "kid" not in header:
        if len(issuer.keys) == 1:
            return next(iter(issuer.keys.values()))
        raise TokenRefused("the header has no kid, and the issuer not just one key")
    kid = header["kid"]
    if isinstance(kid, str) and len(kid) <= MAX_KID_LENGTH and kid in issuer.keys:
        return issuer.keys[kid]
    raise TokenRefused("the issuer has no such key")


def _check_signature(signed: _Signed, key: Key) -> None:
    # The algorithm is used by itself, without the library's reader of tokens: a second
    # reader of the same header could understand it otherwise than the checks above.
    algorithm = _ALGORITHMS.get_alg(str(signed.header["alg"]))
    try:
        algorithm.check_key(key)
        valid = algorithm.verify(signed.signing_input, signed.signature, key)
    except (JoseError, ValueError):
        raise TokenRefused("the key does not fit the algorithm") from None
    if not valid:
        raise TokenRefused("the signature does not hold")


def _check_times(
    claims: Mapping[str, object], issuer: Issuer, *, now: float, skew: float
) -> int:
    expires = number(claims, "exp")
    begins, issued = number(claims, "nbf"), number(claims, "iat")
    if expires is None:
        raise TokenRefused("the token has no exp")
    if now >= expires + skew:
        raise TokenRefused("the token has expired")
    if begins is not None and now < begins - skew:
        raise TokenRefused("the token is not valid yet")
    if issued is not None and now < issued - skew:
        raise TokenRefused("the token was issued in the future")
    lifetime = expires - (now if issued is None else issued)
    if lifetime > issuer.max_lifetime.total_seconds():
        raise TokenRefused("the token lives longer than its issuer's may")
    return expires


def _check_audience(claims: Mapping[str, object], issuer: Issuer) -> None:
    # ID-porten's tokens are for many, so that an issuer without audiences accepts none.
    asked = bool(issuer.audiences) or issuer.kind is IssuerKind.IDPORTEN
    if asked and issuer.audiences.isdisjoint(texts(claims, "aud")):
        raise TokenRefused("the token is for another audience")


def _check_type(signed: _Signed, issuer: Issuer) -> None:
    type_ = signed.header.get("typ", "JWT")
    if not isinstance(type_, str) or type_.lower() not in ("jwt", "at+jwt"):
        raise TokenRefused("the token's type is not that of an access token")
    if issuer.kind is IssuerKind.IDPORTEN:
        named = type_.lower() == "at+jwt" or text(signed.claims, "token_type")
        if not named or not text(signed.claims, "scope"):
            raise TokenRefused("an id token is no access token")


def _principal(claims: Mapping[str, object], issuer: Issuer) -> Principal:
    if issuer.kind in _SPEAK_FOR_ALTINN:
        return principal_of(claims)
    # Whoever is not Altinn does not say who is who in Altinn.
    believed = {n: v for n, v in claims.items() if not n.startswith("urn:altinn:")}
    if issuer.kind not in _NAME_SYSTEM_USERS:
        believed.pop("authorization_details", None)
    principal = principal_of(believed)
    if principal.kind is not PrincipalKind.SYSTEM_USER:
        raise TokenRefused(f"a token of kind {issuer.kind} must be exchanged first")
    return principal
