"""Which host a request came to decides its urlconf; an unknown host is refused.

==============================  ==========================================
``{org}.apps.{domain}``         application API of that org
``platform.{domain}``           platform API, Altinn 3 addresses
``storage.{domain}``            platform API, the original proposal's addresses
the base host, loopback and     path fallback: everything, by path
``ALTINN_EXTRA_HOSTS``
==============================  ==========================================
"""

import re
from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import split_domain_port

from api.headers import vary_by

# The original proposal prints a second question mark where an ampersand is meant.
_SECOND_QUESTION_MARK = re.compile(r"\?(?=(?:formId|instanceOwnerId)=)", re.IGNORECASE)
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


class HostMiddleware:
    """Choose the urlconf by host, before anything reads the query string."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        if "?" in query:
            request.META["QUERY_STRING"] = _SECOND_QUESTION_MARK.sub("&", query)
        urlconf, org = _urlconf_of(_checked_host(request), settings.ALTINN_DOMAIN)
        request.urlconf = urlconf
        request.host_org = org  # type: ignore[attr-defined]  # ours
        if "\0" in request.path_info:  # nothing has one, and PostgreSQL looks for none
            raise Http404
        response = self.get_response(request)
        vary_by("Host", response)
        return response


def _checked_host(request: HttpRequest) -> str:
    """Return ``request.get_host()``; what a header says is checked once for all calls.

    Raises DisallowedHost, for the same header each time anew.
    """
    stated = request.META.get("HTTP_HOST")
    return request.get_host() if stated is None else _checked(stated)


@lru_cache(maxsize=1024)
def _checked(stated: str) -> str:
    bare = HttpRequest()
    bare.META["HTTP_HOST"] = stated
    return bare.get_host()


@lru_cache(maxsize=1024)
def _urlconf_of(host: str, domain: str) -> tuple[str, str]:
    """Return the urlconf of a host and the org that its name holds, if it does."""
    name, _ = split_domain_port(host)
    if name == f"platform.{domain}":
        return "altinn.urlconf_platform", ""
    if name == f"storage.{domain}":
        return "altinn.urlconf_storage", ""
    if name.endswith(f".apps.{domain}"):
        org = name.removesuffix(f".apps.{domain}")
        if not _LABEL.fullmatch(org):
            raise DisallowedHost(f"{name!r} is not one label below apps.{domain}.")
        return "altinn.urlconf_application", org
    if name == f"apps.{domain}":
        raise DisallowedHost(f"{name!r} is no host: put an org's code before it.")
    if name == domain:
        return "altinn.urls", ""
    return "altinn.urlconf_fallback", ""
