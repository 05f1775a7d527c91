"""The calls of the original proposal, V1 to V9, as it writes them (seed-api.md §3)."""

import pytest

from data_elements.models import DataElement
from instances.models import Instance
from tests.client import Api, assert_problem, body_of
from tests.factories import FORM, FORM_JSON, PDF, make_element, make_instance, reread

pytestmark = pytest.mark.usefixtures("sandbox")


def test_v1_creates_an_instance_for_the_party_in_the_query(app: Api) -> None:
    """V1"""
    answer = app.post("/app2018/instances?instanceOwnerId=12345")
    assert answer.status_code == 201
    document = answer.json()
    guid = document["id"].partition("/")[2]
    assert document["id"] == f"12345/{guid}"
    assert document["process"]["currentTask"]["elementId"] == "formfilling"
    location = f"http://nav.apps.altinn.test:8000/nav/app2018/instances/12345/{guid}"
    assert answer["Location"] == document["selfLinks"]["apps"] == location
    assert document["selfLinks"]["platform"] == (
        f"http://platform.altinn.test:8000/storage/api/v1/instances/12345/{guid}"
    )
    assert document["status"]["readStatus"] == "Read"
    assert Instance.objects.get().created_by == "1337"


@pytest.mark.parametrize("owner", [{"partyId": "12345"}, {"partyId": 12345}])
def test_v1_creates_an_instance_for_the_party_in_the_body(
    app: Api, owner: object
) -> None:
    """V1, A-008, A-042"""
    answer = app.post("/app2018/instances", json={"instanceOwner": owner})
    assert answer.status_code == 201
    assert answer.json()["instanceOwner"]["partyId"] == "12345"


def test_v1_takes_members_in_any_case_and_single_quotes(app: Api) -> None:
    """clients.md: lenient serializers"""
    body = b"{'InstanceOwner': {'PartyId': '12345'}}"
    answer = app.post("/app2018/instances", body=body, content_type="application/json")
    assert answer.status_code == 201


@pytest.mark.parametrize(
    "query",
    [
        "formId=default&instanceOwnerId=500000",
        "formId=default?instanceOwnerId=500000",
        "instanceOwnerId=500000&formId=default",
        "instanceOwnerId=500000?formId=default",
        "FORMID=default",
        "dataType=default",
        "formId=default&dataType=default",
    ],
    ids=["V2", "V3", "V2-order", "V3-order", "V2-case", "V2-today", "V2-both"],
)
def test_v2_and_v3_submit_form_data_and_answer_the_instance(
    app: Api, instance: Instance, query: str
) -> None:
    """V2, V3"""
    url = f"/app2018/instances/{instance.id}/data?{query}"
    answer = app.post(url, body=FORM, content_type="application/xml")
    assert answer.status_code == 201
    (element,) = answer.json()["data"]
    assert answer.json()["id"] == instance.instance_id
    assert element["dataType"] == "default"
    assert element["size"] == len(FORM)
    assert answer["Location"].endswith(f"/{instance.id}/data/{element['id']}")
    assert body_of(app.get(answer["Location"].partition(":8000")[2])) == FORM


def test_two_names_with_different_values_are_refused(
    app: Api, instance: Instance
) -> None:
    """seed-api.md §3: giving both with different values is a 400"""
    url = f"/app2018/instances/{instance.id}/data?formId=default&dataType=vedlegg"
    answer = app.post(url, body=FORM, content_type="application/xml")
    document = assert_problem(answer, 400, code="parameter-invalid")
    assert "vedlegg" in document["detail"]
    assert not DataElement.objects.exists()


def test_a_second_form_is_a_conflict(app: Api, element: DataElement) -> None:
    """V2 a second time, A-083"""
    url = f"/app2018/instances/{element.instance_id}/data?formId=default"
    answer = app.post(url, body=FORM_JSON, content_type="application/json")
    assert_problem(answer, 409, code="max-count-exceeded")
    assert DataElement.objects.count() == 1


