"""The process over HTTP: where it stands, the next step, and who may take it."""

import pytest

from data_elements.models import DataElement
from events.models import CloudEvent
from instances.models import Instance, InstanceEvent
from tests.client import Api, assert_problem
from tests.factories import FORM, make_element, reread

pytestmark = pytest.mark.usefixtures("sandbox")


def process_url(instance: Instance, tail: str = "") -> str:
    """Return the address of an instance's process."""
    return f"/nav/app2018/instances/{instance.instance_id}/process{tail}"


def test_the_state_tells_what_the_caller_may_do(app: Api, element: DataElement) -> None:
    """A-134, clients.md: userActions[].authorized; reading and writing come first"""
    instance = element.instance
    app.put(process_url(instance, "/next"))
    state = app.get(process_url(instance)).json()
    task = state["currentTask"]
    assert (task["elementId"], task["altinnTaskType"]) == ("confirm", "confirmation")
    assert task["elementType"] == "Task"
    assert task["actions"]["confirm"] is True
    assert task["read"] is True
    authorized = {a["id"]: a["authorized"] for a in task["userActions"]}
    assert authorized["reject"] is True
    assert list(authorized) == list(task["actions"])
    assert list(authorized)[:2] == ["read", "write"]
    assert {a["type"] for a in task["userActions"]} == {"ProcessAction"}
    listed = [(t["elementId"], t["altinnTaskType"]) for t in state["processTasks"]]
    assert listed == [("formfilling", "data"), ("confirm", "confirmation")]


def test_the_owner_sees_that_confirming_is_not_his(
    owner_app: Api, app: Api, element: DataElement
) -> None:
    """A-134"""
    app.put(process_url(element.instance, "/next"))
    task = owner_app.get(process_url(element.instance)).json()["currentTask"]
    assert task["actions"]["confirm"] is False


def test_next_records_history_locks_data_and_announces(
    app: Api, element: DataElement
) -> None:
    """A-138, A-220, A-226, A-233: state, history, locks and outbox together"""
    instance = element.instance
    answer = app.put(
        process_url(instance, "/next?elementId=ignored"), content_type="application/pdf"
    )
    assert answer.status_code == 200
    assert reread(element).is_locked
    state = app.put(process_url(instance, "/next"), json={"action": "confirm"}).json()
    assert state["currentTask"] is None
    assert state["endEvent"] == "submitted"
    kinds = [event.event_type for event in InstanceEvent.objects.of(instance.pk)]
    assert kinds[-5:] == [
        "process_EndTask",
        "process_StartTask",
        "process_EndTask",
        "process_EndEvent",
        "Submited",
    ]
    assert [event.type for event in CloudEvent.objects.all()][-2:] == [
        "app.instance.process.movedTo.confirm",
        "app.instance.process.completed",
    ]
    row = reread(instance)
    assert row.archived_at == row.process_ended is not None


def test_rejecting_goes_back_and_unlocks(app: Api, element: DataElement) -> None:
    """A-216, A-223, A-225, M:A-27"""
    instance = element.instance
    app.put(process_url(instance, "/next"))
    state = app.put(process_url(instance, "/next"), json={"action": "reject"}).json()
    assert state["currentTask"]["elementId"] == "formfilling"
    assert state["currentTask"]["flowType"] == "AbandonCurrentMoveToNext"
    assert not reread(element).is_locked
    kinds = [event.event_type for event in InstanceEvent.objects.of(instance.pk)]
    assert kinds[-2:] == ["process_AbandonTask", "process_StartTask"]


@pytest.mark.parametrize(
    "path", ["completeProcess", "completeprocess", "COMPLETEPROCESS/"]
)
def test_complete_process_goes_to_the_end(
    app: Api, element: DataElement, path: str
) -> None:
    """A-145, clients.md: literals in any case"""
    state = app.put(process_url(element.instance, f"/{path}")).json()
    assert state["endEvent"] == "submitted"


def test_an_ended_process_moves_no_more(app: Api, submitted: Instance) -> None:
    """A-141, A-145"""
    document = assert_problem(
        app.put(process_url(submitted, "/next")), 409, code="process-ended"
    )
    assert document["detail"] == "Process is ended."
    assert document["validationIssues"] is None
    completing = app.put(process_url(submitted, "/completeProcess"))
    document = assert_problem(completing, 409, code="process-ended")
    assert document["detail"] == "Process is ended. It cannot be restarted."
    assert reread(submitted).last_changed == submitted.last_changed


def test_an_unknown_instance_is_404_at_next(app: Api) -> None:
    """M:A-29"""
    url = "/nav/app2018/instances/500000/00000000-0000-4000-8000-000000000000/process"
    for tail in ("/next", "/completeProcess"):
        assert_problem(app.put(url + tail), 404, code="instance-not-found")


