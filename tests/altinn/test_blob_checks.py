"""System checks of where contents lie, and what is imported for it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import LazySettings

from tests.altinn.test_checks import ids

ROOT = Path(__file__).resolve().parents[2]
_CONNECTION = "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=b;"
_S3: dict[str, object] = {"ALTINN_BLOBS": "s3", "ALTINN_S3_BUCKET": "contents"}
_AZURE: dict[str, object] = {
    "ALTINN_BLOBS": "azure",
    "ALTINN_AZURE_CONTAINER": "contents",
    "ALTINN_AZURE_CONNECTION": _CONNECTION,
}
_ENDPOINT = "https://a.blob.core.windows.net"
_KEYLESS: dict[str, object] = {
    "ALTINN_BLOBS": "azure",
    "ALTINN_AZURE_CONTAINER": "contents",
    "ALTINN_AZURE_ENDPOINT": _ENDPOINT,
}
_KEYS = {"ALTINN_S3_ACCESS_KEY": "me", "ALTINN_S3_SECRET_KEY": "secret"}
_MINIO = {"ALTINN_S3_ENDPOINT": "https://minio.example:9000"}


@pytest.mark.parametrize(
    "changes",
    [
        _S3,
        _S3 | _KEYS | _MINIO | {"ALTINN_S3_ADDRESSING": "path"},
        _AZURE,
        _AZURE | {"ALTINN_BLOB_HAND_OFF": "signed-url"},
        _KEYLESS,
        _KEYLESS | {"ALTINN_BLOB_HAND_OFF": "signed-url"},
        _S3 | {"ALTINN_BLOB_HAND_OFF": "signed-url"},
        {"ALTINN_BLOB_HAND_OFF": "x-accel"},
    ],
)
def test_a_whole_configuration_passes(
    settings: LazySettings, changes: dict[str, object]
) -> None:
    for name, value in changes.items():
        setattr(settings, name, value)
    assert ids() == set()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"ALTINN_BLOBS": "gcs"}, "altinn.E040"),
        ({"ALTINN_BLOBS_DIR": "/dev/null/nowhere"}, "altinn.E006"),
        ({"ALTINN_BLOBS_PATIENCE": 0}, "altinn.E008"),
        ({"ALTINN_BLOBS_PARTS_AT_ONCE": 0}, "altinn.E008"),
        ({"ALTINN_BLOBS": "s3"}, "altinn.E041"),
        (_S3 | {"ALTINN_S3_ENDPOINT": "minio:9000"}, "altinn.E041"),
        (_S3 | {"ALTINN_S3_ADDRESSING": "host"}, "altinn.E041"),
        (_S3 | {"ALTINN_S3_ACCESS_KEY": "me"}, "altinn.E041"),
        (_S3 | {"ALTINN_BLOBS_PART_MIB": 4}, "altinn.E041"),
        (_AZURE | {"ALTINN_AZURE_CONTAINER": ""}, "altinn.E041"),
        (_AZURE | {"ALTINN_AZURE_CONNECTION": "UseDevelopmentStorage"}, "altinn.E041"),
        (_AZURE | {"ALTINN_AZURE_CONNECTION": ""}, "altinn.E041"),
        (_AZURE | {"ALTINN_AZURE_ENDPOINT": _ENDPOINT}, "altinn.E041"),
        (_KEYLESS | {"ALTINN_AZURE_ENDPOINT": "http://a.example"}, "altinn.E041"),
        (_KEYLESS | {"ALTINN_AZURE_ENDPOINT": "a.example"}, "altinn.E041"),
        ({"ALTINN_BLOB_HAND_OFF": "nginx"}, "altinn.E042"),
        ({"ALTINN_BLOB_HAND_OFF": "signed-url"}, "altinn.E042"),
        (_S3 | {"ALTINN_BLOB_HAND_OFF": "x-accel"}, "altinn.E042"),
        ({"ALTINN_BLOB_X_ACCEL_PATH": "/blobs"}, "altinn.E042"),
        ({"ALTINN_BLOB_URL_SECONDS": 86400}, "altinn.E042"),
    ],
)
def test_each_mistake_has_its_check(
    settings: LazySettings, changes: dict[str, object], expected: str
) -> None:
    """What is missing is said when the server starts, with what to do about it"""
    for name, value in changes.items():
        setattr(settings, name, value)
    assert ids() == {expected}


_SERVE = """
import sys
import altinn.wsgi
from django.core.files.storage import storages
from django.urls import get_resolver
get_resolver().url_patterns
storages["blobs"]
print(*sorted({"boto3", "azure", "storages"} & set(sys.modules)))
"""


@pytest.mark.parametrize(
    ("store", "imported"), [("file", ""), ("s3", "boto3 storages")]
)
def test_only_the_library_of_the_store_in_use_is_imported(
    tmp_path: Path, store: str, imported: str
) -> None:
    """They take more memory than the server does"""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "altinn.settings",
        "ALTINN_BLOBS": store,
        "ALTINN_S3_BUCKET": "contents",
        "ALTINN_DATA_DIR": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-c", _SERVE],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.splitlines()[-1] == imported
