"""While an instance is locked, nobody but the lock's holder changes it (D-25)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from data_elements.models import DataElement
from events.models import CloudEvent
from instances import locks
from instances.errors import InstanceLocked
from instances.models import Instance, InstanceEvent
from parties.identity import Principal, PrincipalKind
from tests.cast import OWNER, OWNER_PRINCIPAL
from tests.client import APP_HOST, PLATFORM_HOST, STORAGE_HOST, Api, assert_problem
from tests.factories import FORM, PDF, make_element, make_instance, now, reread, submit
from tests.instance_lock import HEADER, keep, take

pytestmark = pytest.mark.usefixtures("sandbox")

_TABLES = (Instance, DataElement, InstanceEvent, CloudEvent)


@dataclass
class World:
    """An instance, its form and a file."""

    instance: Instance
    form: DataElement
    file: DataElement


@dataclass(frozen=True)
class Write:
    """A change, by somebody who may make it: the owner, or Sophie.

    ``given`` is how far the instance has come then.
    """

    host: str
    method: str
    path: str
    json: object = None
    body: bytes = b""
    content_type: str = ""
    given: str = ""
    owner: bool = False
    status: tuple[int, ...] = (200, 201)

    def __str__(self) -> str:
        return f"{self.host.partition('.')[0]} {self.method} {self.path}"


_S = "/storage/api/v1/instances/{id}"
_A = "/nav/app2018/instances/{id}"
_V = "/app2018/instances/{guid}"
_VS = "/nav/app2018/instances/{guid}"
_XML: Mapping[str, Any] = {"body": FORM, "content_type": "application/xml"}
_FILE: Mapping[str, Any] = {"body": PDF, "content_type": "application/pdf"}
_CONFIRM = {"elementId": "confirm", "altinnTaskType": "confirmation", "flow": 3}
_EVENT = {
    "instanceId": "{id}",
    "eventType": "process_EndTask",
    "user": {"userId": 1337},
}
_CHANGED = {"op": "replace", "path": "/tilrettelegging", "value": "nei"}
_METADATA = {"id": "{file}", "instanceGuid": "{guid}", "tags": ["a"]}


def _writes() -> list[Write]:
    platform, app, old = PLATFORM_HOST, APP_HOST, STORAGE_HOST
    ended = {"given": "ended", "owner": True}
    return [
        # --- the platform API -------------------------------------------------
        Write(platform, "DELETE", _S),
        Write(platform, "DELETE", f"{_S}?hard=true"),
        Write(platform, "POST", f"{_S}/complete", **ended),
        Write(platform, "PUT", f"{_S}/readstatus?status=Unread"),
        Write(platform, "PUT", f"{_S}/substatus", {"label": "a"}, owner=True),
        Write(platform, "PUT", f"{_S}/presentationtexts", {"texts": {"a": "b"}}),
        Write(platform, "PUT", f"{_S}/datavalues", {"values": {"a": "b"}}),
        Write(platform, "POST", f"{_S}/data?dataType=vedlegg", **_FILE),
        Write(platform, "PUT", f"{_S}/data/{{file}}", **_FILE),
        Write(platform, "DELETE", f"{_S}/data/{{file}}"),
        Write(platform, "PUT", f"{_S}/dataelements/{{file}}", _METADATA),
        Write(platform, "PUT", f"{_S}/data/{{file}}/lock"),
        Write(platform, "DELETE", f"{_S}/data/{{file}}/lock"),
        Write(platform, "PUT", f"{_S}/process", {"currentTask": _CONFIRM}),
        Write(
            platform,
            "PUT",
            f"{_S}/process/instanceandevents",
            {"state": {"currentTask": _CONFIRM}, "events": [_EVENT]},
        ),
        # --- the application API ----------------------------------------------
        Write(app, "DELETE", _A),
        Write(app, "POST", f"{_A}/complete", **ended),
        Write(app, "PUT", f"{_A}/substatus", {"label": "a"}, owner=True),
        Write(app, "PUT", f"{_A}/process/next"),
        Write(app, "PUT", f"{_A}/process/completeProcess"),
        Write(app, "POST", f"{_A}/data?dataType=vedlegg", **_FILE),
        Write(app, "PUT", f"{_A}/data/{{form}}", **_XML),
        Write(app, "DELETE", f"{_A}/data/{{file}}"),
        Write(app, "PATCH", f"{_A}/data/{{form}}", {"patch": [_CHANGED]}),
        Write(
            app,
            "PATCH",
            f"{_A}/data",
            {"patches": [{"dataElementId": "{form}", "patch": [_CHANGED]}]},
        ),
        # --- the proposal's calls ---------------------------------------------
        Write(app, "DELETE", _V),
        Write(app, "POST", f"{_V}/complete", **ended),
        Write(app, "POST", f"{_V}/data?formId=vedlegg", **_FILE),
        Write(app, "PUT", f"{_V}/data/{{form}}", **_XML),
        Write(app, "DELETE", f"{_V}/data/{{file}}"),
        Write(app, "PUT", f"{_V}/process/next"),
        Write(app, "PUT", f"{_V}/process/completeProcess"),
        Write(app, "PUT", f"{_V}/workflow/confirm"),
        Write(old, "DELETE", _VS),
        Write(old, "POST", f"{_VS}/complete", **ended),
        Write(old, "POST", f"{_VS}/data?formId=vedlegg", **_FILE),
        Write(old, "PUT", f"{_VS}/data/{{form}}", **_XML),
        Write(old, "DELETE", f"{_VS}/data/{{file}}"),
    ]


def made() -> World:
    """Return an instance with its form and a file."""
    instance = make_instance()
    return World(
        instance,
        make_element(instance=instance),
        make_element(
            instance=instance,
            type_id="vedlegg",
            content=PDF,
            content_type="application/pdf",
            filename="a.pdf",
        ),
    )


def filled(value: object, world: World) -> Any:
    """Return the value with the ids in it."""
    if isinstance(value, str):
        return (
            value.replace("{id}", world.instance.instance_id)
            .replace("{guid}", str(world.instance.id))
            .replace("{form}", str(world.form.id))
            .replace("{file}", str(world.file.id))
        )
    if isinstance(value, Mapping):
        return {name: filled(inner, world) for name, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner, world) for inner in value]
    return value


def call(write: Write, api: Api, world: World, token: Mapping[str, str]) -> Any:
    """Make the change."""
    return api.call(
        write.method,
        filled(write.path, world),
        json=filled(write.json, world),
        body=write.body,
        content_type=write.content_type,
        filename="a.pdf" if write.content_type == "application/pdf" else "",
        headers=token,
    )


def everything() -> list[object]:
    """Return every row of what could be changed."""
    return [sorted(map(str, table._default_manager.values())) for table in _TABLES]


@pytest.mark.parametrize("write", _writes(), ids=str)
def test_a_write_waits_for_anothers_lock(
    write: Write, storage: Api, owner_storage: Api
) -> None:
    """S-220 by D-25: 409, and nothing is changed; with the token it is"""
    world = made()
    holder, caller = (
        (storage, OWNER) if write.owner else (owner_storage, storage.caller)
    )
    token = take(holder, world.instance)
    if write.given == "ended":
        submit(world.instance)  # by Sophie, who holds the lock
    api = Api(write.host, caller)
    before = everything()
    answer = call(write, api, world, {})
    assert_problem(answer, 409, code="instance-locked")
    assert 0 < int(answer["Retry-After"]) <= 60
    assert everything() == before
    false = {HEADER: "eyJpZCI6MSwic2VjcmV0IjoiQUFBQSJ9"}
    assert_problem(call(write, api, world, false), 409, code="instance-locked")
    assert everything() == before
    answer = call(write, api, world, token)
    assert answer.status_code in write.status, answer.content


@pytest.mark.parametrize("write", _writes(), ids=str)
def test_a_write_of_the_holder_passes(
    write: Write, storage: Api, owner_storage: Api
) -> None:
    """D-25: without the token, as backends of applications write"""
    world = made()
    if write.given == "ended":
        submit(world.instance)
    holder = owner_storage if write.owner else storage
    take(holder, world.instance)
    answer = call(write, Api(write.host, holder.caller), world, {})
    assert answer.status_code in write.status, answer.content


def test_confirming_a_download_waits_too(
    storage: Api, owner_storage: Api, instance: Instance
) -> None:
    """D-25: though it does not touch the instance's own row"""
    element = make_element(instance=instance)
    owner = Api(APP_HOST, OWNER)
    url = f"/app2018/instances/{instance.id}/data/{element.id}"
    assert owner.get(url).status_code == 200
    token = take(storage, instance)
    answer = owner.post(f"{url}/downloaded")
    assert_problem(answer, 409, code="instance-locked")
    assert reread(element).owner_confirmed_at is None
    assert owner.post(f"{url}/downloaded", headers=token).status_code == 200


