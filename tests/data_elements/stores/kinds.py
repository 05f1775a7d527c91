"""The kinds of store as tests use them, looked into by clients of the tests' own."""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPSConnection
from io import BytesIO
from pathlib import Path
from ssl import create_default_context
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from azure.storage.blob import BlobServiceClient, ContainerClient
from django.conf import LazySettings

from data_elements import blobs
from data_elements.blobs import Incoming, StoredBlob
from tests.blob_servers import azurite_connection
from tests.faulty_proxy import Proxy, proxy_before
from tests.stored import files_in

PART = 5 * 2**20  # the smallest that S3 takes
_KEYS = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
_FAR_AWAY = {"part_bytes": PART, "parts_at_once": 3, "patience": 5}


@dataclass
class Kind:
    """A store that is in use, empty at first, and what stands before it."""

    name: str
    settings: LazySettings
    place: Any  # folder, client of S3 and bucket, or client of a container
    options: dict[str, Any]
    proxy: Proxy | None = None

    def use(self, **changes: object) -> None:
        """Use the store with other options."""
        configured = self.settings.STORAGES["blobs"]
        options = {**self.options, **changes}
        self.settings.STORAGES = {
            **self.settings.STORAGES,
            "blobs": {**configured, "OPTIONS": options},
        }

    @property
    def faulty(self) -> Proxy:
        """The proxy, of a store that is far away."""
        assert self.proxy is not None
        return self.proxy

    def names(self) -> list[str]:
        """Return what lies there, as the store itself tells."""
        if isinstance(self.place, Path):
            found = files_in(self.place)
            return sorted(str(path.relative_to(self.place)) for path in found)
        if isinstance(self.place, ContainerClient):
            return sorted(
                one.name for one in self.place.list_blobs(include=["uncommittedblobs"])
            )
        client, bucket = self.place
        found = client.list_objects_v2(Bucket=bucket).get("Contents", ())
        uploads = client.list_multipart_uploads(Bucket=bucket).get("Uploads", ())
        return sorted(one["Key"] for one in (*found, *uploads))

    def put(self, name: str, content: bytes) -> None:
        """Put bytes there behind the server's back."""
        if isinstance(self.place, Path):
            path = self.place / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        elif isinstance(self.place, ContainerClient):
            self.place.upload_blob(name, content, overwrite=True)
        else:
            client, bucket = self.place
            client.put_object(Bucket=bucket, Key=name, Body=content)

    def leave_unfinished(self, name: str, content: bytes) -> None:
        """Begin an upload and never end it, as a crash does."""
        if isinstance(self.place, Path):
            self.put(f"{name}.part", content)
        elif isinstance(self.place, ContainerClient):
            self.place.get_blob_client(name).stage_block("MDAwMQ==", content)
        else:
            client, bucket = self.place
            begun = client.create_multipart_upload(Bucket=bucket, Key=name)
            client.upload_part(
                Bucket=bucket,
                Key=name,
                UploadId=begun["UploadId"],
                PartNumber=1,
                Body=content,
            )


def make_kind(name: str, request: pytest.FixtureRequest, stack: ExitStack) -> Kind:
    """Make an empty store of a kind and use it for a test."""
    settings: LazySettings = request.getfixturevalue("settings")
    if name == "file":
        folder = request.getfixturevalue("own_blobs")
        return Kind(name, settings, folder, {"location": str(folder)})
    bucket = f"altinn-{secrets.token_hex(6)}"
    if name == "s3":
        port = request.getfixturevalue("moto_port")
        proxy = stack.enter_context(proxy_before(port))
        client = boto3.client(
            "s3",
            endpoint_url=f"http://127.0.0.1:{port}",
            region_name="us-east-1",
            **_KEYS,
        )
        client.create_bucket(Bucket=bucket)
        options = {
            "bucket_name": bucket,
            "endpoint_url": f"http://127.0.0.1:{proxy.port}",
            "region_name": "us-east-1",
            "addressing_style": "path",
            "access_key": "test",
            "secret_key": "test",
            **_FAR_AWAY,
        }
        place: Any = (client, bucket)
        backend = "data_elements.stores.s3.S3Blobs"
    else:
        port = request.getfixturevalue("azurite_port")
        proxy = stack.enter_context(proxy_before(port))
        service = BlobServiceClient.from_connection_string(azurite_connection(port))
        place = stack.enter_context(service).create_container(bucket)
        options = {
            "azure_container": bucket,
            "connection_string": azurite_connection(proxy.port),
            **_FAR_AWAY,
        }
        backend = "data_elements.stores.azure.AzureBlobs"
    settings.STORAGES = {
        **settings.STORAGES,
        "blobs": {"BACKEND": backend, "OPTIONS": options},
    }
    return Kind(name, settings, place, options, proxy)


@pytest.fixture(params=["file", "s3", "azure"])
def kind(request: pytest.FixtureRequest) -> Iterator[Kind]:
    """Each kind of store."""
    with ExitStack() as stack:
        yield make_kind(request.param, request, stack)


@pytest.fixture(params=["s3", "azure"])
def far_away(request: pytest.FixtureRequest) -> Iterator[Kind]:
    """Each kind of store that is reached over a network."""
    with ExitStack() as stack:
        yield make_kind(request.param, request, stack)


def store(content: bytes, **limits: Any) -> StoredBlob:
    """Store bytes for good."""
    incoming = Incoming(BytesIO(content), **{"max_bytes": 2**30, **limits})
    with blobs.stored(incoming) as blob:
        return blob


def read(key: str, **span: Any) -> bytes:
    """Read bytes back."""
    with blobs.open_blob(key, **span) as content:
        return content.read()


def fetch(
    address: str,
    *,
    headers: Mapping[str, str] | None = None,
    trusted: Path | None = None,
) -> tuple[int, Mapping[str, str], bytes]:
    """Read an address without any right: status, headers and body.

    Over TLS the server shows a certificate that ``trusted`` vouches for.
    """
    parts = urlsplit(address)
    if parts.scheme == "https":
        context = create_default_context(cafile=trusted and str(trusted))
        connection: HTTPConnection = HTTPSConnection(
            parts.netloc, timeout=120, context=context
        )
    else:
        connection = HTTPConnection(parts.netloc, timeout=120)
    try:
        path = f"{parts.path}?{parts.query}"
        connection.request("GET", path, headers=dict(headers or {}))
        answer = connection.getresponse()
        named = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, named, answer.read()
    finally:
        connection.close()
