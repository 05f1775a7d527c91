"""The session of an app's user: prolonged while the form is open, and ended."""

from django.http import HttpResponse
from rest_framework.request import Request

from api import cookies
from api.answering import empty_answer
from api.application.base import AppViewSet
from api.callers import require_identity
from api.permissions import AUTHENTICATED
from api.sessions import refreshed_token
from common.errors import Invalid
from parties.sessions import SessionEnded


class SessionNotProlonged(Invalid):
    """The session is as old as a session may become. Log in again."""

    code = "session-not-prolonged"
    detail = "The session cannot be prolonged; log in again."


class SessionViewSet(AppViewSet):
    """The session of the application's user."""

    unkeyed = frozenset({"invalidate_cookie"})
    actions = {"keep_alive": AUTHENTICATED, "invalidate_cookie": AUTHENTICATED}

    def keep_alive(self, request: Request, **kwargs: object) -> HttpResponse:
        """Set the cookie to a new token for the caller."""
        self.stated_app()
        require_identity(self.principal)
        try:
            token = refreshed_token(request, self.principal)
        except SessionEnded:
            raise SessionNotProlonged from None
        answer = empty_answer()
        cookies.set_token(answer, request._request, token)
        return answer

    def invalidate_cookie(self, request: Request, **kwargs: object) -> HttpResponse:
        """Let the browser forget its token."""
        self.stated_app()
        answer = empty_answer()
        cookies.clear(answer, request._request, cookies.TOKEN_COOKIE)
        return answer
