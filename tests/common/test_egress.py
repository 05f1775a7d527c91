"""The one way out: what is called, and what is not."""

import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

import common.egress
from common.egress import (
    EgressClient,
    EgressFailed,
    EgressRefused,
    is_public,
    resolved,
    target_of,
)
from tests.local_server import certificate, ok, port_of, serving

ROOT = Path(__file__).resolve().parents[2]


# --- addresses ------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("1.1.1.1", True),
        ("2606:4700:4700::1111", True),
        ("127.0.0.1", False),
        ("127.8.8.8", False),
        ("0.0.0.0", False),  # noqa: S104  an address like others here
        ("10.0.0.1", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("100.100.100.200", False),
        ("168.63.129.16", False),
        ("192.0.0.192", False),
        ("198.18.0.1", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fd00:ec2::254", False),
        ("ff02::1", False),
        ("ff0e::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:169.254.169.254", False),
        ("::ffff:1.1.1.1", True),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("2001:0:7f00:1::", False),
        ("::7f00:1", False),  # IPv4 in what IPv6 began with
        ("::ffff:0:7f00:1", False),  # and as SIIT translates it
        ("fec0::1", False),  # what unique local addresses replaced
        ("5f00::1", False),
        ("3fff::1", False),
    ],
)
def test_only_addresses_of_the_public_internet_are_public(
    address: str, public: bool
) -> None:
    """Z-098, T-24"""
    assert is_public(address) is public


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "https:///path",
        "//example.com/",
        "",
        "https://example.com:22/",
        "https://example.com:80/",
        "https://example.com:99999/",
        "https://example.com:x/",
        "https://user@example.com/",
        "https://user:password@example.com/",
        "https://@example.com/",
        "https://example.com\\@127.0.0.1/",
        "https://exam ple.com/",
        "https://example.com/\r\nHost: other",
        "https://exämple.com/",
        "https://[::1/",
        "https://example.com/" + "x" * 2048,
    ],
)
def test_url_that_is_never_called_is_refused_before_anything_is_resolved(
    url: str,
) -> None:
    """Z-098, T-24"""
    resolved_names: list[str] = []

    def resolve(host: str, port: int) -> Sequence[str]:
        resolved_names.append(host)
        return ["1.1.1.1"]

    with pytest.raises(EgressRefused):
        EgressClient(resolve=resolve).get(url)
    assert resolved_names == []


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "localhost.",
        "0x7f000001",
        "0x7f.1",
        "2130706433",
        "017700000001",
        "127.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "0",
    ],
)
def test_spellings_of_this_machine_are_refused_and_nothing_is_called(
    host: str,
) -> None:
    """Z-098, T-24: with a server there that would answer"""
    with serving(ok) as server:
        url = f"https://{host}:{port_of(server)}/"
        with pytest.raises(EgressRefused, match=r"port|public"):
            EgressClient().get(url)
        with pytest.raises((EgressRefused, EgressFailed)):
            EgressClient().get(f"https://{host}/")
        assert server.calls == 0


@pytest.mark.parametrize(
    "url",
    [
        "https://169.254.169.254/latest/meta-data/",
        "https://[::ffff:169.254.169.254]/",
        "https://[fd00:ec2::254]/",
        "https://100.64.0.1/",
        "https://10.0.0.1:8443/",
    ],
)
def test_metadata_and_private_networks_are_refused(url: str) -> None:
    """Z-098, T-24"""
    with pytest.raises(EgressRefused, match="public Internet"):
        EgressClient().get(url)


def test_one_private_address_among_public_ones_spoils_the_name() -> None:
    """Z-098, T-24"""
    client = EgressClient(resolve=lambda host, port: ["1.1.1.1", "127.0.0.1"])
    with pytest.raises(EgressRefused, match="public Internet"):
        client.get("https://both.example/")


