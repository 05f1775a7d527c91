"""What each call of storage changes: times, who did it, and what history tells."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from data_elements.models import DataElement
from instances.models import Instance, InstanceEvent
from tests import cast
from tests.api.platform.message_box import BOX
from tests.api.platform.stated import AT_CONFIRM, event_of
from tests.changed_app import deploy, form_type
from tests.client import PLATFORM_HOST, Api
from tests.factories import make_element, make_instance, reread

pytestmark = pytest.mark.usefixtures("sandbox")
ALL = "/storage/api/v1/instances"
SOPHIE, OWNER = ("1337", cast.SOPHIE), ("310000000", cast.OWNER)


@dataclass(frozen=True)
class Change:
    """A call, and what it leaves: who stamps instance and element, and which events."""

    name: str
    by: tuple[str, cast.Person]
    call: Callable[[Api, str, DataElement], Any]
    instance: bool = True  # is stamped
    element: bool = False
    events: tuple[tuple[str, bool], ...] = ()  # the type, and whether of the element


def _instance_url(element: DataElement) -> str:
    return f"{ALL}/{element.instance.instance_id}"


def _state(api: Api, url: str, element: DataElement) -> Any:
    left = event_of(element.instance, "process_EndTask")
    body = {"state": AT_CONFIRM, "events": [left]}
    return api.put(f"{url}/process/instanceandevents", json=body)


def _describe(api: Api, url: str, element: DataElement) -> Any:
    ids = {"id": str(element.id), "instanceGuid": str(element.instance_id)}
    return api.put(f"{url}/dataelements/{element.id}", json={**ids, "tags": ["a"]})


def _scan(api: Api, url: str, element: DataElement) -> Any:
    return Api(PLATFORM_HOST, headers=cast.platform_headers()).put(
        f"{url}/dataelements/{element.id}/filescanstatus",
        json={"fileScanResult": "Clean"},
    )


def _box(api: Api, url: str, element: DataElement) -> Any:
    return api.delete(f"{BOX}/{element.instance.instance_id}")


CHANGES = [
    Change("delete", SOPHIE, lambda a, u, e: a.delete(u), events=(("Deleted", False),)),
    Change(
        "delete for good",
        SOPHIE,
        lambda a, u, e: a.delete(f"{u}?hard=true"),
        events=(("Deleted", False),),
    ),
    Change("delete in the message box", SOPHIE, _box, events=(("Deleted", False),)),
    Change(
        "confirm",
        OWNER,
        lambda a, u, e: a.post(f"{u}/complete"),
        events=(("ConfirmedComplete", False),),
    ),
    Change(
        "read status",
        SOPHIE,
        lambda a, u, e: a.put(f"{u}/readstatus?status=unread"),
        instance=False,
    ),
    Change(
        "substatus",
        OWNER,
        lambda a, u, e: a.put(f"{u}/substatus", json={"label": "x"}),
        events=(("SubstatusUpdated", False),),
    ),
    Change(
        "presentation texts",
        SOPHIE,
        lambda a, u, e: a.put(f"{u}/presentationtexts", json={"texts": {"a": "b"}}),
        instance=False,
    ),
    Change(
        "data values",
        SOPHIE,
        lambda a, u, e: a.put(f"{u}/datavalues", json={"values": {"a": "b"}}),
        instance=False,
    ),
    Change("process", SOPHIE, lambda a, u, e: a.put(f"{u}/process", json=AT_CONFIRM)),
    Change("step", SOPHIE, _state, events=(("process_EndTask", False),)),
    Change(
        "overwrite",
        SOPHIE,
        lambda a, u, e: a.put(f"{u}/data/{e.id}", body=b"<b/>"),
        element=True,
        events=(("Saved", True),),
    ),
    Change(
        "download",
        SOPHIE,
        lambda a, u, e: a.get(f"{u}/data/{e.id}"),
        instance=False,
    ),
    Change("description", SOPHIE, _describe, element=True),
    Change(
        "delete an element with delay",
        SOPHIE,
        lambda a, u, e: a.delete(f"{u}/data/{e.id}?delay=true"),
        element=True,
        events=(("Deleted", True),),
    ),
    Change(
        "lock", SOPHIE, lambda a, u, e: a.put(f"{u}/data/{e.id}/lock"), instance=False
    ),
    Change(
        "unlock",
        SOPHIE,
        lambda a, u, e: a.delete(f"{u}/data/{e.id}/lock"),
        instance=False,
    ),
    Change("scan", SOPHIE, _scan, instance=False),
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.name)
def test_what_a_call_changes(change: Change, tmp_path: Any) -> None:
    """S-362, S-119, S-130, S-140, S-192, S-195, S-205: table 6.1, row by row"""
    deploy(
        tmp_path,
        lambda m: form_type(m)["appLogic"].update(autoDeleteOnProcessEnd=True),
    )
    element = make_element(instance=make_instance(by=cast.SYSTEM_USER.principal()))
    DataElement.objects.update(is_read=False, last_changed_by="before")
    Instance.objects.update(last_changed_by="before")
    instance, element = reread(element.instance), reread(element)
    known = set(InstanceEvent.objects.values_list("pk", flat=True))
    performer, person = change.by
    api = Api(PLATFORM_HOST, person)
    answer = change.call(api, _instance_url(element), element)
    assert answer.status_code in (200, 201), answer.content
    for row, is_stamped in (
        (instance, change.instance),
        (element, change.element),
    ):
        now = reread(row)
        assert (now.last_changed > row.last_changed) is is_stamped
        assert now.last_changed_by == (performer if is_stamped else "before")
    if change.element:
        assert reread(element).last_changed <= reread(instance).last_changed
    told = InstanceEvent.objects.exclude(pk__in=known).order_by("created", "id")
    assert [(one.event_type, one.data_id == element.pk) for one in told] == list(
        change.events
    )


@pytest.mark.parametrize("by", [SOPHIE, OWNER], ids=["user", "owner"])
def test_what_an_upload_and_an_immediate_deletion_change(
    instance: Instance, by: tuple[str, cast.Person]
) -> None:
    """S-362, S-161, S-179: the instance with the element, by whoever calls"""
    performer, person = by
    api, url = Api(PLATFORM_HOST, person), f"{ALL}/{instance.instance_id}/data"
    Instance.objects.update(last_changed_by="before")
    made = api.post(f"{url}?dataType=vedlegg", body=b"x").json()
    after = reread(instance)
    assert made["createdBy"] == made["lastChangedBy"] == performer
    assert made["created"] == made["lastChanged"]
    assert after.last_changed_by == performer
    assert after.last_changed > instance.last_changed
    Instance.objects.update(last_changed_by="before")
    assert api.delete(f"{url}/{made['id']}").json()["id"] == made["id"]
    last = reread(instance)
    assert last.last_changed > after.last_changed
    assert last.last_changed_by == performer
    events = list(InstanceEvent.objects.of(instance.pk))[-2:]
    assert [(one.event_type, str(one.data_id)) for one in events] == [
        ("Created", made["id"]),
        ("Deleted", made["id"]),
    ]


def test_a_deletion_is_stamped_again_when_it_is_repeated(
    storage: Api, instance: Instance
) -> None:
    """S-100, S-107: softly it sets that alone; again, a new time and an event"""
    url = f"{ALL}/{instance.instance_id}"
    assert storage.delete(url).json()["status"]["isHardDeleted"] is False
    first = reread(instance)
    assert first.soft_deleted_at is not None
    assert (first.hard_deleted_at, first.archived_at) == (None, None)
    status = storage.delete(url).json()["status"]
    second = reread(instance)
    assert second.soft_deleted_at > first.soft_deleted_at
    assert (status["isSoftDeleted"], status["isHardDeleted"]) == (True, False)
    for _ in range(2):
        third, before = reread(instance), reread(instance).hard_deleted_at
        storage.delete(f"{url}?hard=true")
        last = reread(instance)
        assert last.soft_deleted_at == third.soft_deleted_at
        assert last.hard_deleted_at > (before or third.soft_deleted_at)
    told = InstanceEvent.objects.of(instance.pk).filter(event_type="Deleted")
    assert told.count() == 4
