"""Deployments over HTTP: uploaded, listed, activated, compared, by the owner alone."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from django.conf import LazySettings

from apps_registry import catalogue
from apps_registry.app_folder import POLICY, PROCESS
from apps_registry.models import Application, Deployment, DeploymentFile, Org
from common.times import wire_time
from tests import cast
from tests.apps_registry.archives import FILES, archive, with_entry
from tests.cast import Person
from tests.client import APP_HOST, PLATFORM_HOST, Api, assert_problem

pytestmark = pytest.mark.usefixtures("sandbox")

METADATA = "config/applicationmetadata.json"
TEXTS = "config/texts/resource.nb.json"
URL = "/registry/api/v1/apps/nav/app2018/deployments"
DEPLOYER = cast.service_owner("nav", scope="altinn:serviceowner altinn:appdeploy")
SECOND = {**FILES, "options/land.json": b'[{"value": "no", "label": "Norge"}]'}


def owner() -> Api:
    return Api(PLATFORM_HOST, cast.OWNER)


def upload(
    files: Mapping[str, bytes] | bytes,
    api: Api | None = None,
    query: str = "",
    content_type: str = "application/zip",
    url: str = URL,
) -> Any:
    """Deploy files, or an archive of them."""
    body = files if isinstance(files, bytes) else archive(files)
    api = api or owner()
    return api.post(f"{url}{query}", body=body, content_type=content_type)


def stored() -> dict[str, object]:
    """Return everything that a call could change."""
    return {
        "deployments": list(Deployment.objects.values().order_by("pk")),
        "served": list(Application.objects.values_list("app_id", "current")),
        "files": DeploymentFile.objects.count(),
        "orgs": Org.objects.count(),
    }


def without_type(type_id: str) -> dict[str, bytes]:
    """Return the sample without a data type, nor what names it."""
    document = json.loads(FILES[METADATA])
    document["dataTypes"] = [t for t in document["dataTypes"] if t["id"] != type_id]
    return {**FILES, METADATA: json.dumps(document).encode()}


def with_other_task() -> dict[str, bytes]:
    """Return the sample with a task under another name, everywhere."""
    names = (METADATA, PROCESS, "ui/layout-sets.json")
    renamed = {
        name: FILES[name].replace(b'"formfilling"', b'"utfylling"') for name in names
    }
    return {**FILES, **renamed}


# --- uploading ------------------------------------------------------------------------
def test_an_upload_is_a_deployment_and_serves_at_once() -> None:
    """D-2: who, when, what, under which label"""
    answer = upload(SECOND, query="?label=med%20land")
    assert answer.status_code == 201
    document = answer.json()
    assert answer["Location"] == document["href"]
    assert document["href"].endswith(f"{URL}/2")
    served = Deployment.objects.get(number=2)
    assert document == {
        "org": "nav",
        "app": "app2018",
        "number": 2,
        "label": "med land",
        "created": wire_time(served.created),
        "createdBy": "service-owner nav",
        "contentHash": served.content_hash,
        "files": len(SECOND),
        "served": True,
        "href": document["href"],
        "isNew": True,
        "warnings": [],
    }
    assert catalogue.definition_of("nav", "app2018").number == 2
    assert DeploymentFile.objects.contents_of(served.pk) == SECOND
    again = upload(SECOND)
    assert (again.status_code, again.json()["isNew"]) == (200, False)
    assert Deployment.objects.count() == 2


@pytest.mark.parametrize(
    "content_type", ["application/octet-stream", "application/x-zip-compressed"]
)
def test_an_upload_is_a_zip_file_by_any_of_its_names(content_type: str) -> None:
    assert upload(SECOND, content_type=content_type).status_code == 201


def test_an_upload_may_come_as_a_form() -> None:
    """As browsers and curl -F send files"""
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.zip"\r\n'
    kind = b"Content-Type: application/zip\r\n\r\n"
    body = head + kind + archive(SECOND) + b"\r\n--x--\r\n"
    answer = upload(body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 201


def test_a_new_application_is_deployed_by_its_owner() -> None:
    """D-2: placeholders are those of the address"""
    text = FILES[METADATA].decode().replace("nav/app2018", "[ORG]/[APP]")
    files = {**FILES, METADATA: text.replace('"nav"', '"[ORG]"').encode()}
    url = "/registry/api/v1/apps/nav/ny-app/deployments"
    answer = upload(files, url=url)
    assert (answer.status_code, answer.json()["number"]) == (201, 1)
    assert catalogue.definition_of("nav", "ny-app").metadata["id"] == "nav/ny-app"


def test_a_deployment_can_wait() -> None:
    """D-2: stored and not served"""
    answer = upload(SECOND, query="?activate=false")
    assert (answer.status_code, answer.json()["served"]) == (201, False)
    assert catalogue.definition_of("nav", "app2018").number == 1
    other = "/registry/api/v1/apps/nav/ny/deployments"
    text = FILES[METADATA].decode().replace("nav/app2018", "nav/ny")
    files = {**FILES, METADATA: text.encode()}
    assert upload(files, query="?activate=false", url=other).status_code == 201
    public = "/nav/ny/api/v1/applicationmetadata"
    assert_problem(Api(APP_HOST).get(public), 404, code="app-not-found")
    assert owner().post(f"{other}/1/activate").json()["served"] is True
    assert Api(APP_HOST).get(public).status_code == 200


def test_warnings_refuse_nothing_and_are_told() -> None:
    """D-2: errors and warnings apart"""
    english = json.loads(FILES["config/texts/resource.en.json"])
    english["resources"].append(english["resources"][0])
    twice = json.dumps(english).encode()
    answer = upload({**FILES, "config/texts/resource.en.json": twice})
    assert answer.status_code == 201
    (warning,) = answer.json()["warnings"]
    place = f"#/resources/{len(english['resources']) - 1}/id"
    assert warning == {
        "severity": "warning",
        "pointer": f"config/texts/resource.en.json{place}",
        "file": "config/texts/resource.en.json",
        "code": "text-twice",
        "detail": warning["detail"],
        "mend": "Keep one of the texts.",
    }


# --- what is refused ------------------------------------------------------------------
def test_a_folder_with_errors_is_refused_with_all_of_them() -> None:
    """D-2: one report, and nothing is stored"""
    before = stored()
    files = {
        **FILES,
        PROCESS: FILES[PROCESS].replace(b">confirmation<", b">payment<"),
        POLICY: FILES[POLICY].replace(b"string-equal", b"string-like", 1),
        TEXTS: b'{\n"a" 1}',
        "models/x.prefill.json": b"{}",
    }
    document = assert_problem(upload(files), 400, code="app-folder-refused")
    issues = document["issues"]
    assert {(i["severity"], i["file"], i["code"]) for i in issues} == {
        ("error", PROCESS, "extension-incomplete"),
        ("error", POLICY, "policy-function"),
        ("error", TEXTS, "json-malformed"),
        ("warning", "models/x.prefill.json", "data-type-unknown"),
    }
    assert [i["severity"] for i in issues] == ["error"] * 3 + ["warning"]
    assert next(i["line"] for i in issues if i["file"] == TEXTS) == 2
    assert all(i["mend"] for i in issues)
    assert "3 error(s)" in document["detail"]
    assert stored() == before


def test_a_folder_of_another_application_is_refused() -> None:
    """The address says which application is deployed"""
    before = stored()
    url = "/registry/api/v1/apps/nav/annen/deployments"
    document = assert_problem(upload(FILES, url=url), 400, code="app-folder-refused")
    (issue,) = document["issues"]
    assert (issue["pointer"], issue["code"]) == (f"{METADATA}#/id", "app-id-mismatch")
    assert stored() == before


@pytest.mark.parametrize(
    ("body", "query", "content_type", "status", "code"),
    [
        (b"", "", "application/zip", 400, "content-empty"),
        (b"no zip", "", "application/zip", 400, "app-folder-refused"),
        (
            with_entry("../../etc/config/a.json"),
            "",
            "application/zip",
            400,
            "app-folder-refused",
        ),
        (b"{}", "", "application/json", 415, "content-type-unsupported"),
        (b"x", f"?label={'a' * 81}", "application/zip", 400, "parameter-invalid"),
        (b"x", "?activate=ja", "application/zip", 400, "parameter-invalid"),
        (b"x", "?aktivate=false", "application/zip", 400, "parameter-invalid"),
        (b"--x", "", "multipart/form-data; boundary=x", 400, "multipart-malformed"),
    ],
)
def test_what_is_no_deployment(
    body: bytes, query: str, content_type: str, status: int, code: str
) -> None:
    """400, never 500, and nothing is stored"""
    before = stored()
    answer = upload(body, query=query, content_type=content_type)
    assert_problem(answer, status, code=code)
    assert stored() == before


def test_an_upload_that_is_too_large_is_413(
    settings: LazySettings, django_assert_max_num_queries: Any
) -> None:
    """Before anything is read of the app, and before the disk fills"""
    settings.ALTINN_MAX_APP_MIB = 1
    with django_assert_max_num_queries(0):
        answer = upload(b"x" * (2**20 + 1))
    assert_problem(answer, 413, code="deployment-too-large")


# --- who may --------------------------------------------------------------------------
CALLS = [
    ("POST", ""),
    ("POST", "/2/activate"),
    ("GET", ""),
    ("GET", "/1"),
    ("GET", "/1/compare/2"),
]


@pytest.mark.parametrize(("method", "path"), CALLS)
@pytest.mark.parametrize(
    ("person", "status", "code"),
    [
        (None, 401, "token-missing"),
        (cast.SOPHIE, 403, "owner-only"),
        (cast.OTHER_OWNER, 403, "owner-only"),
        (cast.SYSTEM_USER, 403, "owner-only"),
        (cast.DESIGNER, 403, "owner-only"),
    ],
    ids=["AN", "UW", "OX", "SU", "SD"],
)
def test_nobody_but_the_owner(
    method: str, path: str, person: Person | None, status: int, code: str
) -> None:
    """T-45: and nothing changes"""
    upload(SECOND, query="?activate=false")
    before = stored()
    api = Api(PLATFORM_HOST, person)
    body = archive({**SECOND, "options/b.json": b"[]"}) if not path else b""
    answer = api.call(method, f"{URL}{path}", body=body, content_type="application/zip")
    assert_problem(answer, status, code=code)
    assert stored() == before


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_changes_take_a_scope_that_writes(method: str, path: str) -> None:
    """T-10: reading instances is no right to replace the application"""
    upload(SECOND, query="?activate=false")
    before = stored()
    reader = cast.service_owner("nav", scope=cast.READ_SCOPE)
    api = Api(PLATFORM_HOST, reader)
    body = archive(FILES) if not path else b""
    answer = api.call(method, f"{URL}{path}", body=body, content_type="application/zip")
    if method == "GET":
        assert answer.status_code == 200
    else:
        assert_problem(answer, 403, code="scope-missing")
    assert stored() == before


def test_the_deploy_scope_is_enough() -> None:
    api = Api(PLATFORM_HOST, DEPLOYER)
    assert upload(SECOND, api).status_code == 201
    assert api.post(f"{URL}/1/activate").status_code == 200


# --- reading --------------------------------------------------------------------------
def test_deployments_are_listed_in_pages() -> None:
    """Newest first; the one in force is marked"""
    upload(SECOND, query="?activate=false")
    upload({**SECOND, "options/b.json": b"[]"})
    page = owner().get(f"{URL}?size=2").json()
    listed = [(d["number"], d["served"]) for d in page["deployments"]]
    assert listed == [(3, True), (2, False)]
    assert owner().get(page["deployments"][1]["href"]).json() == page["deployments"][1]
    last = owner().get(page["next"]).json()
    assert [d["number"] for d in last["deployments"]] == [1]
    assert last["next"] is None


def test_a_long_list_takes_one_statement(django_assert_num_queries: Any) -> None:
    """No statement per deployment"""
    for number in range(4):
        upload({**FILES, f"options/{number}.json": b"[]"}, query="?activate=false")
    with django_assert_num_queries(1):
        assert len(owner().get(URL).json()["deployments"]) == 5


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", f"{URL}/9", 404, "deployment-not-found"),
        ("GET", f"{URL}/1/compare/9", 404, "deployment-not-found"),
        ("POST", f"{URL}/9/activate", 404, "deployment-not-found"),
        ("GET", URL.replace("app2018", "borte"), 404, "app-not-found"),
        ("GET", URL.replace("app2018", "borte") + "/1", 404, "app-not-found"),
        (
            "POST",
            URL.replace("app2018", "borte") + "/1/activate",
            404,
            "app-not-found",
        ),
        ("GET", f"{URL}?size=0", 400, "parameter-invalid"),
        ("GET", f"{URL}/99999999999", 404, "route-not-found"),
        ("DELETE", f"{URL}/1", 405, "method-not-allowed"),
        ("PUT", f"{URL}/1", 405, "method-not-allowed"),
    ],
)
def test_what_is_not_there(method: str, path: str, status: int, code: str) -> None:
    """And a deployment is never changed nor removed"""
    before = stored()
    assert_problem(owner().call(method, path), status, code=code)
    assert stored() == before


# --- comparing ------------------------------------------------------------------------
def test_two_deployments_are_compared_part_by_part() -> None:
    """Metadata, process, policy, texts, schemas, others"""
    metadata = json.loads(FILES[METADATA])
    metadata["dataTypes"].reverse()
    metadata["dataTypes"][1]["maxCount"] = 6
    metadata["future"] = {"a": 1}
    texts = json.loads(FILES[TEXTS])
    gone, kept = texts["resources"][0]["id"], texts["resources"][1]["id"]
    texts["resources"] = texts["resources"][1:]
    texts["resources"][0]["value"] = "endret"
    texts["resources"].append({"id": "ny", "value": "ny"})
    changed = {
        METADATA: json.dumps(metadata).encode(),
        TEXTS: json.dumps(texts).encode(),
        PROCESS: FILES[PROCESS].replace(b'name="Bekreftelse"', b'name="Ferdig"'),
        POLICY: FILES[POLICY].replace(b"</xacml:Rule>", b"<!-- x -->\n</xacml:Rule>"),
        "models/sykmelding.xsd": FILES["models/sykmelding.xsd"] + b"<!-- x -->",
        "options/land.json": b"[]",
    }
    left_out = "ui/form/layouts/sykdom.json"
    settings = {"ui/form/Settings.json": b'{"pages": {"order": ["arbeid"]}}'}
    files = {**FILES, **changed, **settings}
    del files[left_out]
    assert upload(files).status_code == 201
    nothing = {"added": [], "removed": [], "changed": []}
    assert owner().get(f"{URL}/1/compare/2").json() == {
        "before": 1,
        "after": 2,
        "metadata": [
            {"pointer": "/dataTypes/vedlegg/maxCount", "before": "5", "after": "6"},
            {"pointer": "/future", "before": None, "after": '{"a": 1}'},
        ],
        "process": {**nothing, "changed": ["confirm"], "rewritten": False},
        "policy": {**nothing, "rewritten": True},
        "texts": {
            TEXTS: {
                "added": ["ny"],
                "removed": [gone],
                "changed": [kept],
                "rewritten": False,
            }
        },
        "schemas": {**nothing, "changed": ["models/sykmelding.xsd"]},
        "others": {
            "added": ["options/land.json"],
            "removed": [left_out],
            "changed": ["ui/form/Settings.json"],
        },
    }
    same = owner().get(f"{URL}/2/compare/2").json()
    assert same["metadata"] == [] and same["texts"] == {}
    back = owner().get(f"{URL}/2/compare/1").json()
    assert back["others"]["removed"] == ["options/land.json"]
