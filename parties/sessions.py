"""Sessions: a token refreshed for the same caller, and never beyond its end."""

import time
from datetime import timedelta

from common.errors import Unauthenticated
from parties.claims import number, text
from parties.identity import Principal
from parties.issued_claims import claims_of
from parties.tokens import TokenIssuer, stated_claims

MAX_SESSION = timedelta(minutes=720)
_ISSUERS_OWN = ("iss", "iat", "nbf", "exp", "jti")


class SessionEnded(Unauthenticated):
    """The session is as old as a session may become, or ends with another token.

    Log in again, or get a new token where the first one came from.
    """

    code = "session-ended"
    detail = "This session cannot be prolonged; get a new token."


def refresh(token: str, *, principal: Principal, issuer: TokenIssuer) -> str:
    """Return a new token for the caller of a token that was verified.

    A session lasts for twelve hours at most. What was made of another issuer's token
    ends with that token: its issuer has not let its caller in for longer. Raises
    SessionEnded.
    """
    claims = stated_claims(token)
    now = int(time.time())
    own = text(claims, "iss") == issuer.iss
    if own:
        kept = {n: value for n, value in claims.items() if n not in _ISSUERS_OWN}
    else:
        kept = {**claims_of(principal), "originaliss": text(claims, "iss")}
    started = number(claims, "auth_time") or number(claims, "iat") or now
    ends = min(
        now + int(issuer.lifetime.total_seconds()),
        started + int(MAX_SESSION.total_seconds()),
    )
    if "originaliss" in kept and "sid" not in kept:
        ends = min(ends, number(claims, "exp") or now)
    if ends <= now:
        raise SessionEnded
    lifetime = timedelta(seconds=ends - now)
    return issuer.issue({**kept, "auth_time": started}, lifetime=lifetime, now=now)
