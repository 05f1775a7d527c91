"""Another issuer, as Maskinporten and ID-porten are: a server with keys of its own.

    with serving("maskinporten") as maskinporten:
        maskinporten.trust(settings, tmp_path)
        token = maskinporten.token(maskinporten.organisation("310000000"))

The fixtures ``maskinporten`` and ``idporten`` are trusted by the server of the test.
Minting takes claims as they stand in a raw token; ``raw_claims`` makes them of claims
of ours, for tests that run with both.
"""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.conf import LazySettings
from joserfc.jwk import RSAKey
from joserfc.jws import JWSRegistry

from api import issuer as ours
from parties.claims import ORGANISATION_AUTHORITY, SYSTEM_USER_TYPE
from tests.local_server import running

AUDIENCE = "https://altinn.test"
PERSONS_SCOPE = "openid profile altinn:instances.read altinn:instances.write"
LIFETIME = {"maskinporten": 120, "idporten": 600}
_DISCOVERY = "/.well-known/openid-configuration"
_KEYS = "/jwk"
_ALGORITHMS = JWSRegistry(algorithms=["RS256", "PS256"])

Claims = dict[str, object]


class ForeignIssuer:
    """An issuer on a port of this machine.

    ``calls`` lists the paths that were asked for. ``is_down`` lets it answer 503;
    ``discovery`` and ``key_set`` replace what it publishes.
    """

    def __init__(self, kind: str, port: int) -> None:
        self.kind = kind
        self.base = f"http://127.0.0.1:{port}"
        self.iss = f"{self.base}/"
        self.host = f"127.0.0.1:{port}"
        self.calls: list[str] = []
        self.is_down = False
        self.seconds = 0.0
        self.discovery: Mapping[str, object] | None = None
        self.key_set: Mapping[str, object] | None = None
        self.keys = [_new_key()]

    # --- what it publishes ------------------------------------------------------------
    def rotate(self, *, keep_old: bool = True) -> str:
        """Sign with a new key from now on; return its kid."""
        self.keys = [_new_key(), *(self.keys if keep_old else [])]
        return str(self.keys[0].kid)

    def document(self, path: str) -> Mapping[str, object] | None:
        """Return what lies at a path, None for nothing."""
        if path == _DISCOVERY:
            whole = {"issuer": self.iss, "jwks_uri": f"{self.base}{_KEYS}"}
            return self.discovery or whole
        if path == _KEYS:
            public = [key.as_dict(private=False) for key in self.keys]
            return self.key_set or {"keys": [{**key, "use": "sig"} for key in public]}
        return None

    def fetches(self, path: str = _KEYS) -> int:
        """Return how often its keys, or something else, were asked for."""
        return self.calls.count(path)

    # --- raw tokens -------------------------------------------------------------------
    def token(
        self,
        claims: Mapping[str, object],
        *,
        header: Mapping[str, object] | None = None,
        key: RSAKey | None = None,
    ) -> str:
        """Return a signed token; ``claims`` and ``header`` override what is usual.

        None takes a member away. An ``alg`` of none or HS256 is made as attackers do:
        unsigned, or signed with the public key as the secret.
        """
        now = int(time.time())
        signing = key or self.keys[0]
        usual: Claims = {
            "iss": self.iss,
            "iat": now,
            "exp": now + LIFETIME[self.kind],
            "jti": f"raw-{now}",
            "client_id": "b8c1e0a2-client",
            "token_type": "Bearer",
        }
        if self.kind == "idporten":
            usual["aud"] = AUDIENCE
        whole = {n: v for n, v in {**usual, **claims}.items() if v is not None}
        heading = {"alg": "RS256", "kid": self.keys[0].kid, **(header or {})}
        return signed(
            {n: v for n, v in heading.items() if v is not None}, whole, signing
        )

    @staticmethod
    def organisation(
        number: str, scope: str = "altinn:instances.read altinn:instances.write"
    ) -> Claims:
        """Return the claims of an organisation; a service owner's are no others."""
        return {"consumer": _organisation(number), "scope": scope}

    @staticmethod
    def system_user(
        system_user_id: str,
        *,
        system_id: str,
        org_number: str,
        vendor_number: str,
        scope: str = "altinn:instances.read altinn:instances.write",
    ) -> Claims:
        """Return the claims of a system user of that organisation."""
        details = {
            "type": SYSTEM_USER_TYPE,
            "systemuser_id": [system_user_id],
            "systemuser_org": _organisation(org_number),
            "system_id": system_id,
        }
        consumer = ForeignIssuer.organisation(vendor_number, scope)
        return {**consumer, "authorization_details": [details]}

    @staticmethod
    def person(
        ssn: str,
        *,
        acr: str = "idporten-loa-high",
        amr: str | Sequence[str] = ("BankID",),
        scope: str = PERSONS_SCOPE,
    ) -> Claims:
        """Return the claims of a person."""
        return {"pid": ssn, "acr": acr, "amr": amr, "scope": scope, "sub": "x"}

    # --- trust ------------------------------------------------------------------------
    def entry(self, **changes: object) -> Claims:
        """Return its entry in the file of trusted issuers."""
        usual: Claims = {
            "iss": self.iss,
            "kind": self.kind,
            "discovery_url": f"{self.base}{_DISCOVERY}",
        }
        if self.kind == "idporten":
            usual["audiences"] = [AUDIENCE]
        return {n: v for n, v in {**usual, **changes}.items() if v is not None}

    def trust(self, settings: LazySettings, folder: Path, **changes: object) -> None:
        """Let the server of the test trust this issuer, and this one alone."""
        trust(settings, folder, self, **changes)


