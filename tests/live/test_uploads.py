"""Content over real HTTP: huge, chunked, and cut short."""

import hashlib
import json
import random
import shutil
import socket
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse

import pytest

from data_elements.models import DataElement
from tests.cast import PROPOSAL_PARTY
from tests.live.calls import APP, Caller, data_path, path_of
from tests.servers import Inside, LiveServer, Template, wait_until

MEBIBYTE = 2**20
GIBIBYTE = 2**30
MOST_GROWTH = 12 * MEBIBYTE  # buffers and first uses; how big the code is, bench tells
FREE_DISK = 4 * GIBIBYTE


@pytest.mark.slow
def test_a_gibibyte_streams_in_and_out_in_bounded_memory(template: Template) -> None:
    """S-165; performance.md §5: the worker never holds a body"""
    free = shutil.disk_usage(template.folder).free
    if free < FREE_DISK:
        pytest.skip(
            f"needs {FREE_DISK / GIBIBYTE:.0f} GiB of free disk in {template.folder};"
            f" there are {free / GIBIBYTE:.1f}"
        )
    with template.server() as server:
        user = Caller.user(server)
        path = data_path(user.create(), "vedlegg")
        most = server.peak_memory() + MOST_GROWTH
        sent = hashlib.sha256()
        answer = user.stream(
            "POST",
            path,
            _gibibyte(sent),
            content_type="application/pdf",
            length=GIBIBYTE,
            filename="stor.pdf",
        )
        assert answer.status == 201, answer.text
        assert answer.json()["size"] == GIBIBYTE
        assert server.peak_memory() < most
        received = _digest_of(server, user, path_of(answer.headers["Location"]))
        assert received == sent.hexdigest()
        assert server.peak_memory() < most


def test_a_body_in_chunks_without_a_length_is_stored(
    either_server: LiveServer,
) -> None:
    """D-13: Transfer-Encoding: chunked, where the server reports a body cut off"""
    if not reports_cuts(either_server):
        refuse_chunks(either_server, b"4\r\n%PDF\r\n0\r\n\r\n")
        return
    user = Caller.user(either_server)
    content = random.Random(1).randbytes(3 * MEBIBYTE + 17)
    pieces = [content[at : at + 70_001] for at in range(0, len(content), 70_001)]
    answer = user.stream(
        "POST",
        data_path(user.create(), "vedlegg"),
        pieces,
        content_type="application/pdf",
        length=None,
        filename="delt.pdf",
    )
    assert answer.status == 201, answer.text
    assert answer.json()["size"] == len(content)
    got = user.call("GET", path_of(answer.headers["Location"]))
    assert got.body == content


def test_an_empty_body_in_chunks_is_refused(either_server: LiveServer) -> None:
    if not reports_cuts(either_server):
        refuse_chunks(either_server, b"0\r\n\r\n")
        return
    user = Caller.user(either_server)
    answer = user.stream(
        "POST",
        data_path(user.create(), "vedlegg"),
        [],
        content_type="application/pdf",
        length=None,
        filename="tom.pdf",
    )
    assert answer.status == 400
    assert answer.json()["code"] == "content-empty"


def test_a_body_in_chunks_that_is_cut_off_is_not_stored(
    either_server: LiveServer, inside: Inside
) -> None:
    """Nothing of the half that came remains, whichever server it is"""
    user = Caller.user(either_server)
    guid = user.create()
    before = either_server.blobs()
    with user.begin(
        "POST",
        data_path(guid, "default"),
        content_type="application/xml",
        length=None,
        sent=b"400\r\n<skjema>" + b"x" * 500,
    ) as connection:
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(300)
        connection.recv(MEBIBYTE)  # gives up, with an answer or without
    wait_until(lambda: either_server.blobs() == before)
    with inside(either_server) as alias:
        elements = DataElement.objects.using(alias).filter(instance_id=guid)
        assert not elements.exists()
    assert user.call("GET", "/health").status == 200


