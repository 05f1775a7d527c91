"""Calls of a face as a WSGI server makes them, but in this process.

So the clock of the process tells what they cost of Python: what the database does
meanwhile, and what other programs do, is not in it.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody on one of the hosts; ``label`` comes before the domain, and may be none.

    ``headers`` are ``Callers``' own.
    """

    headers: Mapping[str, str]
    label: str = ""

    def call(
        self,
        handler: WSGIHandler,
        method: str,
        address: str,
        body: bytes = b"",
        content_type: str = "",
    ) -> bytes:
        """Return the body of the answer; raises AssertionError unless it is 20x."""
        path, _, query = address.partition("?")
        scheme, _, domain = str(settings.ALTINN_BASE_URL).partition("://")
        host = f"{self.label}.{domain}" if self.label else domain
        asked: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "SERVER_NAME": domain,
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": host,
            "HTTP_AUTHORIZATION": self.headers["Authorization"],
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "wsgi.url_scheme": scheme,
            "wsgi.errors": io.StringIO(),
            "wsgi.input": io.BytesIO(body),
        }
        if body:
            asked |= {"CONTENT_TYPE": content_type, "CONTENT_LENGTH": str(len(body))}
        answer = handler(asked, _ignored)
        content = b"".join(answer)
        answer.close()
        if answer.status_code not in (200, 201):
            raise AssertionError(f"{address}: {answer.status_code} {content[:300]!r}")
        return content


def _ignored(status: str, headers: list[tuple[str, str]], *_: object) -> Any:
    """Take what a server would send; a WSGI start_response."""
