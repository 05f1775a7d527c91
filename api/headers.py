"""Headers that every answer bears (app-api.md §1.2); a view's own value stands."""

from collections.abc import Callable
from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers


class ResponseHeadersMiddleware:
    """Nothing is cached unless a view says so; no browser guesses."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Cache-Control", "no-store,no-cache")
        response.setdefault("X-XSS-Protection", "0")
        return response


def vary_by(name: str, answer: HttpResponseBase) -> None:
    """Say that the answer differs by this header of the request, too.

    As ``patch_vary_headers`` does, which takes an answer's ``Vary`` apart each time.
    """
    answer.headers["Vary"] = _vary_with(name, answer.headers.get("Vary", ""))


@lru_cache(maxsize=64)  # values are the views' own, and few
def _vary_with(name: str, vary: str) -> str:
    answer = HttpResponse(headers={"Vary": vary} if vary else {})
    patch_vary_headers(answer, (name,))
    return answer.headers["Vary"]
