"""A receiver of events: a server of its own, which answers as a test tells it."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson
from standardwebhooks.webhooks import Webhook

from events.cloudevents import VALIDATE_SUBSCRIPTION
from tests.local_server import running

# Says what is answered to an event: a status, None for no answer at all.
Answers = Callable[[Mapping[str, Any]], int | None]


def takes_all(event: Mapping[str, Any]) -> int | None:
    """Answer 200 to everything."""
    return 200


@dataclass
class Received:
    """A request as it came."""

    headers: Mapping[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        """The event in it."""
        found: dict[str, Any] = orjson.loads(self.body)
        return found

    def verified(self, secret: str) -> dict[str, Any]:
        """Check the signature as a receiver's library does; raises if it is none."""
        found: dict[str, Any] = Webhook(secret).verify(self.body, dict(self.headers))
        return found


@dataclass
class Receiver:
    """What came, and how it is answered: when ``held``, if it is given, lets it go."""

    port: int = 0
    answers: Answers = takes_all
    held: threading.Event | None = None
    requests: list[Received] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def address(self) -> str:
        """Where events are sent."""
        return f"http://localhost:{self.port}/events"

    @property
    def events(self) -> list[dict[str, Any]]:
        """What came, without the question to validate."""
        with self._lock:
            found = [one.event for one in self.requests]
        return [one for one in found if one["type"] != VALIDATE_SUBSCRIPTION]

    def take(self, handler: BaseHTTPRequestHandler) -> None:
        """Take one request."""
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        received = Received(dict(handler.headers.items()), body)
        with self._lock:
            self.requests.append(received)
        if self.held:
            self.held.wait(300)
        status = self.answers(received.event)
        if status is None:
            handler.close_connection = True
            handler.connection.close()
            return
        handler.send_response(status)
        handler.send_header("Content-Length", "0")
        handler.end_headers()


@contextmanager
def receiving(answers: Answers = takes_all, *, port: int = 0) -> Iterator[Receiver]:
    """Receive on a port of this machine for the length of a block."""
    receiver = Receiver(answers=answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            receiver.take(self)

        def log_message(self, *args: object) -> None:
            pass

        def handle(self) -> None:
            with suppress(OSError, ValueError):  # the connection is closed on purpose
                super().handle()

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    receiver.port = server.server_address[1]
    with running(server):
        yield receiver
