"""Applications in storage: read by anyone, described by the designer alone."""

import json
from typing import Any

import pytest

from apps_registry import catalogue
from apps_registry.app_folder import POLICY
from apps_registry.models import Deployment, DeploymentFile
from common.times import parse_time
from instances.models import Instance
from tests import cast
from tests.api.platform.registry_state import registry_state
from tests.api.test_statement_counts import statements
from tests.client import APP_HOST, PLATFORM_HOST, Api, assert_problem
from tests.factories import PDF, make_element, make_instance

pytestmark = pytest.mark.usefixtures("sandbox")

APPLICATIONS = "/storage/api/v1/applications"
OWN = f"{APPLICATIONS}/nav/app2018"
NEW = {
    "id": "ttd/ny-app2",
    "org": "ttd",
    "title": {"nb": "Ny"},
    "dataTypes": [
        {
            "id": "model",
            "taskId": "Task_1",
            "own": {"a": [1]},
            "allowedContributers": ["org:ttd"],
            "allowedContributors": ["org:ttd"],
        }
    ],
    "unknown": {"kept": True},
}


def designer() -> Api:
    return Api(PLATFORM_HOST, cast.DESIGNER)


def anyone() -> Api:
    return Api(PLATFORM_HOST)


def create(app_id: str = "ttd/ny-app2", **changes: object) -> Any:
    """Send the metadata of an application in."""
    return designer().post(f"{APPLICATIONS}?appId={app_id}", json=NEW | changes)


def again(**changes: object) -> Any:
    """Send metadata of the sample application in, with the data types that it has."""
    return create("nav/app2018", dataTypes=_data_types(), **changes)


def _data_types() -> object:
    return catalogue.definition_of("nav", "app2018").metadata["dataTypes"]


def replace(app_id: str = "nav/app2018", **changes: object) -> Any:
    """Replace the metadata of an application, all but its data types."""
    org = app_id.partition("/")[0]
    own = {"id": app_id, "org": org, "dataTypes": _data_types()}
    document = NEW | own | changes
    return designer().put(f"{APPLICATIONS}/{app_id}", json=document)


# --- reading --------------------------------------------------------------------------
def test_anyone_reads_all_of_an_org_and_one() -> None:
    """S-271, M:P-01"""
    create()
    everything = anyone().get(APPLICATIONS).json()["applications"]
    assert {app["id"] for app in everything} == {"nav/app2018", "ttd/ny-app2"}
    of_org = anyone().get(f"{APPLICATIONS}/nav").json()["applications"]
    assert [app["id"] for app in of_org] == ["nav/app2018"]
    assert anyone().get(f"{APPLICATIONS}/skd").json() == {"applications": []}
    one = anyone().get(OWN).json()
    assert one == of_org[0]
    assert one["title"]["nb"] == "Sykmelding"
    assert parse_time(one["created"]) <= parse_time(one["lastChanged"])


@pytest.mark.parametrize("path", [APPLICATIONS, f"{APPLICATIONS}/nav", OWN])
def test_reads_are_public_and_cached(path: str) -> None:
    """D-23: for a minute, with an ETag; a bad token does not count"""
    stale = {"Authorization": "Bearer stale"}
    first = anyone().get(path, headers=stale)
    assert first.status_code == 200
    assert first["Cache-Control"] == "public,max-age=60"
    known = {"If-None-Match": first["ETag"]}
    again = anyone().get(path, headers=known)
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("count", [1, 3])
def test_reads_take_one_statement(count: int) -> None:
    """The same for one and for several applications"""
    for number in range(count):
        create(f"ttd/app{number}")
    for path in (APPLICATIONS, f"{APPLICATIONS}/ttd", OWN):
        found = statements(lambda path=path: anyone().get(path))  # type: ignore[misc]  # bound
        assert len(found) == 1, found


@pytest.mark.parametrize("org", ["my-org", "my%20org", "-"])
def test_an_org_with_a_dash_or_a_space_is_none(org: str) -> None:
    """S-272"""
    answer = anyone().get(f"{APPLICATIONS}/{org}")
    document = assert_problem(answer, 400, code="org-invalid")
    shown = org.replace("%20", " ")
    assert document["detail"] == f"Application owner id '{shown}' is not valid"


@pytest.mark.parametrize("app_id", ["nav/nothing", "NAV/app2018", "1/2", "a/.."])
def test_an_unknown_application_is_404(app_id: str) -> None:
    """S-273"""
    answer = anyone().get(f"{APPLICATIONS}/{app_id}")
    document = assert_problem(answer, 404, code="app-not-found")
    assert document["detail"] == f"Could not find an application with appId={app_id}"


