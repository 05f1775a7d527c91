"""Forms that are patched, one by one or several at once."""

from uuid import uuid4

import pytest

from data_elements.models import DataElement
from instances.models import Instance, InstanceEvent
from tests.api.application.form_calls import (
    JSON,
    XML,
    as_json,
    data_url,
    element_url,
    patch,
    stored,
)
from tests.client import Api, assert_problem, body_of
from tests.factories import FORM, make_element

pytestmark = pytest.mark.usefixtures("sandbox")


def test_a_patch_changes_what_it_says(app: Api, element: DataElement) -> None:
    """A-114, A-120, A-245: unset members exist, as null"""
    answer = patch(
        app,
        element,
        {"op": "test", "path": "/periode/0/grad", "value": 100},
        {"op": "replace", "path": "/periode/0/grad", "value": 50},
        {"op": "add", "path": "/periode/-", "value": {"fom": "2018-11-01"}},
        {"op": "replace", "path": "/diagnose", "value": None},
        {"op": "copy", "from": "/arbeidsgiver/navn", "path": "/behandler/navn"},
    )
    assert answer.status_code == 200, answer.content
    (form,) = answer.json()["newDataModels"]
    assert form["dataElementId"] == str(element.id)
    assert form["data"]["diagnose"] is None
    [pair] = answer.json()["validationIssues"]
    assert pair == {"source": "DataAnnotations", "issues": []}
    now = as_json(app, element_url(element))
    assert [one["grad"] for one in now["periode"]] == [50, 50, None]
    assert now["behandler"]["navn"] == now["arbeidsgiver"]["navn"]
    saved = InstanceEvent.objects.of(element.instance_id).last()
    assert saved is not None and saved.event_type == "Saved"


def test_the_older_call_patches_one_form(app: Api, element: DataElement) -> None:
    """A-123"""
    body = {"patch": [{"op": "replace", "path": "/tilrettelegging", "value": "nei"}]}
    answer = app.call("PATCH", element_url(element), json=body)
    assert answer.status_code == 200, answer.content
    assert answer.json()["newDataModel"]["tilrettelegging"] == "nei"
    assert answer.json()["validationIssues"] == {"DataAnnotations": []}


def test_rows_get_ids_that_stay(app: Api, element: DataElement) -> None:
    """A-107, A-246: filled where they are asked for, kept, and hidden elsewhere"""
    url = element_url(element)
    with_ids = app.get(f"{url}?includeRowId=true", headers={"Accept": JSON}).json()
    ids = [row["altinnRowId"] for row in with_ids["periode"]]
    assert len(set(ids)) == 2
    again = app.get(f"{url}?includeRowId=true", headers={"Accept": JSON}).json()
    assert [row["altinnRowId"] for row in again["periode"]] == ids
    remove = {"op": "remove", "path": "/periode/0"}
    (form,) = patch(app, element, remove).json()["newDataModels"]
    assert [row["altinnRowId"] for row in form["data"]["periode"]] == ids[1:]
    plain = as_json(app, url)
    assert "altinnRowId" not in plain["periode"][0]
    for accept in (XML, "*/*"):
        told = body_of(app.get(url, headers={"Accept": accept}))
        assert told.count(b"<periode>") == 1, told
        assert b"altinnRowId" not in told
    asked = body_of(app.get(f"{url}?includeRowId=true", headers={"Accept": XML}))
    assert b'<periode altinnRowId="' + ids[1].encode() in asked


def test_the_ids_of_rows_that_are_told_of_a_new_form_are_kept(
    app: Api, instance: Instance
) -> None:
    """A-246: a patch finds the rows that it tests"""
    url = data_url(instance, "/type/default")
    made = app.post(url, body=FORM, content_type=XML).json()
    [told] = made["newDataModels"]
    periods = told["data"]["periode"]
    element = DataElement.objects.get(pk=made["newDataElementId"])
    test = {"op": "test", "path": "/periode", "value": periods}
    answer = patch(app, element, test, {"op": "remove", "path": "/periode/0"})
    assert answer.status_code == 200, answer.content
    [form] = answer.json()["newDataModels"]
    assert form["data"]["periode"] == periods[1:]


def test_who_may_only_read_gets_ids_that_nobody_keeps(
    owner_app: Api, element: DataElement
) -> None:
    """A-107: a reader's call writes nothing"""
    before = stored(element)
    url = f"{element_url(element)}?includeRowId=true"
    answer = owner_app.get(url, headers={"Accept": JSON})
    assert answer.json()["periode"][0]["altinnRowId"]
    assert stored(element)[:3] == before[:3]


