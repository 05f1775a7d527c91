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

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.utils.cache import patch_vary_headers

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
        urlconf, org = _urlconf_of(request.get_host())
        request.urlconf = urlconf
        request.host_org = org  # type: ignore[attr-defined]  # ours
        response = self.get_response(request)
        patch_vary_headers(response, ("Host",))
        return response


def _urlconf_of(host: str) -> tuple[str, str]:
    """Return the urlconf of a host and the org that its name holds, if it does."""
    name, _ = split_domain_port(host)
    domain = settings.ALTINN_DOMAIN
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
