"""The session of a caller over HTTP: prolonged for the token that the call came by."""

from django.http import HttpResponse
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


def token_answer(request: Request, token: str) -> HttpResponse:
    """Answer a token as plain text, or as JSON where that is asked for by name."""
    if "application/json" in request.headers.get("Accept", ""):
        return HttpResponse(f'"{token}"', content_type="application/json")
    return HttpResponse(token, content_type="text/plain; charset=utf-8")


def came_by_cookie(request: Request) -> bool:
    """Whether the caller is a browser, which has no header with a token."""
    return "Authorization" not in request.headers