@pytest.mark.parametrize("close", [True, False], ids=["closed", "half-closed"])
def test_a_body_cut_short_of_its_length_is_not_stored(
    either_server: LiveServer, inside: Inside, close: bool
) -> None:
    user = Caller.user(either_server)
    guid = user.create()
    before = either_server.blobs()
    connection = user.begin(
        "POST",
        data_path(guid, "vedlegg"),
        content_type="application/pdf",
        length=4 * MEBIBYTE,
        sent=b"%" * (2 * MEBIBYTE),
    )
    with connection:
        wait_until(lambda: either_server.blobs() != before)
        if not close:
            connection.shutdown(socket.SHUT_WR)
            connection.settimeout(300)
            connection.recv(MEBIBYTE)  # gives up, with an answer or without
    wait_until(lambda: either_server.blobs() == before)
    with inside(either_server) as alias:
        elements = DataElement.objects.using(alias).filter(instance_id=guid)
        assert not elements.exists()
    assert user.call("GET", "/health").status == 200


def test_who_sends_a_refused_file_comes_to_the_answer(
    either_server: LiveServer,
) -> None:
    """A-100, wishes 59: told what is wrong, where the connection would only break"""
    user = Caller.user(either_server)
    path = f"{APP}/{PROPOSAL_PARTY}/{user.create()}/data?dataType=vedlegg"
    answer = user.stream(
        "POST",
        path,
        [b"%" * MEBIBYTE] * 30,
        content_type="application/pdf",
        length=30 * MEBIBYTE,
        filename="stor.pdf",
    )
    assert answer.status == 400
    (issue,) = answer.json()["uploadValidationIssues"]
    assert issue["code"] == "DataElementTooLarge"


@pytest.mark.parametrize("waits", [False, True], ids=["unknown", "waiting"])
def test_who_is_unknown_or_waits_is_refused_at_once(
    either_server: LiveServer, waits: bool
) -> None:
    """Z-008: no thread waits for a body that nobody wants"""
    caller = Caller.user(either_server)
    path = data_path(caller.create(), "no-such-type")
    if not waits:
        caller = Caller(either_server, "no-token")
    with caller.begin(
        "POST",
        path,
        content_type="application/pdf",
        length=30 * MEBIBYTE,
        sent=b"",
        headers={"Expect": "100-continue"} if waits else None,
    ) as connection:
        answer = HTTPResponse(connection)
        answer.begin()
    assert answer.status == (400 if waits else 401)


def reports_cuts(server: LiveServer) -> bool:
    """Whether the server fails to read, rather than ends, a body that was cut off."""
    return server.command.kind == "gunicorn"


def refuse_chunks(server: LiveServer, body: bytes) -> None:
    """Assert that a server that does not report cuts takes nothing that may be cut.

    Half an attachment could be stored there as a whole one. The body is sent at once:
    the answer does not wait for it.
    """
    user = Caller.user(server)
    path = data_path(user.create(), "vedlegg")
    before = server.blobs()
    with user.begin(
        "POST", path, content_type="application/pdf", length=None, sent=body
    ) as connection:
        answer = HTTPResponse(connection)
        answer.begin()
        document = json.loads(answer.read())
    assert (answer.status, document["code"]) == (411, "content-length-missing")
    assert server.blobs() == before


def _gibibyte(digest: "hashlib._Hash") -> Iterator[bytes]:
    block = random.Random(7).randbytes(MEBIBYTE - 8)
    for number in range(GIBIBYTE // MEBIBYTE):
        piece = number.to_bytes(8, "big") + block
        digest.update(piece)
        yield piece


def _digest_of(server: LiveServer, user: Caller, path: str) -> str:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=120)
    digest = hashlib.sha256()
    try:
        connection.request("GET", path, headers=user.headers())
        answer = connection.getresponse()
        assert answer.status == 200
        while piece := answer.read(MEBIBYTE):
            digest.update(piece)
    finally:
        connection.close()
    return digest.hexdigest()
