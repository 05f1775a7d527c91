"""Headers that every answer bears (app-api.md §1.2); a view's own value stands."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class ResponseHeadersMiddleware:
    """Nothing is cached unless a view says so; no browser guesses."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Cache-Control", "no-store,no-cache")
        response.setdefault("X-XSS-Protection", "0")
        return response
