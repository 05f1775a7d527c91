"""HTTP to a server whose API lies on several hosts below one domain.

Resolvers outside browsers and curl often refuse names below ``localhost``; so every
call goes to the one address that was given, and the Host header says which is meant.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

_DISCOVERY = "/authentication/api/v1/openid/.well-known/openid-configuration"
_TIMEOUT = 60


class ServerUnreachable(Exception):
    """No server answers as one of ours; the text says what was tried."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent: to which host, and what."""

    method: str
    host: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and how long it took."""

    status: int
    reason: str
    headers: Message
    body: bytes
    seconds: float

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", errors="replace")

    def json(self) -> Any:
        """Return the body read as JSON, None when it is not JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: the address to connect to, and what its hosts are called."""

    scheme: str
    address: str
    port: int
    domain: str
    port_in_names: str

    @classmethod
    def at(cls, base: str, *, patience: float = 60) -> "Server":
        """Find the server at ``http://host:port``, waiting up to ``patience`` seconds.

        Its own discovery document tells which domain its hosts lie below.
        """
        parts = urlsplit(base if "//" in base else f"http://{base}")
        name = parts.hostname or "localhost"
        found = cls(
            scheme=parts.scheme,
            address="127.0.0.1" if _is_local(name) else name,
            port=parts.port or (443 if parts.scheme == "https" else 80),
            domain=name,
            port_in_names=f":{parts.port}" if parts.port else "",
        )
        found.wait(patience)
        document = found.send(Request("GET", found.base_host, _DISCOVERY, {})).json()
        issuer = urlsplit(str((document or {}).get("issuer", "")))
        if not (issuer.hostname or "").startswith("platform."):
            raise ServerUnreachable(
                f"What answers at {base} is no server of this API:"
                f" {_DISCOVERY} names no issuer."
            )
        return cls(
            scheme=found.scheme,
            address=found.address,
            port=found.port,
            domain=str(issuer.hostname).removeprefix("platform."),
            port_in_names=f":{issuer.port}" if issuer.port else "",
        )

    @property
    def base_host(self) -> str:
        """The host that serves everything by path."""
        return f"{self.domain}{self.port_in_names}"

    def host(self, name: str) -> str:
        """Return a host below the domain: ``platform``, ``storage``, ``nav.apps``."""
        return f"{name}.{self.base_host}"

    def url(self, request: Request) -> str:
        """Return the address that a request is for."""
        return f"{self.scheme}://{request.host}{request.path}"

    def send(self, request: Request) -> Answer:
        """Send a request and read the whole answer; raises OSError or HTTPException."""
        started = time.perf_counter()
        connection = self._connection(request.host)
        try:
            connection.request(
                request.method,
                request.path,
                body=request.body or None,
                headers={"Host": request.host, **request.headers},
            )
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        seconds = time.perf_counter() - started
        return Answer(answer.status, answer.reason, answer.headers, body, seconds)

    def wait(self, patience: float) -> None:
        """Wait until the server is healthy; raises ServerUnreachable."""
        until = time.monotonic() + patience
        health = Request("GET", self.base_host, "/health", {})
        while True:
            try:
                answer = self.send(health)
            except (OSError, HTTPException) as error:
                reason = str(error) or type(error).__name__
            else:
                if answer.status == 200:
                    return
                reason = f"GET /health answers {answer.status}"
            if time.monotonic() >= until:
                where = f"{self.scheme}://{self.base_host}"
                raise ServerUnreachable(
                    f"No healthy server at {where} within {patience:.0f} s: {reason}."
                )
            time.sleep(0.1)

    def _connection(self, host: str) -> HTTPConnection:
        if self.scheme == "https":
            # The certificate is of the host's own name.
            name = urlsplit(f"//{host}").hostname or self.address
            return HTTPSConnection(name, self.port, timeout=_TIMEOUT)
        return HTTPConnection(self.address, self.port, timeout=_TIMEOUT)


def _is_local(name: str) -> bool:
    return name == "localhost" or name.endswith(".localhost")
