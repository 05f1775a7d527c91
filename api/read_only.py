"""Pages and documents outside the APIs, which are read and never changed."""

from collections.abc import Callable
from functools import wraps
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from api.problems import MethodNotAllowed, response

View = Callable[..., HttpResponse]
_METHODS: Final = ("GET", "HEAD")


def read_only(view: View) -> View:
    """Serve a view by GET and HEAD alone; other methods are a 405.

    That they are not allowed is told before a token against forgery is asked for, which
    would not help.
    """

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest, **values: str) -> HttpResponse:
        if request.method in _METHODS:
            return view(request, **values)
        error = MethodNotAllowed(method=request.method, path=request.path)
        answer = response(error, request)
        answer["Allow"] = ", ".join(_METHODS)
        return answer

    return guarded
