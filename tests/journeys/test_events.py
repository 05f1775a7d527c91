"""Being told of events over HTTP: a server with its worker, receivers in processes."""

import base64
import hashlib
import hmac
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
import pytest

from bench.ports import held_port
from tests.cast import PROPOSAL_PARTY
from tests.events.receiver import receiving
from tests.factories import FORM
from tests.live.calls import Caller
from tests.servers import ROOT, LiveServer, Template, wait_until

EVENTS = "/events/api/v1"
RESOURCE = "urn:altinn:resource:app_nav_app2018"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def house(template: Template) -> Iterator[LiveServer]:
    """A server with a worker inside, whose receivers are on this machine."""
    with template.server(
        ALTINN_EMBEDDED_WORKER="true", ALTINN_INTERNAL_HOSTS="localhost"
    ) as running:
        yield running


def subscribe(caller: Caller, **wanted: str) -> dict[str, Any]:
    """Subscribe; return the document, with its secret."""
    body = orjson.dumps({"resourceFilter": RESOURCE, **wanted})
    answer = caller.call(
        "POST", f"{EVENTS}/subscriptions", body=body, content_type="application/json"
    )
    assert answer.status == 201, answer.text
    document: dict[str, Any] = answer.json()
    return document


def state(caller: Caller, subscription: dict[str, Any]) -> str:
    """Return how a subscription stands."""
    url = f"{EVENTS}/subscriptions/{subscription['id']}"
    return str(caller.call("GET", url).json()["state"])


def send_in(user: Caller) -> str:
    """Make an instance and take it to its end; return its guid."""
    guid = user.create()
    assert user.fill_in(guid).status == 201
    for _ in range(2):
        assert user.move_on(guid).status == 200
    return guid


def test_a_user_is_told_within_seconds_of_validation(house: LiveServer) -> None:
    """EUS-12: by webhook, by reading, and no more once it is ended"""
    user = Caller.user(house)
    with receiving() as receiver:
        made = subscribe(
            user,
            endPoint=receiver.address,
            subjectFilter=f"/party/{PROPOSAL_PARTY}",
            typeFilter="app.instance.created",
        )
        assert made["validated"] is False
        wait_until(lambda: state(user, made) == "active", seconds=300)
        begun = time.monotonic()
        guid = user.create()
        wait_until(lambda: len(receiver.events) == 1, seconds=300)
        assert time.monotonic() - begun < 30
        [event] = receiver.events
        assert event["resourceinstance"] == f"{PROPOSAL_PARTY}/{guid}"
        assert receiver.requests[-1].verified(made["secret"]) == event
        url = f"{EVENTS}/app/party?from=2020-01-01&party={PROPOSAL_PARTY}&size=1000"
        ids = [one["id"] for one in user.call("GET", url).json()]
        assert event["id"] in ids
        gone = user.call("DELETE", f"{EVENTS}/subscriptions/{made['id']}")
        assert gone.status == 200
        user.create()
        last = f"{EVENTS}/app/party?after={event['id']}&party={PROPOSAL_PARTY}"
        wait_until(lambda: bool(user.call("GET", last).json()), seconds=300)
        time.sleep(3)
        assert len(receiver.events) == 1


class OwnersSystem:
    """``samples.receiver`` in a process of its own, killed and started again."""

    def __init__(self, folder: Path, port: int, house: LiveServer, token: str) -> None:
        self.folder, self.port = folder, port
        self._house, self._token = house, token
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}/"

    def start(self) -> None:
        arguments = f"--port {self.port} --folder {self.folder} --server"
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "samples.receiver",
                *arguments.split(),
                f"http://localhost:{self._house.port}",
            ],
            cwd=ROOT,
            env={**os.environ, "ALTINN_TOKEN": self._token},
            stdout=subprocess.DEVNULL,
        )

    def kill(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        path = self.folder / "inbox.sqlite3"
        with closing(sqlite3.connect(path, timeout=20)) as database:
            return database.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608  a name of ours

    def post(self, event: dict[str, Any], secret: str) -> int:
        """Send an event once more, as a server would that lost the answer."""
        body, now = orjson.dumps(event), str(int(time.time()))
        content = b".".join((event["id"].encode(), now.encode(), body))
        key = base64.b64decode(secret.removeprefix("whsec_"))
        digest = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest())
        connection = HTTPConnection("127.0.0.1", self.port, timeout=120)
        with closing(connection):
            connection.request(
                "POST",
                "/",
                body,
                {
                    "Webhook-Id": event["id"],
                    "Webhook-Timestamp": now,
                    "Webhook-Signature": f"v1,{digest.decode()}",
                },
            )
            return connection.getresponse().status


