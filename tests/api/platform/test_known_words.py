"""What clients of storage know by its words, and what the synchronisation is told."""

from typing import Any

import pytest
from django.conf import LazySettings

from apps_registry.changes import retire
from data_elements.models import DataElement
from instances.models import Instance
from tests import cast
from tests.api.platform.message_box import change_metadata
from tests.api.platform.test_instance_scopes import SYNC_CLIENT, adapter
from tests.client import PLATFORM_HOST, Api, assert_problem
from tests.factories import FORM, make_element, make_instance, now, reread

pytestmark = pytest.mark.usefixtures("sandbox")
ALL = "/storage/api/v1/instances"
BOX = "/storage/api/v1/sbl/instances"
UNKNOWN = "00000000-0000-4000-8000-000000000000"
NOWHERE = f"500000/{UNKNOWN}"
APP = f"{ALL}?appId=nav/app2018"


def said(answer: Any, status: int) -> str:
    """Return the detail of a problem of this status."""
    assert answer.status_code == status, (answer.status_code, answer.content)
    detail: str = answer.json()["detail"]
    return detail


def test_what_is_read_and_not_there(storage: Api, instance: Instance) -> None:
    """S-076, S-083: by its guid, whether the party is wrong or the guid"""
    for path in (NOWHERE, UNKNOWN):
        detail = said(storage.get(f"{ALL}/{path}"), 404)
        assert detail == f"Unable to find instance {UNKNOWN}"
    wrong = storage.get(f"{ALL}/500001/{instance.id}")
    assert said(wrong, 404) == f"Unable to find instance {instance.id}"


@pytest.mark.parametrize(
    ("app", "body", "status", "detail"),
    [
        (
            "nav/app2018",
            {"instanceOwner": owner},
            400,
            "Cannot create an instance without an instanceOwner.PartyId.",
        )
        for owner in (None, {}, {"partyId": ""}, {"partyId": " "})
    ]
    + [
        (
            "nav/nothing",
            {"instanceOwner": {"partyId": "500000"}},
            404,
            "Did not find application with appId=nav/nothing",
        )
    ],
)
def test_what_is_not_created(
    storage: Api, app: str, body: object, status: int, detail: str
) -> None:
    """S-087, S-089"""
    answer = storage.post(f"{ALL}?appId={app}", json=body)
    assert said(answer, status) == detail
    assert not Instance.objects.exists()


@pytest.mark.parametrize("hard", ["", "?hard=true"])
def test_what_the_application_keeps(storage: Api, hard: str) -> None:
    """S-105, S-106: archived instances alone, softly and for good"""
    change_metadata(preventInstanceDeletionForDays=30)
    active, archived = make_instance(), make_instance()
    # Where the policy lets the user delete, which the end of the sample does not.
    Instance.objects.filter(pk=archived.pk).update(archived_at=now())
    refused = storage.delete(f"{ALL}/{archived.instance_id}{hard}")
    assert_problem(refused, 403, code="deletion-prevented")
    assert said(refused, 403) == (
        "Instance cannot be deleted yet due to application restrictions."
    )
    assert reread(archived).soft_deleted_at is None
    assert storage.delete(f"{ALL}/{active.instance_id}{hard}").status_code == 200
    assert reread(active).soft_deleted_at is not None


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ({"description": "why"}, '{"label":null,"description":"why"}'),
        ({"label": None}, '{"label":null,"description":null}'),
        ({"LABEL": ""}, '{"label":"","description":null}'),
        ({"label": "  "}, '{"label":"  ","description":null}'),
        ({}, '{"label":null,"description":null}'),
    ],
)
def test_a_substatus_has_a_label(
    owner_storage: Api, instance: Instance, body: object, shown: str
) -> None:
    """S-123, A-075, M:S-26: asked for before the instance is looked up"""
    for path in (instance.instance_id, NOWHERE):
        answer = owner_storage.put(f"{ALL}/{path}/substatus", json=body)
        assert_problem(answer, 400, code="substatus-invalid")
        assert said(answer, 400) == (
            f"Invalid sub status: {shown}. Substatus must be defined and include a"
            " label."
        )
    assert reread(instance).substatus is None


