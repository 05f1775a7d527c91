"""The history of an instance in storage."""

from datetime import timedelta

import pytest

from common.times import parse_time
from instances.models import Instance, InstanceEvent
from tests.client import Api, assert_problem
from tests.factories import make_element, make_instance

pytestmark = pytest.mark.usefixtures("sandbox")


def events_url(instance: Instance, tail: str = "") -> str:
    """Return the address of an instance's events."""
    return f"/storage/api/v1/instances/{instance.instance_id}/events{tail}"


def test_events_come_oldest_first_and_by_type(
    storage: Api, submitted: Instance
) -> None:
    """S-070, S-255, S-257"""
    events = storage.get(events_url(submitted)).json()["instanceEvents"]
    assert events[0]["eventType"] == "Created"
    assert events[-1]["eventType"] == "Submited"
    times = [parse_time(event["created"]) for event in events]
    assert times == sorted(times)
    query = "?eventTypes=Created&eventTypes=Submited"
    chosen = storage.get(events_url(submitted, query)).json()["instanceEvents"]
    assert {e["eventType"] for e in chosen} == {"Created", "Submited"}


def test_a_span_takes_both_ends(storage: Api, submitted: Instance) -> None:
    """S-256"""
    only_one = storage.get(events_url(submitted, "?from=2100-01-01")).json()
    assert only_one["instanceEvents"]
    both = "?from=2100-01-01&to=2101-01-01"
    assert storage.get(events_url(submitted, both)).json()["instanceEvents"] == []
    bad = storage.get(events_url(submitted, "?from=nei&to=2101-01-01"))
    problem = assert_problem(bad, 400, code="event-span-invalid")
    assert problem["detail"] == (
        "Unable to perform query. Invalid format for time span. Use string format of"
        " UTC."
    )


def test_the_ends_of_a_span_are_in_it(storage: Api, submitted: Instance) -> None:
    """S-256: to the microsecond; a time without a zone is in UTC"""
    event = InstanceEvent.objects.of(submitted.pk).first()
    assert event is not None
    at = event.created.isoformat().removesuffix("+00:00")
    within = storage.get(events_url(submitted, f"?from={at}&to={at}")).json()
    assert str(event.id) in {one["id"] for one in within["instanceEvents"]}
    before = (event.created - timedelta(microseconds=1)).isoformat()
    none = f"?from=2020-01-01&to={before.removesuffix('+00:00')}Z"
    assert storage.get(events_url(submitted, none)).json()["instanceEvents"] == []


def test_types_are_not_split_at_commas(storage: Api, submitted: Instance) -> None:
    """S-255: nor found in another case of letters"""
    for types in ("Created,Submited", "created"):
        found = storage.get(events_url(submitted, f"?eventTypes={types}")).json()
        assert found == {"instanceEvents": []}


def test_one_event_is_read_by_id_within_its_instance(
    storage: Api, submitted: Instance
) -> None:
    """S-253, S-254, M:S-71: the instance is part of the address"""
    event = InstanceEvent.objects.of(submitted.pk).first()
    document = storage.get(events_url(submitted, f"/{event.id}")).json()
    assert document["user"] == {"userId": 1337, "authenticationLevel": 2}
    elsewhere = storage.get(events_url(make_instance(), f"/{event.id}"))
    assert_problem(elsewhere, 404, code="instance-event-not-found")


def test_who_and_when_are_the_servers_word(storage: Api, instance: Instance) -> None:
    """S-250, S-252, S-258, T-29, Z-103, M:S-72: a forged actor and time are ignored"""
    body = {
        "instanceId": instance.instance_id,
        "eventType": "InstanceForwarded",
        "created": "2020-01-01T00:00:00Z",
        "user": {"orgId": "nav", "authenticationLevel": 4},
        "additionalInfo": "note",
    }
    answer = storage.post(events_url(instance), json=body)
    assert answer.status_code == 201
    document = answer.json()
    assert document["user"] == {"userId": 1337, "authenticationLevel": 2}
    assert document["created"] > "2026"
    assert answer["Location"].endswith(f"/events/{document['id']}")


def test_an_event_names_whom_it_concerns(storage: Api, instance: Instance) -> None:
    """S-250, 3.10: as it is told, and in the message box too; nobody else is added"""
    related = {
        "userId": 1002,
        "nationalIdentityNumber": "01857012345",
        "systemUserId": "0b7c9e2e-52d4-4c0a-9f6e-2d0a6f1c3e55",
        "systemUserOwnerOrgNo": None,
    }
    body = {
        "instanceId": instance.instance_id,
        "eventType": "InstanceForwarded",
        "user": {"userId": 1},
        "relatedUser": related,
    }
    told = storage.post(events_url(instance), json=body).json()
    expected = {k: v for k, v in related.items() if v} | {"authenticationLevel": 0}
    assert told["relatedUser"] == expected
    assert told["user"] == {"userId": 1337, "authenticationLevel": 2}
    read = storage.get(events_url(instance, f"/{told['id']}")).json()
    assert read == told
    box = f"/storage/api/v1/sbl/instances/{instance.instance_id}/events"
    assert storage.get(box).json()[-1]["relatedUser"] == expected
    plain = storage.post(events_url(instance), json={**body, "relatedUser": None})
    assert "relatedUser" not in plain.json()


