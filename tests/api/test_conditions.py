"""Entity tags of documents, and writes held to what their caller read."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from common.errors import PreconditionFailed
from data_elements import services as data_elements
from data_elements.models import DataElement
from instances import services as instances
from instances.choices import ReadStatus
from instances.models import Instance, InstanceEvent
from tests import cast
from tests.client import APP_HOST, PLATFORM_HOST, Api, assert_problem
from tests.factories import FORM, make_element, make_instance, reread, sample_app

STORAGE = "/storage/api/v1/instances"
V3 = "/nav/app2018/instances"
V0 = "/app2018/instances"
Write = Callable[[Api, Instance, str], object]


def _at(instance: Instance) -> str:
    return f"{STORAGE}/{instance.instance_id}"


def tag(api: Api, path: str) -> str:
    """Return the tag of what is there."""
    answer = api.get(path)
    assert answer.status_code == 200
    assert answer["ETag"].startswith('"'), "strong"
    return str(answer["ETag"])


# --- reading --------------------------------------------------------------------------
@pytest.mark.parametrize("base", [STORAGE, V3])
def test_who_has_the_document_gets_304(
    sandbox: None, instance: Instance, base: str
) -> None:
    """Wishes 1.D: weak comparison, lists and *"""
    host = APP_HOST if base == V3 else PLATFORM_HOST
    api, path = Api(host, cast.SOPHIE), f"{base}/{instance.instance_id}"
    known = tag(api, path)
    for header in (known, f"W/{known}", f'"x", {known}', "*"):
        answer = api.get(path, headers={"If-None-Match": header})
        assert answer.status_code == 304
        assert answer["ETag"] == known
        assert not answer.content
    for header in ('"x"', known.strip('"'), ""):
        assert api.get(path, headers={"If-None-Match": header}).status_code == 200


def test_the_tag_changes_with_whatever_the_document_shows(
    owner_storage: Api, storage: Api, owner_app: Api
) -> None:
    """Strong: no two documents of an address share one"""
    instance = make_instance()
    path = _at(instance)
    seen = [tag(storage, path)]

    def differs() -> None:
        seen.append(tag(storage, path))
        assert len(set(seen)) == len(seen)

    element = make_element(instance=instance)
    differs()
    assert storage.put(f"{path}/readstatus?status=Unread").status_code == 200
    differs()
    owner_storage.put(f"{path}/substatus", json={"label": "a"})
    differs()
    assert owner_app.get(f"{V0}/{instance.id}/data/{element.id}").status_code == 200
    differs()
    owner_app.post(f"{V0}/{instance.id}/data/{element.id}/downloaded")
    differs()
    owner_storage.post(f"{path}/complete")
    differs()
    before = seen[-1]
    owner_storage.post(f"{path}/complete")  # once more changes nothing
    assert tag(storage, path) == before


def test_it_is_the_same_on_every_way_in(sandbox: None, element: DataElement) -> None:
    """Read in one place, write in another"""
    instance = element.instance
    storage, app = Api(PLATFORM_HOST, cast.OWNER), Api(APP_HOST, cast.OWNER)
    tags = {
        tag(storage, _at(instance)),
        tag(storage, f"{STORAGE}/{instance.id}"),
        tag(app, f"{V3}/{instance.instance_id}"),
        tag(app, f"{V0}/{instance.id}"),
    }
    assert len(tags) == 1
    answer = storage.put(
        f"{_at(instance)}/substatus",
        json={"label": "a"},
        headers={"If-Match": tags.pop()},
    )
    assert answer.status_code == 200
    assert answer["ETag"] == tag(app, f"{V0}/{instance.id}")


def test_what_is_made_has_the_tag_that_a_read_has(app: Api, storage: Api) -> None:
    """201 with the tag of what it made"""
    body = {"instanceOwner": {"partyId": "500000"}}
    for api, path in ((storage, f"{STORAGE}?appId=nav/app2018"), (app, V3), (app, V0)):
        made = api.post(path, json=body)
        own = f"{STORAGE}/{made.json()['id']}"
        assert made["ETag"] == tag(storage, own)


def test_metadata_of_one_element_can_be_read(
    storage: Api, stranger_storage: Api, element: DataElement
) -> None:
    """The document that `dataelements` lists, with its own tag"""
    path = f"{_at(element.instance)}/dataelements/{element.id}"
    answer = storage.get(path)
    assert answer.json()["id"] == str(element.id)
    content = storage.get(f"{_at(element.instance)}/data/{element.id}")
    assert answer["ETag"] != content["ETag"] == element.etag
    again = storage.get(path, headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
    assert_problem(stranger_storage.get(path), 403, code="not-permitted")


# --- writing --------------------------------------------------------------------------
def _json(method: str, end: str, body: object) -> Write:
    return lambda api, i, t: api.call(
        method, f"{_at(i)}/{end}", json=body, headers={"If-Match": t}
    )


def _plain(method: str, path: str) -> Write:
    return lambda api, i, t: api.call(
        method, path.format(at=_at(i), i=i.id, p=i.instance_id), headers={"If-Match": t}
    )


def _upload(path: str) -> Write:
    return lambda api, i, t: api.post(
        path.format(at=_at(i), i=i.id, p=i.instance_id),
        body=FORM,
        content_type="application/xml",
        headers={"If-Match": t},
    )


def _told(api: Api, i: Instance, t: str) -> object:
    event = {
        "instanceId": i.instance_id,
        "eventType": "Saved",
        "user": {"orgId": "nav", "authenticationLevel": 3},
    }
    return api.post(f"{_at(i)}/events", json=event, headers={"If-Match": t})


WRITES: dict[str, tuple[str, Write]] = {
    "substatus": (PLATFORM_HOST, _json("PUT", "substatus", {"label": "a"})),
    "events": (PLATFORM_HOST, _told),
    "data-values": (PLATFORM_HOST, _json("PUT", "datavalues", {"values": {"a": "b"}})),
    "texts": (PLATFORM_HOST, _json("PUT", "presentationtexts", {"texts": {"a": "b"}})),
    "box-delete": (
        PLATFORM_HOST,
        _plain("DELETE", "/storage/api/v1/sbl/instances/{p}"),
    ),
    "lock": (PLATFORM_HOST, _json("POST", "lock", {"ttlSeconds": 60})),
    "read-status": (PLATFORM_HOST, _plain("PUT", "{at}/readstatus?status=Unread")),
    "complete": (PLATFORM_HOST, _plain("POST", "{at}/complete")),
    "delete": (PLATFORM_HOST, _plain("DELETE", "{at}")),
    "upload": (PLATFORM_HOST, _upload("{at}/data?dataType=default")),
    "app-upload": (APP_HOST, _upload(f"{V3}/{{p}}/data?dataType=default")),
    "v0-upload": (APP_HOST, _upload(f"{V0}/{{i}}/data?formId=default")),
    "app-delete": (APP_HOST, _plain("DELETE", f"{V3}/{{p}}")),
    "v0-complete": (APP_HOST, _plain("POST", f"{V0}/{{i}}/complete")),
}


def _caller(name: str) -> cast.Person:
    owners = ("substatus", "complete", "v0-complete", "events", "data-values", "texts")
    return cast.OWNER if name in owners else cast.SOPHIE


@pytest.mark.parametrize("name", WRITES)
def test_a_write_is_held_to_what_was_read(sandbox: None, name: str) -> None:
    """Wishes 1.D, 41: 412 with the present tag, and nothing is written"""
    host, write = WRITES[name]
    api, instance = Api(host, _caller(name)), make_instance()
    reader = Api(PLATFORM_HOST, _caller(name))
    stale = tag(reader, _at(instance))
    instances.update_substatus(
        cast.OWNER_PRINCIPAL, instance=instance, label="b", description=None
    )
    present = tag(reader, _at(instance))
    rows, history = list(Instance.objects.values()), InstanceEvent.objects.count()
    for header in (stale, f"W/{present}", present.strip('"'), "", '"a", "b"'):
        answer = write(api, instance, header)
        assert_problem(answer, 412, code="precondition-failed")
        assert answer["ETag"] == present  # type: ignore[index]  # an answer
    assert list(Instance.objects.values()) == rows
    assert InstanceEvent.objects.count() == history
    assert not DataElement.objects.exists()
    answer = write(api, instance, f'"x", {present}')
    assert answer.status_code < 300, answer.content  # type: ignore[attr-defined]  # an answer


@pytest.mark.parametrize("header", ["*", "present"])
def test_a_write_that_expects_nothing_there_is_refused(
    owner_storage: Api, instance: Instance, header: str
) -> None:
    """If-None-Match on a change; If-Match: * asks only that it exists"""
    path = _at(instance)
    given = tag(owner_storage, path) if header == "present" else header
    answer = owner_storage.put(
        f"{path}/substatus", json={"label": "a"}, headers={"If-None-Match": given}
    )
    assert_problem(answer, 412, code="precondition-failed")
    assert reread(instance).substatus is None  # type: ignore[union-attr]  # an instance
    answer = owner_storage.put(
        f"{path}/substatus", json={"label": "a"}, headers={"If-Match": "*"}
    )
    assert answer.status_code == 200


def test_content_is_held_to_the_content_that_was_read(
    storage: Api, element: DataElement
) -> None:
    """The content's tag at the content's address, and no other element's changes"""
    path = f"{_at(element.instance)}/data/{element.id}"
    xml = {"body": FORM + b"\n", "content_type": "application/xml"}
    read = tag(storage, path)
    make_element(instance=element.instance, type_id="vedlegg", content=b"%PDF-1.4\n")
    first = storage.put(path, headers={"If-Match": read}, **xml)
    assert first.status_code == 200
    assert first["ETag"] == tag(storage, path) != read
    before = reread(element)
    for method, sent in (("PUT", xml), ("DELETE", {})):
        refused = storage.call(method, path, headers={"If-Match": read}, **sent)
        assert_problem(refused, 412, code="precondition-failed")
        assert refused["ETag"] == first["ETag"]
    assert reread(element).blob_key == before.blob_key  # type: ignore[union-attr]  # an element
    gone = storage.delete(path, headers={"If-Match": first["ETag"]})
    assert gone.status_code == 200
    assert not DataElement.objects.filter(pk=element.pk).exists()


