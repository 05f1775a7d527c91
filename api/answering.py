"""Answers that are made at once, so that all they took can go with them."""

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSet

from api.headers import vary_by
from api.refused_bodies import read_out
from api.renderers import JSON, JSONRenderer, PageRenderer

_REFUSED = 400  # and above
_TOO_LARGE = 413  # which is told before it is sent


def empty_answer() -> HttpResponse:
    """Return a 200 with neither a body nor a type of one."""
    answer = HttpResponse()
    del answer["Content-Type"]
    return answer


class _LeanView(APIView):
    """What DRF does for every call, without what it does in vain.

    It comes between DRF's class of sets of views and its class of views.
    """

    def initialize_request(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> Request:
        """Give what is looked at most a place in DRF's request.

        DRF looks there first each time, and in the request that it wraps when that
        has failed.
        """
        made = super().initialize_request(request, *args, **kwargs)
        made.method, made.META = request.method, request.META
        return made

    def perform_authentication(self, request: Request) -> None:
        """Find out who calls; nobody has before, which DRF learns by two errors."""
        request._authenticate()  # type: ignore[attr-defined]  # DRF has it


class AnsweringViewSet(ViewSet, _LeanView):
    """A view that keeps nothing once a program has its answer."""

    @property
    def allowed_methods(self) -> list[str]:
        """The methods of the route: an action may have the name of another one."""
        return _allowed(*self.action_map).split(", ")

    @property
    def default_response_headers(self) -> dict[str, str]:
        """What every answer bears, but for ``Vary``."""
        return {"Allow": _allowed(*self.action_map)}

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        """Say, too, that a browser gets another answer than a program does."""
        response = super().finalize_response(request, response, *args, **kwargs)
        vary_by("Accept", response)
        return response

    def dispatch(
        self, request: HttpRequest, *args: object, **kwargs: object
    ) -> HttpResponseBase:
        """Answer; for a program at once, and then let go of all that it took.

        A view, its request and its answer refer to each other, so that they would stay
        until the collector of cycles comes: with documents of whole pages it took a
        fifth of the time of a list.
        """
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        if answer.status_code >= _REFUSED and answer.status_code != _TOO_LARGE:
            read_out(self.request)
        if answer.streaming or isinstance(self.request.accepted_renderer, PageRenderer):
            return answer  # it is still to be made
        if isinstance(answer, Response):
            answer.render()
            del answer.renderer_context  # type: ignore[attr-defined]  # DRF sets it
        self.request.parser_context.clear()
        vars(self).clear()
        return answer

    def rendered(self, document: object) -> HttpResponse:
        """Return the answer to a read: for a program the JSON, and nothing about it."""
        if isinstance(self.request.accepted_renderer, PageRenderer):
            return Response(document)
        content = JSONRenderer().render(document)
        return HttpResponse(content, content_type=JSON)


@cache
def _allowed(*methods: str) -> str:
    """Return what ``Allow`` says; made once, for every answer bears it."""
    return ", ".join([*map(str.upper, methods), "OPTIONS"])
