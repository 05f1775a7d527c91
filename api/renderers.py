"""How answers are written: orjson for programs, DRF's browsable page for people."""

from collections.abc import Mapping
from inspect import cleandoc
from typing import Any

import orjson
from rest_framework.renderers import BaseRenderer, BrowsableAPIRenderer
from rest_framework.request import Request
from rest_framework.utils.formatting import markup_description
from rest_framework.views import APIView

from parties.identity import Principal

JSON = "application/json; charset=utf-8"
_NO_BODY = frozenset({204, 304})


class JSONRenderer(BaseRenderer):
    """JSON by orjson, UTF-8, compact."""

    media_type = "application/json"
    format = "json"
    charset = "utf-8"

    def render(
        self,
        data: object,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, object] | None = None,
    ) -> bytes:
        """Return the bytes; those rendered already pass through."""
        response = (renderer_context or {}).get("response")
        if getattr(response, "status_code", 200) in _NO_BODY:
            return b""
        if isinstance(data, bytes):
            return data
        return orjson.dumps(data)


class PageRenderer(BrowsableAPIRenderer):
    """DRF's browsable API, shown only to those who ask for HTML."""

    def get_default_renderer(self, view: object) -> BaseRenderer:
        """Show the JSON that a program would get."""
        return JSONRenderer()

    def get_content(
        self,
        renderer: BaseRenderer,
        data: object,
        accepted_media_type: str | None,
        renderer_context: Mapping[str, Any],
    ) -> str:
        """Indent the JSON for reading."""
        if data is None:
            return ""
        plain = orjson.loads(data) if isinstance(data, bytes) else data
        return orjson.dumps(plain, option=orjson.OPT_INDENT_2).decode()

    def show_form_for_method(
        self, view: APIView, method: str, request: Request, obj: object
    ) -> bool:
        """Offer to a caller who is known what the view has; sending tells who may."""
        return method in view.allowed_methods and isinstance(request.user, Principal)

    def get_description(self, view: APIView, status_code: int) -> str:
        """Say what the action does; of what is not shown, what the view is about."""
        action = getattr(view, getattr(view, "action", None) or "", None)
        shown = status_code not in (401, 403) and action is not None and action.__doc__
        if not shown:
            return str(super().get_description(view, status_code))
        return str(markup_description(cleandoc(str(action.__doc__))))

    def get_context(
        self,
        data: object,
        accepted_media_type: str | None,
        renderer_context: Mapping[str, Any],
    ) -> dict[str, Any]:
        """Show the content type that a program would get."""
        context: dict[str, Any] = super().get_context(
            data, accepted_media_type, renderer_context
        )
        stated = renderer_context["response"].content_type
        context["response_headers"]["Content-Type"] = stated or JSON
        return context

    def render(
        self,
        data: object,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> str:
        """Return the page; the answer's own content type is that of what it shows.

        DRF's template does not say which language the page is in.
        """
        page: str = super().render(data, accepted_media_type, renderer_context)
        if renderer_context is not None:
            renderer_context["response"]["Content-Type"] = "text/html; charset=utf-8"
        return page.replace("<html>", '<html lang="en">', 1)
