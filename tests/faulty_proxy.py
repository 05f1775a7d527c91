"""A proxy before a blob store that can be told to fail, as networks and stores do."""

import http.client
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_HOP = frozenset({"connection", "transfer-encoding", "expect", "keep-alive"})


@dataclass
class Fault:
    """What happens to the requests that match, ``times`` times.

    ``how`` is ``error`` (a 500), ``lost`` (carried out, and answered with a 500),
    ``hang`` (no answer until the caller hangs up), ``slow`` (an answer after so many
    seconds), or ``cut`` (half of the answer's body).
    """

    how: str
    matches: Callable[[str, str], bool] = lambda method, path: True
    times: int = 10**9
    seconds: float = 0


@dataclass
class Proxy:
    """A running proxy: its port, what came by, and what goes wrong."""

    port: int
    faults: list[Fault] = field(default_factory=list)
    calls: list[tuple[str, str]] = field(default_factory=list)
    sent: Callable[[int], object] = lambda size: None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def fault_of(self, method: str, path: str) -> Fault | None:
        """Note a request; return what goes wrong with it."""
        with self._lock:
            self.calls.append((method, path))
            for fault in self.faults:
                if fault.times > 0 and fault.matches(method, path):
                    fault.times -= 1
                    return fault
        return None


@contextmanager
def proxy_before(port: int) -> Iterator[Proxy]:
    """Run a proxy before the server at a port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            fault = proxy.fault_of(self.command, self.path)
            how = fault.how if fault else ""
            if how == "hang":
                self.rfile.read(1)
                self.close_connection = True
                return
            if how == "error":
                self.fail()
                return
            if fault and how == "slow":
                time.sleep(fault.seconds)
            status, headers, content = self.forward(body)
            if how == "lost":
                self.fail()
                return
            self.send_response(status)
            for name, value in headers:
                if name.lower() not in {*_HOP, "content-length", "date", "server"}:
                    self.send_header(name, value)
            told = {name.lower(): value for name, value in headers}
            length = told.get("content-length", str(len(content)))
            self.send_header("Content-Length", length)
            self.end_headers()
            if how == "cut":
                content = content[: len(content) // 2]
                self.close_connection = True
            self.wfile.write(content)
            proxy.sent(len(content))

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = handle_any

        def forward(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
            sent = {n: v for n, v in self.headers.items() if n.lower() not in _HOP}
            behind = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            try:
                behind.request(self.command, self.path, body, sent)
                answer = behind.getresponse()
                return answer.status, answer.getheaders(), answer.read()
            finally:
                behind.close()

        def fail(self) -> None:
            self.send_response(500)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        proxy = Proxy(server.server_address[1])
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield proxy
        finally:
            server.shutdown()
