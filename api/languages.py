"""Which language a caller wants to be told things in: the one place that decides it.

First what the call asks for (``language``), then what the browser does
(``Accept-Language``), then what the user has chosen in the register, then Bokmål. A
problem of a call that asks for nothing is in English: programs know its words.
"""

import time
from collections.abc import Iterator
from typing import Final
from weakref import WeakKeyDictionary

from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header
from rest_framework.request import Request

from apps_registry.definition import AppDefinition
from apps_registry.texts import languages_of
from parties.identity import Principal
from parties.services import profile_language

DEFAULT = "nb"
_OF_PROBLEMS: Final = "en"
_OURS = frozenset({"nb", "nn", "en"})
_OTHER_NAMES = {"no": "nb"}
_PROFILE_SECONDS: Final = 540
_MOST: Final = 10_000
_chosen: dict[int, tuple[int, str]] = {}
_known: WeakKeyDictionary[AppDefinition, frozenset[str]] = WeakKeyDictionary()


def forget() -> None:
    """Ask anew what users have chosen."""
    _chosen.clear()


def languages(request: Request) -> Iterator[str]:
    """Yield the languages that the caller wants, the best first."""
    yield from asked_for(request._request)
    # Asked last, and only of those who have said nothing so far.
    if (chosen := _of_profile(request)) is not None:
        yield shortened(chosen)
    yield DEFAULT


def asked_for(request: HttpRequest) -> Iterator[str]:
    """Yield the languages that the call itself asks for, the best first."""
    yield shortened(_of_query(request))
    header = request.META.get("HTTP_ACCEPT_LANGUAGE", "")
    for language, quality in parse_accept_lang_header(header):
        if quality > 0:  # what has none is not acceptable
            yield shortened(language)


def language_of_problem(request: HttpRequest) -> str:
    """Return the first that is asked for and the server speaks, else English."""
    return next((one for one in asked_for(request) if one in _OURS), _OF_PROBLEMS)


def say_language(answer: HttpResponse, language: str) -> None:
    """Tell which language the answer is in, and that it depends on the call."""
    answer["Content-Language"] = language
    patch_vary_headers(answer, ("Accept-Language",))


def language_of(request: Request, app: AppDefinition) -> str:
    """Return the first of them that the server speaks, or the app has texts in."""
    if (known := _known.get(app)) is None:
        known = _known[app] = _OURS.union(languages_of(app.files))
    return next(one for one in languages(request) if one in known)


def _of_query(request: HttpRequest) -> str:
    try:
        given = request.GET.items()
    except TooManyFieldsSent:  # which is the problem that is to be told
        return ""
    for name, text in given:
        if name.lower() == "language":
            return str(text)
    return ""


def shortened(language: str) -> str:
    """Return the code that the server knows a language by, of whatever region."""
    short = language.lower().partition("-")[0]
    return _OTHER_NAMES.get(short, short)


def _of_profile(request: Request) -> str | None:
    """Return what the user who calls has chosen, None for anybody else."""
    user = request.user
    if not isinstance(user, Principal) or user.user_id is None:
        return None
    # As old as a profile may be (app-api.md §21): most calls ask the database nothing.
    period = int(time.time() // _PROFILE_SECONDS)
    known = _chosen.get(user.user_id)
    if known is None or known[0] != period:
        language = profile_language(user.user_id) or DEFAULT
        if len(_chosen) >= _MOST:
            _chosen.clear()
        known = _chosen[user.user_id] = (period, language)
    return known[1]