def test_the_owner_alone_says_where_the_process_stood(
    storage: Api, owner_storage: Api, instance: Instance
) -> None:
    """S-250, Z-103: of all others the event shows where it stands"""
    stood = {"currentTask": {"elementId": "confirm", "name": "Bekreft"}}
    body = {
        "instanceId": instance.instance_id,
        "eventType": "SentToFormFill",
        "processInfo": stood,
    }
    told = owner_storage.post(events_url(instance), json=body).json()
    assert told["processInfo"] == stood
    told = storage.post(events_url(instance), json=body).json()
    assert told["processInfo"]["currentTask"]["elementId"] == "formfilling"


@pytest.mark.parametrize(
    "event_type", ["Saved", "process_EndEvent", "DownloadConfirmed"]
)
def test_nobody_but_the_owner_adds_what_the_server_records(
    storage: Api, owner_storage: Api, instance: Instance, event_type: str
) -> None:
    """Z-103: a user could otherwise tell of a step that was never taken"""
    count = InstanceEvent.objects.count()
    body = {"instanceId": instance.instance_id, "eventType": event_type}
    answer = storage.post(events_url(instance), json=body)
    assert_problem(answer, 403, code="event-type-reserved")
    assert InstanceEvent.objects.count() == count
    assert owner_storage.post(events_url(instance), json=body).status_code == 201


def test_an_event_tells_of_an_element_of_its_instance(
    storage: Api, instance: Instance
) -> None:
    """S-253: another instance's element is none of this one's"""
    own, foreign = (
        make_element(instance=instance),
        make_element(instance=make_instance()),
    )
    body = {"instanceId": instance.instance_id, "eventType": "MessageRead"}
    answer = storage.post(events_url(instance), json={**body, "dataId": str(own.pk)})
    assert answer.json()["dataId"] == str(own.pk)
    count = InstanceEvent.objects.count()
    answer = storage.post(
        events_url(instance), json={**body, "dataId": str(foreign.pk)}
    )
    assert_problem(answer, 404, code="data-element-not-found")
    assert InstanceEvent.objects.count() == count


def test_a_guid_is_the_same_in_any_case_of_letters(
    storage: Api, instance: Instance
) -> None:
    """S-253, 1.1: as in a step of the process; it is told in one form"""
    stated = f"500000/{str(instance.id).upper()}"
    body = {"instanceId": stated, "eventType": "MessageRead"}
    answer = storage.post(events_url(instance), json=body)
    assert (answer.status_code, answer.json()["instanceId"]) == (
        201,
        instance.instance_id,
    )
    other = {**body, "instanceId": f"500001/{instance.id}"}
    detail = storage.post(events_url(instance), json=other).json()["detail"]
    assert "leave it out" not in detail  # which is a 400 as well


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (
            {"instanceId": "1/00000000-0000-4000-8000-000000000000"},
            "event-instance-mismatch",
        ),
        ({"instanceId": None}, "event-instance-missing"),
        ({"eventType": "hacked"}, "event-type-unknown"),
        ({"dataId": "no guid"}, "validation-failed"),
        ({"additionalInfo": "x" * 4001}, "validation-failed"),
        ({"relatedUser": {"userId": 2**40}}, "validation-failed"),
    ],
    ids=["M:S-73", "S-251", "type", "data-id", "too-long", "related"],
)
def test_a_false_event_is_refused(
    storage: Api, instance: Instance, change: dict[str, object], code: str
) -> None:
    """D-13, S-251, S-253"""
    count = InstanceEvent.objects.count()
    body = {"instanceId": instance.instance_id, "eventType": "MessageRead", **change}
    assert_problem(storage.post(events_url(instance), json=body), 400, code=code)
    assert InstanceEvent.objects.count() == count


def test_a_stranger_adds_nothing(stranger_storage: Api, instance: Instance) -> None:
    """M:S-72"""
    count = InstanceEvent.objects.count()
    body = {"instanceId": instance.instance_id, "eventType": "Saved"}
    answer = stranger_storage.post(events_url(instance), json=body)
    assert_problem(answer, 403, code="not-permitted")
    assert InstanceEvent.objects.count() == count