def test_v4_confirms_after_the_download_and_once(
    owner_app: Api, submitted: Instance
) -> None:
    """V4: 409 before any download; then idempotent"""
    element = DataElement.objects.get()
    url = f"/app2018/instances/{submitted.id}/data/{element.id}"
    confirm = f"{url}/downloaded?instanceOwnerId=500000"
    assert_problem(owner_app.post(confirm), 409, code="not-downloaded-yet")
    assert reread(element).owner_confirmed_at is None
    assert body_of(owner_app.get(url)) == FORM
    first = owner_app.post(confirm)
    assert first.status_code == 200
    confirmed = first.json()["appOwner"]["downloadConfirmed"]
    assert first.json()["appOwner"]["downloaded"]
    assert owner_app.post(confirm).json()["appOwner"]["downloadConfirmed"] == confirmed


def test_v4_is_the_owners_alone(app: Api, submitted: Instance) -> None:
    """V4: 403 for anyone but the owner org"""
    element = DataElement.objects.get()
    url = f"/app2018/instances/{submitted.id}/data/{element.id}/downloaded"
    assert_problem(app.post(url), 403, code="not-permitted")
    assert reread(element).owner_confirmed_at is None


def test_v5_finds_what_was_submitted(owner_proposal: Api, submitted: Instance) -> None:
    """V5"""
    make_instance()
    url = "/nav/app2018/instances?isCompleted=true&workflowStateId=SUBMITTED"
    page = owner_proposal.get(url).json()
    assert page["count"] == 1
    assert page["next"] is None
    assert page["self"] == f"http://storage.altinn.test:8000{url}"
    assert page["instances"][0]["id"] == submitted.instance_id


def test_v5_takes_either_name_of_a_type_and_refuses_two_types(
    owner_proposal: Api, submitted: Instance
) -> None:
    """V5, seed-api.md §3: both names are accepted, with different values a 400"""
    url = "/nav/app2018/instances?formId=default"
    for same in (url, f"{url}&dataType=default", url.replace("formId", "dataType")):
        (found,) = owner_proposal.get(same).json()["instances"]
        assert found["id"] == submitted.instance_id
    answer = owner_proposal.get(f"{url}&dataType=vedlegg")
    document = assert_problem(answer, 400, code="parameter-invalid")
    assert document["issues"][0]["code"] == "parameter-twice"
    assert "formId=default, dataType=vedlegg" in document["detail"]


def test_v6_hands_out_the_bytes_and_logs_the_owners_download(
    owner_proposal: Api, submitted: Instance
) -> None:
    """V6, S-133"""
    element = DataElement.objects.get()
    url = f"/nav/app2018/instances/{submitted.id}/data/{element.id}"
    answer = owner_proposal.get(f"{url}?instanceOwnerId=500000")
    assert body_of(answer) == FORM
    assert answer["Content-Type"] == "application/xml"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert len(reread(element).owner_downloads) == 1
    assert reread(submitted).last_changed == submitted.last_changed


@pytest.mark.parametrize(
    ("method", "headers"),
    [("HEAD", {}), ("GET", {"Range": "bytes=10-20"}), ("GET", {"If-None-Match": "*"})],
    ids=["head", "later-range", "not-modified"],
)
def test_v6_logs_only_downloads_from_the_start(
    owner_proposal: Api, submitted: Instance, method: str, headers: dict[str, str]
) -> None:
    """seed-api.md §4.1: not HEAD, not 304, not a Range that starts after byte 0"""
    element = DataElement.objects.get()
    url = f"/nav/app2018/instances/{submitted.id}/data/{element.id}"
    owner_proposal.call(method, url, headers=headers)
    assert reread(element).owner_downloads == []