def test_starting_a_process_waits_too(
    storage: Api, owner_storage: Api, instance: Instance
) -> None:
    """D-25"""
    Instance.objects.update(process={}, current_task=None)
    token = take(owner_storage, instance)
    app = Api(APP_HOST, storage.caller)
    url = f"/nav/app2018/instances/{instance.instance_id}/process/start"
    assert_problem(app.post(url), 409, code="instance-locked")
    assert reread(instance).process == {}
    assert app.post(url, headers=token).status_code == 200


@pytest.mark.parametrize("write", _writes()[:2], ids=str)
def test_a_lock_that_has_ended_stops_nobody(
    write: Write, storage: Api, owner_storage: Api
) -> None:
    """S-211, S-212"""
    world = made()
    token = take(owner_storage, world.instance)
    assert keep(owner_storage, world.instance, token, 0).status_code == 204
    answer = call(write, Api(write.host, storage.caller), world, {})
    assert answer.status_code in write.status, answer.content


@pytest.mark.parametrize(
    "read",
    [
        lambda world: f"/storage/api/v1/instances/{world.instance.instance_id}",
        lambda world: (
            f"/storage/api/v1/instances/{world.instance.instance_id}"
            f"/data/{world.file.id}"
        ),
    ],
)
def test_reading_waits_for_no_lock(
    read: Callable[[World], str], storage: Api, owner_storage: Api
) -> None:
    """S-220: nor does what reading marks as read or downloaded"""
    world = made()
    take(owner_storage, world.instance)
    assert storage.get(read(world)).status_code == 200
    app = Api(APP_HOST, storage.caller)
    address = f"/nav/app2018/instances/{world.instance.instance_id}"
    assert app.get(address).status_code == 200