def test_a_long_substatus_is_not_repeated_whole(
    owner_storage: Api, instance: Instance
) -> None:
    """S-123: nor is what it need not have"""
    body = {"description": "x" * 4000, "secret": "y" * 400}
    url = f"{ALL}/{instance.instance_id}/substatus"
    detail = said(owner_storage.put(url, json=body), 400)
    assert len(detail) < 300
    assert "y" not in detail.partition("Substatus")[0]


@pytest.mark.parametrize("given", ["Lest", "", "1", "Read,Unread"])
def test_a_read_status_is_one_of_three(
    storage: Api, instance: Instance, given: str
) -> None:
    """S-118"""
    url = f"{ALL}/{instance.instance_id}/readstatus?status={given}"
    assert said(storage.put(url), 400) == (
        f"Invalid read status: {given}. Accepted types include: Unread, Read,"
        " UpdatedSinceLastReview"
    )


@pytest.mark.parametrize("tail", ["/data/{element}", "/dataelements"])
def test_an_address_without_an_owner(
    storage: Api, element: DataElement, tail: str
) -> None:
    """S-135: nobody has the id 0; any other wrong one is an unknown instance"""
    tail = tail.format(element=element.id)
    answer = storage.get(f"{ALL}/0/{element.instance_id}{tail}")
    assert_problem(answer, 400, code="owner-party-missing")
    assert said(answer, 400) == (
        "Missing parameter value: instanceOwnerPartyId can not be empty"
    )
    wrong = storage.get(f"{ALL}/1/{element.instance_id}{tail}")
    assert said(wrong, 404) == (
        f"Unable to find any instance with id: 1/{element.instance_id}."
    )
    assert reread(element).is_read is element.is_read


def test_what_is_lacking_of_an_element(storage: Api, element: DataElement) -> None:
    """S-136, S-137, S-175: the element, and its type in the application"""
    url = f"{ALL}/{element.instance.instance_id}/data"
    for method in ("GET", "PUT", "DELETE"):
        answer = storage.call(method, f"{url}/{UNKNOWN}", body=b"x")
        assert said(answer, 404) == (
            f"Unable to find any data element with id: {UNKNOWN}."
        )
    DataElement.objects.filter(pk=element.pk).update(data_type="unknown")
    for method in ("GET", "PUT", "DELETE"):
        answer = storage.call(method, f"{url}/{element.id}", body=b"x")
        assert said(answer, 400) == (
            "Requested element type is not declared in application metadata"
        )
    assert reread(element).blob_key == element.blob_key


def test_what_is_lacking_is_the_application(storage: Api, element: DataElement) -> None:
    """S-136, 4.2, 4.3, 4.8: one that is served no more, and nothing changes"""
    retire(org="nav", app="app2018")
    url = f"{ALL}/{element.instance.instance_id}"
    ids = {"id": str(element.id), "instanceGuid": str(element.instance_id)}
    calls: list[tuple[str, str, object]] = [
        ("GET", f"{url}/data/{element.id}", None),
        ("GET", f"{url}/dataelements", None),
        ("POST", f"{url}/data?dataType=default", {}),
        ("PUT", f"{url}/data/{element.id}", {}),
        ("PUT", f"{url}/dataelements/{element.id}", {**ids, "tags": ["a"]}),
        ("DELETE", f"{url}/data/{element.id}", None),
        ("POST", f"{url}/sign", {}),
    ]
    for method, path, body in calls:
        answer = storage.call(method, path, json=body)
        assert_problem(answer, 404, code="app-not-found")
        assert said(answer, 404) == "Cannot find application nav/app2018 in storage"
    for method, path in (("GET", url), ("POST", f"{url}/complete")):
        assert said(storage.call(method, path), 404) == (
            "Did not find application with appId=nav/app2018"
        )
    row = reread(element)
    assert (row.blob_key, row.tags) == (element.blob_key, [])
    assert DataElement.objects.count() == 1


