"""A token taken apart, and the steps of its verification (authorization.md §1.9).

Every step fails closed, with one constant text for the caller; why it failed is for the
log alone.
"""

import base64
import binascii
from collections.abc import Collection, Mapping
from typing import NamedTuple

from joserfc.errors import JoseError
from joserfc.jws import JWSRegistry

from common.errors import Unauthenticated
from parties.claims import number, parse_object, text, texts
from parties.issuers import Issuer, IssuerKind
from parties.key_sets import KEY_TYPES, MAX_KID_LENGTH, Key

_MAX_TOKEN_LENGTH = 16 * 1024
_MAX_HEADER_LENGTH = 2 * 1024
_MAX_DEPTH = 64
_REFUSED_HEADERS = ("crit", "zip", "enc")
_OF_ID_TOKENS = frozenset({"nonce", "at_hash"})
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


class SignedToken(NamedTuple):
    """A token taken apart; nothing in it is believed before its signature is."""

    header: Mapping[str, object]
    claims: Mapping[str, object]
    signing_input: bytes
    signature: bytes


def encoded(token: str) -> bytes:
    """Return the token as bytes; raises TokenRefused for what is too long for one."""
    if len(token) > _MAX_TOKEN_LENGTH:
        raise TokenRefused("the token is too long")
    try:
        return token.encode("ascii")
    except UnicodeEncodeError:
        raise TokenRefused("the token is not ASCII") from None


def read_token(content: bytes) -> SignedToken:
    """Take a token apart; raises TokenRefused or ClaimInvalid."""
    segments = content.split(b".")
    if len(segments) != 3:
        raise TokenRefused("the token has not three segments")
    header, claims, signature = (_decoded(segment) for segment in segments)
    if len(header) > _MAX_HEADER_LENGTH:
        raise TokenRefused("the header is too long")
    return SignedToken(
        header=parse_object(header, max_depth=_MAX_DEPTH),
        claims=parse_object(claims, max_depth=_MAX_DEPTH, repeats=True),
        signing_input=content.rpartition(b".")[0],
        signature=signature,
    )


def check_header(header: Mapping[str, object]) -> None:
    """Refuse what no issuer may ask for, before any key is looked for."""
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in KEY_TYPES:
        raise TokenRefused("the algorithm is never used")
    if any(name in header for name in _REFUSED_HEADERS):
        raise TokenRefused("the header asks for what is never done")


def kid_of(header: Mapping[str, object], algorithms: Collection[str]) -> str | None:
    """Return the name of the token's key, None where it has none.

    Raises TokenRefused for a name that no key has, or an algorithm that is not one of
    the issuer's.
    """
    if header["alg"] not in algorithms:
        raise TokenRefused("the algorithm is not one of the issuer's")
    if "kid" not in header:
        return None
    kid = header["kid"]
    if not isinstance(kid, str) or len(kid) > MAX_KID_LENGTH:
        raise TokenRefused("the issuer has no such key")
    return kid


def key_named(kid: str | None, keys: Mapping[str, Key]) -> Key:
    """Return the key; without a name, the only one. Raises TokenRefused."""
    if kid is None:
        if len(keys) == 1:
            return next(iter(keys.values()))
        raise TokenRefused("the header has no kid, and the issuer not just one key")
    if kid not in keys:
        raise TokenRefused("the issuer has no such key")
    return keys[kid]


def check_signature(signed: SignedToken, key: Key) -> None:
    """Raise TokenRefused unless the key has signed the token."""
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


def check_times(
    claims: Mapping[str, object], issuer: Issuer, *, now: float, skew: float
) -> int:
    """Raise TokenRefused unless the token is valid now; return when it expires."""
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


def check_audience(claims: Mapping[str, object], issuer: Issuer) -> None:
    """Raise TokenRefused unless the token is for us, where that is asked for."""
    # ID-porten's tokens are for many, so that an issuer without audiences accepts none.
    asked = bool(issuer.audiences) or issuer.kind is IssuerKind.IDPORTEN
    if asked and issuer.audiences.isdisjoint(texts(claims, "aud")):
        raise TokenRefused("the token is for another audience")


def check_type(signed: SignedToken, issuer: Issuer) -> None:
    """Raise TokenRefused unless it is an access token."""
    type_ = signed.header.get("typ", "JWT")
    if not isinstance(type_, str) or type_.lower() not in ("jwt", "at+jwt"):
        raise TokenRefused("the token's type is not that of an access token")
    # An Altinn is a provider too: what it told a client about a person, with the same
    # key and for that client's eyes, has these.
    if issuer.kind is IssuerKind.ALTINN and not _OF_ID_TOKENS.isdisjoint(signed.claims):
        raise TokenRefused("an id token is no access token")
    if issuer.kind is IssuerKind.IDPORTEN:
        named = type_.lower() == "at+jwt" or text(signed.claims, "token_type")
        if not named or not text(signed.claims, "scope"):
            raise TokenRefused("an id token is no access token")


def _decoded(segment: bytes) -> bytes:
    try:
        content = base64.urlsafe_b64decode(segment + b"=" * (-len(segment) % 4))
    except binascii.Error:
        raise TokenRefused("a segment is not base64url") from None
    # The decoder skips what it does not know; only what it would write itself is read.
    if base64.urlsafe_b64encode(content).rstrip(b"=") != segment:
        raise TokenRefused("a segment is not base64url")
    return content