@contextmanager
def owners_system(
    folder: Path, house: LiveServer, token: str
) -> Iterator[OwnersSystem]:
    with held_port() as port:
        system = OwnersSystem(folder, port, house, token)
        try:
            system.start()
            yield system
        finally:
            system.kill()


def test_an_owner_receives_each_case_once(house: LiveServer, tmp_path: Path) -> None:
    """OWN-2: also when his system is away meanwhile, and what comes twice"""
    owner, user = Caller.owner(house), Caller.user(house)
    with owners_system(tmp_path, house, owner.token) as system:
        made = subscribe(owner, endPoint=system.address)
        (tmp_path / "secrets").write_text(made["secret"])
        wait_until(lambda: state(owner, made) == "active", seconds=300)
        guids = {send_in(user) for _ in range(3)}
        wait_until(lambda: len(system.rows("cases")) == 3, seconds=300)
        system.kill()
        guids |= {send_in(user) for _ in range(2)}
        wait_until(lambda: state(owner, made) == "receiver away", seconds=300)
        system.start()
        # It is asked after 10 seconds, 30 and 60.
        wait_until(lambda: len(system.rows("cases")) == 5, seconds=180)
        # The receiver has a case before the worker has heard of it.
        wait_until(lambda: state(owner, made) == "active", seconds=300)
        # All of them once more, the last first.
        url = f"{EVENTS}/app/nav/app2018?from=2020-01-01&size=1000"
        told = owner.call("GET", url).json()
        known = len(system.rows("events"))
        for event in reversed(told):
            assert system.post(event, made["secret"]) == 204
        forged = {**told[0], "id": "forged"}
        assert system.post(forged, "whsec_AAAA") == 401
        time.sleep(1)
        cases = {row[0].rpartition("/")[2] for row in system.rows("cases")}
        # What was sent in before he subscribed came now, and is one case each too.
        assert guids <= cases
        assert len(system.rows("cases")) == len(cases)
        assert len(system.rows("events")) >= known
        for guid in guids:
            [content] = [path.read_bytes() for path in (tmp_path / guid).iterdir()]
            assert content == FORM
            instance = f"/nav/app2018/instances/{PROPOSAL_PARTY}/{guid}"
            confirmed = owner.call("GET", instance).json()["completeConfirmations"]
            assert [one["stakeholderId"] for one in confirmed] == ["nav"]
            history = f"/storage/api/v1/instances/{PROPOSAL_PARTY}/{guid}/events"
            found = owner.call("GET", f"{history}?eventTypes=ConfirmedComplete").json()
            assert len(found["instanceEvents"]) == 1
        owner.call("DELETE", f"{EVENTS}/subscriptions/{made['id']}")


def test_who_begins_again_after_the_last_event_misses_none(house: LiveServer) -> None:
    """OWN-9: page after page, while others write"""
    owner, user = Caller.owner(house), Caller.user(house)
    guids = [user.create() for _ in range(4)]
    url = f"{EVENTS}/app/nav/app2018?from=2020-01-01&size=3"
    seen: list[str] = []
    wanted = "app.instance.created"

    def read() -> bool:
        nonlocal url
        answer = owner.call("GET", url)
        assert answer.status == 200, answer.text
        seen.extend(
            one["resourceinstance"].rpartition("/")[2]
            for one in answer.json()
            if one["type"] == wanted
        )
        following = urlsplit(answer.headers["next"])
        url = f"{following.path}?{following.query}"
        return set(guids) <= set(seen)

    wait_until(read, seconds=300)
    guids += [user.create() for _ in range(4)]
    wait_until(read, seconds=300)
    assert len(seen) == len(set(seen))