def test_what_happened_is_recorded_all_the_same(
    storage: Api, owner_storage: Api, platform: Api, instance: Instance
) -> None:
    """S-220: an event and the result of a scan change nothing that a lock keeps"""
    element = make_element(instance=instance)
    take(owner_storage, instance)
    url = f"/storage/api/v1/instances/{instance.instance_id}"
    event = {"instanceId": instance.instance_id, "eventType": "MessageRead"}
    assert storage.post(f"{url}/events", json=event).status_code == 201
    answer = platform.put(
        f"{url}/dataelements/{element.id}/filescanstatus",
        json={"fileScanResult": "Clean"},
    )
    assert answer.status_code == 200


def test_the_right_is_asked_before_the_lock_is_told(
    stranger_storage: Api, owner_storage: Api, instance: Instance
) -> None:
    """403 goes before 409"""
    take(owner_storage, instance)
    url = f"/storage/api/v1/instances/{instance.instance_id}"
    app = Api(APP_HOST, stranger_storage.caller)
    for answer in (
        stranger_storage.delete(url),
        stranger_storage.put(f"{url}/process", json={"currentTask": _CONFIRM}),
        stranger_storage.put(f"{url}/datavalues", json={"values": {"a": "b"}}),
        app.put(f"/nav/app2018/instances/{instance.instance_id}/process/next"),
    ):
        assert answer.status_code == 403
    assert reread(instance).current_task == "formfilling"


def test_the_same_number_of_another_kind_is_another_holder(instance: Instance) -> None:
    """A user id can be the digits of an organisation number"""
    organisation = Principal(PrincipalKind.ORGANISATION, org_number="310000000")
    user = Principal(PrincipalKind.USER, user_id=310000000)
    token = locks.acquire(organisation, instance=instance, seconds=60, now=now())
    row = reread(instance)
    locks.ensure_open(organisation, instance=row)
    locks.ensure_open(replace(user, lock_token=str(token)), instance=row)
    for other in (user, OWNER_PRINCIPAL):
        with pytest.raises(InstanceLocked):
            locks.ensure_open(other, instance=row)