@pytest.mark.parametrize(
    ("query", "body", "detail"),
    [
        (
            "",
            FORM,
            "Missing parameter values: instanceId, elementType or attached file content"
            " cannot be null",
        ),
        (
            "?dataType=unknown",
            FORM,
            "Requested element type is not declared in application metadata",
        ),
        ("?dataType=default", b"", "Empty stream provided. Cannot persist data."),
    ],
)
def test_what_is_not_uploaded(
    storage: Api, instance: Instance, query: str, body: bytes, detail: str
) -> None:
    """S-153, S-154, S-155"""
    url = f"{ALL}/{instance.instance_id}/data{query}"
    assert said(storage.post(url, body=body), 400) == detail
    assert not DataElement.objects.exists()


def test_what_is_not_overwritten(storage: Api, element: DataElement) -> None:
    """S-168, S-176"""
    url = f"{ALL}/{element.instance.instance_id}/data/{element.id}"
    assert said(storage.put(url), 422) == "Could not process attached file"
    DataElement.objects.filter(pk=element.pk).update(
        locked_at=element.created, locked_by="1337"
    )
    assert said(storage.put(url, body=b"x"), 409) == (
        f"Data element {element.id} is locked and cannot be updated"
    )
    assert reread(element).blob_key == element.blob_key


@pytest.mark.parametrize("lacking", ["id", "instanceGuid", "both"])
def test_a_description_is_of_the_element_at_the_address(
    storage: Api, element: DataElement, lacking: str
) -> None:
    """S-187: not of none, and not of another"""
    instance = element.instance
    url = f"{ALL}/{instance.instance_id}/dataelements/{element.id}"
    ids: dict[str, str | None] = {
        "id": str(element.id),
        "instanceGuid": str(instance.id),
    }
    for wrong in ({}, dict.fromkeys(ids), dict.fromkeys(ids, UNKNOWN)):
        kept = {} if lacking == "both" else dict(ids)
        kept.pop(lacking, None)
        body = {**wrong, **kept, "tags": ["x"]}
        answer = storage.put(url, json=body)
        assert said(answer, 400) == "Mismatch between path and dataElement content"
    assert reread(element).tags == []


@pytest.mark.parametrize(
    ("header", "detail"),
    [
        ("person:123", "Person number needs to be exactly 11 digits."),
        ("person:", "Person number needs to be exactly 11 digits."),
        ("Person: 1234567890a", "Person number needs to be exactly 11 digits."),
        ("organisation:12", "Organization number needs to be exactly 9 digits."),
        ("alien:12345678901", "Invalid InstanceOwnerIdentifier."),
        ("0:12345678901", "Invalid InstanceOwnerIdentifier."),
        ("person", "Invalid InstanceOwnerIdentifier."),
        ("person:01857012345:1", "Invalid InstanceOwnerIdentifier."),
        (":", "Invalid InstanceOwnerIdentifier."),
    ],
)
def test_an_owner_in_a_header(storage: Api, header: str, detail: str) -> None:
    """S-306: two parts, and what is wrong with them under the header's name"""
    name = "X-Ai-InstanceOwnerIdentifier"
    problem = assert_problem(
        storage.get(ALL, headers={name: header}), 400, code="parameter-invalid"
    )
    assert problem["detail"] == detail
    assert problem["errors"] == {name: [detail]}


def test_owner_and_header_are_one_too_many(storage: Api) -> None:
    """S-291"""
    header = {"X-Ai-InstanceOwnerIdentifier": "organisation:310000000"}
    answer = storage.get(f"{ALL}?instanceOwner.partyId=500000", headers=header)
    assert said(answer, 400) == (
        "Both InstanceOwner.PartyId and InstanceOwnerIdentifier cannot be present at"
        " the same time."
    )


