"""Instances that a service owner makes for others, to be seen from a day on (OWN-4)."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import orjson
import pytest

from api.readable import readable
from data_elements.models import DataElement
from events.telling import tell
from instances.models import Instance, InstanceEvent
from tests import cast
from tests.api.platform.message_box import BOX, SEARCH, change_metadata
from tests.api.platform.stated import AT_CONFIRM, process_url, step_url
from tests.client import APP_HOST, PLATFORM_HOST, Api, assert_problem
from tests.factories import FORM, make_instance

pytestmark = pytest.mark.usefixtures("sandbox")
INSTANCES = "/nav/app2018/instances"
STORAGE = "/storage/api/v1/instances"
P = cast.ORG_PARTY


def made_by_owner(visible: datetime) -> dict[str, Any]:
    """Make an instance for the organisation, with its form, to be seen later."""
    template = {
        "instanceOwner": {"organisationNumber": "353801961"},
        "visibleAfter": visible.isoformat(),
        "dueBefore": (visible + timedelta(days=30)).isoformat(),
    }
    body = b"\r\n".join(
        [
            b'--B\r\nContent-Disposition: form-data; name="instance"',
            b"Content-Type: application/json\r\n",
            orjson.dumps(template),
            b'--B\r\nContent-Disposition: form-data; name="default"',
            b"Content-Type: application/xml\r\n",
            FORM,
            b"--B--\r\n",
        ]
    )
    content_type = "multipart/form-data; boundary=B"
    answer = Api(APP_HOST, cast.OWNER).post(
        INSTANCES, body=body, content_type=content_type
    )
    assert answer.status_code == 201, answer.content
    document: dict[str, Any] = answer.json()
    return document


def lists(caller: cast.Person) -> list[int]:
    """Return how many instances the caller finds, in each way that there is."""
    app, platform = Api(APP_HOST, caller), Api(PLATFORM_HOST, caller)
    party = f"appId=nav/app2018&instanceOwner.partyId={P}"
    search = {"appId": "nav/app2018", "instanceOwner": {"partyId": str(P)}}
    found = [
        platform.get(f"{STORAGE}?{party}").json()["instances"],
        platform.post(f"{STORAGE}/search", json=search).json()["instances"],
        app.get(f"{INSTANCES}/{P}/active").json(),
        platform.post(SEARCH, json={"instanceOwnerPartyIdList": [P]}).json(),
    ]
    return [len(one) for one in found]


def reads(caller: cast.Person, instance: dict[str, Any]) -> list[int]:
    """Return the statuses of everything that reads the instance by its address."""
    app, platform = Api(APP_HOST, caller), Api(PLATFORM_HOST, caller)
    at, guid = instance["id"], instance["id"].partition("/")[2]
    element = instance["data"][0]["id"]
    answers = [
        app.get(f"{INSTANCES}/{at}"),
        app.get(f"{INSTANCES}/{at}/data/{element}"),
        app.get(f"{INSTANCES}/{at}/process"),
        app.get(f"{INSTANCES}/{at}/process/history"),
        platform.get(f"{STORAGE}/{at}"),
        platform.get(f"{STORAGE}/{at}/data/{element}"),
        platform.get(f"{STORAGE}/{at}/events"),
        app.get(f"/app2018/instances/{guid}"),
    ]
    return [one.status_code for one in answers]


def test_nobody_but_service_owners_sees_an_instance_before_its_day() -> None:
    """OWN-4: in no list, no `active`, no message box, and at no address"""
    now = datetime.now(UTC)
    instance = made_by_owner(now + timedelta(days=1))
    assert instance["dueBefore"].startswith((now + timedelta(31)).isoformat()[:19])
    assert lists(cast.SOPHIE) == [0, 0, 0, 0]
    nowhere = {**instance, "id": f"{P}/{uuid4()}"}
    for caller in (cast.SOPHIE, cast.SYSTEM_USER):
        found = reads(caller, instance)
        assert found == reads(caller, nowhere)
        assert set(found) <= {403, 404}
    assert reads(cast.OWNER, instance) == [200] * 8
    box = Api(PLATFORM_HOST, cast.SOPHIE).get(f"{BOX}/{instance['id']}")
    assert box.status_code == 404


def test_nobody_changes_an_instance_before_its_day() -> None:
    """OWN-4: what is not to be seen is not to be changed"""
    instance = made_by_owner(datetime.now(UTC) + timedelta(days=1))
    events = InstanceEvent.objects.count()
    app, at = Api(APP_HOST, cast.SOPHIE), f"{INSTANCES}/{instance['id']}"
    xml = {"body": FORM, "content_type": "application/xml"}
    element = f"{at}/data/{instance['data'][0]['id']}"
    answers = [
        app.put(f"{at}/process/next"),
        app.put(element, **xml),
        app.delete(element),
        app.post(f"{at}/data?dataType=vedlegg", **xml),
        app.delete(at),
    ]
    assert [one.status_code for one in answers] == [404, 403, 403, 403, 403]
    stored = Instance.objects.get()
    assert (stored.current_task, stored.soft_deleted_at) == ("formfilling", None)
    assert DataElement.objects.count() == 1
    assert InstanceEvent.objects.count() == events


def test_nobody_states_its_process_before_its_day() -> None:
    """OWN-4: nor by storage, where a backend does it in the user's name"""
    instance = Instance.objects.get(
        pk=made_by_owner(datetime.now(UTC) + timedelta(days=1))["id"].partition("/")[2]
    )
    platform = Api(PLATFORM_HOST, cast.SOPHIE)
    step = {"state": AT_CONFIRM, "events": []}
    for answer in (
        platform.put(process_url(instance), json=AT_CONFIRM),
        platform.put(step_url(instance), json=step),
    ):
        assert_problem(answer, 404, code="instance-not-found")
    instance.refresh_from_db()
    assert instance.current_task == "formfilling"


