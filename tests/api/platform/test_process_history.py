"""The process history of an instance in storage."""

from uuid import uuid4

import pytest

from common.times import parse_time
from instances.models import Instance, InstanceEvent
from tests.api.platform.stated import AT_CONFIRM, event_of, process_url, step_url
from tests.client import Api, assert_problem
from tests.factories import make_instance, now

pytestmark = pytest.mark.usefixtures("sandbox")


def history_of(api: Api, instance: Instance) -> list[dict[str, str]]:
    """Return the items of the instance's history."""
    answer = api.get(f"{process_url(instance)}/history")
    assert answer.status_code == 200
    items: list[dict[str, str]] = answer.json()["processHistory"]
    return items


def add(instance: Instance, event_type: str, **members: object) -> None:
    """Add an event as another writer would have."""
    InstanceEvent.objects.create(
        instance_id=instance.pk,
        owner_party_id=instance.owner_party_id,
        created=now(),
        event_type=event_type,
        **members,
    )


def test_events_and_tasks_are_listed_in_their_order(
    storage: Api, submitted: Instance
) -> None:
    """S-063, S-244, S-245: each task once, with its times"""
    items = history_of(storage, submitted)
    assert [(item["eventType"], item["elementId"]) for item in items] == [
        ("process_StartEvent", "StartEvent_1"),
        ("process_StartTask", "formfilling"),
        ("process_StartTask", "confirm"),
        ("process_EndEvent", "submitted"),
    ]
    assert "ended" not in items[0]
    for task in items[1:3]:
        assert parse_time(task["started"]) <= parse_time(task["ended"])
        assert task["occured"] == task["started"]  # when it was entered
    assert parse_time(items[0]["occured"]) < parse_time(items[2]["started"])
    times = [parse_time(item["occured"]) for item in items]
    assert times == sorted(times)


def test_what_a_backend_states_is_history_too(storage: Api, instance: Instance) -> None:
    """S-231, S-244"""
    left = event_of(instance, "process_EndTask", processInfo=instance.process)
    entered = event_of(instance, "process_StartTask", processInfo=AT_CONFIRM)
    body = {"state": AT_CONFIRM, "events": [left, entered]}
    assert storage.put(step_url(instance), json=body).status_code == 200
    items = history_of(storage, instance)
    assert [item["elementId"] for item in items] == [
        "StartEvent_1",
        "formfilling",
        "confirm",
    ]
    assert items[1]["ended"] == items[2]["started"]


@pytest.mark.parametrize(
    ("actor", "name"),
    [
        (
            {"nationalIdentityNumber": "01017012345", "orgId": "nav", "userId": 1},
            "01017012345",
        ),
        ({"orgId": "nav", "systemUserOwnerOrgNo": "310000000", "userId": 1}, "nav"),
        ({"systemUserOwnerOrgNo": "310000000"}, "310000000"),
        ({}, ""),
    ],
)
def test_who_did_it_is_named_by_the_first_there_is(
    storage: Api, instance: Instance, actor: dict[str, object], name: str
) -> None:
    """S-246"""
    InstanceEvent.objects.all().delete()
    add(instance, "process_StartEvent", process={"startEvent": "start"}, actor=actor)
    (item,) = history_of(storage, instance)
    assert item["performedBy"] == name


def test_without_events_there_is_no_history(storage: Api, instance: Instance) -> None:
    """S-247"""
    InstanceEvent.objects.exclude(event_type="Created").delete()
    assert history_of(storage, instance) == []


def test_events_that_say_little_are_no_fault(storage: Api, instance: Instance) -> None:
    """4.6.3: without a state, a task or a name"""
    InstanceEvent.objects.all().delete()
    for event_type in (
        "process_StartEvent",
        "process_StartTask",
        "process_EndTask",
        "process_AbandonTask",
        "process_EndEvent",
    ):
        add(instance, event_type, process=None)
        add(instance, event_type, process={"currentTask": None})
    items = history_of(storage, instance)
    assert [(item["eventType"], item["performedBy"]) for item in items] == [
        ("process_StartEvent", ""),
        ("process_StartTask", ""),
        ("process_EndEvent", ""),
    ]


def test_nobody_else_sees_it(
    stranger_storage: Api, storage: Api, instance: Instance
) -> None:
    """M:S-68, M:S-74"""
    url = f"{process_url(instance)}/history"
    assert_problem(stranger_storage.get(url), 403, code="not-permitted")
    nowhere = url.replace(str(instance.pk), str(uuid4()))
    assert_problem(storage.get(nowhere), 403, code="not-permitted")
    assert history_of(storage, make_instance())
