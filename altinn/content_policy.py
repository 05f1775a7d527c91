"""The Content-Security-Policy of every answer, put together once.

django-csp puts it together for each answer, which takes it longer than an answer's
document takes to build.
"""

from functools import cached_property
from typing import Final

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.http import HttpRequest
from django.http.response import HttpResponseBase

# What django-csp's decorators leave on an answer.
_CHANGES: Final = frozenset(
    f"_csp_{change}{kind}"
    for change in ("config", "exempt", "replace", "update")
    for kind in ("", "_ro")
)


class ContentPolicyMiddleware(CSPMiddleware):
    """Sets the policy of the settings, unless the view has one of its own."""

    @cached_property
    def _policy(self) -> str:
        return str(build_policy())

    def process_request(self, request: HttpRequest) -> None:
        """Offer no nonce: no page here uses one, and no request outlives its answer.

        django-csp's would hold the request in a cycle until the collector comes.
        """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Set the header; what a decorator changes, django-csp does."""
        if not _CHANGES.isdisjoint(vars(response)):
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, self._policy)
        return response
