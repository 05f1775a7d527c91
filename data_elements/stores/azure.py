"""Bytes in a container of Azure Blob Storage.

The account is named with its key, in a connection string, or by its endpoint alone:
then the server is who the machine says it is, and no key is kept.
"""

import base64
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import chain
from typing import Any, TypeVar

import structlog
from azure.core.exceptions import AzureError, HttpResponseError, ResourceNotFoundError
from azure.storage.blob import (
    BlobBlock,
    BlobSasPermissions,
    BlobServiceClient,
    LinearRetry,
    UserDelegationKey,
    generate_blob_sas,
)
from storages.backends.azure_storage import AzureStorage

from data_elements.errors import StorageUnavailable
from data_elements.stores.parts import in_parts, send_all
from data_elements.stores.port import UNFINISHED, Entry, Guard, Span, failures_of
from data_elements.stores.remote import Source, streamed

log = structlog.get_logger()

_MOST_BLOCKS = 50_000  # Azure's own limit
_RETRIES = 2
_BACKOFF = 1  # seconds, and as many more or less
_READ_AT_ONCE = 4 * 2**20
_GONE = "BlobNotFound"
_RANGE_NOT_SATISFIABLE = 416
_CLOCK_SKEW = timedelta(minutes=5)
_KEY_LASTS = timedelta(days=1)  # Azure's own limit is a week
_NOBODYS_MACHINE = (  # identities of people who develop, in Azure's library
    "cli",
    "developer_cli",
    "powershell",
    "visual_studio_code",
    "shared_token_cache",
    "broker",
)

Answer = TypeVar("Answer")


