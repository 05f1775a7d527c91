"""The one way out: every HTTP request that the server makes itself goes through here.

The addresses that are called come from configuration, from other servers' documents
and, for webhooks, from callers. None of them may make the server reach what only the
server can reach: names are resolved once, every address is looked at, and the
connection goes to the address that was looked at. Hosts that the operator names in
``ALTINN_INTERNAL_HOSTS`` are exempt, and may be called by plain http.
"""

import socket
import ssl
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from functools import cached_property, lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
)
from types import MappingProxyType
from urllib.parse import urlsplit

import httpcore2
from django.conf import settings

TIMEOUT_SECONDS = 5.0
MAX_BYTES = 256 * 1024

_PORTS = (443, 8443)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_MAX_URL_LENGTH = 2048
# Of what IPv6 has, only this is given to anybody; Python takes more for global.
_GIVEN_OUT = IPv6Network("2000::/3")
# Through these, an IPv6 address means an IPv4 address of somebody else's choice.
_TRANSLATED = (
    IPv6Network("64:ff9b::/96"),
    IPv6Network("64:ff9b:1::/48"),
    IPv6Network("2002::/16"),
    IPv6Network("2001::/32"),
)
# Not of the public Internet, though not every Python says so; the last is the metadata
# of a cloud, at an address that looks like any other.
_SPECIAL = (
    IPv6Network("3fff::/20"),
    IPv4Network("192.0.0.0/24"),
    IPv4Network("192.88.99.0/24"),
    IPv4Network("168.63.129.16/32"),
)
_LOOPBACK = ("127.0.0.1", "::1")
_WAITS = ("connect", "read", "write", "pool")
# The system's resolver takes no time limit, so that somebody else waits for it.
_resolvers = ThreadPoolExecutor(max_workers=8, thread_name_prefix="resolve")

Resolve = Callable[[str, int], Sequence[str]]


class EgressError(Exception):
    """A request of ours was not made, or not answered.

    ``reason`` is for operators, ``told`` for whoever named the address: not which names
    there are inside.
    """

    def __init__(self, reason: str, *, told: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.told = told or reason


class EgressRefused(EgressError):
    """The address is one that the server does not call."""


class EgressFailed(EgressError):
    """The other server cannot be reached, or does not answer as it must."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other server answered; names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Target:
    """An address that may be called, taken apart."""

    scheme: str
    host: str
    port: int
    path: str
    internal: bool


def target_of(url: str, *, internal_hosts: Collection[str] = ()) -> Target:
    """Take a URL apart; raises EgressRefused for one that is never called.

    ``internal_hosts`` lists hosts as ``name`` (any port) or ``name:port``.
    """
    if len(url) > _MAX_URL_LENGTH or not url.isascii() or not url.isprintable():
        raise EgressRefused("the URL is too long, or has characters that none may have")
    if "\\" in url or " " in url:
        raise EgressRefused("the URL has a space or a backslash")
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError as error:
        raise EgressRefused(f"the URL cannot be read ({error})") from None
    if parts.scheme not in _DEFAULT_PORTS or not host:
        raise EgressRefused("only https URLs with a host are called")
    if "@" in parts.netloc:
        raise EgressRefused("the URL has credentials in it")
    port = _DEFAULT_PORTS[parts.scheme] if port is None else port
    internal = host in internal_hosts or f"{host}:{port}" in internal_hosts
    if not internal and parts.scheme != "https":
        raise EgressRefused(
            f"{host}:{port} is called by https alone, because it is none of"
            " ALTINN_INTERNAL_HOSTS"
        )
    if not internal and port not in _PORTS:
        raise EgressRefused(f"port {port} is not called; 443 and 8443 are")
    if not internal and _is_address(host) and not is_public(host):
        raise _not_public(host)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port, path, internal)


def _is_address(host: str) -> bool:
    """Whether the host is an address itself, which no name server need be asked for."""
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _not_public(host: str, *, told: str = "") -> EgressRefused:
    return EgressRefused(
        f"{host} has an address that is not of the public Internet; if it is"
        " meant, name it in ALTINN_INTERNAL_HOSTS, and a receiver of events in"
        " ALTINN_INTERNAL_RECEIVERS",
        told=told,
    )


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public Internet, also seen through others."""
    ip: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        elif ip not in _GIVEN_OUT or any(ip in network for network in _TRANSLATED):
            return False
    special = ip.is_multicast or any(ip in network for network in _SPECIAL)
    return ip.is_global and not special


class EgressClient:
    """Makes one request at a time, on a connection of its own. Thread-safe.

    A request ends within ``timeout`` seconds, whatever the other side does, and reads
    at most ``max_bytes``. Redirects are not followed, and no proxy is used.
    """

    def __init__(
        self,
        *,
        internal_hosts: Iterable[str] = (),
        timeout: float = TIMEOUT_SECONDS,
        max_bytes: int = MAX_BYTES,
        resolve: Resolve | None = None,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self.internal_hosts = frozenset(internal_hosts)
        self._timeout = timeout
        self._max_bytes = max_bytes
        self._resolve = resolve or resolved
        self._given_ssl_context = ssl_context

    @cached_property
    def _ssl_context(self) -> ssl.SSLContext:
        """Whom to believe: made at the first request, for it takes two megabytes.

        Every worker has a client, for the keys of other issuers; many a one never asks.
        """
        return self._given_ssl_context or ssl.create_default_context()

    def get(self, url: str) -> Answer:
        """Fetch a JSON document; raises EgressError."""
        return self.request("GET", url, headers={"Accept": "application/json"})

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] = MappingProxyType({}),
        content: bytes = b"",
    ) -> Answer:
        """Make a request; raises EgressError, for redirects too."""
        target = target_of(url, internal_hosts=self.internal_hosts)
        backend = _Guarded(target, self._resolve, time.monotonic() + self._timeout)
        sent = {
            "Host": _host_header(target),
            "User-Agent": "open-altinn",
            "Accept-Encoding": "identity",  # nothing that could unpack to a bomb
            "Connection": "close",
            **headers,
        }
        if content:
            sent["Content-Length"] = str(len(content))
        try:
            with (
                httpcore2.ConnectionPool(
                    ssl_context=self._ssl_context, network_backend=backend
                ) as pool,
                pool.stream(
                    method,
                    _url(target),
                    headers=[(n.encode(), v.encode()) for n, v in sent.items()],
                    content=content or None,
                    extensions={"timeout": dict.fromkeys(_WAITS, self._timeout)},
                ) as response,
            ):
                return self._answer(response)
        except _Unresolved as error:
            told = _unreachable(target.host)
            raise EgressFailed(f"{told} ({error})", told=told) from None
        except httpcore2.TimeoutException:
            text = f"{target.host} took longer than {self._timeout:g} seconds"
            raise EgressFailed(text) from None
        except (httpcore2.NetworkError, httpcore2.ProtocolError, OSError) as error:
            raise EgressFailed(f"{_unreachable(target.host)} ({error})") from None

    def _answer(self, response: httpcore2.Response) -> Answer:
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in response.headers
        }
        if 300 <= response.status < 400:
            raise EgressFailed(
                f"the answer is {response.status}, and redirects are not followed"
            )
        if headers.get("content-encoding", "identity").lower() != "identity":
            raise EgressFailed("the answer is compressed, which was not asked for")
        body = bytearray()
        for chunk in response.iter_stream():
            body += chunk
            if len(body) > self._max_bytes:
                text = f"the answer has more than {self._max_bytes} bytes"
                raise EgressFailed(text)
        return Answer(response.status, headers, bytes(body))


