"""How answers are written: orjson for programs, DRF's browsable page for people."""

from collections.abc import Mapping

import orjson
from rest_framework.renderers import BaseRenderer, BrowsableAPIRenderer

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
        renderer_context: Mapping[str, object],
    ) -> str:
        """Indent the JSON for reading."""
        if data is None:
            return ""
        plain = orjson.loads(data) if isinstance(data, bytes) else data
        return orjson.dumps(plain, option=orjson.OPT_INDENT_2).decode()