class AzureBlobs(AzureStorage):  # type: ignore[misc]  # the library has no types
    """Block blobs, sent in blocks as they come and visible when they are whole."""

    part_bytes: int
    parts_at_once: int
    patience: float
    endpoint: str
    _user_delegation_key: UserDelegationKey | None
    _signs_until: datetime

    def get_default_settings(self) -> dict[str, Any]:
        """Return the settings of the library, and ours."""
        ours = {"part_bytes": 8 * 2**20, "parts_at_once": 4, "patience": 10}
        return {**super().get_default_settings(), **ours, "endpoint": ""}

    def write(self, key: str, pieces: Iterable[bytes], *, at_most: int) -> None:
        """Send small content at once, and other in blocks as it comes."""
        size = max(self.part_bytes, -(-at_most // _MOST_BLOCKS))
        parts = in_parts(pieces, size)
        first = next(parts, bytearray())
        if len(first) < size:
            with _guard("write", key):
                self._blob(key).upload_blob(bytes(first), overwrite=True)
        else:
            self._write_in_blocks(key, chain((first,), parts))

    def read_span(self, key: str, start: int, end: int | None) -> Span:
        """Ask for the bytes; they come while they are read, some MiB at a time."""
        found = self._download(key, start, end)

        def fetch(at: int) -> Source:
            return self._download(key, at, end)

        return Span(streamed(found, fetch=fetch, at=start), found.size)

    def size(self, name: str) -> int:
        """Ask for the blob's properties."""
        with _guard("read", name):
            return int(_found(name, self._blob(name).get_blob_properties).size)

    def delete(self, name: str) -> None:
        """Delete the blob, or the blocks that were sent for it."""
        key = name.removesuffix(UNFINISHED)
        with _guard("delete", name):
            if key != name:
                self._drop_blocks(key)
            try:
                self._blob(key).delete_blob()
            except ResourceNotFoundError as error:
                if _code(error) != _GONE:
                    raise

    def entries(self) -> Iterator[Entry]:
        """List the blobs, and those of which only blocks are there."""
        with _guard("list", ""):
            for one in self.client.list_blobs(include=["uncommittedblobs"]):
                if one.size:
                    yield Entry(one.name, one.size, one.last_modified)
                else:
                    yield from self._empty(one.name, one.last_modified)

    def signed_url(
        self, key: str, *, seconds: int, content_type: str, disposition: str
    ) -> str:
        """Sign reading the blob, with the headers that it is answered with."""
        now = datetime.now(tz=UTC)
        expiry = now + timedelta(seconds=seconds)
        with _guard("sign", key):
            token = generate_blob_sas(
                self.account_name or self.client.account_name,
                self.azure_container,
                key,
                account_key=self.account_key,
                user_delegation_key=self.get_user_delegation_key(expiry),
                permission=BlobSasPermissions(read=True),
                start=now - _CLOCK_SKEW,
                expiry=expiry,
                content_type=content_type,
                content_disposition=disposition,
                cache_control="no-store",
            )
            return f"{self._blob(key).url}?{token}"

    def get_user_delegation_key(self, expiry: datetime) -> UserDelegationKey | None:
        """Return a key that signs until then, of whoever has not the account's own.

        The library's begins when it is fetched, and our signatures somewhat earlier.
        """
        if not self.endpoint:
            return None
        if self._user_delegation_key is None or expiry > self._signs_until:
            begins = datetime.now(tz=UTC) - 2 * _CLOCK_SKEW
            ends = begins + _KEY_LASTS
            self._user_delegation_key = self.service_client.get_user_delegation_key(
                key_start_time=begins, key_expiry_time=ends
            )
            self._signs_until = ends
        return self._user_delegation_key

    def _get_service_client(self) -> BlobServiceClient:
        # The library gives options of ours to a client by account name alone.
        options: dict[str, Any] = {
            "retry_policy": LinearRetry(
                backoff=_BACKOFF, random_jitter_range=_BACKOFF, retry_total=_RETRIES
            ),
            "connection_timeout": self.patience,
            "read_timeout": self.patience,
            "max_single_get_size": _READ_AT_ONCE,
            "max_chunk_get_size": _READ_AT_ONCE,
        }
        if self.endpoint:
            identity = _identity_of_the_machine(self.patience)
            return BlobServiceClient(self.endpoint, credential=identity, **options)
        return BlobServiceClient.from_connection_string(
            self.connection_string, **options
        )

    def _blob(self, key: str) -> Any:
        return self.client.get_blob_client(key)

    def _write_in_blocks(self, key: str, parts: Iterable[bytearray]) -> None:
        begun = datetime.now(tz=UTC)
        try:
            send = partial(self._send, key, begun)
            blocks = send_all(parts, at_once=self.parts_at_once, send=send)
            with _guard("commit", key):
                self._blob(key).commit_block_list(blocks)
        except BaseException:
            self._take_back(key)
            raise

    def _send(
        self, key: str, begun: datetime, number: int, part: bytearray
    ) -> BlobBlock:
        # The time stands in the name: the store does not tell when blocks were sent.
        name = f"{int(begun.timestamp()):012}-{number:06}"
        block = BlobBlock(base64.b64encode(name.encode()).decode())
        with _guard("write", key):
            self._blob(key).stage_block(block.id, part, length=len(part))
        return block

    def _take_back(self, key: str) -> None:
        """Drop the blocks; what that does not reach is left to the sweep."""
        try:
            self.delete(key + UNFINISHED)
        except StorageUnavailable:
            log.warning("blob_left_behind", key=key)

    def _drop_blocks(self, key: str) -> None:
        """Overwrite with nothing: Azure has no other way to drop blocks."""
        self._blob(key).upload_blob(b"", overwrite=True)

    def _empty(self, key: str, written: datetime | None) -> Iterator[Entry]:
        """Tell an empty blob from one of which only blocks are there."""
        try:
            committed, blocks = self._blob(key).get_block_list("all")
        except ResourceNotFoundError:
            return  # gone meanwhile
        if committed or not blocks:
            yield Entry(key, 0, written or datetime.now(tz=UTC))
            return
        size = sum(block.size for block in blocks)
        yield Entry(key + UNFINISHED, size, written or _time_of(blocks))

    def _download(self, key: str, start: int, end: int | None) -> "_Download":
        # Any offset, and be it 0, would ask an empty blob for bytes that it has not.
        offset = start or (None if end is None else 0)
        length = None if end is None else end - start
        with _guard("read", key):
            return _Download(
                _found(
                    key,
                    lambda: self._blob(key).download_blob(
                        offset=offset, length=length, max_concurrency=1
                    ),
                ),
                key,
            )


class _Download:
    """A stream of Azure's, whose failures are ours."""

    def __init__(self, stream: Any, key: str) -> None:
        self._stream = stream
        self._key = key
        self.size: int = stream.size

    def read(self, size: int) -> bytes:
        with _guard("read", self._key):
            return bytes(self._stream.read(size))

    def close(self) -> None:
        """Nothing is held between two reads."""


def _identity_of_the_machine(patience: float) -> Any:
    """Return who this process is: a service principal, a workload, or the machine."""
    from azure.identity import DefaultAzureCredential  # large, and for who has no key

    return DefaultAzureCredential(
        connection_timeout=patience,
        read_timeout=patience,
        retry_total=_RETRIES,
        retry_backoff_factor=_BACKOFF,
        **{f"exclude_{one}_credential": True for one in _NOBODYS_MACHINE},
    )


def _found(key: str, ask: Callable[[], Answer]) -> Answer:
    """Ask; raises FileNotFoundError where there is no blob, or one that is shorter.

    A container that is not there is no answer but a failure.
    """
    try:
        return ask()
    except HttpResponseError as error:
        short = error.status_code == _RANGE_NOT_SATISFIABLE
        if short or _code(error) == _GONE:
            raise FileNotFoundError(key) from None
        raise


def _code(error: HttpResponseError) -> str:
    return str(getattr(error, "error_code", ""))


def _time_of(blocks: Sequence[Any]) -> datetime:
    """Return when an upload began, as the names of its blocks say."""
    begun, _, _ = base64.b64decode(blocks[0].id).decode().partition("-")
    return datetime.fromtimestamp(int(begun), tz=UTC)


def _guard(doing: str, key: str) -> Guard:
    return failures_of("azure", (AzureError,), doing, key)
