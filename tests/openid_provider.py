"""A small real OpenID provider: its own key, over HTTP, with faults on demand.

It keeps the rules that a provider keeps: a code is for one client, one address to go
back to, one use, and whoever has the verifier of its challenge.
"""

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.local_server import running

CLIENT_ID = "altinn-admin"
CLIENT_SECRET = "a secret of tests: only"


@dataclass
class OpenIdProvider:
    """What the provider knows and does; ``claims`` override those of its ID tokens.

    A claim of None is left out. ``document`` overrides members of the discovery
    document in the same way. ``requests`` lists what was asked for, by method and path;
    paths that are ``broken`` answer with status 500.
    """

    port: int
    claims: dict[str, object] = field(default_factory=dict)
    document: dict[str, object] = field(default_factory=dict)
    signing_key: RSAKey = field(default_factory=lambda: _new_key("first"))
    published: list[RSAKey] = field(default_factory=list)
    shared_secret: bytes = b""
    status: int = 200
    broken: set[str] = field(default_factory=set)
    requests: list[str] = field(default_factory=list)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.published.append(self.signing_key)

    @property
    def issuer(self) -> str:
        """The exact issuer."""
        return f"http://127.0.0.1:{self.port}"

    def rotate(self, kid: str) -> None:
        """Sign with a new key from now on, and publish it alone."""
        self.signing_key = _new_key(kid)
        self.published = [self.signing_key]

    # --- its endpoints ----------------------------------------------------------------
    def discovery(self) -> dict[str, object]:
        """Return the discovery document."""
        document = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "end_session_endpoint": f"{self.issuer}/logout",
            "response_types_supported": ["code"],
            "code_challenge_methods_supported": ["S256"],
            **self.document,
        }
        return {name: value for name, value in document.items() if value is not None}

    def jwks(self) -> dict[str, object]:
        """Return the public keys, and one that is for something else."""
        keys = [key.as_dict(private=False) for key in self.published]
        return {"keys": [{"kty": "OKP", "crv": "X448", "x": "AA"}, *keys]}

    def authorize(self, query: Mapping[str, str]) -> str:
        """Sign the person in, and return where the browser goes."""
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT_ID
        assert query["code_challenge_method"] == "S256"
        assert {"openid"} <= set(query["scope"].split())
        code = secrets.token_urlsafe(16)
        self._codes[code] = dict(query)
        back = {"code": code, "state": query["state"]}
        return f"{query['redirect_uri']}?{urlencode(back)}"

    def token(self, form: Mapping[str, str], credentials: str) -> dict[str, object]:
        """Exchange a code, once."""
        given = base64.b64decode(credentials.removeprefix("Basic ")).decode()
        if given != f"{CLIENT_ID}:{CLIENT_SECRET}":
            return {"error": "invalid_client"}
        asked = self._codes.pop(form.get("code", ""), None)
        challenge = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if (
            asked is None
            or asked["redirect_uri"] != form.get("redirect_uri")
            or asked["code_challenge"] != _base64url(challenge)
        ):
            return {"error": "invalid_grant"}
        access_token = secrets.token_urlsafe(16)
        return {
            "access_token": access_token,
            "token_type": "Bearer",
            "id_token": self.id_token(asked["nonce"]),
        }

    def id_token(self, nonce: str) -> str:
        """Return a signed ID token."""
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "sub": "person-1",
            "nonce": nonce,
            "iat": now,
            "exp": now + 120,
            "given_name": "Kari",
            "family_name": "Nordmann",
            "email": "kari@nav.example",
            "groups": ["nav-saksbehandlere"],
            **self.claims,
        }
        stated = {name: value for name, value in claims.items() if value is not None}
        header = {"alg": "RS256", "kid": self.signing_key.kid}
        if self.shared_secret:
            return self._by_secret({**header, "alg": "HS256"}, stated)
        return jwt.encode(header, stated, self.signing_key)

    def _by_secret(self, header: dict[str, object], claims: dict[str, object]) -> str:
        """Sign as no library would: with a secret that is no secret."""
        parts = [_base64url(json.dumps(part).encode()) for part in (header, claims)]
        content = ".".join(parts)
        mac = hmac.digest(self.shared_secret, content.encode(), "sha256")
        return f"{content}.{_base64url(mac)}"


@contextmanager
def serve() -> Iterator[OpenIdProvider]:
    """Serve a provider for the length of a block."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    provider = OpenIdProvider(server.server_address[1])
    server.provider = provider  # type: ignore[attr-defined]  # for the handler
    with running(server):
        yield provider


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        provider, parts = self._provider(), urlsplit(self.path)
        provider.requests.append(f"GET {parts.path}")
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/authorize":
            self.send_response(302)
            self.send_header("Location", provider.authorize(query))
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif parts.path == "/.well-known/openid-configuration":
            self._answer(provider.discovery())
        elif parts.path == "/jwks":
            self._answer(provider.jwks())
        elif parts.path == "/logout":
            self._answer({"signed": "out"})
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        provider = self._provider()
        provider.requests.append(f"POST {self.path}")
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        self._answer(provider.token(form, self.headers.get("Authorization", "")))

    def _provider(self) -> OpenIdProvider:
        return self.server.provider  # type: ignore[attr-defined,no-any-return]  # ours

    def _answer(self, document: Mapping[str, Any]) -> None:
        content = json.dumps(document).encode()
        failed = 400 if "error" in document else 200
        is_broken = urlsplit(self.path).path in self._provider().broken
        status = 500 if is_broken else self._provider().status
        self.send_response(failed if status == 200 else status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        if 300 <= status < 400:
            self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def _new_key(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, parameters={"kid": kid}, private=True)


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
