"""What every view of the sandbox is wrapped in."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse

from api.problems import MethodNotAllowed, response
from common.errors import DomainError

View = Callable[..., HttpResponse]


def sandbox_view(method: str) -> Callable[[View], View]:
    """Serve a view by one method, in a sandbox alone, with problem documents."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, **values: str) -> HttpResponse:
            if not settings.ALTINN_SANDBOX:
                raise Http404(request.path)
            try:
                if request.method != method:
                    raise MethodNotAllowed(method=request.method, path=request.path)
                return view(request, **values)
            except MethodNotAllowed as error:
                answer = response(error, request)
                answer["Allow"] = method
                return answer
            except DomainError as error:
                return response(error, request)

        return guarded

    return decorate
