"""The process of an instance in storage, as an application's backend states it."""

from typing import Any
from uuid import uuid4

import pytest

from instances.models import Instance, InstanceEvent
from tests.api.platform.stated import (
    AT_CONFIRM,
    ENDED,
    FROM_CONFIRM,
    announced,
    event_of,
    process_url,
    step_url,
    told,
)
from tests.client import Api, assert_problem
from tests.factories import make_element, make_instance, reread

pytestmark = pytest.mark.usefixtures("sandbox")
IDLE = {"transition": {"state": "idle"}}


# --- putting a state in place of another ----------------------------------------------
def test_a_state_takes_the_place_of_the_old_one(
    owner_storage: Api, instance: Instance
) -> None:
    """S-222, S-225: nulls are dropped, nothing of the old is left"""
    before = reread(instance)
    body = {**AT_CONFIRM, "ended": None, "endEvent": None, "unknown": 1}
    answer = owner_storage.put(process_url(instance), json=body)
    assert answer.status_code == 200
    document = answer.json()
    assert document["process"] == AT_CONFIRM | IDLE
    assert document["selfLinks"]["platform"].endswith(instance.instance_id)
    after = reread(instance)
    assert after.process == AT_CONFIRM
    assert (after.current_task, after.end_event) == ("confirm", None)
    assert after.last_changed > before.last_changed
    assert after.last_changed_by == "310000000"
    assert announced(instance)[-1:] == ["app.instance.process.movedTo.confirm"]


def test_times_are_read_with_seven_digits_and_any_zone(
    storage: Api, instance: Instance
) -> None:
    """S-222, 1.3"""
    task = {**FROM_CONFIRM, "started": "2026-01-15T10:12:00.1234567+01:00"}
    body = {"started": "2026-01-15T09:00:00", "currentTask": task}
    document = storage.put(process_url(instance), json=body).json()["process"]
    assert document["started"] == "2026-01-15T09:00:00Z"
    assert document["currentTask"]["started"] == "2026-01-15T09:12:00.123456Z"


def test_the_process_of_nothing_is_not_found(storage: Api, instance: Instance) -> None:
    """S-223: nor with another's party id"""
    for address in (f"500000/{uuid4()}", f"500005/{instance.id}"):
        url = f"/storage/api/v1/instances/{address}/process"
        assert_problem(
            storage.put(url, json=AT_CONFIRM), 404, code="instance-not-found"
        )
        answer = storage.put(f"{url}/instanceandevents", json={"state": AT_CONFIRM})
        assert_problem(answer, 404, code="instance-not-found")
    assert reread(instance).current_task == "formfilling"


def test_a_process_without_a_task_stays_as_it_is(
    owner_storage: Api, stranger_storage: Api, submitted: Instance
) -> None:
    """S-224: and a stranger is not told where it stands"""
    before = reread(submitted)
    answer = owner_storage.put(process_url(submitted), json=AT_CONFIRM)
    assert_problem(answer, 403, code="no-task-to-leave")
    answer = stranger_storage.put(process_url(submitted), json=AT_CONFIRM)
    assert_problem(answer, 403, code="not-permitted")
    assert reread(submitted).process == before.process


def test_the_end_archives_once_at_the_time_that_is_stated(
    storage: Api, instance: Instance
) -> None:
    """S-229"""
    answer = storage.put(process_url(instance), json=ENDED)
    status = answer.json()["status"]
    assert (status["isArchived"], status["archived"]) == (True, ENDED["ended"])
    row = reread(instance)
    assert (row.current_task, row.end_event) == (None, "submitted")
    assert announced(instance)[-1] == "app.instance.process.completed"


def test_entering_a_signing_task_is_told(storage: Api, instance: Instance) -> None:
    """S-230: with events too, after them"""
    task = {**FROM_CONFIRM, "altinnTaskType": "signing"}
    before = told(instance)
    storage.put(process_url(instance), json={"currentTask": task})
    assert told(instance) == [*before, "SentToSign"]
    other = make_instance()
    before = told(other)
    body = {
        "state": {"currentTask": task},
        "events": [event_of(other, "process_EndTask")],
    }
    assert storage.put(step_url(other), json=body).status_code == 200
    assert told(other) == [*before, "process_EndTask", "SentToSign"]


