"""A deployment reaches every process of every server, without a restart."""

import json
import random
import time
from collections.abc import Iterator
from http.client import HTTPResponse

import pytest

from samples.journeys.transport import Request
from tests.apps_registry.archives import FILES, archive
from tests.live.calls import Caller
from tests.servers import Command, LiveServer, Template

METADATA = "config/applicationmetadata.json"
URL = "/registry/api/v1/apps/nav/app2018/deployments"
SCOPE = "altinn:serviceowner/instances.write"
ZIP = "application/zip"
MEBIBYTE = 2**20
WITHIN = 2.5  # seconds: a second at most, and a machine that is busy
ROUNDS = 12  # calls that must all see the same: more than there are processes


@pytest.fixture
def two_servers(template: Template) -> Iterator[tuple[LiveServer, LiveServer]]:
    """Two servers of two processes each, on one database and one folder."""
    with template.server(Command(workers=2)) as first, first.beside() as second:
        yield first, second


def titles(*servers: LiveServer) -> list[tuple[float, str]]:
    """Return what the application is called, asked over and over, and when."""
    path = "/nav/app2018/api/v1/applicationmetadata"
    found = []
    for server in servers:
        for _ in range(ROUNDS):
            asked, base = time.monotonic(), server.api.base_host
            answer = server.api.send(Request("GET", base, path, {}))
            assert answer.status == 200, answer.text
            found.append((asked, answer.json()["title"]["nb"]))
    return found


def renamed(title: str) -> bytes:
    """Return an archive of the sample under another name."""
    old = b'"nb": "Sykmelding"'
    assert old in FILES[METADATA]
    content = FILES[METADATA].replace(old, f'"nb": "{title}"'.encode())
    return archive({**FILES, METADATA: content})


def test_every_process_follows_within_about_a_second(
    two_servers: tuple[LiveServer, LiveServer],
) -> None:
    """D-2: uploads, activations and going back, at one server, seen at both"""
    first, second = two_servers
    owner = Caller.owner(first, f"nav?scopes={SCOPE}")
    assert {name for _, name in titles(first, second)} == {"Sykmelding"}

    def expect(title: str) -> None:
        """Whoever asks later than that sees it, however long the answers take."""
        by = time.monotonic() + WITHIN
        while True:
            found = titles(first, second)
            assert {name for asked, name in found if asked > by} <= {title}
            if {name for _, name in found} == {title}:
                return

    answer = owner.call("POST", URL, body=renamed("Ny"), content_type=ZIP)
    assert answer.status == 201, answer.text
    expect("Ny")
    assert owner.call("POST", f"{URL}/1/activate").status == 200
    expect("Sykmelding")
    assert owner.call("POST", f"{URL}/2/activate").status == 200
    expect("Ny")
    second.manage("import_app", "samples/nav/app2018", "--activate")
    expect("Sykmelding")


def test_an_upload_is_taken_by_each_server(either_server: LiveServer) -> None:
    """Whole, in chunks and too large: 201, 200 and 413"""
    owner = Caller.owner(either_server, f"nav?scopes={SCOPE}")
    url = f"{URL}?activate=false"
    body = renamed(either_server.command.kind)
    answer = owner.call("POST", url, body=body, content_type=ZIP)
    assert answer.status == 201, answer.text
    pieces = (body[i : i + 1000] for i in range(0, len(body), 1000))
    chunked = owner.stream("POST", url, pieces, content_type=ZIP, length=None)
    assert chunked.status == 200, chunked.text
    with owner.begin(
        "POST", url, content_type=ZIP, length=51 * MEBIBYTE, sent=b"PK"
    ) as connection:
        refused = HTTPResponse(connection)
        refused.begin()
        assert (refused.status, json.loads(refused.read())["code"]) == (
            413,
            "deployment-too-large",
        )


def test_an_upload_is_not_held_in_memory(template: Template) -> None:
    """It is spooled to the disk; what is none of the application's is not unpacked"""
    content = random.Random(7).randbytes(45 * MEBIBYTE)
    body = archive({**FILES, "bin/app.dll": content})
    with template.server() as server:
        owner = Caller.owner(server, f"nav?scopes={SCOPE}")
        small = owner.call("POST", URL, body=archive(FILES), content_type=ZIP)
        assert small.status == 200, small.text
        before = server.peak_memory()
        answer = owner.call("POST", URL, body=body, content_type=ZIP)
        assert answer.status == 200, answer.text
        assert server.peak_memory() - before < 20 * MEBIBYTE