@pytest.mark.parametrize(
    ("operation", "status", "code"),
    [
        (
            {"op": "test", "path": "/periode/0/grad", "value": 99},
            409,
            "patch-test-failed",
        ),
        (
            {"op": "test", "path": "/periode/0/grad", "value": True},
            409,
            "patch-test-failed",
        ),
        ({"op": "remove", "path": "/finnes/ikke"}, 422, "patch-operation-failed"),
        ({"op": "replace", "path": "/periode/9", "value": {}}, 422, None),
        ({"op": "add", "path": "/periode/01", "value": {}}, 422, None),
        ({"op": "add", "path": "/periode/-1", "value": {}}, 422, None),
        ({"op": "add", "path": "tilrettelegging", "value": ""}, 422, None),
        ({"op": "add", "path": "/tilrettelegging"}, 422, None),
        ({"op": "sjekk", "path": "/tilrettelegging"}, 422, None),
        ({"op": "move", "from": "/periode", "path": "/periode/0"}, 422, None),
        ({"op": "copy", "from": "/x", "path": "/tilrettelegging"}, 422, None),
        ({"op": "add", "path": "/ukjent", "value": 1}, 422, "patch-result-refused"),
        (
            {"op": "replace", "path": "/periode", "value": "alle"},
            422,
            "patch-result-refused",
        ),
        ({"op": "replace", "path": "", "value": []}, 422, "patch-result-refused"),
    ],
    ids=lambda value: value.get("op") if isinstance(value, dict) else None,
)
def test_a_patch_that_cannot_be_done_changes_nothing(
    app: Api,
    element: DataElement,
    operation: dict[str, object],
    status: int,
    code: str | None,
) -> None:
    """A-115, A-116, A-117: the second operation fails, so the first is not done"""
    before = stored(element)
    first = {"op": "replace", "path": "/tilrettelegging", "value": "ny"}
    answer = patch(app, element, first, operation)
    problem = assert_problem(answer, status, code=code or "patch-operation-failed")
    assert problem["dataElementId"] == str(element.id)
    assert problem["previousModel"]["tilrettelegging"] != "ny"
    if code != "patch-result-refused":
        assert problem["patchOperationIndex"] == 1
    assert stored(element) == before


def test_patches_of_several_elements_stand_or_fall_together(
    app: Api, element: DataElement
) -> None:
    """A-118, issue: nothing half-stored"""
    before = stored(element)
    good = [{"op": "replace", "path": "/tilrettelegging", "value": "ny"}]
    missing = "01890000-0000-7000-8000-000000000000"
    body = {
        "patches": [
            {"dataElementId": str(element.id), "patch": good},
            {"dataElementId": missing, "patch": good},
        ]
    }
    answer = app.call("PATCH", data_url(element.instance), json=body)
    assert_problem(answer, 404, code="data-element-not-found")
    body["patches"][1]["dataElementId"] = str(element.id)
    answer = app.call("PATCH", data_url(element.instance), json=body)
    assert_problem(answer, 400, code="patch-element-twice")
    assert stored(element) == before


def test_patches_come_for_a_hundred_elements_at_most(
    app: Api, element: DataElement
) -> None:
    """Each is looked up for itself, so more are refused before the first is"""
    one = [{"op": "replace", "path": "/tilrettelegging", "value": "ny"}]
    patches = [{"dataElementId": str(uuid4()), "patch": one} for _ in range(101)]
    url = data_url(element.instance)
    answer = app.call("PATCH", url, json={"patches": patches})
    assert_problem(answer, 400, code="validation-failed")
    answer = app.call("PATCH", url, json={"patches": patches[:100]})
    assert_problem(answer, 404, code="data-element-not-found")


def test_an_attachment_is_not_patched(app: Api, instance: Instance) -> None:
    attachment = make_element(instance=instance, type_id="vedlegg")
    before = stored(attachment)
    answer = patch(app, attachment, {"op": "add", "path": "/a", "value": 1})
    assert_problem(answer, 400, code="no-form-data")
    assert stored(attachment) == before


def test_a_patch_without_effect_writes_nothing(app: Api, element: DataElement) -> None:
    """§18.7: the same bytes are no change, once the rows have their ids"""
    grad = as_json(app, element_url(element))["periode"][0]["grad"]
    same = {"op": "replace", "path": "/periode/0/grad", "value": grad}
    assert patch(app, element, same).status_code == 200
    before = stored(element)
    assert patch(app, element, same).status_code == 200
    assert stored(element) == before


def test_the_right_is_asked_before_a_patch(
    stranger_app: Api, element: DataElement
) -> None:
    """M:A-13"""
    before = stored(element)
    operation = {"op": "replace", "path": "/tilrettelegging", "value": "ny"}
    assert patch(stranger_app, element, operation).status_code == 403
    assert stored(element) == before
