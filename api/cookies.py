"""The cookies that a browser's token lies in: read as Altinn writes them, and set."""

import re
from collections.abc import Mapping

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.http.response import HttpResponseBase

from parties.tokens import TokenRefused

TOKEN_COOKIE = "AltinnStudioRuntime"  # noqa: S105  a name
NEWER_TOKEN_COOKIE = ".ALTINNTOKEN"  # noqa: S105  a name
PARTY_COOKIE = "AltinnPartyId"
ANTI_FORGERY_COOKIE = "AS-XSRF-TOKEN"

# ASP.NET cuts a long value into cookies C1, C2 and so on; the first tells how many.
_CHUNKS = re.compile(r"chunks[-:]([0-9]{1,2})")
_MAX_CHUNKS = 8  # of 4 KiB at most, and a token is refused over 16 KiB


def token_in(cookies: Mapping[str, str]) -> str:
    """Return the token in a browser's cookies, empty for none.

    Raises TokenRefused when a piece of it is missing.
    """
    return _whole(cookies, NEWER_TOKEN_COOKIE) or _whole(cookies, TOKEN_COOKIE)


def set_token(answer: HttpResponseBase, request: HttpRequest, token: str) -> None:
    """Keep the token in the browser until it is closed, on every host of ours."""
    answer.set_cookie(
        TOKEN_COOKIE,
        token,
        domain=_domain(request),
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )


def set_party(answer: HttpResponseBase, request: HttpRequest, party_id: int) -> None:
    """Keep the selected party, for scripts to read; it is a wish and no right."""
    answer.set_cookie(
        PARTY_COOKIE,
        str(party_id),
        domain=_domain(request),
        secure=request.is_secure(),
        samesite="Lax",
    )


def set_anti_forgery(
    answer: HttpResponseBase, request: HttpRequest, token: str
) -> None:
    """Set Altinn's second anti-forgery cookie, which scripts cannot read.

    Its clients look for both. Here the readable one and the header decide alone.
    """
    answer.set_cookie(
        ANTI_FORGERY_COOKIE,
        token,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )


def clear(answer: HttpResponseBase, request: HttpRequest, *names: str) -> None:
    """Let the browser forget cookies, with the pieces that it has of them."""
    pieces = [
        f"{name}C{number}"
        for name in names
        for number in range(1, _MAX_CHUNKS + 1)
        if f"{name}C{number}" in request.COOKIES
    ]
    for name in [*names, *pieces]:
        answer.delete_cookie(name, domain=_domain(request), samesite="Lax")


def _whole(cookies: Mapping[str, str], name: str) -> str:
    value = cookies.get(name, "")
    if (chunks := _CHUNKS.fullmatch(value)) is None:
        return value
    names = [f"{name}C{number}" for number in range(1, int(chunks[1]) + 1)]
    if not 1 <= len(names) <= _MAX_CHUNKS or not all(n in cookies for n in names):
        raise TokenRefused("the pieces of the token's cookie are not complete")
    return "".join(cookies[n] for n in names)


def _domain(request: HttpRequest) -> str | None:
    """Return the domain of our hosts, None where a cookie belongs to one host alone.

    Browsers take no domain without a dot, and none that the host is not below.
    """
    host, _ = split_domain_port(request.get_host())
    domain: str = settings.ALTINN_DOMAIN
    ours = host == domain or host.endswith(f".{domain}")
    is_name = "." in domain and not domain.replace(".", "").isdigit()
    return domain if ours and is_name else None
