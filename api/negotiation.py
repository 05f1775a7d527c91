"""Content negotiation that never fails: JSON unless HTML is asked for by name."""

from collections.abc import Iterable

from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from api.renderers import PageRenderer


class ForgivingNegotiation(BaseContentNegotiation):
    """An Accept header that nothing fits, or with ``*/*``, gets JSON, never a 406."""

    def select_renderer(
        self,
        request: Request,
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,
    ) -> tuple[BaseRenderer, str]:
        """Choose the page for a browser, the first renderer for all else."""
        offered = list(renderers)
        if "text/html" in request.META.get("HTTP_ACCEPT", ""):
            for renderer in offered:
                if isinstance(renderer, PageRenderer):
                    return renderer, "text/html"
        return offered[0], str(offered[0].media_type)