def test_metadata_is_held_to_the_metadata_that_was_read(
    storage: Api, element: DataElement
) -> None:
    """Its own tag at its own address"""
    path = f"{_at(element.instance)}/dataelements/{element.id}"
    read = tag(storage, path)
    body = {
        "id": str(element.id),
        "instanceGuid": str(element.instance_id),
        "tags": ["one"],
    }
    first = storage.put(path, json=body, headers={"If-Match": read})
    assert first.status_code == 200
    second = storage.put(path, json={**body, "tags": []}, headers={"If-Match": read})
    assert_problem(second, 412, code="precondition-failed")
    assert second["ETag"] == first["ETag"] == tag(storage, path)
    assert reread(element).tags == ["one"]  # type: ignore[union-attr]  # an element


# --- at once --------------------------------------------------------------------------
def _two(instance: Instance) -> tuple[Instance, Instance]:
    rows = [Instance.objects.get(pk=instance.pk) for _ in range(2)]
    for row in rows:
        row.unless_changed = True
    return rows[0], rows[1]


def _substatus(row: Instance) -> None:
    instances.update_substatus(
        cast.OWNER_PRINCIPAL, instance=row, label="a", description=None
    )


def _delete(row: Instance) -> None:
    instances.delete(cast.SOPHIE_PRINCIPAL, instance=row, hard=False, prevent_days=None)