def egress(*, timeout: float = TIMEOUT_SECONDS) -> EgressClient:
    """Return the client that the settings describe."""
    return _client(frozenset(settings.ALTINN_INTERNAL_HOSTS), timeout)


def to_receivers(*, timeout: float = TIMEOUT_SECONDS) -> EgressClient:
    """Return the client for addresses that callers name.

    In production none of them is internal unless it is named for that: what the
    operator opens to the server is not open to whoever may subscribe.
    """
    hosts: Iterable[str] | None = settings.ALTINN_INTERNAL_RECEIVERS
    if hosts is None:
        is_production = settings.ALTINN_ENVIRONMENT == "production"
        hosts = () if is_production else settings.ALTINN_INTERNAL_HOSTS
    return _client(frozenset(hosts), timeout)


@lru_cache(maxsize=8)
def _client(internal_hosts: frozenset[str], timeout: float) -> EgressClient:
    return EgressClient(internal_hosts=internal_hosts, timeout=timeout)


def resolved(host: str, port: int) -> Sequence[str]:
    """Return the IP addresses of a host, in the system's order; raises OSError."""
    if host == "localhost" or host.endswith(".localhost"):
        return _LOOPBACK  # as RFC 6761 asks for, and not every system does
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _unreachable(host: str) -> str:
    return f"{host} cannot be reached"


def _url(target: Target) -> httpcore2.URL:
    return httpcore2.URL(
        scheme=target.scheme.encode(),
        host=target.host.encode(),
        port=target.port,
        target=target.path.encode(),
    )


def _host_header(target: Target) -> str:
    name = f"[{target.host}]" if ":" in target.host else target.host
    usual = target.port == _DEFAULT_PORTS[target.scheme]
    return name if usual else f"{name}:{target.port}"


class _Unresolved(httpcore2.ConnectError):
    """The name has no address."""


class _Guarded(httpcore2.NetworkBackend):
    """Connects to an address that was looked at, and keeps to one point in time."""

    def __init__(self, target: Target, resolve: Resolve, deadline: float) -> None:
        self._target = target
        self._resolve = resolve
        self._deadline = deadline
        self._backend = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to the first of the host's addresses that answers."""
        failure: httpcore2.NetworkError | None = None
        for address in self._addresses(host, port):
            try:
                stream = self._backend.connect_tcp(
                    address, port, timeout=_left(self._deadline)
                )
            except httpcore2.ConnectError as error:
                failure = error
            else:
                return _Timed(stream, self._deadline)
        raise failure or httpcore2.ConnectError("the name has no address")

    def _addresses(self, host: str, port: int) -> Sequence[str]:
        waiting = _resolvers.submit(self._resolve, host, port)
        try:
            addresses = waiting.result(timeout=_left(self._deadline))
        except FutureTimeout:
            raise httpcore2.ConnectTimeout("the name is not resolved") from None
        except (OSError, UnicodeError) as error:
            raise _Unresolved(str(error)) from None
        # One bad address spoils the name: which of them counts is not left to chance.
        if not self._target.internal and not all(map(is_public, addresses)):
            raise _not_public(host, told=_unreachable(host))
        return addresses


class _Timed(httpcore2.NetworkStream):
    """A connection whose every wait ends at the same time."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._deadline))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        left = _left(self._deadline)
        stream = self._stream.start_tls(ssl_context, server_hostname, left)
        return _Timed(stream, self._deadline)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


def _left(deadline: float) -> float:
    """Return the seconds that are left; raises the library's word for none."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore2.ReadTimeout("no time is left")
    return left
