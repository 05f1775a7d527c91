"""The session of a caller over HTTP: prolonged for the token that the call came by."""

from rest_framework.request import Request

from api import issuer
from parties import sessions
from parties.identity import Principal


def refreshed_token(request: Request, principal: Principal) -> str:
    """Return a new token for the caller; raises SessionEnded."""
    assert isinstance(request.auth, str)  # noqa: S101  the token, of every caller
    return sessions.refresh(
        request.auth, principal=principal, issuer=issuer.token_issuer()
    )


def came_by_cookie(request: Request) -> bool:
    """Whether the caller is a browser, which has no header with a token."""
    return "Authorization" not in request.headers
