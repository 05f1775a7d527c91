"""Azure without a key: the server is who its machine says it is.

The account is a real Azurite that takes bearer tokens, over TLS as it asks for; the
tokens come from a server that answers as the one in every App Service does.
"""

import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest
from azure.storage.blob import BlobServiceClient
from django.conf import LazySettings
from django.core.files.storage import storages
from joserfc import jwt
from joserfc.jwk import OctKey

from data_elements import blobs
from data_elements.blobs import StoredBlob
from data_elements.errors import StorageUnavailable
from tests.blob_servers import AZURITE_ACCOUNT, AZURITE_KEY, azurite
from tests.data_elements.stores.kinds import PART, Kind, fetch, read, store
from tests.data_elements.stores.test_contract import LARGE, content_of
from tests.factories import now
from tests.local_server import answer, certificate, port_of, serving

if TYPE_CHECKING:
    from data_elements.stores.azure import AzureBlobs

RESOURCE = "https://storage.azure.com"
TENANT = "ab1f708d-50f6-404c-a006-d71b2ac7a606"
SECRET = "of-this-machine"
NAMES = {"content_type": "application/pdf", "disposition": 'attachment; filename="a"'}
Claims = dict[str, object]


class Machine:
    """Hands out tokens to who runs on it, and can be out of order."""

    def __init__(self) -> None:
        self.tokens = 0
        self.changes: Claims = {}
        self.is_up = True

    def reply(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer as the identity endpoint of App Service."""
        asked = parse_qs(urlsplit(handler.path).query)
        shown = handler.headers["X-IDENTITY-HEADER"]
        if not self.is_up or (asked["resource"], shown) != ([RESOURCE], SECRET):
            answer(handler, 400, b'{"message": "no identity here"}')
            return
        self.tokens += 1
        ends = int(time.time()) + 3600
        document = {
            "access_token": self._token(ends),
            "expires_on": str(ends),
            "resource": RESOURCE,
            "token_type": "Bearer",
        }
        answer(handler, 200, orjson.dumps(document), Content_Type="application/json")

    def _token(self, ends: int) -> str:
        claims = {
            "aud": RESOURCE,
            "iss": f"https://sts.windows.net/{TENANT}/",
            "tid": TENANT,
            "oid": "23657296-5cd5-45b0-a809-d972a7f4dfe1",
            "nbf": ends - 7200,
            "iat": ends - 7200,
            "exp": ends,
            **self.changes,
        }
        return jwt.encode({"alg": "HS256"}, claims, OctKey.generate_key(256))


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The certificate of the account."""
    return certificate(tmp_path_factory.mktemp("tls"), "localhost")


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory, trusted: Path) -> Iterator[str]:
    """The endpoint of an account that takes bearer tokens."""
    folder = tmp_path_factory.mktemp("azurite-oauth")
    with azurite(
        folder, "--oauth", "basic", "--cert", trusted, "--key", trusted
    ) as port:
        yield f"https://127.0.0.1:{port}/{AZURITE_ACCOUNT}"


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, trusted: Path) -> Iterator[Machine]:
    """The machine that the server runs on."""
    made = Machine()
    for name in [name for name in os.environ if name.startswith("AZURE_")]:
        monkeypatch.delenv(name)
    with serving(made.reply) as server:
        address = f"http://127.0.0.1:{port_of(server)}/msi/token"
        monkeypatch.setenv("IDENTITY_ENDPOINT", address)
        monkeypatch.setenv("IDENTITY_HEADER", SECRET)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(trusted))
        yield made


@pytest.fixture
def keyless(machine: Machine, account: str, settings: LazySettings) -> Iterator[Kind]:
    """An empty container, of which the server knows but the endpoint."""
    container = f"altinn-{secrets.token_hex(6)}"
    options = {
        "azure_container": container,
        "endpoint": account,
        "part_bytes": PART,
        "parts_at_once": 3,
        "patience": 5,
    }
    backend = "data_elements.stores.azure.AzureBlobs"
    settings.STORAGES = {
        **settings.STORAGES,
        "blobs": {"BACKEND": backend, "OPTIONS": options},
    }
    with ExitStack() as stack:
        key = {"account_name": AZURITE_ACCOUNT, "account_key": AZURITE_KEY}
        service = stack.enter_context(BlobServiceClient(account, credential=key))
        place = service.create_container(container)
        settings.ALTINN_BLOB_HAND_OFF = "signed-url"
        yield Kind("azure", settings, place, options)


def address_of(stored: StoredBlob) -> str:
    """Return where a caller is sent for a content."""
    sent_on = blobs.hand_off(stored.key, size=stored.size, **NAMES)
    assert sent_on is not None
    return sent_on.address


@pytest.mark.parametrize("size", [0, 1000, LARGE])
def test_contents_are_kept_with_the_machines_identity(
    keyless: Kind, machine: Machine, size: int
) -> None:
    """Written, read, listed and deleted; one token is enough"""
    blobs.discard(store(b"").key)  # parts that go at once might each ask for one
    content = content_of(size)
    stored = store(content)
    assert (keyless.names(), read(stored.key)) == ([stored.key], content)
    assert [key for key, _ in blobs.keys_older_than(now() + timedelta(hours=1))] == [
        stored.key
    ]
    blobs.discard(stored.key)
    assert keyless.names() == []
    assert machine.tokens == 1


def test_the_store_hands_out_what_a_key_of_the_identity_signs(
    keyless: Kind, trusted: Path
) -> None:
    """A key that the store gives, which lasts a day; nobody else's content"""
    mine, other = store(content_of(1000)), store(content_of(2000))
    address = address_of(mine)
    status, headers, body = fetch(address, trusted=trusted)
    assert (status, body) == (200, content_of(1000))
    assert headers["content-type"] == NAMES["content_type"]
    assert headers["content-disposition"] == NAMES["disposition"]
    assert fetch(address.replace(mine.key, other.key), trusted=trusted)[0] == 403
    assert fetch(address.partition("?")[0], trusted=trusted)[0] >= 400


@pytest.mark.usefixtures("keyless")
def test_a_key_is_asked_for_once_a_day() -> None:
    """It begins before the signatures do, for clocks differ, and ends after them"""
    keys = cast("AzureBlobs", storages["blobs"])
    first = keys.get_user_delegation_key(now() + timedelta(minutes=1))
    assert first is not None
    begins, ends = str(first.signed_start), str(first.signed_expiry)
    signed = parse_qs(urlsplit(address_of(store(content_of(1000)))).query)
    assert begins < signed["st"][0] < signed["se"][0] < ends
    assert (signed["skt"], signed["ske"]) == ([begins], [ends])
    assert keys.get_user_delegation_key(now() + timedelta(hours=23)) is first
    assert keys.get_user_delegation_key(now() + timedelta(hours=25)) is not first


def _is_down(machine: Machine) -> None:
    machine.is_up = False


def _is_of_another_service(machine: Machine) -> None:
    machine.changes = {"aud": "https://vault.azure.net"}


@pytest.mark.parametrize("fault", [_is_down, _is_of_another_service])
def test_without_an_identity_the_store_is_unavailable(
    keyless: Kind, machine: Machine, fault: Callable[[Machine], None]
) -> None:
    """And is there again when the machine is, without a restart"""
    fault(machine)
    with pytest.raises(StorageUnavailable) as caught:
        store(content_of(1000))
    assert caught.value.context["retry_after"] > 0
    assert keyless.names() == []
    machine.is_up, machine.changes = True, {}
    if fault is _is_down:  # a token that it did hand out is kept for an hour
        assert read(store(content_of(1000)).key) == content_of(1000)