def test_name_is_resolved_once_so_that_rebinding_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Z-098, T-24: a name that is another address when it is looked up again"""
    path = certificate(tmp_path, "rebinding.example")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    answers = [["127.0.0.1"], ["127.0.0.2"], ["127.0.0.2"]]
    asked: list[str] = []

    def rebinding(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return answers[len(asked) - 1]

    client = EgressClient(
        resolve=rebinding, ssl_context=ssl.create_default_context(cafile=str(path))
    )
    # For this test one loopback address is as good as public, the other is not.
    monkeypatch.setattr(common.egress, "is_public", lambda ip: ip == "127.0.0.1")
    with serving(ok, context) as outside:
        port = port_of(outside)
        monkeypatch.setattr(common.egress, "_PORTS", (port,))
        with serving(ok, context, at=("127.0.0.2", port)) as inside:
            url = f"https://rebinding.example:{port}/"
            assert client.get(url).status == 200
            assert (outside.calls, inside.calls, len(asked)) == (1, 0, 1)
            with pytest.raises(EgressRefused):
                client.get(url)
            assert (outside.calls, inside.calls, len(asked)) == (1, 0, 2)


def test_connection_goes_to_the_address_and_the_request_to_the_name() -> None:
    """Z-098"""
    with serving(ok) as server:
        port = port_of(server)
        client = EgressClient(
            internal_hosts=[f"issuer.internal:{port}"],
            resolve=lambda host, port: ["127.0.0.1"],
        )
        found = client.get(f"http://issuer.internal:{port}/path?a=b")
        assert found.status == 200
        assert found.body == b'{"host": "issuer.internal:%d"}' % port
        with pytest.raises(EgressRefused):
            client.get(f"http://issuer.internal:{port + 1}/")


def test_another_address_of_the_name_is_tried_when_one_does_not_answer() -> None:
    """Z-098"""
    with serving(ok) as server:
        client = EgressClient(
            internal_hosts=["two.internal"],
            resolve=lambda host, port: ["::1", "127.0.0.1"],
        )
        url = f"http://two.internal:{port_of(server)}/"
        assert client.get(url).status == 200


def test_names_that_are_none_fail_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Z-098: as the system says it, which may take long where no name server is"""

    def unknown(*args: object, **kwargs: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(EgressFailed, match="cannot be reached"):
        EgressClient().get("https://no-such-name.invalid/")
    nobody = EgressClient(resolve=lambda host, port: [])
    with pytest.raises(EgressFailed, match="no address"):
        nobody.get("https://empty.example/")


def test_resolver_that_hangs_ends_with_the_deadline() -> None:
    """Z-098"""

    given_up = threading.Event()
    in_time: list[bool] = []

    def slow(host: str, port: int) -> Sequence[str]:
        in_time.append(given_up.wait(300))
        answered.set()
        return ["1.1.1.1"]

    answered = threading.Event()
    with pytest.raises(EgressFailed, match="longer than"):
        EgressClient(resolve=slow, timeout=0.1).get("https://slow.example/")
    given_up.set()
    assert answered.wait(300)
    assert in_time == [True]


def test_who_is_believed_is_looked_up_at_the_first_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every worker has a client, and few ever call anybody: it takes two megabytes"""
    made: list[str] = []
    create = ssl.create_default_context

    def spied() -> ssl.SSLContext:
        made.append("one")
        return create()

    monkeypatch.setattr(ssl, "create_default_context", spied)
    client = EgressClient(resolve=lambda host, port: [])
    assert made == []
    for _ in range(2):
        with pytest.raises(EgressFailed, match="no address"):
            client.get("https://empty.example/")
    assert made == ["one"]


# --- the house ------------------------------------------------------------------------
def test_internal_hosts_are_compared_whole() -> None:
    """Z-098"""
    hosts = ["localhost:8001", "issuer.internal"]
    assert target_of("http://localhost:8001/x", internal_hosts=hosts).internal
    assert target_of("http://issuer.internal/", internal_hosts=hosts).internal
    assert target_of("https://issuer.internal:9/", internal_hosts=hosts).internal
    for other in (
        "http://localhost:8002/",
        "http://localhost/",
        "http://xissuer.internal/",
        "http://issuer.internal.evil.example/",
    ):
        with pytest.raises(EgressRefused):
            target_of(other, internal_hosts=hosts)


def test_system_resolver_answers_in_order_and_once() -> None:
    """Z-098"""
    assert resolved("127.0.0.1", 443) == ["127.0.0.1"]
    for name in ("localhost", "platform.localhost"):
        assert list(resolved(name, 443)) == ["127.0.0.1", "::1"]


def test_nobody_else_makes_requests() -> None:
    """Z-098: one client, and no other module that imports a library for it"""
    libraries = r"httpx|httpcore|requests|urllib3|urllib\.request|http\.client|aiohttp"
    rooms = (
        "altinn api process cleanup data_elements instances events authorization"
        " apps_registry parties common"
    )
    pattern = rf"^\s*(import|from) ({libraries})"
    found = subprocess.run(
        ["grep", "-rlE", "--include=*.py", pattern, *rooms.split()],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.stdout.split() == ["common/egress.py"], sys.version