def test_what_a_list_lacks(storage: Api, owner_storage: Api) -> None:
    """S-293, S-295, S-299"""
    assert said(owner_storage.get(ALL), 400) == "Org or AppId must be defined."
    other = Api(PLATFORM_HOST, cast.OTHER_OWNER)
    assert said(other.get(f"{ALL}?org=nav"), 400) == "AppId must be defined."
    assert said(storage.get(APP), 400) == (
        "Either InstanceOwnerPartyId or InstanceOwnerIdentifier need to be defined."
    )


@pytest.mark.parametrize("reference", ["12345678901", "1234567890123"])
def test_a_reference_has_twelve_characters(owner_storage: Api, reference: str) -> None:
    """S-313: Altinn's words, with no name put before them"""
    answer = owner_storage.get(f"{APP}&A3Ref={reference}")
    problem = assert_problem(answer, 400, code="parameter-invalid")
    words = "The A3 reference needs to be exactly 12 characters long."
    assert problem["detail"] == words
    assert problem["errors"] == {"A3Ref": [words]}


# --- the synchronisation, whom no policy keeps anything from --------------------------
@pytest.fixture
def synchronisation(settings: LazySettings) -> Api:
    """The platform's synchronisation, which has no right to the instances itself."""
    settings.ALTINN_SYNC_ADAPTER_CLIENTS = [SYNC_CLIENT]
    return Api(PLATFORM_HOST, adapter())


@pytest.mark.parametrize(
    ("method", "path", "detail"),
    [
        (
            "DELETE",
            f"{ALL}/{NOWHERE}",
            f"Didn't find the object that should be deleted with instanceId={NOWHERE}",
        ),
        (
            "DELETE",
            f"{BOX}/{NOWHERE}?hard=true",
            f"Didn't find the object that should be deleted with instanceId={NOWHERE}",
        ),
        (
            "PUT",
            f"{BOX}/{NOWHERE}/undelete",
            f"Didn't find the object that should be restored with instanceId={NOWHERE}",
        ),
        (
            "GET",
            f"{ALL}/{NOWHERE}/events",
            f"Unable to find any instance with id: {NOWHERE}.",
        ),
        ("GET", f"{ALL}/{UNKNOWN}", f"Unable to find instance {UNKNOWN}"),
    ],
)
def test_what_is_not_there_is_told_to_whom_everything_is_permitted(
    synchronisation: Api, storage: Api, method: str, path: str, detail: str
) -> None:
    """S-110, 4.11: a 404; to all others it is as what is forbidden, or read"""
    answer = synchronisation.call(method, path)
    assert_problem(answer, 404, code="instance-not-found")
    assert said(answer, 404) == detail
    if method != "GET":
        assert_problem(storage.call(method, path), 403, code="not-permitted")


def test_the_synchronisation_sees_what_is_deleted(
    synchronisation: Api, storage: Api
) -> None:
    """S-078, S-080, S-297, S-305: of any org, elements and instances, as an owner"""
    instance, gone = make_instance(), make_instance(hard_deleted=True)
    element = make_element(instance=instance)
    DataElement.objects.filter(pk=element.pk).update(deleted_at=element.created)
    assert storage.get(f"{ALL}/{instance.instance_id}").json()["data"] == []
    read = synchronisation.get(f"{ALL}/{instance.instance_id}").json()
    assert [one["id"] for one in read["data"]] == [str(element.id)]
    listed = synchronisation.get(APP).json()["instances"]
    assert {one["id"] for one in listed} == {gone.instance_id, instance.instance_id}
    shown = [one["id"] for found in listed for one in found["data"]]
    assert shown == [str(element.id)]


def test_a_synchronisation_without_an_org_lists_as_much(settings: LazySettings) -> None:
    """S-305, 5.2: what it is depends on its client and scope alone"""
    settings.ALTINN_SYNC_ADAPTER_CLIENTS = [SYNC_CLIENT]
    gone = make_instance(hard_deleted=True)
    claims = {**adapter().claims}
    claims.pop("urn:altinn:org")
    for caller in (adapter(), cast.Person("organisation", claims)):
        listed = Api(PLATFORM_HOST, caller).get(APP).json()["instances"]
        assert [one["id"] for one in listed] == [gone.instance_id]
