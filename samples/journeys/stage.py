"""Where a journey is played: each request, its answer and each finding is shown."""

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import NoReturn
from urllib.parse import quote

from samples.journeys.transport import Answer, Request, Server

_WIDTH = 110
_SHOWN_HEADERS = ("Location", "ETag", "Content-Type", "Content-Disposition")
_MOST_LINES = 12
_DEEPEST = 2
_MOST_WAITS = 30


class Unexpected(Exception):
    """An answer was not as the journey expects."""


@dataclass(frozen=True, slots=True)
class File:
    """Content to send: its bytes, what they are, and under which name."""

    body: bytes
    content_type: str
    name: str = ""


@dataclass
class Stage:
    """A server and a place to write to; counts the steps."""

    server: Server
    write: Callable[[str], object] = print
    steps: int = field(default=0, init=False)

    def begin(self, title: str) -> None:
        """Announce a step."""
        self.steps += 1
        self.write(f"\n{self.steps}. {title}")

    def note(self, finding: str) -> None:
        """Write what was found to be so."""
        self.write(f"   ok: {finding}")

    def check(self, holds: bool, claim: str, found: object = None) -> None:
        """Note what holds; raises Unexpected with what was found instead."""
        if not holds:
            self.refuse(claim, found)
        self.note(claim)

    def refuse(self, claim: str, found: object = None) -> NoReturn:
        """Raise Unexpected: the claim does not hold."""
        instead = "" if found is None else f"; it is {found!r}"
        raise Unexpected(f"in step {self.steps}: {claim}? It is not so{instead}.")

    def exchange(
        self, request: Request, *, expect: int, secret_answer: bool = False
    ) -> Answer:
        """Send, show both sides, and raise Unexpected for another status."""
        self._show_request(request)
        answer = self.server.send(request)
        self._show_answer(request, answer, expect=expect, secret_answer=secret_answer)
        return answer

    @contextmanager
    def waiting(self, request: Request) -> Iterator[Callable[[], Answer]]:
        """Send a request that waits for what happens meanwhile.

        In the block other calls are made; what is given returns the answer when it has
        come, and shows it. Asked again while the server says that nothing has changed.
        Raises Unexpected for another status than 200.
        """
        self._show_request(request)
        with ThreadPoolExecutor(1) as pool:
            coming = pool.submit(self._when_changed, request)

            def come() -> Answer:
                answer = coming.result()
                self._show_answer(request, answer, expect=200)
                return answer

            yield come

    def _when_changed(self, request: Request) -> Answer:
        for _ in range(_MOST_WAITS):
            answer = self.server.send(request)
            if answer.status != 304:
                break
            time.sleep(int(answer.headers.get("Retry-After") or 0))
        return answer

    def _show_request(self, request: Request) -> None:
        self.write(f"   {request.method} {self.server.url(request)}")
        for name, value in request.headers.items():
            self.write(f"   {name}: {_without_token(value)}")
        for line in _content_lines(request.body, request.headers.get("Content-Type")):
            self.write(f"   | {line}")

    def _show_answer(
        self,
        request: Request,
        answer: Answer,
        *,
        expect: int,
        secret_answer: bool = False,
    ) -> None:
        took = f"{answer.seconds * 1000:.0f} ms"
        self.write(f"   -> {answer.status} {answer.reason} in {took}")
        for name in _SHOWN_HEADERS:
            if shown := answer.headers.get(name):
                self.write(f"      {name}: {shown}")
        if secret_answer and answer.status == expect:
            self.write(f"      {_shortened(answer.text)}")
        else:
            for line in _content_lines(answer.body, answer.headers["Content-Type"]):
                self.write(f"      {line}")
        if answer.status != expect:
            raise Unexpected(
                f"in step {self.steps}: {request.method} {self.server.url(request)}"
                f" answered {answer.status}, not {expect}: {_reason(answer)}"
            )


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who calls with a token."""

    stage: Stage
    token: str

    def get(self, host: str, path: str, *, expect: int = 200) -> Answer:
        """GET."""
        return self._call("GET", host, path, None, expect)

    def get_when_changed(
        self, host: str, path: str
    ) -> AbstractContextManager[Callable[[], Answer]]:
        """GET what the server answers when it is another, as ``Stage.waiting`` does."""
        return self.stage.waiting(self._request("GET", host, path, None))

    def put(
        self, host: str, path: str, *, file: File | None = None, expect: int = 200
    ) -> Answer:
        """PUT, with or without a body."""
        return self._call("PUT", host, path, file, expect)

    def post(
        self, host: str, path: str, *, file: File | None = None, expect: int
    ) -> Answer:
        """POST, with or without a body."""
        return self._call("POST", host, path, file, expect)

    def _call(
        self, method: str, host: str, path: str, file: File | None, expect: int
    ) -> Answer:
        request = self._request(method, host, path, file)
        return self.stage.exchange(request, expect=expect)

    def _request(self, method: str, host: str, path: str, file: File | None) -> Request:
        headers = {"Authorization": f"Bearer {self.token}"}
        if file is not None:
            headers["Content-Type"] = file.content_type
        if file is not None and file.name:
            # RFC 6266: a plain name for old readers, and the real one in UTF-8.
            plain = file.name.encode("ascii", "replace").decode().replace("?", "_")
            headers["Content-Disposition"] = (
                f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file.name)}"
            )
        body = b"" if file is None else file.body
        return Request(method, self.stage.server.host(host), path, headers, body)


def _content_lines(body: bytes, content_type: str | None) -> list[str]:
    """Return a body as a reader wants it: short, and never bytes that are no text."""
    kind = (content_type or "").partition(";")[0]
    if not body:
        return []
    if kind.endswith("json"):
        return _json_lines(json.loads(body))
    if kind.startswith("text/") or kind.endswith("xml"):
        lines = body.decode("utf-8", errors="replace").splitlines()
        more = len(lines) - _MOST_LINES
        rest = [f"... {more} more lines"] if more > 0 else []
        return [_clipped(line) for line in lines[:_MOST_LINES]] + rest
    return [f"({len(body)} bytes of {kind or 'unknown type'})"]


def _json_lines(value: object, *, depth: int = 0, label: str = "") -> list[str]:
    """One line for what fits, else one a member, down to the second level."""
    indent = "  " * depth
    line = f"{indent}{label}{json.dumps(value, ensure_ascii=False)}"
    if isinstance(value, dict):
        brackets = "{}"
        items = [(f"{name}: ", item) for name, item in value.items()]
    elif isinstance(value, list):
        brackets = "[]"
        items = [("", item) for item in value]
    else:
        return [_clipped(line)]
    if depth >= _DEEPEST or (depth and len(line) <= _WIDTH):
        return [_clipped(line)]
    lines = [f"{indent}{label}{brackets[0]}"]
    for name, item in items:
        lines += _json_lines(item, depth=depth + 1, label=name)
    return [*lines, f"{indent}{brackets[1]}"]


def _clipped(line: str) -> str:
    return line if len(line) <= _WIDTH else f"{line[: _WIDTH - 4]} ..."


def _without_token(value: str) -> str:
    scheme, _, token = value.partition(" ")
    return f"{scheme} {_shortened(token)}" if scheme == "Bearer" else value


def _shortened(token: str) -> str:
    return f"{token[:16]}... ({len(token)} characters)"


def _reason(answer: Answer) -> str:
    problem = answer.json()
    if isinstance(problem, dict) and "detail" in problem:
        return f"{problem.get('code')}: {problem['detail']}"
    return _clipped(answer.text)