# --- creating -------------------------------------------------------------------------
def test_metadata_alone_makes_an_application() -> None:
    """S-066, S-274, S-275, S-281: a form to fill in, and nobody may do anything yet"""
    answer = create()
    assert answer.status_code == 201
    assert answer["Location"] == "ttd/ny-app2"
    document = answer.json()
    assert document["versionId"] == "1"
    assert document["validFrom"].endswith("Z")
    assert document["createdBy"] == "studio.designer"
    assert document["unknown"] == {"kept": True}
    assert document["dataTypes"] == NEW["dataTypes"]
    assert anyone().get(f"{APPLICATIONS}/ttd/ny-app2").json() == document
    app = catalogue.definition_of("ttd", "ny-app2")
    assert list(app.process.elements) == ["StartEvent_1", "Task_1", "EndEvent_1"]
    assert app.policy.rules == ()
    host = f"ttd.{APP_HOST.partition('.')[2]}"
    for person in (cast.SOPHIE, cast.service_owner("ttd")):
        made = Api(host, person).post(
            "/ttd/ny-app2/instances?instanceOwnerPartyId=500000"
        )
        assert_problem(made, 403, code="not-permitted")
    assert not Instance.objects.exists()


def test_a_new_application_becomes_usable_by_its_policy() -> None:
    """S-274, M:P-15: the designer sends metadata, texts and the policy one by one"""
    create()
    files = DeploymentFile.objects.contents_of(
        Deployment.objects.of_app("nav/app2018").get()
    )
    sent = designer().post(
        "/authorization/api/v1/policies?org=ttd&app=ny-app2",
        body=files[POLICY].replace(b"app2018", b"ny-app2").replace(b">nav<", b">ttd<"),
        content_type="application/xml",
    )
    assert sent.status_code == 200
    host = f"ttd.{APP_HOST.partition('.')[2]}"
    made = Api(host, cast.SOPHIE).post(
        "/ttd/ny-app2/instances?instanceOwnerPartyId=500000"
    )
    assert made.status_code == 201
    assert made.json()["process"]["currentTask"]["elementId"] == "Task_1"


def test_defaults_of_what_is_not_said() -> None:
    """S-275"""
    bare = designer().post(f"{APPLICATIONS}?appId=ttd/bare", json={"title": {}})
    assert bare.status_code == 201
    assert bare.json()["dataTypes"] == []
    assert bare.json()["id"] == "ttd/bare"
    assert bare.json()["org"] == "ttd"


def test_creating_again_replaces_and_keeps_who_made_it() -> None:
    """S-276, S-282: all else of the application stays, and reads see it at once"""
    before = anyone().get(OWN).json()
    files = DeploymentFile.objects.contents_of(Deployment.objects.get())
    answer = again(created="1999-01-01T00:00:00Z", createdBy="me", org="other")
    assert answer.status_code == 201
    document = answer.json()
    assert document["title"] == {"nb": "Ny"}
    assert document["org"] == "nav"
    assert document["created"] == before["created"]
    assert document.get("createdBy") == before.get("createdBy")
    assert parse_time(document["lastChanged"]) > parse_time(before["lastChanged"])
    assert document["lastChangedBy"] == "studio.designer"
    assert anyone().get(OWN).json() == document
    after = DeploymentFile.objects.contents_of(Deployment.objects.get(number=2))
    assert {path for path in files if files[path] != after.pop(path)} == {
        "config/applicationmetadata.json"
    }
    assert after == {}


def test_the_same_metadata_twice_makes_no_second_deployment() -> None:
    """D-2"""
    first, second = create().json(), create().json()
    assert first == second
    assert Deployment.objects.of_app("ttd/ny-app2").count() == 1


@pytest.mark.parametrize("app_id", ["test/a234", "sp1/ab23", "multipledash/a-b-234"])
def test_names_that_are_valid(app_id: str) -> None:
    """S-281"""
    assert create(app_id).status_code == 201


