"""What operators count in storage, and the address that always fails."""

import base64
import hashlib
from datetime import timedelta
from secrets import compare_digest

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from api.permissions import ANYONE
from api.problems import InternalError
from api.views import FaceViewSet
from common.errors import Unauthenticated, Unavailable
from common.times import wire_time
from instances import daily_counts

_HEADER = "X-API-Key"


class ApiKeyRefused(Unauthenticated):
    """Metrics are read with a key of their own, in the header ``X-API-Key``.

    Ask whoever runs the server for it.
    """

    code = "api-key-refused"
    detail = "{error}"

    def __init__(self, error: str) -> None:
        """Say what is wrong with the key."""
        super().__init__(error=error, members={"error": error})


class MetricsUnavailable(Unavailable):
    """The server has no key for metrics: ``ALTINN_METRICS_API_KEY`` is not set."""

    code = "metrics-unavailable"
    detail = "This server has no key for metrics; set ALTINN_METRICS_API_KEY."


class MetricsViewSet(FaceViewSet):
    """Numbers about instances."""

    actions = {"instances": ANYONE}  # who has the key

    def instances(self, request: Request, **kwargs: object) -> HttpResponse:
        """Read how many instances of each application were archived yesterday (UTC).

        A file in Apache Parquet, with a row for each application that had any.
        """
        _require_key(request.headers.get(_HEADER))
        now = timezone.now()
        day = now.date() - timedelta(days=1)
        content = daily_counts.as_parquet(day)
        digest = hashlib.md5(content, usedforsecurity=False).digest()
        name = f"{day:%Y%m%d}_instance_storage.parquet"
        return HttpResponse(
            content,
            content_type="application/octet-stream",
            headers={
                "Content-Disposition": f'attachment; filename="{name}"',
                "X-File-Hash": base64.b64encode(digest).decode(),
                "X-File-Size": str(len(content)),
                "X-Generated-At": wire_time(now),
            },
        )


class FailureViewSet(FaceViewSet):
    """The address to which Altinn leads what failed."""

    actions = {"fail": ANYONE}

    def fail(self, request: Request, **kwargs: object) -> Response:
        """Answer as for a failure of the server's own."""
        raise InternalError

    def http_method_not_allowed(
        self, request: HttpRequest, *args: object, **kwargs: object
    ) -> Response:
        """Answer so to every method."""
        raise InternalError


def _require_key(given: str | None) -> None:
    """Raise unless this is the key of metrics, which takes as long for every other."""
    if given is None:
        raise ApiKeyRefused("API key required for metrics endpoints")
    if not given.strip():
        raise ApiKeyRefused("API key cannot be empty")
    if not settings.ALTINN_METRICS_API_KEY:
        raise MetricsUnavailable
    expected = settings.ALTINN_METRICS_API_KEY.encode()
    if not compare_digest(given.encode(), expected):
        raise ApiKeyRefused("Invalid API key")
