"""Keyset pages: an opaque token that says where the last page ended.

The token is signed and bound to caller, filters and order, and lasts a day: it is a
place in one list, and nothing that could be edited into another.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote, urlencode
from uuid import UUID

from django.core import signing
from django.http import HttpRequest

from common.errors import Invalid, Issue
from parties.identity import Principal

DEFAULT_SIZE, MAX_SIZE = 100, 1000
PARAMETER = "continuationToken"
_LIFETIME = timedelta(hours=24)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MAX_LENGTH = 1024


class ContinuationTokenInvalid(Invalid):
    """The continuation token is not one of this list, or older than a day.

    Follow ``next`` as given, with the same filters; begin again without a token.
    """

    code = "continuation-token-invalid"
    detail = (
        "The continuationToken is not one of this list, or too old; begin again without"
        " it."
    )


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: the last row's key."""

    last_changed: datetime
    guid: UUID


def caller_of(principal: Principal) -> tuple[str, str, str]:
    """Return who lists: the part of a caller that a token is bound to."""
    return (principal.kind.value, principal.id, principal.org)


@dataclass(frozen=True, slots=True)
class TokenMaker:
    """Makes and reads the tokens of one list. ``scope`` is what they are bound to."""

    scope: str

    @classmethod
    def bound_to(cls, *parts: object) -> "TokenMaker":
        """Bind tokens to a caller, filters and order."""
        return cls(hashlib.sha256(repr(parts).encode()).hexdigest()[:32])

    def make(self, place: Place) -> str:
        """Return the token of a place, safe in a URL as it is."""
        micros = (place.last_changed - _EPOCH) // _MICROSECOND
        return self._signer().sign_object([micros, place.guid.hex])

    def read(self, token: str) -> Place:
        """Return the place; encoded once too often is fine.

        Raises ContinuationTokenInvalid.
        """
        if len(token) > _MAX_LENGTH:
            raise _invalid()
        try:
            micros, guid = self._signer().unsign_object(
                unquote(token), max_age=_LIFETIME
            )
            return Place(_EPOCH + micros * _MICROSECOND, UUID(guid))
        except (signing.BadSignature, ValueError, TypeError, OverflowError):
            raise _invalid() from None

    def _signer(self) -> signing.TimestampSigner:
        return signing.TimestampSigner(salt=f"continuation.{self.scope}", sep="~")


def page_links(
    request: HttpRequest, base: str, token: str | None
) -> tuple[str, str | None]:
    """Return ``self`` and ``next`` of a page: this address, and it with the token."""
    address = base + request.path
    query = request.META.get("QUERY_STRING", "")
    own = f"{address}?{query}" if query else address
    if token is None:
        return own, None
    pairs = [
        (name, value)
        for name, values in request.GET.lists()
        for value in values
        if name.casefold() != PARAMETER.casefold()
    ]
    return own, f"{address}?{urlencode([*pairs, (PARAMETER, token)], safe='/:~,')}"


def _invalid() -> ContinuationTokenInvalid:
    issue = Issue(f"?{PARAMETER}", "continuation-token-invalid", "It cannot be read.")
    return ContinuationTokenInvalid(issues=[issue])