def _confirm(row: Instance) -> None:
    instances.confirm_complete(cast.OWNER_PRINCIPAL, instance=row)


def _read(row: Instance) -> None:
    unread = ReadStatus.UNREAD
    instances.set_read_status(cast.SOPHIE_PRINCIPAL, instance=row, status=unread)


@pytest.mark.parametrize("second", [_substatus, _delete, _confirm, _read])
@pytest.mark.parametrize("first", [_substatus, _delete, _confirm])
def test_who_read_the_same_and_comes_later_is_refused(
    instance: Instance,
    first: Callable[[Instance], None],
    second: Callable[[Instance], None],
) -> None:
    """Both were let through by the face; the statement itself decides"""
    one, other = _two(instance)
    first(one)
    with pytest.raises(PreconditionFailed):
        second(other)


def test_of_two_changes_of_content_the_later_is_refused(element: DataElement) -> None:
    """The same for elements"""
    one, other = (DataElement.objects.get(pk=element.pk) for _ in range(2))
    one.unless_changed = other.unless_changed = True
    data_type = sample_app().data_type("vedlegg")
    data_elements.update_metadata(cast.SOPHIE_PRINCIPAL, element=one, tags=["a"])
    with pytest.raises(PreconditionFailed):
        data_elements.update_metadata(cast.SOPHIE_PRINCIPAL, element=other, tags=["b"])
    with pytest.raises(PreconditionFailed):
        data_elements.delete(cast.SOPHIE_PRINCIPAL, element=other)
    assert data_type.id == "vedlegg"
    assert reread(element).tags == ["a"]  # type: ignore[union-attr]  # an element


@pytest.mark.parametrize("name", ["substatus", "upload", "read-status", "app-delete"])
def test_of_eight_writers_with_one_tag_exactly_one_wins(
    committed_sandbox: None, name: str
) -> None:
    """On real connections, through the faces"""
    host, write = WRITES[name]
    for _ in range(3):
        instance = make_instance()
        api = Api(host, _caller(name))
        known = tag(Api(PLATFORM_HOST, _caller(name)), _at(instance))
        barrier = Barrier(8)

        def call(
            _: int,
            api: Api = api,
            instance: Instance = instance,
            known: str = known,
            barrier: Barrier = barrier,
        ) -> int:
            barrier.wait(timeout=60)
            try:
                own = Api(api.host, api.caller)
                return int(write(own, instance, known).status_code)  # type: ignore[attr-defined]  # an answer
            finally:
                connections.close_all()

        with ThreadPoolExecutor(8) as pool:
            statuses = sorted(pool.map(call, range(8)))
        assert statuses[0] in (200, 201)
        assert statuses[1:] == [412] * 7
