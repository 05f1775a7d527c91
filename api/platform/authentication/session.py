"""The session of a caller: a new token for it, and the end of it."""

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from rest_framework.request import Request

from api import cookies
from api.permissions import ANYONE, AUTHENTICATED
from api.sessions import came_by_cookie, refreshed_token, token_answer
from api.views import FaceViewSet


class SessionViewSet(FaceViewSet):
    """The caller's session."""

    actions = {"refresh": AUTHENTICATED}
    parameters = {"refresh": ("enrichPid",)}

    def refresh(self, request: Request, **kwargs: object) -> HttpResponse:
        """Answer a new token for the caller, and set the cookie of a browser.

        The token is plain text, or a JSON string where JSON is asked for by name.
        """
        token = refreshed_token(request, self.principal)
        answer = token_answer(request, token)
        if came_by_cookie(request):
            cookies.set_token(answer, request._request, token)
        return answer


class LogoutViewSet(FaceViewSet):
    """The end of a browser's session, also of one whose token is not valid any more."""

    authentication_classes = ()
    actions = {"logout": ANYONE}

    def logout(self, request: Request, **kwargs: object) -> HttpResponse:
        """Let the browser forget its session, and send it to the first page."""
        answer = HttpResponseRedirect(f"{settings.ALTINN_BASE_URL}/")
        cookies.clear(
            answer,
            request._request,
            cookies.TOKEN_COOKIE,
            cookies.NEWER_TOKEN_COOKIE,
            cookies.PARTY_COOKIE,
        )
        return answer
