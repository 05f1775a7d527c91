"""The figures of every room, in the format that Prometheus reads.

They come from the database alone: whichever process of whichever machine is asked,
the answer is the same, and adding them up would be wrong.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from secrets import compare_digest

import structlog
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from api.headers import vary_by
from api.problems import response
from api.read_only import read_only
from apps_registry import gauges as apps_registry
from cleanup import gauges as cleanup
from common.errors import Unauthenticated
from common.gauges import Gauge
from data_elements import gauges as data_elements
from events import gauges as events
from exports import gauges as exports
from instances import gauges as instances
from process import gauges as process

log = structlog.get_logger()
_BEARER = re.compile(r"bearer +(\S+) *", re.IGNORECASE)


class MetricsTokenRefused(Unauthenticated):
    """Metrics are read with a token of their own: ``Authorization: Bearer …``.

    It is the value of ``ALTINN_METRICS_TOKEN``; ask whoever runs the server for it.
    Tokens of the API open nothing here.
    """

    code = "metrics-token-refused"
    detail = (
        "Metrics are read with the token of ALTINN_METRICS_TOKEN; send it as a Bearer"
        " token."
    )


@csrf_exempt
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer with every figure, to who has the token; nowhere unless there is one."""
    if not settings.ALTINN_METRICS_TOKEN:
        raise Http404(request.path)
    return _told(request)


@read_only
def _told(request: HttpRequest) -> HttpResponse:
    if not _has_token(request):
        log.warning("metrics_token_refused")
        return response(MetricsTokenRefused(), request)
    # A server that nobody asks for its figures never loads what writes them.
    from api.exposition import written

    content, content_type = written(
        gauges(timezone.now()), request.headers.get("Accept", "")
    )
    answer = HttpResponse(content, content_type=content_type)
    vary_by("Accept", answer)
    return answer


def gauges(now: datetime) -> Iterator[Gauge]:
    """Read the figures of every room, from the bottom of the house to its top."""
    yield from apps_registry.gauges()
    yield from events.gauges(now)
    yield from instances.gauges(now)
    yield from data_elements.gauges(now)
    yield from process.gauges(now)
    yield from exports.gauges(now)
    yield from cleanup.gauges(now)


def _has_token(request: HttpRequest) -> bool:
    """Whether the caller has sent the token; any other takes as long."""
    sent = _BEARER.fullmatch(request.headers.get("Authorization", ""))
    expected = settings.ALTINN_METRICS_TOKEN.encode()
    return sent is not None and compare_digest(sent[1].encode(), expected)