def test_the_filter_on_tasks_sees_the_new_one_at_once(
    storage: Api, owner_storage: Api, instance: Instance
) -> None:
    """S-243"""
    url = "/storage/api/v1/instances?appId=nav/app2018&process.currentTask="
    assert owner_storage.get(f"{url}confirm").json()["count"] == 0
    storage.put(process_url(instance), json=AT_CONFIRM)
    assert owner_storage.get(f"{url}confirm").json()["count"] == 1
    assert owner_storage.get(f"{url}formfilling").json()["count"] == 0


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"currentTask": "confirm"},
        {"currentTask": {}},
        {"currentTask": {"elementId": ""}},
        {"currentTask": {"elementId": "x" * 129}},
        {"currentTask": {**FROM_CONFIRM, "flow": "third"}},
        {"currentTask": {**FROM_CONFIRM, "flow": 2**31}},
        {"currentTask": {**FROM_CONFIRM, "name": "x" * 256}},
        {"currentTask": {**FROM_CONFIRM, "started": "yesterday"}},
        {"started": "0001-01-01T00:00:00+14:00"},
        {"ended": "2026-01-01T00:00:00Z", "currentTask": FROM_CONFIRM},
        {"endEvent": "x" * 129, "ended": "2026-01-01T00:00:00Z"},
    ],
)
def test_a_state_that_is_none_is_refused(
    storage: Api, instance: Instance, body: Any
) -> None:
    """W28: and the process stays"""
    for url, sent in (
        (process_url(instance), body),
        (step_url(instance), {"state": body}),
    ):
        assert_problem(storage.put(url, json=sent), 400, code="validation-failed")
    assert reread(instance).process == instance.process


def test_no_state_at_all_is_refused(storage: Api, instance: Instance) -> None:
    """S-222, S-011"""
    for body in (b"", b"null", b"{"):
        answer = storage.put(
            process_url(instance), body=body, content_type="application/json"
        )
        assert answer.status_code == 400
    assert reread(instance).process == instance.process


# --- a state with its events ----------------------------------------------------------
def test_a_step_writes_state_and_events_together(
    storage: Api, instance: Instance
) -> None:
    """S-231: in the order of their times; who and when are the server's word (D-13)"""
    before = told(instance)
    ended = event_of(
        instance,
        "process_EndTask",
        created="2026-01-01T00:00:01Z",
        processInfo={"currentTask": {"elementId": "formfilling"}},
    )
    started = event_of(
        instance,
        "process_StartTask",
        created="2026-01-01T00:00:02Z",
        user={"orgId": "skd", "nationalIdentityNumber": "01017012345"},
        relatedUser={"orgId": "nav"},
        additionalInfo="note",
    )
    body = {"state": AT_CONFIRM, "events": [started, ended]}
    answer = storage.put(step_url(instance), json=body)
    assert answer.status_code == 200
    assert answer.json()["process"] == AT_CONFIRM | IDLE
    assert told(instance) == [*before, "process_EndTask", "process_StartTask"]
    first, second = list(InstanceEvent.objects.of(instance.pk))[-2:]
    assert first.process == {"currentTask": {"elementId": "formfilling"}}
    assert second.process == AT_CONFIRM
    assert second.additional_info == "note"
    assert second.related_user == {"orgId": "nav", "authenticationLevel": 0}
    for event in (first, second):
        assert event.actor == {"userId": 1337, "authenticationLevel": 2}
        assert event.created == reread(instance).last_changed
    assert announced(instance)[-1:] == ["app.instance.process.movedTo.confirm"]


@pytest.mark.parametrize("events", [{}, {"events": None}, {"events": []}])
def test_a_step_without_events_changes_the_state_alone(
    storage: Api, instance: Instance, events: dict[str, Any]
) -> None:
    """4.6.2"""
    before = told(instance)
    answer = storage.put(step_url(instance), json={"state": AT_CONFIRM, **events})
    assert answer.status_code == 200
    assert told(instance) == before
    assert reread(instance).current_task == "confirm"


