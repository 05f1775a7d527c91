"""Django's session stack, for the admin alone.

An API call needs no session; loading the stack for each would cost a third of its time.
"""

from collections.abc import Awaitable

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin


class _AdminOnly(MiddlewareMixin):
    def __call__(
        self, request: HttpRequest
    ) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if request.path_info.startswith("/admin/"):
            return super().__call__(request)
        return self.get_response(request)


class AdminSessionMiddleware(_AdminOnly, SessionMiddleware):
    """Sessions under ``/admin/``."""


class AdminAuthenticationMiddleware(_AdminOnly, AuthenticationMiddleware):
    """``request.user`` from the session under ``/admin/``."""


class AdminMessageMiddleware(_AdminOnly, MessageMiddleware):
    """Messages under ``/admin/``."""
