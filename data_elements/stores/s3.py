"""Bytes in a bucket of Amazon S3, or of a store that speaks its protocol."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, partial
from itertools import chain
from typing import Any

import structlog
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage

from data_elements.errors import StorageUnavailable
from data_elements.stores.parts import in_parts, send_all
from data_elements.stores.port import UNFINISHED, Entry, Guard, Span, failures_of
from data_elements.stores.remote import Source, streamed

log = structlog.get_logger()

_MOST_PARTS = 10_000  # S3's own limit
_ATTEMPTS = 3
_CONNECTIONS = 64
_GONE = frozenset({"NoSuchKey", "404", "NoSuchUpload"})


class S3Blobs(S3Storage):  # type: ignore[misc]  # the library has no types
    """Objects, sent in parts as they come and visible when they are whole."""

    part_bytes: int
    parts_at_once: int
    patience: float

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        self.client_config = Config(
            connect_timeout=self.patience,
            read_timeout=self.patience,
            retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
            max_pool_connections=_CONNECTIONS,
            signature_version="s3v4",
            s3={"addressing_style": self.addressing_style},
        )

    def get_default_settings(self) -> dict[str, Any]:
        """Return the settings of the library, and ours."""
        ours = {"part_bytes": 8 * 2**20, "parts_at_once": 4, "patience": 10}
        return {**super().get_default_settings(), **ours}

    def write(self, key: str, pieces: Iterable[bytes], *, at_most: int) -> None:
        """Send small content at once, and other in parts as it comes."""
        size = max(self.part_bytes, -(-at_most // _MOST_PARTS))
        parts = in_parts(pieces, size)
        first = next(parts, bytearray())
        if len(first) < size:
            with _guard("write", key):
                self._client.put_object(Body=first, **self._object(key))
        else:
            self._write_in_parts(key, chain((first,), parts))

    def read_span(self, key: str, start: int, end: int | None) -> Span:
        """Ask for the bytes; they come while they are read."""
        answer = self._get(key, start, end)

        def fetch(at: int) -> Source:
            return _Body(self._get(key, at, end)["Body"], key)

        content = streamed(_Body(answer["Body"], key), fetch=fetch, at=start)
        return Span(content, answer["ContentLength"])

    def size(self, name: str) -> int:
        """Ask for the object's head."""
        with _guard("read", name):
            answer = _found(name, self._client.head_object, **self._object(name))
            return int(answer["ContentLength"])

    def delete(self, name: str) -> None:
        """Delete the object, or abort the uploads to it."""
        if not name.endswith(UNFINISHED):
            with _guard("delete", name):
                self._client.delete_object(**self._object(name))
            return
        key = name.removesuffix(UNFINISHED)
        with _guard("delete", name):
            for upload in self._uploads(Prefix=key):
                if upload["Key"] == key:
                    self._abort(key, upload["UploadId"])

    def entries(self) -> Iterator[Entry]:
        """List the objects, then the uploads that have not come to their end."""
        pages = self._client.get_paginator("list_objects_v2")
        with _guard("list", ""):
            for page in pages.paginate(Bucket=self.bucket_name):
                for one in page.get("Contents", ()):
                    yield Entry(one["Key"], one["Size"], one["LastModified"])
            for upload in self._uploads():
                parts = self._parts(upload)
                written = (part["LastModified"] for part in parts)
                yield Entry(
                    upload["Key"] + UNFINISHED,
                    sum(part["Size"] for part in parts),
                    max(written, default=upload["Initiated"]),
                )

    def signed_url(
        self, key: str, *, seconds: int, content_type: str, disposition: str
    ) -> str:
        """Sign a GET of the object, with the headers that it is answered with."""
        headers = {
            "ResponseContentType": content_type,
            "ResponseContentDisposition": disposition,
            "ResponseCacheControl": "no-store",
        }
        with _guard("sign", key):
            return str(
                self._client.generate_presigned_url(
                    "get_object",
                    Params={**self._object(key), **headers},
                    ExpiresIn=seconds,
                )
            )

    @cached_property
    def _client(self) -> Any:
        # One for all threads, which a client is made for; the library has one a thread.
        return self.connection.meta.client

    def _object(self, key: str) -> dict[str, str]:
        return {"Bucket": self.bucket_name, "Key": key}

    def _write_in_parts(self, key: str, parts: Iterable[bytearray]) -> None:
        with _guard("write", key):
            begun = self._client.create_multipart_upload(**self._object(key))
        upload = begun["UploadId"]
        send = partial(self._send, key, upload)
        try:
            receipts = send_all(parts, at_once=self.parts_at_once, send=send)
            with _guard("commit", key):
                self._client.complete_multipart_upload(
                    UploadId=upload,
                    MultipartUpload={"Parts": receipts},
                    **self._object(key),
                )
        except BaseException:
            self._take_back(key, upload)
            raise

    def _send(
        self, key: str, upload: str, number: int, part: bytearray
    ) -> dict[str, object]:
        with _guard("write", key):
            answer = self._client.upload_part(
                UploadId=upload, PartNumber=number, Body=part, **self._object(key)
            )
        sums = {name: answer[name] for name in answer if name.startswith("Checksum")}
        sums.pop("ChecksumType", None)
        return {"PartNumber": number, "ETag": answer["ETag"], **sums}

    def _take_back(self, key: str, upload: str) -> None:
        """Abort; what that does not reach is left to the sweep."""
        try:
            with _guard("abort", key):
                self._abort(key, upload)
                # The store may have completed it and failed to say so.
                self._client.delete_object(**self._object(key))
        except StorageUnavailable:
            log.warning("blob_left_behind", key=key)

    def _abort(self, key: str, upload: str) -> None:
        try:
            self._client.abort_multipart_upload(UploadId=upload, **self._object(key))
        except ClientError as error:
            if error.response["Error"]["Code"] not in _GONE:
                raise

    def _uploads(self, **options: str) -> Iterator[Mapping[str, Any]]:
        pages = self._client.get_paginator("list_multipart_uploads")
        for page in pages.paginate(Bucket=self.bucket_name, **options):
            yield from page.get("Uploads", ())

    def _parts(self, upload: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        address = {**self._object(upload["Key"]), "UploadId": upload["UploadId"]}
        pages = self._client.get_paginator("list_parts").paginate(**address)
        try:
            return [part for page in pages for part in page.get("Parts", ())]
        except ClientError as error:
            if error.response["Error"]["Code"] in _GONE:
                return []  # it came to its end meanwhile
            raise

    def _get(self, key: str, start: int, end: int | None) -> Mapping[str, Any]:
        wanted = {}
        if start or end is not None:
            wanted["Range"] = f"bytes={start}-{'' if end is None else end - 1}"
        with _guard("read", key):
            return _found(key, self._client.get_object, **self._object(key), **wanted)


class _Body:
    """A stream of botocore's, whose failures are ours."""

    def __init__(self, body: Any, key: str) -> None:
        self._body = body
        self._key = key

    def read(self, size: int) -> bytes:
        with _guard("read", self._key):
            return bytes(self._body.read(size))

    def close(self) -> None:
        self._body.close()


def _found(
    key: str, ask: Callable[..., Mapping[str, Any]], **options: str
) -> Mapping[str, Any]:
    """Ask; raises FileNotFoundError where there is no object, or one that is shorter.

    A bucket that is not there is no answer but a failure.
    """
    try:
        return ask(**options)
    except ClientError as error:
        if error.response["Error"]["Code"] in {*_GONE, "InvalidRange"}:
            raise FileNotFoundError(key) from None
        raise


def _guard(doing: str, key: str) -> Guard:
    return failures_of("s3", (BotoCoreError, ClientError), doing, key)
