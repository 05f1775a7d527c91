"""System checks of where contents lie, each with an id and a hint."""

from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

_STORES = ("file", "s3", "azure")
_ADDRESSING = ("auto", "path", "virtual")
_SMALLEST_PART = 5  # MiB; S3 refuses a smaller one that is not the last
_LARGEST_PART = 1024
_LONGEST_URL = 3600  # seconds
_OF_AN_ACCOUNT = ("AccountName=", "AccountKey=")


@register(Tags.files)
def check_blobs(
    app_configs: Sequence[AppConfig] | None, **kwargs: object
) -> list[CheckMessage]:
    """Check that the store of contents is known, and that nothing is missing."""
    store = settings.ALTINN_BLOBS
    if store not in _STORES:
        return [
            Error(
                f"ALTINN_BLOBS is {store!r}.",
                hint=f"Set it to one of {', '.join(_STORES)}.",
                id="altinn.E040",
            )
        ]
    missing = {"file": _nothing, "s3": _missing_for_s3, "azure": _missing_for_azure}
    return [
        *(Error(text, hint=hint, id="altinn.E041") for text, hint in missing[store]()),
        *(Error(text, hint=hint, id="altinn.E042") for text, hint in _hand_off(store)),
    ]


def _nothing() -> Iterator[tuple[str, str]]:
    yield from ()


def _missing_for_s3() -> Iterator[tuple[str, str]]:
    yield from _library("boto3", "s3")
    yield from _part_size()
    if not settings.ALTINN_S3_BUCKET:
        yield "ALTINN_S3_BUCKET is not set.", "Name a bucket that has no other use."
    endpoint = settings.ALTINN_S3_ENDPOINT
    parts = urlsplit(endpoint)
    if endpoint and (parts.scheme not in ("http", "https") or not parts.hostname):
        yield (
            f"ALTINN_S3_ENDPOINT is {endpoint!r}.",
            "Give scheme and host: https://minio.example.no:9000. Amazon's own needs"
            " none.",
        )
    if settings.ALTINN_S3_ADDRESSING not in _ADDRESSING:
        yield (
            f"ALTINN_S3_ADDRESSING is {settings.ALTINN_S3_ADDRESSING!r}.",
            f"Set it to one of {', '.join(_ADDRESSING)}.",
        )
    if bool(settings.ALTINN_S3_ACCESS_KEY) != bool(settings.ALTINN_S3_SECRET_KEY):
        yield (
            "Only one of ALTINN_S3_ACCESS_KEY and ALTINN_S3_SECRET_KEY is set.",
            "Set both, or none to have the machine's own credentials used.",
        )


def _missing_for_azure() -> Iterator[tuple[str, str]]:
    yield from _library("azure.storage.blob", "azure")
    yield from _part_size()
    if not settings.ALTINN_AZURE_CONTAINER:
        yield (
            "ALTINN_AZURE_CONTAINER is not set.",
            "Name a container that has no other use.",
        )
    yield from _account_of_azure()


def _account_of_azure() -> Iterator[tuple[str, str]]:
    connection = settings.ALTINN_AZURE_CONNECTION
    endpoint = settings.ALTINN_AZURE_ENDPOINT
    if connection and endpoint:
        yield (
            "Both ALTINN_AZURE_CONNECTION and ALTINN_AZURE_ENDPOINT are set.",
            "Set the connection string, which has a key, or the endpoint, to have the"
            " machine's own identity used.",
        )
    elif endpoint:
        parts = urlsplit(endpoint)
        if parts.scheme != "https" or not parts.hostname:
            yield (
                f"ALTINN_AZURE_ENDPOINT is {endpoint!r}.",
                "Give the address of the storage account's blobs, with https:"
                " https://example.blob.core.windows.net.",
            )
    elif not all(member in connection for member in _OF_AN_ACCOUNT):
        yield (
            "ALTINN_AZURE_CONNECTION names no account with its key.",
            "Set it to the connection string of the storage account, which has"
            " AccountName and AccountKey; keep it in a file and name that in"
            " ALTINN_AZURE_CONNECTION_FILE. Or set ALTINN_AZURE_ENDPOINT alone, to"
            " have the machine's own identity used.",
        )


def _library(module: str, extra: str) -> Iterator[tuple[str, str]]:
    try:
        found = find_spec(module) is not None
    except ModuleNotFoundError:  # of the package that it would be in
        found = False
    if not found:
        yield (
            f"ALTINN_BLOBS is {extra!r}, and its library is not installed.",
            f"Install it: pip install --require-hashes -r requirements-{extra}.txt.",
        )


def _part_size() -> Iterator[tuple[str, str]]:
    if not _SMALLEST_PART <= settings.ALTINN_BLOBS_PART_MIB <= _LARGEST_PART:
        yield (
            f"ALTINN_BLOBS_PART_MIB is {settings.ALTINN_BLOBS_PART_MIB}.",
            f"Give a number from {_SMALLEST_PART} to {_LARGEST_PART}.",
        )


def _hand_off(store: str) -> Iterator[tuple[str, str]]:
    kind = settings.ALTINN_BLOB_HAND_OFF
    fits = {"": _STORES, "x-accel": ("file",), "signed-url": ("s3", "azure")}
    if store not in fits.get(kind, ()):
        yield (
            f"ALTINN_BLOB_HAND_OFF is {kind!r} and ALTINN_BLOBS is {store!r}.",
            "Set it to x-accel with file, to signed-url with s3 or azure, or unset it.",
        )
    path = settings.ALTINN_BLOB_X_ACCEL_PATH
    if not (path.startswith("/") and path.endswith("/")):
        yield (
            f"ALTINN_BLOB_X_ACCEL_PATH is {path!r}.",
            "Give the proxy's location with a slash at both ends: /blobs/.",
        )
    if not 0 < settings.ALTINN_BLOB_URL_SECONDS <= _LONGEST_URL:
        yield (
            f"ALTINN_BLOB_URL_SECONDS is {settings.ALTINN_BLOB_URL_SECONDS}.",
            f"Give a number from 1 to {_LONGEST_URL}.",
        )
