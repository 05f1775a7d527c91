"""What one may not read is not guessed either: there is no hash of it, and no tag."""

import hashlib
import zipfile
from io import BytesIO
from pathlib import Path

import orjson
import pytest

from data_elements.models import DataElement
from tests.authorization.matrix.fixture import CALLERS, Names, deploy, populate
from tests.authorization.matrix.rows import APP, AppFiles, P
from tests.client import DOMAIN, PLATFORM_HOST, Api, assert_problem, body_of
from tests.exports.working import work

APP_HOST = f"ttd.apps.{DOMAIN}"
STORAGE = f"/storage/api/v1/instances/{P}"
APP_URL = f"/{APP}/instances/{P}"
_METADATA = {"userDefinedMetadata": [{"key": "a", "value": "b"}]}
_WRITES = [
    ("PUT", f"{STORAGE}/{{guid}}/data/{{secret}}", None),
    ("DELETE", f"{STORAGE}/{{guid}}/data/{{secret}}", None),
    ("PUT", f"{STORAGE}/{{guid}}/data/{{secret}}/lock", None),
    ("DELETE", f"{STORAGE}/{{guid}}/data/{{secret}}/lock", None),
    ("PUT", f"{APP_URL}/{{guid}}/data/{{secret}}", None),
    ("DELETE", f"{APP_URL}/{{guid}}/data/{{secret}}", None),
    ("PATCH", f"{APP_URL}/{{guid}}/data/{{secret}}", {"patch": []}),
    ("POST", f"{APP_URL}/{{guid}}/data/{{secret}}/tags", "a"),
    ("PUT", f"{APP_URL}/{{guid}}/data/{{secret}}/tags", {"tags": []}),
    ("PUT", f"{APP_URL}/{{guid}}/data/{{secret}}/user-defined-metadata", _METADATA),
]


@pytest.fixture
def names(sandbox: None, own_blobs: Path, tmp_path: Path) -> Names:
    """An instance with an attachment, and a secret that takes a right to read."""
    deploy(tmp_path)
    populate()
    made = Names("Task_1")
    made.make("{attachment}", "{secret}")
    return made


@pytest.mark.parametrize("header", ["If-Match", "If-None-Match"])
@pytest.mark.parametrize(("method", "path", "body"), _WRITES)
def test_a_condition_tells_nothing_of_what_one_may_not_read(
    names: Names, method: str, path: str, body: object, header: str
) -> None:
    """Z-101: neither its hash, nor whether a guess of it is right; nothing changes"""
    secret = DataElement.objects.get(pk=names["secret"])
    before = DataElement.objects.filter(pk=secret.pk).values().get()
    host = APP_HOST if path.startswith(f"/{APP}") else PLATFORM_HOST
    director = Api(host, CALLERS["UW"])
    told = []
    for guess in (secret.etag, f'"{"0" * 64}"', '"x"'):
        answer = director.call(
            method, str(names.fill(path)), json=body, headers={header: guess}
        )
        problem = assert_problem(answer, 403, code="not-permitted")
        assert "ETag" not in answer
        told.append({k: v for k, v in problem.items() if k != "traceId"})
    assert told[0] == told[1] == told[2]
    assert DataElement.objects.filter(pk=secret.pk).values().get() == before


def test_a_condition_on_metadata_is_for_who_may_write_it(names: Names) -> None:
    """Everybody who reads the instance has its tag: it tells nothing of the content"""
    director = Api(PLATFORM_HOST, CALLERS["UW"])
    url = f"{STORAGE}/{names['guid']}/dataelements/{names['attachment']}"
    body = {"id": str(names["attachment"]), "instanceGuid": str(names["guid"])}
    assert_problem(
        director.put(url, json=body, headers={"If-Match": '"x"'}),
        412,
        code="precondition-failed",
    )
    current = {"If-Match": director.get(url)["ETag"]}
    assert director.put(url, json=body, headers=current).status_code == 200


def test_an_archive_has_no_hash_of_what_one_may_not_read(names: Names) -> None:
    """Z-101: for what is left out because a right is lacking, on both faces"""
    for api, base in (
        (Api(PLATFORM_HOST, CALLERS["UW"]), STORAGE),
        (Api(APP_HOST, CALLERS["UW"]), APP_URL),
    ):
        answer = api.get(f"{base}/{names['guid']}/archive")
        content = BytesIO(body_of(answer))
        said = orjson.loads(zipfile.ZipFile(content).read("manifest.json"))
        hashes = {one["dataType"]: one["sha256"] for one in said["elements"]}
        assert hashes.pop("secret", None) is None
        assert hashes["attachment"] == hashlib.sha256(b"<model/>").hexdigest()


def test_an_export_has_no_hash_of_what_its_owner_may_not_read(names: Names) -> None:
    """Z-101: not of what is infected besides, either"""
    DataElement.objects.filter(pk=names["secret"]).update(scan_result=3)
    owner = Api(PLATFORM_HOST, CALLERS["OA"])
    ordered = owner.post(f"/storage/api/v1/exports?appId={APP}&includeContent=true")
    assert ordered.status_code == 202, ordered.content
    work()
    answer = owner.get(f"/storage/api/v1/exports/{ordered.json()['id']}/result")
    archive = zipfile.ZipFile(BytesIO(body_of(answer)))
    listed = archive.read("contents-000001.jsonl").splitlines()
    entries = {one["dataType"]: one for one in map(orjson.loads, listed)}
    assert entries["secret"]["sha256"] is None
    assert entries["secret"]["leftOut"] == "not-permitted"
    assert entries["attachment"]["sha256"]


def test_the_type_is_kept_from_who_may_not_read_it_when_the_app_has_it_no_more(
    names: Names, tmp_path: Path
) -> None:
    """D-04: what it took to read stays what it takes"""

    def without(files: AppFiles) -> None:
        types = files.metadata["dataTypes"]
        assert isinstance(types, list)
        types[:] = [one for one in types if one["id"] != "secret"]

    deploy(tmp_path, change=without)
    answer = Api(APP_HOST, CALLERS["UW"]).get(f"{APP_URL}/{names['guid']}")
    assert {one["dataType"] for one in answer.json()["data"]} == {"attachment"}