def trust(
    settings: LazySettings, folder: Path, *issuers: ForeignIssuer, **changes: object
) -> None:
    """Let the server of the test trust these issuers, and no others."""
    path = folder / "issuers.json"
    entries = [one.entry(**changes) for one in issuers]
    path.write_text(json.dumps({"issuers": entries}), "utf-8")
    settings.ALTINN_TRUSTED_ISSUERS = str(path)
    settings.ALTINN_INTERNAL_HOSTS = [one.host for one in issuers]
    ours.forget()


def raw_claims(claims: Mapping[str, object]) -> Claims:
    """Return of our claims what the token had that was exchanged for it."""
    return {n: v for n, v in claims.items() if not n.startswith("urn:altinn:")}


@contextmanager
def serving(kind: str = "maskinporten") -> Iterator[ForeignIssuer]:
    """Run an issuer on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            issuer.calls.append(self.path)
            time.sleep(issuer.seconds)
            document = None if issuer.is_down else issuer.document(self.path)
            status = 200 if document is not None else 503 if issuer.is_down else 404
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    issuer = ForeignIssuer(kind, int(server.server_address[1]))
    try:
        with running(server):
            yield issuer
    finally:
        ours.forget()


@pytest.fixture
def maskinporten(
    settings: LazySettings, tmp_path: Path, db: None
) -> Iterator[ForeignIssuer]:
    """A Maskinporten that the server of the test trusts."""
    with serving("maskinporten") as issuer:
        issuer.trust(settings, tmp_path)
        yield issuer


@pytest.fixture
def idporten(
    settings: LazySettings, tmp_path: Path, db: None
) -> Iterator[ForeignIssuer]:
    """An ID-porten that the server of the test trusts."""
    with serving("idporten") as issuer:
        issuer.trust(settings, tmp_path)
        yield issuer


def signed(
    header: Mapping[str, object], claims: Mapping[str, object] | bytes, key: RSAKey
) -> str:
    """Return a token of exactly this header and these claims, in JSON or as given."""
    body = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    content = f"{_segment(json.dumps(header).encode())}.{_segment(body)}"
    algorithm = str(header["alg"])
    if algorithm.lower() == "none":
        signature = b""
    elif algorithm == "HS256":
        secret = key.as_pem(private=False)
        signature = hmac.digest(secret, content.encode(), hashlib.sha256)
    else:
        signature = _ALGORITHMS.get_alg(algorithm).sign(content.encode(), key)
    return f"{content}.{_segment(signature)}"


def _segment(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _organisation(number: str) -> dict[str, str]:
    return {"authority": ORGANISATION_AUTHORITY, "ID": f"0192:{number}"}


def _new_key() -> RSAKey:
    key = RSAKey.generate_key(2048)
    return RSAKey.import_key(key.private_key, {"kid": key.thumbprint()[:16]})
