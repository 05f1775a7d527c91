"""Where an application may lead its user back to: addresses of this domain alone."""

import base64
import binascii
import re
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.http import HttpResponse
from rest_framework.request import Request

from api.application.base import AppViewSet
from api.parameters import ParameterInvalid
from api.permissions import ANYONE
from common.errors import Invalid, Issue

_URL = "url"
_LONGEST = 4096
# What a browser would read otherwise than whoever checks the address.
_ODD = re.compile(r"[\x00-\x20\x7f-\x9f\\]")


class UrlEmpty(Invalid):
    """The query parameter ``url`` is the address to go to, in base64."""

    code = "redirect-url-empty"
    detail = (
        "Invalid value of query parameter url. The query parameter url must not be"
        " empty or null."
    )


class UrlUnreadable(Invalid):
    """The query parameter ``url`` is the base64 of a whole address."""

    code = "redirect-url-unreadable"
    detail = (
        "Invalid format of query parameter url. The query parameter url must be a valid"
        " base64 encoded string"
    )


class RedirectViewSet(AppViewSet):
    """Checking where a user is to be sent."""

    actions = {"check": ANYONE}
    parameters = {"check": (_URL,)}

    def check(self, request: Request, **kwargs: object) -> HttpResponse:
        """Read an address that was given in base64, if it is one of this domain.

        It is answered as text; nobody is redirected.
        """
        self.stated_app()
        if not self.query.texts(_URL):
            raise _refused("The url field is required.")
        given = self.query.text(_URL).strip()
        if not given:
            raise UrlEmpty
        return HttpResponse(_checked(given), content_type="text/plain; charset=utf-8")


def _checked(given: str) -> str:
    """Return the address, written anew; raises UrlUnreadable and ParameterInvalid."""
    try:
        text = base64.b64decode(given, validate=True).decode()
        parts = urlsplit(text)
        host, _ = (parts.hostname or "").lower(), parts.port
    except (binascii.Error, ValueError):
        raise UrlUnreadable from None
    if len(text) > _LONGEST or not parts.scheme or not host:
        raise UrlUnreadable
    domain = str(settings.ALTINN_DOMAIN).lower()
    ours = host == domain or host.endswith(f".{domain}")
    own_scheme = urlsplit(settings.ALTINN_BASE_URL).scheme
    safe = (
        parts.scheme in ("https", own_scheme)
        and "@" not in parts.netloc
        and not _ODD.search(text)
    )
    if not (ours and safe):
        raise _refused("Invalid domain from query parameter url.")
    return urlunsplit(parts)


def _refused(detail: str) -> ParameterInvalid:
    return ParameterInvalid([Issue(f"?{_URL}", "parameter-value-invalid", detail)])