@pytest.mark.parametrize(
    "app_id",
    [
        "2sp/a234",
        "Sp/a234",
        "s-p/a234",
        "sp/ab/23",
        "sp/2ab",
        "sp/Ab",
        "sp",
        "",
        "a/b%0a",
    ],
)
def test_names_that_are_not(app_id: str) -> None:
    """S-274, S-281: nothing is made"""
    before = registry_state()
    document = assert_problem(create(app_id), 400, code="app-id-invalid")
    assert document["detail"] == "AppId is not valid."
    assert registry_state() == before


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"dataTypes": [{"id": "a"}, {"id": "a"}]}, "data-type-twice"),
        ({"dataTypes": "none"}, "metadata-wrong-type"),
        ({"title": {}, "preventInstanceDeletionForDays": -1}, "number-out-of-range"),
        ({"big": 2**70}, "number-out-of-range"),
    ],
)
def test_metadata_with_errors_changes_nothing(
    changes: dict[str, object], finding: str
) -> None:
    """D-2: one report of all findings"""
    before = registry_state()
    for answer in (
        designer().post(
            f"{APPLICATIONS}?appId=nav/app2018",
            content_type="application/json",
            body=_json(NEW | changes),
        ),
        designer().put(
            OWN,
            content_type="application/json",
            body=_json(NEW | {"id": "nav/app2018", "org": "nav"} | changes),
        ),
        designer().post(
            f"{APPLICATIONS}?appId=ttd/ny-app2",
            content_type="application/json",
            body=_json(NEW | changes),
        ),
    ):
        document = assert_problem(answer, 400, code="app-folder-refused")
        assert finding in {issue["code"] for issue in document["issues"]}
    assert registry_state() == before


def _json(document: object) -> bytes:
    """Return JSON with numbers of any size."""
    return json.dumps(document).encode()


@pytest.mark.parametrize("app_id", ["storage/app", "ttd/instances"])
def test_names_of_the_servers_own_are_refused(app_id: str) -> None:
    """D-18"""
    before = registry_state()
    document = assert_problem(create(app_id), 400, code="app-folder-refused")
    assert document["issues"][0]["code"] == "name-reserved"
    assert registry_state() == before


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b"[]", "application/json", 400, "validation-failed"),
        (b"{", "application/json", 400, "json-malformed"),
        (b"", "application/json", 400, "body-missing"),
        (b"null", "application/json", 400, "body-missing"),
        (b"<a/>", "application/xml", 415, "content-type-unsupported"),
    ],
)
def test_bodies_that_are_no_metadata(
    body: bytes, content_type: str, status: int, code: str
) -> None:
    """storage-api.md §4.9: JSON only"""
    before = registry_state()
    for method, url in (("POST", f"{APPLICATIONS}?appId=ttd/a"), ("PUT", OWN)):
        answer = designer().call(method, url, body=body, content_type=content_type)
        assert_problem(answer, status, code=code)
    assert registry_state() == before


# --- replacing ------------------------------------------------------------------------
def test_replacing_keeps_what_is_the_servers() -> None:
    """S-278"""
    assert again(storageAccountNumber=2).status_code == 201
    answer = replace(storageAccountNumber=7, created="1999-01-01T00:00:00Z")
    assert answer.status_code == 200
    document = answer.json()
    assert document["storageAccountNumber"] == 2
    assert document["created"] > "2000"
    assert document["partyTypesAllowed"] == {
        "bankruptcyEstate": False,
        "organisation": False,
        "person": False,
        "subUnit": False,
    }
    assert "validFrom" not in document
    assert anyone().get(OWN).json() == document
    kept = replace(partyTypesAllowed={"person": True}).json()
    assert kept["partyTypesAllowed"] == {"person": True}
    assert catalogue.definition_of("nav", "app2018").process.elements.keys() >= {
        "formfilling"
    }


@pytest.mark.parametrize(
    ("path", "changes", "status", "code", "detail"),
    [
        (
            "nav/app2018",
            {"id": "nav/other"},
            400,
            "app-id-mismatch",
            "appId in path does not match id in attached object",
        ),
        (
            "nav/app2018",
            {"org": "skd"},
            400,
            "org-mismatch",
            "Org (application owner id) from path is not matching attached object",
        ),
        ("NAV/app2018", {}, 400, "app-id-invalid", "Illegal appId NAV/app2018"),
        ("nav/2018", {}, 400, "app-id-invalid", "Illegal appId nav/2018"),
        (
            "nav/nothing",
            {},
            404,
            "app-not-found",
            "Cannot find application nav/nothing",
        ),
    ],
)
def test_what_cannot_be_replaced(
    path: str, changes: dict[str, object], status: int, code: str, detail: str
) -> None:
    """S-277: and nothing is"""
    before = registry_state()
    document = assert_problem(replace(path, **changes), status, code=code)
    assert document["detail"] == detail
    assert registry_state() == before


def test_metadata_that_would_strand_an_instance_are_refused() -> None:
    """D-2: unless forced"""
    instance = make_instance(filled=True)
    make_element(instance=instance, type_id="vedlegg", content=PDF)
    types = [t for t in _data_types() if t["id"] != "vedlegg"]  # type: ignore[attr-defined]  # a list
    before = registry_state()
    document = assert_problem(replace(dataTypes=types), 409, code="instances-stranded")
    assert document["strandedInstances"] == [instance.instance_id]
    assert registry_state() == before