@pytest.mark.parametrize("face", ["app", "platform"])
def test_v7_shows_the_status_on_both_faces(
    app: Api, owner_proposal: Api, submitted: Instance, face: str
) -> None:
    """V7"""
    api, base = (app, "") if face == "app" else (owner_proposal, "/nav")
    url = f"{base}/app2018/instances/{submitted.id}?instanceOwnerId=500000"
    document = api.get(url).json()
    assert document["process"]["endEvent"] == "submitted"
    assert document["status"]["isArchived"] is True


def test_v8_moves_the_workflow_both_ways_of_saying_it(
    app: Api, element: DataElement
) -> None:
    """V8"""
    url = f"/app2018/instances/{element.instance_id}"
    state = app.put(f"{url}/process/next").json()
    assert state["currentTask"]["elementId"] == "confirm"
    state = app.put(f"{url}/workflow/Submitted").json()
    assert state["endEvent"] == "submitted"
    assert "currentTask" not in state or state["currentTask"] is None


def test_v8_refuses_where_the_flow_does_not_lead(
    app: Api, element: DataElement
) -> None:
    """V8: 409, and nothing moves"""
    url = f"/app2018/instances/{element.instance_id}/workflow/submitted"
    assert_problem(app.put(url), 409, code="flow-does-not-lead-there")
    assert reread(element.instance).current_task == "formfilling"


def test_v8_refuses_while_the_conditions_are_unmet(
    app: Api, instance: Instance
) -> None:
    """V8, A-140: 409 with what is missing"""
    document = assert_problem(
        app.put(f"/app2018/instances/{instance.id}/process/next"),
        409,
        code="task-not-complete",
    )
    (issue,) = document["validationIssues"]
    assert (issue["code"], issue["field"]) == ("TooFewDataElementsOfType", "default")
    assert reread(instance).current_task == "formfilling"


def test_v9_replaces_and_deletes_data_and_instance(
    app: Api, instance: Instance
) -> None:
    """V9"""
    file = make_element(
        instance=instance,
        type_id="vedlegg",
        content=PDF,
        content_type="application/pdf",
        filename="a.pdf",
    )
    url = f"/app2018/instances/{instance.id}"
    answer = app.put(
        f"{url}/data/{file.id}",
        body=PDF + b"%",
        content_type="application/pdf",
        filename="ny.pdf",
    )
    assert answer.status_code == 201
    assert body_of(app.get(f"{url}/data/{file.id}")) == PDF + b"%"
    assert app.delete(f"{url}/data/{file.id}").status_code == 200
    assert not DataElement.objects.exists()
    assert app.delete(url).json()["status"]["isSoftDeleted"] is True


@pytest.mark.parametrize("suffix", ["", "/data?formId=default", "/process/next"])
def test_a_wrong_owner_is_an_unknown_instance(
    app: Api, instance: Instance, suffix: str
) -> None:
    """seed-api.md §3: instanceOwnerId must be the instance's owner, else 404 (D-20)"""
    joiner = "&" if "?" in suffix else "?"
    url = f"/app2018/instances/{instance.id}{suffix}{joiner}instanceOwnerId=501337"
    method = {"": "GET", "/process/next": "PUT"}.get(suffix, "POST")
    answer = app.call(
        method, url, body=FORM if method == "POST" else b"", content_type="text/xml"
    )
    assert_problem(answer, 404, code="instance-not-found")
    assert not DataElement.objects.exists()
    assert reread(instance).last_changed == instance.last_changed


def test_unknown_parameters_are_named(app: Api, instance: Instance) -> None:
    """D-22: unknown query parameters are a 400 on every v0 call"""
    answer = app.get(f"/app2018/instances/{instance.id}?instanceOwner=500000")
    document = assert_problem(answer, 400, code="parameter-invalid")
    assert document["issues"][0]["pointer"] == "?instanceOwner"


def test_the_endpoints_themselves_answer_the_application(
    anonymous_app: Api, owner_proposal: Api
) -> None:
    """seed-api.md §3: GET of the two endpoints"""
    assert anonymous_app.get("/app2018").json()["id"] == "nav/app2018"
    assert owner_proposal.get("/nav/app2018/").json()["id"] == "nav/app2018"
