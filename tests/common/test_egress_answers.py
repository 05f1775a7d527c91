"""What comes back from outside: how long, how much, and from whom."""

import ssl
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from common.egress import EgressClient, EgressFailed
from tests.local_server import Reply, answer, certificate, ok, port_of, serving


def internal(*, timeout: float = 60.0) -> EgressClient:
    return EgressClient(internal_hosts=["127.0.0.1"], timeout=timeout)


# --- answers --------------------------------------------------------------------------
def redirecting(handler: BaseHTTPRequestHandler) -> None:
    host = handler.headers["Host"]
    answer(handler, 302, b"", Location=f"http://{host}/elsewhere")


def dripping_headers(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        handler.wfile.write(b"X: y\r\n")
        time.sleep(0.05)


def dripping_body(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    while True:
        handler.wfile.write(b" ")
        time.sleep(0.05)


def silent(handler: BaseHTTPRequestHandler) -> None:
    handler.rfile.read(1)  # until the caller hangs up


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        handler.wfile.write(b"x" * 65_536)


def announced(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(10**12))
    handler.end_headers()
    while True:
        handler.wfile.write(b"x" * 65_536)


def compressed(handler: BaseHTTPRequestHandler) -> None:
    answer(handler, 200, b"x", Content_Encoding="gzip")


def cut_short(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "10")
    handler.end_headers()
    handler.wfile.write(b"x")
    handler.close_connection = True


def no_http(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"SSH-2.0-OpenSSH\r\n\r\n")


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (redirecting, "redirects are not followed"),
        (dripping_headers, "longer than"),
        (dripping_body, "longer than"),
        (silent, "longer than"),
        (endless, "more than 262144 bytes"),
        (announced, "more than 262144 bytes"),
        (compressed, "compressed"),
        (cut_short, "cannot be reached"),
        (no_http, "cannot be reached"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_answer_that_is_not_as_it_must_be_ends_soon(reply: Reply, reason: str) -> None:
    """Z-098, T-24: time and size are bounded, and nobody is followed anywhere"""
    began = time.monotonic()
    # What is waited for has to begin meanwhile, and what is not may come late.
    timeout = 5 if reason == "longer than" else 15
    with serving(reply) as server:
        with pytest.raises(EgressFailed, match=reason):
            internal(timeout=timeout).get(f"http://127.0.0.1:{port_of(server)}/")
        assert server.calls == 1
    assert time.monotonic() - began < 20


def test_errors_of_the_other_server_are_answers() -> None:
    """Z-098"""
    with serving(lambda handler: answer(handler, 503, b"no")) as server:
        found = internal().get(f"http://127.0.0.1:{port_of(server)}/")
    assert (found.status, found.body) == (503, b"no")


# --- TLS ------------------------------------------------------------------------------
def test_certificate_is_checked_for_the_name_and_not_for_the_address(
    tmp_path: Path,
) -> None:
    """Z-098: internal hosts too"""
    path = certificate(tmp_path, "issuer.internal")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    trusting = ssl.create_default_context(cafile=str(path))

    def client(name: str, ssl_context: ssl.SSLContext | None) -> EgressClient:
        return EgressClient(
            internal_hosts=[name],
            resolve=lambda host, port: ["127.0.0.1"],
            ssl_context=ssl_context,
        )

    with serving(ok, context) as server:
        for name in ("issuer.internal", "other.internal"):
            url = f"https://{name}:{port_of(server)}/"
            if name == "issuer.internal":
                assert client(name, trusting).get(url).status == 200
            else:
                with pytest.raises(EgressFailed, match="cannot be reached"):
                    client(name, trusting).get(url)
            with pytest.raises(EgressFailed, match="cannot be reached"):
                client(name, None).get(url)
