"""Tokens: verified into a Principal, and issued by the server's own issuer.

Verification follows authorization.md §1.9; its steps are in ``signed_tokens``.
"""

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

from parties.claims import ClaimInvalid, check_types, principal_of, text
from parties.errors import AltinnScopeMissing
from parties.foreign_claims import EmptyRegister, Register, altinn_claims
from parties.identity import PlatformCaller, Principal
from parties.issuers import Issuer, IssuerKind, issuers_by_name
from parties.key_sets import Key
from parties.keys import SigningKeys
from parties.remote_keys import RemoteKeys
from parties.signed_tokens import (
    SignedToken,
    check_audience,
    check_header,
    check_signature,
    check_times,
    check_type,
    encoded,
    key_named,
    kid_of,
    read_token,
)
from parties.signed_tokens import TokenRefused as TokenRefused

PLATFORM_TOKEN_LIFETIME = timedelta(seconds=300)

_MAX_SKEW = timedelta(seconds=10)
_MAX_CACHED_SECONDS = 60.0
_NO_REGISTER = EmptyRegister()


class ForeignToken(NamedTuple):
    """A verified token of another issuer, and what Altinn says of its caller.

    ``expires`` is in seconds since 1970.
    """

    issuer: Issuer
    claims: Mapping[str, object]
    expires: int


class TokenVerifier:
    """Verifies the tokens of trusted issuers, and remembers for a while whose they are.

    Thread-safe.
    """

    def __init__(
        self,
        issuers: Sequence[Issuer],
        *,
        register: Register = _NO_REGISTER,
        remote_keys: RemoteKeys | None = None,
        skew: timedelta = _MAX_SKEW,
        cache_size: int = 10_000,
    ) -> None:
        """Trust ``issuers``; clocks may differ by ``skew``, at most ten seconds.

        ``register`` says who the callers of other issuers are in Altinn, and
        ``remote_keys`` has the keys of issuers that only say where theirs are. At most
        ``cache_size`` tokens are remembered. Raises IssuerConfigInvalid when two
        issuers have the same name.
        """
        if not timedelta(0) <= skew <= _MAX_SKEW:
            raise ValueError(f"skew is {skew}; it lies between 0 and {_MAX_SKEW}")
        self._issuers = issuers_by_name(issuers)
        self._memory = _Memory(cache_size)
        self._register = register
        self._remote_keys = remote_keys
        self._skew = skew.total_seconds()

    def verify(self, token: str) -> Principal:
        """Return who the token speaks for; raises TokenRefused."""
        content = encoded(token)
        now = time.time()
        digest = hashlib.sha256(content).digest()
        if (known := self._memory.recall(digest, now)) is not None:
            return known
        try:
            found = self._verified(content, now)
            if found.issuer.kind is IssuerKind.STUDIO:
                raise TokenRefused("a token of kind studio must be exchanged first")
            principal = principal_of(self._altinn_claims(found))
        except ClaimInvalid as error:
            raise TokenRefused(error.reason) from None
        except AltinnScopeMissing:
            raise TokenRefused("the token has no scope of Altinn's") from None
        until = min(found.expires, now + _MAX_CACHED_SECONDS)
        self._memory.remember(digest, principal, now, until)
        return principal

    def verify_foreign(self, token: str, *, kind: IssuerKind) -> ForeignToken:
        """Return what Altinn says of the caller of another issuer's token.

        Raises TokenRefused, also for a token of an issuer of any other kind, and
        AltinnScopeMissing.
        """
        try:
            found = self._verified(encoded(token), time.time())
            if found.issuer.kind is not kind:
                raise TokenRefused(f"the token is not of an issuer of kind {kind}")
            return found._replace(claims=self._altinn_claims(found))
        except ClaimInvalid as error:
            raise TokenRefused(error.reason) from None

    def verify_platform(self, token: str) -> PlatformCaller:
        """Return which component a platform access token speaks for.

        Raises TokenRefused, also for a token of an issuer of any other kind.
        """
        content = encoded(token)
        try:
            signed = read_token(content)
            check_header(signed.header)
            issuer = self._platform_issuer(signed.claims)
            self._check(signed, issuer, time.time())
            check_types(signed.claims)
            app = text(signed.claims, "urn:altinn:app")
        except ClaimInvalid as error:
            raise TokenRefused(error.reason) from None
        if not app:
            raise TokenRefused("a platform access token without an app")
        return PlatformCaller(issuer=issuer.iss, app=app)

    def _verified(self, content: bytes, now: float) -> ForeignToken:
        signed = read_token(content)
        check_header(signed.header)
        issuer = self._issuer(signed.claims)
        expires = self._check(signed, issuer, now)
        return ForeignToken(issuer, signed.claims, expires)

    def _issuer(self, claims: Mapping[str, object]) -> Issuer:
        if (issuer := self._issuers.get(text(claims, "iss"))) is None:
            raise TokenRefused("the issuer is not trusted")
        if issuer.kind is IssuerKind.PLATFORM:
            raise TokenRefused("a platform access token is no Bearer token")
        return issuer

    def _platform_issuer(self, claims: Mapping[str, object]) -> Issuer:
        issuer = self._issuers.get(text(claims, "iss"))
        if issuer is None or issuer.kind is not IssuerKind.PLATFORM:
            raise TokenRefused("the issuer is not trusted for platform access tokens")
        # Whoever holds such a token is asked for no right, so it is never a long one.
        shortest = min(issuer.max_lifetime, PLATFORM_TOKEN_LIFETIME)
        return replace(issuer, max_lifetime=shortest)

    def _check(self, signed: SignedToken, issuer: Issuer, now: float) -> int:
        """Check the token against its issuer's rules; return when it expires."""
        check_signature(signed, self._key(signed.header, issuer))
        expires = check_times(signed.claims, issuer, now=now, skew=self._skew)
        check_audience(signed.claims, issuer)
        check_type(signed, issuer)
        return expires

    def _key(self, header: Mapping[str, object], issuer: Issuer) -> Key:
        kid = kid_of(header, issuer.algorithms)
        keys = issuer.keys
        if issuer.key_source and self._remote_keys is not None:
            keys = self._remote_keys.keys(issuer, kid)
        return key_named(kid, keys)

    def _altinn_claims(self, found: ForeignToken) -> dict[str, object]:
        return altinn_claims(found.claims, issuer=found.issuer, register=self._register)


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
        return read_token(encoded(token)).claims
    except ClaimInvalid as error:
        raise TokenRefused(error.reason) from None


# --- what is remembered ---------------------------------------------------------------
_Remembered = tuple[Principal, float, float]  # who, from when, until when


class _Memory:
    """The callers of the tokens that were verified last. Thread-safe.

    Refusals are not remembered: anybody can make up any number of bad tokens.
    """

    def __init__(self, size: int) -> None:
        self._size = size
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
            while len(self._verified) > self._size:
                self._verified.popitem(last=False)
