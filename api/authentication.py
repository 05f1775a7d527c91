"""From a request to a Principal: a Bearer token, or the cookies of a browser.

Beside it a component of the platform shows who it is by a token in a header of its own.
"""

import structlog
from django.http import HttpRequest, QueryDict
from rest_framework.authentication import BaseAuthentication, CSRFCheck
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from api.cookies import token_in
from api.issuer import token_verifier
from api.problems import AntiForgeryFailed
from common.errors import DomainError
from parties.identity import PlatformCaller, Principal
from parties.tokens import TokenRefused

log = structlog.get_logger()

PLATFORM_HEADER = "PlatformAccessToken"


class CallerRefused(AuthenticationFailed):
    """DRF's word for a caller who is refused; carries ours."""

    def __init__(self, problem: DomainError) -> None:
        super().__init__(problem.detail)
        self.problem = problem


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer`` first, else the cookies.

    A Bearer token that is refused does not fall back to a cookie. A change that is
    authenticated by cookie needs the anti-forgery header.
    """

    def authenticate(self, request: Request) -> tuple[Principal, str] | None:
        """Return the caller, or None for anonymous.

        Raises on a token that is refused.
        """
        try:
            bearer = bearer_token(request)
        except TokenRefused as error:
            raise _refused(error) from None
        if bearer is not None:
            return _verified(bearer), bearer
        try:
            token = token_in(request.COOKIES)
        except TokenRefused as error:
            raise _refused(error) from None
        if not token:
            return None
        principal = _verified(token)
        if request.method not in SAFE_METHODS:
            _check_anti_forgery(request._request)
        return principal, token

    def authenticate_header(self, request: Request) -> str:
        """Name the scheme; without it DRF would answer 403 instead of 401."""
        return 'Bearer realm="altinn"'


def bearer_token(request: Request) -> str | None:
    """Return the Bearer token, None where there is no ``Authorization``.

    Raises TokenRefused for an ``Authorization`` of another scheme.
    """
    header: str | None = request.META.get("HTTP_AUTHORIZATION")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer":
        raise TokenRefused("not a Bearer token")
    return token.strip()


def platform_caller(request: Request) -> PlatformCaller | None:
    """Return which component of the platform calls, None when none says so.

    Raises TokenRefused on a platform access token that is refused.
    """
    token = request.headers.get(PLATFORM_HEADER)
    if token is None:
        return None
    try:
        if "," in token:  # how servers join the values of a header that came twice
            raise TokenRefused("more than one platform access token")
        return token_verifier().verify_platform(token)
    except TokenRefused as error:
        log.info("platform_token_refused", reason=error.reason)
        raise


def _verified(token: str) -> Principal:
    try:
        return token_verifier().verify(token)
    except TokenRefused as error:
        raise _refused(error) from None


def _refused(error: TokenRefused) -> CallerRefused:
    log.info("token_refused", reason=error.reason)
    return CallerRefused(error)


def _check_anti_forgery(request: HttpRequest) -> None:
    # The header alone counts: looking for the token in a form would read the body,
    # which is content that the view streams.
    request.POST = QueryDict()
    check = CSRFCheck(lambda _: None)  # type: ignore[arg-type]  # calls no view
    check.process_request(request)
    if check.process_view(request, None, (), {}):  # type: ignore[arg-type]  # no view
        raise CallerRefused(AntiForgeryFailed())
