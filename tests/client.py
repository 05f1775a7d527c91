"""A client of the faces: on the right host, with a real token, every answer checked.

An answer of an address that OpenAPI documents must be as the document says; a problem
must be a whole problem document.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.test import Client
from django.test.client import ClientHandler

from altinn.content_types import make_readable
from tests import openapi
from tests.cast import Person

DOMAIN = "altinn.test"
PORT = 8000
APP_HOST = f"nav.apps.{DOMAIN}"
STORAGE_HOST = f"storage.{DOMAIN}"
PLATFORM_HOST = f"platform.{DOMAIN}"
BASE_HOST = DOMAIN
_PROBLEM = {"type", "title", "status", "detail", "instance", "traceId", "code"}


class _Handler(ClientHandler):
    """Django's handler of test requests, behind what the server puts before Django."""

    def __call__(self, environ: dict[str, Any]) -> Any:
        make_readable(environ)
        return super().__call__(environ)


@dataclass
class Api:
    """Calls one host as one person; ``caller`` None is anonymous."""

    host: str
    caller: Person | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._client = Client(raise_request_exception=True)
        self._client.handler = _Handler(enforce_csrf_checks=False)
        self._token = self.caller.token() if self.caller else ""

    def get(self, path: str, **kwargs: Any) -> Any:
        """GET."""
        return self.call("GET", path, **kwargs)

    def head(self, path: str, **kwargs: Any) -> Any:
        """HEAD."""
        return self.call("HEAD", path, **kwargs)

    def post(self, path: str, **kwargs: Any) -> Any:
        """POST."""
        return self.call("POST", path, **kwargs)

    def put(self, path: str, **kwargs: Any) -> Any:
        """PUT."""
        return self.call("PUT", path, **kwargs)

    def delete(self, path: str, **kwargs: Any) -> Any:
        """DELETE."""
        return self.call("DELETE", path, **kwargs)

    def call(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        body: bytes = b"",
        content_type: str = "",
        headers: Mapping[str, str] | None = None,
        filename: str = "",
    ) -> Any:
        """Call, check the answer against its contract, and return it."""
        # As a system does, which has no browser to say what its user reads.
        sent = {**self.headers, **(headers or {})}
        if self._token and "Authorization" not in sent:
            sent["Authorization"] = f"Bearer {self._token}"
        if filename:
            sent["Content-Disposition"] = f'attachment; filename="{filename}"'
        if json is not None:
            body, content_type = orjson.dumps(json), content_type or "application/json"
        extra: dict[str, Any] = {"HTTP_HOST": f"{self.host}:{PORT}"}
        if content_type:
            extra["CONTENT_TYPE"] = content_type
        answer = self._client.generic(
            method,
            path,
            body,
            content_type=content_type or "application/octet-stream",
            headers=sent,
            **extra,
        )
        if answer.status_code >= 400 and method != "HEAD":
            check_problem(answer)
        openapi.check(self.host, method, path, answer)
        return answer


def check_problem(answer: Any) -> None:
    """Assert that an answer is a whole problem document (D-5)."""
    assert answer["Content-Type"] == "application/problem+json", answer.content
    document = answer.json()
    assert document.keys() >= _PROBLEM, document
    assert document["status"] == answer.status_code
    assert len(document["traceId"]) == 32
    assert document["type"].endswith(f"/problems/{document['code']}")
    for word in ("Traceback", "django", "psycopg", "sqlite"):
        assert word not in document["detail"]


def assert_problem(answer: Any, status: int, *, code: str) -> Any:
    """Assert that an answer is this problem, and return its document."""
    assert answer.status_code == status, (answer.status_code, answer.content[:500])
    document = answer.json()
    assert document["code"] == code, document
    return document


def body_of(answer: Any) -> bytes:
    """Return the bytes of an answer, streamed or not."""
    if answer.streaming:
        return b"".join(answer.streaming_content)
    return bytes(answer.content)
