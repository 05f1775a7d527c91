"""A server whose contents lie in S3 or Azure: its memory, and what a crash leaves."""

import hashlib
import random
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection

import boto3
import pytest
from azure.storage.blob import BlobServiceClient

from data_elements.models import DataElement
from tests.blob_servers import azurite_connection, azurite_port, moto_port
from tests.live.calls import Caller, data_path
from tests.servers import Command, Inside, LiveServer, Template, wait_until

__all__ = ["azurite_port", "moto_port"]

MEBIBYTE = 2**20
SIZE = 160 * MEBIBYTE
# Four parts of 8 MiB, as the settings say, and what buffers and first uses take.
MOST_GROWTH = (32 + 24) * MEBIBYTE


@dataclass(frozen=True, slots=True)
class FarStore:
    """A store over the network: how a server is told of it, and what lies in it."""

    settings: Mapping[str, str]
    client: object
    place: str

    def names(self) -> list[str]:
        """Return what lies there, uploads that have not come to their end too."""
        if isinstance(self.client, BlobServiceClient):
            container = self.client.get_container_client(self.place)
            found = container.list_blobs(include=["uncommittedblobs"])
            return [one.name for one in found]
        client = self.client
        objects = client.list_objects_v2(Bucket=self.place)  # type: ignore[attr-defined]
        uploads = client.list_multipart_uploads(Bucket=self.place)  # type: ignore[attr-defined]
        both = (*objects.get("Contents", ()), *uploads.get("Uploads", ()))
        return [one["Key"] for one in both]


@pytest.fixture(params=["s3", "azure"])
def far_store(request: pytest.FixtureRequest) -> FarStore:
    """An empty bucket or container."""
    place = f"altinn-{secrets.token_hex(6)}"
    if request.param == "azure":
        connection = azurite_connection(request.getfixturevalue("azurite_port"))
        service = BlobServiceClient.from_connection_string(connection)
        service.create_container(place)
        settings = {
            "ALTINN_BLOBS": "azure",
            "ALTINN_AZURE_CONTAINER": place,
            "ALTINN_AZURE_CONNECTION": connection,
        }
        return FarStore(settings, service, place)
    endpoint = f"http://127.0.0.1:{request.getfixturevalue('moto_port')}"
    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    client.create_bucket(Bucket=place)
    settings = {
        "ALTINN_BLOBS": "s3",
        "ALTINN_S3_BUCKET": place,
        "ALTINN_S3_ENDPOINT": endpoint,
        "ALTINN_S3_REGION": "us-east-1",
        "ALTINN_S3_ACCESS_KEY": "test",
        "ALTINN_S3_SECRET_KEY": "test",
    }
    return FarStore(settings, client, place)


@pytest.fixture
def far_server(template: Template, far_store: FarStore) -> Iterator[LiveServer]:
    """A server that stores there."""
    with template.server(Command(workers=1), **far_store.settings) as server:
        yield server


@pytest.mark.slow
def test_content_streams_through_in_bounded_memory(
    far_server: LiveServer, far_store: FarStore
) -> None:
    """Part size times parts at once, whatever the size; out again in still less"""
    user = Caller.user(far_server)
    guid = user.create()
    small = _upload(
        user, guid, 9 * MEBIBYTE
    )  # what is used for the first time is there
    assert small == _download(user, guid, 0)
    most = far_server.peak_memory() + MOST_GROWTH
    sent = _upload(user, guid, SIZE)
    assert far_server.peak_memory() < most
    assert _download(user, guid, 1) == sent
    assert far_server.peak_memory() < most
    assert len(far_store.names()) == 2


def test_what_a_crash_in_an_upload_leaves_the_sweep_finds(
    far_server: LiveServer, far_store: FarStore, inside: Inside
) -> None:
    user = Caller.user(far_server)
    guid = user.create()
    broken = user.begin(
        "POST",
        data_path(guid, "vedlegg"),
        content_type="application/pdf",
        length=64 * MEBIBYTE,
        sent=b"%" * (32 * MEBIBYTE),
    )
    with broken:
        wait_until(lambda: bool(far_store.names()))
        far_server.kill()
    with inside(far_server) as alias:
        assert not DataElement.objects.using(alias).exists()
    assert len(far_store.names()) == 1
    dry = far_server.manage("sweep_blobs", "--older-than", "0")
    assert dry.startswith("Looked at 1 blobs, found 1 orphans (")
    assert len(far_store.names()) == 1
    swept = far_server.manage("sweep_blobs", "--older-than", "0", "--execute")
    assert "removed 1." in swept
    assert far_store.names() == []


def test_a_sender_who_goes_away_leaves_nothing(
    far_server: LiveServer, far_store: FarStore
) -> None:
    """The parts that were sent are taken back"""
    user = Caller.user(far_server)
    with user.begin(
        "POST",
        data_path(user.create(), "vedlegg"),
        content_type="application/pdf",
        length=64 * MEBIBYTE,
        sent=b"%" * (32 * MEBIBYTE),
    ):
        wait_until(lambda: bool(far_store.names()))
    wait_until(lambda: not far_store.names())
    verified = far_server.manage("verify_blobs")
    assert verified == "Looked at 0 contents (0 bytes), 0 bad.\n"


def _upload(user: Caller, guid: str, size: int) -> str:
    """Upload made-up content; return its SHA-256."""
    digest = hashlib.sha256()

    def pieces() -> Iterator[bytes]:
        block = random.Random(size).randbytes(MEBIBYTE)
        for _ in range(size // MEBIBYTE):
            digest.update(block)
            yield block

    answer = user.stream(
        "POST",
        data_path(guid, "vedlegg"),
        pieces(),
        content_type="application/pdf",
        length=size,
        filename="stor.pdf",
    )
    assert answer.status == 201, answer.text
    return digest.hexdigest()


def _download(user: Caller, guid: str, number: int) -> str:
    """Read the content of an element of an instance; return its SHA-256."""
    found = user.call("GET", f"/nav/app2018/instances/{guid}").json()["data"][number]
    digest = hashlib.sha256()
    connection = HTTPConnection("127.0.0.1", user.server.port, timeout=120)
    try:
        path = f"/nav/app2018/instances/{guid}/data/{found['id']}"
        connection.request("GET", path, headers=user.headers())
        answer = connection.getresponse()
        assert answer.status == 200
        while piece := answer.read(MEBIBYTE):
            digest.update(piece)
    finally:
        connection.close()
    return digest.hexdigest()