@pytest.mark.parametrize("tail", ["/next", "/completeProcess"])
def test_a_stranger_moves_nothing(
    stranger_app: Api, element: DataElement, tail: str
) -> None:
    """M:A-24, M:A-28"""
    answer = stranger_app.put(process_url(element.instance, tail))
    assert_problem(answer, 403, code="not-permitted")
    assert reread(element.instance).current_task == "formfilling"


def test_the_owner_cannot_confirm_for_the_user(
    owner_app: Api, app: Api, element: DataElement
) -> None:
    """A-139, A-213, M:A-26: the detail names task, type and action"""
    app.put(process_url(element.instance, "/next"))
    answer = owner_app.put(process_url(element.instance, "/next"))
    document = assert_problem(answer, 403, code="process-next-not-permitted")
    assert document["title"] == "Unauthorized"
    assert document["detail"] == (
        "User is not authorized to perform process next. Task ID: confirm. Task type:"
        " confirmation. Action: none."
    )
    assert reread(element.instance).current_task == "confirm"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "json-malformed"),
        (b'{"action": 3}', 403, "process-next-not-permitted"),
        (b'{"action": {"a": 1}}', 400, "validation-failed"),
        (b'{"action": "pay"}', 403, "process-next-not-permitted"),
    ],
)
def test_a_bad_body_moves_nothing(
    app: Api, element: DataElement, body: bytes, status: int, code: str
) -> None:
    """Bad input"""
    url = process_url(element.instance, "/next")
    answer = app.put(url, body=body, content_type="application/json")
    assert_problem(answer, status, code=code)
    assert reread(element.instance).current_task == "formfilling"


def test_history_shows_each_task_once_with_its_times(
    app: Api, submitted: Instance
) -> None:
    """A-146, S-244"""
    items = app.get(process_url(submitted, "/history")).json()["processHistory"]
    names = [item["elementId"] for item in items]
    assert names == ["StartEvent_1", "formfilling", "confirm", "submitted"]
    assert all(item["ended"] for item in items[1:3])
    assert {item["performedBy"] for item in items} == {"1337"}


def test_get_next_lists_nothing_while_running(
    app: Api, instance: Instance, submitted: Instance
) -> None:
    """A-137"""
    assert app.get(process_url(instance, "/next")).json() == []
    answer = app.get(process_url(submitted, "/next"))
    assert_problem(answer, 409, code="no-current-task")


def test_a_process_begins_once(app: Api, storage: Api, instance: Instance) -> None:
    """A-136, M:A-23; an instance made in storage has none until it is started"""
    answer = app.post(process_url(instance, "/start"))
    assert_problem(answer, 409, code="process-already-started")
    made = storage.post(
        "/storage/api/v1/instances?appId=nav/app2018",
        json={"instanceOwner": {"partyId": "500000"}},
    ).json()
    url = f"/nav/app2018/instances/{made['id']}/process"
    assert app.get(f"{url}/next").json() == ["StartEvent_1"]
    document = assert_problem(app.put(f"{url}/next"), 409, code="process-not-started")
    assert document["detail"] == "Process is not started. Use start!"
    wrong = app.post(f"{url}/start?startEvent=nei")
    assert_problem(wrong, 409, code="start-event-not-found")
    assert app.post(f"{url}/start").json()["currentTask"]["elementId"] == "formfilling"


def test_too_many_and_too_large_keep_the_process(app: Api, instance: Instance) -> None:
    """A-269: what got in through the platform API is found when the task is left"""
    make_element(instance=instance)
    make_element(instance=instance, content=FORM + b"\n")
    make_element(
        instance=instance,
        type_id="vedlegg",
        content=b"x",
        content_type="text/csv",
        filename="a.csv",
    )
    answer = app.put(process_url(instance, "/next"))
    document = assert_problem(answer, 409, code="task-not-complete")
    codes = {issue["code"] for issue in document["validationIssues"]}
    assert codes == {"TooManyDataElementsOfType", "ContentTypeNotAllowed"}
    assert document["detail"] == "2 validation errors found for task formfilling"


def test_pending_scans_keep_the_process_and_are_named(
    app: Api, element: DataElement
) -> None:
    """D-26"""
    DataElement.objects.filter(pk=element.pk).update(scan_result=1)
    answer = app.put(process_url(element.instance, "/next"))
    document = assert_problem(answer, 409, code="task-not-complete")
    assert document["pendingScans"] == [str(element.id)]
    assert reread(element.instance).current_task == "formfilling"