def test_nobody_is_told_of_an_instance_before_its_day() -> None:
    """OWN-4: not in the party's events, and not by a subscription"""
    instance = made_by_owner(datetime.now(UTC) + timedelta(days=1))
    while tell():
        pass
    feed = f"/events/api/v1/app/party?from=2020-01-01&party={P}"
    sophie, owner = cast.SOPHIE.principal(), cast.OWNER.principal()
    assert Api(PLATFORM_HOST, cast.SOPHIE).get(feed).json() == []
    assert readable(sophie, [instance["id"]]) == frozenset()
    assert readable(owner, [instance["id"]]) == {instance["id"]}
    Instance.objects.update(visible_after=datetime.now(UTC) - timedelta(seconds=1))
    assert len(Api(PLATFORM_HOST, cast.SOPHIE).get(feed).json()) == 1
    assert readable(sophie, [instance["id"]]) == {instance["id"]}


def test_nobody_copies_an_instance_before_its_day() -> None:
    """OWN-4: what is not to be seen is not to be copied"""
    change_metadata(copyInstanceSettings={"enabled": True})
    archived = make_instance(submitted=True)
    Instance.objects.update(visible_after=datetime.now(UTC) + timedelta(days=1))
    body = {
        "instanceOwner": {"partyId": str(P)},
        "sourceInstanceId": archived.instance_id,
    }
    answer = Api(APP_HOST, cast.SOPHIE).post(f"{INSTANCES}/create", json=body)
    assert_problem(answer, 500, code="copy-source-unavailable")
    assert Instance.objects.count() == 1


def test_from_its_day_on_it_is_as_any_other() -> None:
    """OWN-4: the user goes on where the owner stopped"""
    instance = made_by_owner(datetime.now(UTC) - timedelta(seconds=1))
    assert lists(cast.SOPHIE) == [1, 1, 1, 1]
    assert reads(cast.SOPHIE, instance) == [200] * 8
    answer = Api(APP_HOST, cast.SOPHIE).put(
        f"{INSTANCES}/{instance['id']}/process/next"
    )
    assert answer.status_code == 200, answer.content


def test_an_owner_finds_what_is_to_be_seen_later() -> None:
    """OWN-4: in the same list as everything else"""
    made_by_owner(datetime.now(UTC) + timedelta(days=1))
    owner = Api(PLATFORM_HOST, cast.OWNER)
    assert owner.get(f"{STORAGE}?org=nav").json()["count"] == 1
    assert owner.get(f"{STORAGE}?appId=nav/app2018").json()["count"] == 1
