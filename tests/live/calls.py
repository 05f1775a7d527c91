"""Calls to a real server: whole ones, streamed ones, and ones that break off."""

import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Self
from urllib.parse import urlsplit

from samples.journeys.transport import Answer, Request
from tests.cast import PROPOSAL_PARTY
from tests.factories import FORM
from tests.servers import LiveServer

APP = "/nav/app2018/instances"
_TIMEOUT = 120


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who calls a server, on its path fallback unless a host is named."""

    server: LiveServer
    token: str

    @classmethod
    def user(cls, server: LiveServer, user_id: int = 1337) -> Self:
        """A test user."""
        return cls(server, token_at(server, f"/Home/GetTestUserToken/{user_id}"))

    @classmethod
    def owner(cls, server: LiveServer, org: str = "nav") -> Self:
        """A service owner."""
        return cls(server, token_at(server, f"/Home/GetTestOrgToken/{org}"))

    def call(
        self,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        content_type: str = "",
        host: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Call and return the answer, whatever it is."""
        sent = {**self.headers(content_type), **(headers or {})}
        host = host or self.server.api.base_host
        return self.server.api.send(Request(method, host, path, sent, body))

    def headers(self, content_type: str = "") -> dict[str, str]:
        """Return the headers of a call with content."""
        headers = {"Authorization": f"Bearer {self.token}"}
        if content_type:
            headers["Content-Type"] = content_type
        return headers

    def create(self) -> str:
        """Create an instance for the proposal's party; return its guid."""
        answer = self.call("POST", f"{APP}?instanceOwnerPartyId={PROPOSAL_PARTY}")
        assert answer.status == 201, answer.text
        return str(answer.json()["id"]).partition("/")[2]

    def fill_in(self, guid: str) -> Answer:
        """Submit the form."""
        path = f"{APP}/{guid}/data?formId=default"
        return self.call("POST", path, body=FORM, content_type="application/xml")

    def move_on(self, guid: str) -> Answer:
        """Leave the current task."""
        return self.call("PUT", f"{APP}/{guid}/process/next")

    def stream(
        self,
        method: str,
        path: str,
        pieces: Iterable[bytes],
        *,
        content_type: str,
        length: int | None,
        filename: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send content piece by piece; without a length, in chunks (RFC 9112 §7.1)."""
        headers = {**self.headers(content_type), **(headers or {})}
        if filename:
            headers["Content-Disposition"] = f'attachment; filename="{filename}"'
        if length is not None:
            headers["Content-Length"] = str(length)
        connection = HTTPConnection("127.0.0.1", self.server.port, timeout=_TIMEOUT)
        try:
            # Without a Content-Length http.client encodes the pieces as chunks.
            connection.request(
                method, path, body=iter(pieces), headers=headers, encode_chunked=True
            )
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        return Answer(answer.status, answer.reason, answer.headers, body, 0.0)

    def begin(
        self,
        method: str,
        path: str,
        *,
        content_type: str,
        length: int | None,
        sent: bytes,
        headers: Mapping[str, str] | None = None,
    ) -> socket.socket:
        """Send the head of a call and the first bytes of its body, as they are.

        Without a length the body is said to come in chunks. Return the socket.
        """
        coding = ("Transfer-Encoding", "chunked")
        name, value = coding if length is None else ("Content-Length", str(length))
        given = {
            "Host": self.server.api.base_host,
            name: value,
            **self.headers(content_type),
            **(headers or {}),
        }
        lines = [f"{method} {path} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in given.items()]
        head = "\r\n".join([*lines, "", ""]).encode("ascii")
        connection = socket.create_connection(
            ("127.0.0.1", self.server.port), timeout=_TIMEOUT
        )
        connection.sendall(head + sent)
        return connection


def data_path(guid: str, data_type: str) -> str:
    """Return the platform API's address to add a data element at."""
    base = f"/storage/api/v1/instances/{PROPOSAL_PARTY}/{guid}/data"
    return f"{base}?dataType={data_type}"


def path_of(location: str) -> str:
    """Return the path of an absolute address."""
    return urlsplit(location).path


def token_at(server: LiveServer, path: str) -> str:
    """Return the token that the sandbox hands out at a path."""
    answer = server.api.send(Request("GET", server.api.base_host, path, {}))
    assert answer.status == 200, answer.text
    return answer.text
