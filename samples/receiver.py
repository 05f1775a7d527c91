"""Receives events as an owner's system does: each case once, whatever comes twice.

``python -m samples.receiver --port 9000 --folder cases --server URL`` with the owner's
token in ``ALTINN_TOKEN``; the secrets of its subscriptions, one a line, stand in the
file ``secrets`` of the folder.

A request is answered as soon as its event is written down. A thread does the rest, and
goes on where it was after a restart: it reads the instance, downloads its data into the
folder, and confirms. The instance is the key of a case, so events that come twice,
late, or in another order make one.
"""

import argparse
import base64
import hashlib
import hmac
import json
import os
import sqlite3
import threading
import time
from collections.abc import Mapping
from contextlib import closing
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from samples.journeys.transport import Answer, Request, Server

_MOST_BYTES = 64 * 1024
_OLDEST = 5 * 60  # seconds; an older request may be one that somebody sends again
_ENDED = "app.instance.process.completed"
_TABLES = """
CREATE TABLE IF NOT EXISTS events (id TEXT PRIMARY KEY, type TEXT, instance TEXT,
    source TEXT);
CREATE TABLE IF NOT EXISTS cases (instance TEXT PRIMARY KEY, received_at REAL);
"""


def is_signed(headers: Mapping[str, str], body: bytes, secrets: list[str]) -> bool:
    """Whether the request was signed with one of the secrets, not long ago."""
    message, sent = headers.get("Webhook-Id", ""), headers.get("Webhook-Timestamp", "")
    if not sent.isdigit() or abs(time.time() - int(sent)) > _OLDEST:
        return False
    content = b".".join((message.encode(), sent.encode(), body))
    given = headers.get("Webhook-Signature", "").split()
    for secret in secrets:
        key = base64.b64decode(secret.removeprefix("whsec_"))
        digest = hmac.new(key, content, hashlib.sha256).digest()
        expected = f"v1,{base64.b64encode(digest).decode()}"
        if any(hmac.compare_digest(expected, one) for one in given):
            return True
    return False


class Inbox:
    """What came, in a file that outlives the process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        with self._open() as database:
            database.executescript(_TABLES)

    def secrets(self) -> list[str]:
        """Return the secrets of the subscriptions."""
        path = self.folder / "secrets"
        return path.read_text().split() if path.exists() else []

    def write(self, event: Mapping[str, Any]) -> None:
        """Write an event down, once."""
        row = [str(event.get(name, "")) for name in ("id", "type", "resourceinstance")]
        with self._open() as database:
            database.execute(
                "INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?)",
                [*row, str(event["source"])],
            )
            database.commit()

    def to_do(self) -> list[tuple[str, str]]:
        """Return the instances that have ended and are no case yet, with addresses."""
        with self._open() as database:
            return database.execute(
                "SELECT DISTINCT instance, source FROM events WHERE type = ?"
                " AND instance NOT IN (SELECT instance FROM cases)",
                [_ENDED],
            ).fetchall()

    def done(self, instance: str) -> None:
        """Write down that the instance is a case."""
        with self._open() as database:
            values = [instance, time.time()]
            database.execute("INSERT OR IGNORE INTO cases VALUES (?, ?)", values)
            database.commit()

    def _open(self) -> "closing[sqlite3.Connection]":
        return closing(sqlite3.connect(self.folder / "inbox.sqlite3", timeout=20))


class Fetcher:
    """Reads instances, and confirms that they are received."""

    def __init__(self, inbox: Inbox, server: Server, token: str) -> None:
        self._inbox = inbox
        self._server = server
        self._token = token

    def work(self) -> None:
        """Do what is to do, for ever; what fails is tried again."""
        while True:
            for instance, source in self._inbox.to_do():
                try:
                    self._receive(instance, source)
                except (OSError, HTTPException) as error:
                    print(f"{instance}: {error}; again soon", flush=True)
                    time.sleep(1)
            time.sleep(0.1)

    def _receive(self, instance: str, source: str) -> None:
        document = self._call("GET", source).json()
        folder = self._inbox.folder / instance.rpartition("/")[2]
        folder.mkdir(exist_ok=True)
        for element in document["data"]:
            content = self._call("GET", element["selfLinks"]["apps"]).body
            (folder / element["id"]).write_bytes(content)
        self._call("POST", f"{source}/complete")
        self._inbox.done(instance)
        print(f"{instance}: received", flush=True)

    def _call(self, method: str, url: str) -> Answer:
        parts = urlsplit(url)
        headers = {"Authorization": f"Bearer {self._token}"}
        answer = self._server.send(Request(method, parts.netloc, parts.path, headers))
        if answer.status >= 300:
            raise OSError(f"{method} {url} answered {answer.status}")
        return answer


def handler_of(inbox: Inbox) -> type[BaseHTTPRequestHandler]:
    """Return what answers to requests."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            if length > _MOST_BYTES:
                self._answer(413)
                return
            body = self.rfile.read(length)
            if not is_signed(dict(self.headers.items()), body, inbox.secrets()):
                self._answer(401)  # who knows no secret is told nothing
                return
            event = json.loads(body)
            if event["type"].startswith("app."):
                inbox.write(event)
            self._answer(204)

        def _answer(self, status: int) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    return Handler


def main() -> None:
    """Receive until the process is ended."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--port", type=int, default=9000)
    parser.add_argument("--folder", type=Path, default=Path("cases"))
    parser.add_argument("--server", required=True, help="http://host:port")
    options = parser.parse_args()
    inbox = Inbox(options.folder)
    server = Server.at(options.server)
    fetcher = Fetcher(inbox, server, os.environ["ALTINN_TOKEN"])
    threading.Thread(target=fetcher.work, daemon=True).start()
    address = ("127.0.0.1", options.port)
    print(f"Receiving at http://localhost:{options.port}/", flush=True)
    ThreadingHTTPServer(address, handler_of(inbox)).serve_forever()


if __name__ == "__main__":
    main()
