"""Hosts and slashes, as they are on the wire."""

import pytest

from samples.journeys.transport import Request
from tests.live.calls import Caller
from tests.servers import LiveServer

PROBLEM = {"type", "title", "status", "detail", "instance", "traceId", "code"}


@pytest.mark.parametrize(
    "host", ["evil.example", "a.b.apps.localhost", "localhost.evil.example", "[::2]"]
)
def test_an_unknown_host_is_refused_with_a_problem(
    either_server: LiveServer, host: str
) -> None:
    """D-18: anything else is a 400"""
    named = f"{host}:{either_server.port}"
    answer = either_server.api.send(Request("GET", named, "/app2018", {}))
    assert answer.status == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    document = answer.json()
    assert document.keys() >= PROBLEM
    assert document["status"] == 400
    assert document["code"] == "host-unknown"


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize(
    ("host", "path"),
    [
        ("nav.apps", "/app2018"),
        ("nav.apps", "/nav/app2018"),
        ("storage", "/nav/app2018"),
        ("", "/nav/app2018"),
        ("", "/storage/nav/app2018"),
        ("nav.apps", "/nav/app2018/API/v1/ApplicationMetadata"),
    ],
)
def test_the_application_answers_with_and_without_a_final_slash(
    either_server: LiveServer, host: str, path: str, slash: str
) -> None:
    """clients.md: both work, without a redirect"""
    named = either_server.api.base_host
    if host:
        named = either_server.api.host(host)
    answer = either_server.api.send(Request("GET", named, path + slash, {}))
    assert answer.status == 200
    assert answer.json()["id"] == "nav/app2018"
    assert "Host" in answer.headers["Vary"]


@pytest.mark.parametrize("slash", ["", "/"])
def test_writes_are_taken_with_and_without_a_final_slash(
    either_server: LiveServer, slash: str
) -> None:
    """clients.md: both work, without a redirect"""
    user = Caller.user(either_server)
    host = either_server.api.host("nav.apps")
    path = f"/app2018/instances{slash}?instanceOwnerId=12345"
    answer = user.call("POST", path, host=host)
    assert answer.status == 201
    guid = answer.json()["id"].partition("/")[2]
    read = user.call("GET", f"/app2018/instances/{guid}{slash}", host=host)
    assert read.status == 200
    assert read.json()["id"] == answer.json()["id"]