@pytest.mark.parametrize(
    ("change", "code", "detail"),
    [
        (
            {"instanceId": " "},
            "event-instance-missing",
            "Missing instance ID in InstanceEvent",
        ),
        (
            {"instanceId": None},
            "event-instance-missing",
            "Missing instance ID in InstanceEvent",
        ),
        (
            {"instanceId": "500000/00000000-0000-4000-8000-000000000000"},
            "event-of-another-instance",
            "Instance ID in InstanceEvent does not match the Instance ID",
        ),
        ({"user": None}, "event-user-invalid", "Invalid user object in User"),
        ({"user": {}}, "event-user-invalid", "Invalid user object in User"),
        (
            {"user": {"orgId": " "}},
            "event-user-invalid",
            "Invalid user object in User",
        ),
        (
            {"user": {"userId": 1, "systemUserId": str(uuid4())}},
            "event-user-invalid",
            "Invalid user object in User",
        ),
        ({"eventType": "process_endtask"}, "event-type-unknown", ""),
        ({"eventType": "hacked"}, "event-type-unknown", ""),
        ({"eventType": None}, "validation-failed", ""),
        ({"dataId": "none"}, "validation-failed", ""),
    ],
)
def test_a_step_with_a_false_event_is_not_taken(
    storage: Api,
    stranger_storage: Api,
    instance: Instance,
    change: dict[str, Any],
    code: str,
    detail: str,
) -> None:
    """S-232, S-233, S-234, S-236, S-242: all or nothing, and asked before the right"""
    before = told(instance)
    good = event_of(instance, "process_EndTask")
    body = {"state": AT_CONFIRM, "events": [good, {**good, **change}]}
    for api in (storage, stranger_storage):
        problem = assert_problem(api.put(step_url(instance), json=body), 400, code=code)
        assert detail in problem["detail"]
    assert told(instance) == before
    assert reread(instance).process == instance.process


@pytest.mark.parametrize(
    "user",
    [
        {"userId": 1},
        {"orgId": "nav"},
        {"endUserSystemId": 2},
        {"systemUserId": str(uuid4()), "systemUserOwnerOrgNo": "310000000"},
    ],
)
def test_whoever_is_named_somehow_is_named(
    storage: Api, instance: Instance, user: dict[str, Any]
) -> None:
    """S-233, S-234"""
    event = event_of(instance, "process_EndTask", user=user)
    body = {"state": AT_CONFIRM, "events": [event]}
    assert storage.put(step_url(instance), json=body).status_code == 200


@pytest.mark.parametrize("body", [{}, {"state": None, "events": []}])
def test_a_step_without_a_state_is_not_taken(
    storage: Api, instance: Instance, body: dict[str, Any]
) -> None:
    """S-235"""
    answer = storage.put(step_url(instance), json=body)
    problem = assert_problem(answer, 400, code="process-state-missing")
    assert problem["detail"] == "Invalid instance state"
    assert reread(instance).process == instance.process


def test_a_user_tells_of_steps_and_of_nothing_else(
    storage: Api, owner_storage: Api, instance: Instance
) -> None:
    """D-13: a confirmation or a signature that never was is not told"""
    before = told(instance)
    body = {
        "state": AT_CONFIRM,
        "events": [event_of(instance, "ConfirmedComplete")],
    }
    answer = storage.put(step_url(instance), json=body)
    assert_problem(answer, 403, code="event-type-reserved")
    assert told(instance) == before
    assert reread(instance).current_task == "formfilling"
    assert owner_storage.put(step_url(instance), json=body).status_code == 200


def test_an_event_is_of_an_element_of_the_instance(
    storage: Api, instance: Instance
) -> None:
    """D-15"""
    own, foreign = (
        make_element(instance=instance),
        make_element(instance=make_instance()),
    )
    before = told(instance)
    event = event_of(instance, "process_EndTask", dataId=str(foreign.pk))
    body = {"state": AT_CONFIRM, "events": [event]}
    answer = storage.put(step_url(instance), json=body)
    assert_problem(answer, 404, code="data-element-not-found")
    assert told(instance) == before
    event["dataId"] = str(own.pk)
    assert storage.put(step_url(instance), json=body).status_code == 200
    assert InstanceEvent.objects.of(instance.pk).last().data_id == own.pk


def test_more_events_than_a_step_has_are_refused(
    storage: Api, instance: Instance
) -> None:
    """At most a hundred"""
    before = told(instance)
    events = [event_of(instance, "process_EndTask")] * 101
    answer = storage.put(
        step_url(instance), json={"state": AT_CONFIRM, "events": events}
    )
    assert_problem(answer, 400, code="validation-failed")
    assert told(instance) == before
