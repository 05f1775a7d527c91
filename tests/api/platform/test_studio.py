"""What Altinn Studio shows and deletes of an application's instances."""

from threading import Barrier, Thread
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections

from apps_registry.models import Org
from common.times import wire_time
from data_elements.models import DataElement
from instances.models import Instance, InstanceEvent
from tests import cast
from tests.api.platform.message_box import change_metadata
from tests.api.test_statement_counts import statements
from tests.client import PLATFORM_HOST, Api, assert_problem
from tests.factories import make_element, make_instance

pytestmark = pytest.mark.usefixtures("sandbox")
STUDIO = "/storage/api/v1/studio/instances"
APP = f"{STUDIO}/nav/app2018"


@pytest.fixture
def designer(sandbox: None) -> Api:
    """Altinn Studio on the platform's host."""
    return Api(PLATFORM_HOST, cast.DESIGNER)


def ids(answer: Any) -> list[str]:
    """Return the guids in a page, in its order."""
    assert answer.status_code == 200, answer.content
    return [one["id"] for one in answer.json()["instances"]]


# --- list and read --------------------------------------------------------------------
def test_a_page_has_ten_and_the_token_of_the_next(designer: Api) -> None:
    """S-357: newest first; the token is no link"""
    made = [str(make_instance().id) for _ in range(12)][::-1]
    first = designer.get(APP)
    assert ids(first) == made[:10]
    page = first.json()
    assert (page["count"], page["self"]) == (10, None)
    second = designer.get(f"{APP}?continuationToken={page['next']}")
    assert ids(second) == made[10:]
    assert second.json()["next"] is None
    assert ids(designer.get(f"{APP}?size=12")) == made
    moved = designer.get(f"{APP}?confirmed=false&continuationToken={page['next']}")
    assert_problem(moved, 400, code="continuation-token-invalid")


def test_a_line_tells_the_state_and_not_the_party(designer: Api) -> None:
    """S-072, S-357: nulls are written"""
    instance = make_instance(confirmed=True)
    (line,) = designer.get(APP).json()["instances"]
    assert instance.confirmations and instance.archived_at
    assert line == {
        "id": str(instance.id),
        "org": "nav",
        "app": "app2018",
        "isRead": True,
        "currentTaskId": None,
        "currentTaskName": None,
        "completedAt": wire_time(instance.archived_at),
        "archivedAt": wire_time(instance.archived_at),
        "softDeletedAt": None,
        "hardDeletedAt": None,
        "confirmedAt": instance.confirmations[0]["confirmedOn"],
        "createdAt": wire_time(instance.created),
        "lastChangedAt": wire_time(instance.last_changed),
    }


def test_lists_are_narrowed(designer: Api) -> None:
    """S-357: every filter that Studio has; others are refused"""
    active = make_instance()
    archived = make_instance(submitted=True)
    confirmed = make_instance(confirmed=True)
    gone = make_instance(hard_deleted=True)
    expected = {
        "process.currentTask=formfilling": [gone, active],
        "process.isComplete=true": [confirmed, archived],
        "status.isArchived=false": [gone, active],
        "status.isSoftDeleted=true": [gone],
        "status.isHardDeleted=true": [gone],
        "confirmed=true": [confirmed],
        f"archiveReference={str(archived.id)[-12:].upper()}": [archived],
        "created=lt:2020-01-01": [],
        "lastChanged=gte:2020-01-01&process.isComplete=true": [confirmed, archived],
    }
    for query, found in expected.items():
        page = designer.get(f"{APP}?{query}")
        assert ids(page) == [str(one.id) for one in found], query
    for query in ("instanceOwner.partyId=1", "created=2020", "size=0", "confirmed=x"):
        answer = designer.get(f"{APP}?{query}")
        assert_problem(answer, 400, code="parameter-invalid")


def test_an_instance_has_its_elements(designer: Api, instance: Instance) -> None:
    """S-358: and no other application's"""
    element = make_element(instance=instance)
    details = designer.get(f"{APP}/{instance.id}").json()
    (data,) = details["data"]
    assert (data["id"], data["dataType"]) == (str(element.id), "default")
    assert "filename" not in data
    other = f"{STUDIO}/nav/other/{instance.id}"
    for path in (other, f"{STUDIO}/skd/app2018/{instance.id}", f"{APP}/{uuid4()}"):
        assert_problem(designer.get(path), 404, code="instance-not-found")
    blank = designer.get(f"{STUDIO}/%20/app2018")
    assert_problem(blank, 400, code="org-and-app-missing")
    assert ids(designer.get(f"{STUDIO}/nav/other")) == []


def test_an_element_may_have_no_content_type(designer: Api, instance: Instance) -> None:
    """S-358, 3.17: as it was sent; null is written, as the document says"""
    element = make_element(instance=instance)
    DataElement.objects.update(content_type=None)
    (data,) = designer.get(f"{APP}/{instance.id}").json()["data"]
    assert (data["id"], data["contentType"]) == (str(element.id), None)


def test_only_the_designer_may(
    owner_storage: Api, storage: Api, platform: Api, instance: Instance
) -> None:
    """S-055, S-357, M:P-05: nothing is deleted by anybody else"""
    for path in (APP, f"{APP}/{instance.id}"):
        for api in (owner_storage, storage):
            assert_problem(api.get(path), 403, code="designer-only")
        assert_problem(platform.get(path), 401, code="token-missing")
    refused = owner_storage.delete(f"{APP}/{instance.id}")
    assert_problem(refused, 403, code="designer-only")
    assert Instance.objects.get(pk=instance.pk).soft_deleted_at is None


def test_a_list_takes_one_statement(designer: Api) -> None:
    """S-357: for 1 and 100"""
    for count in (1, 99):
        for _ in range(count):
            make_instance()
        found = statements(lambda: designer.get(f"{APP}?size=100"))
        assert len(found) == 1, found


# --- delete ---------------------------------------------------------------------------
def test_deleting_is_the_owners_act(designer: Api, instance: Instance) -> None:
    """S-359: once; doing it again is a 204 and changes nothing"""
    Org.objects.filter(code="nav").update(org_number="889640782")
    path = f"{APP}/{instance.id}"
    assert designer.delete(path).status_code == 204
    row = Instance.objects.get(pk=instance.pk)
    assert row.soft_deleted_at is not None
    assert (row.hard_deleted_at, row.last_changed_by) == (None, "889640782")
    event = InstanceEvent.objects.of(instance.pk).last()
    assert event is not None
    assert event.event_type == "Deleted"
    assert event.actor == {"orgId": "nav", "authenticationLevel": 0}
    text = "Instance soft deleted by app owner via Altinn Studio"
    assert event.additional_info == text
    assert designer.delete(path).status_code == 204
    again = Instance.objects.get(pk=instance.pk)
    assert again.last_changed == row.last_changed
    assert InstanceEvent.objects.of(instance.pk).last() == event


def test_nothing_is_deleted_in_an_unknown_organisations_name(
    designer: Api, instance: Instance
) -> None:
    """S-360"""
    Org.objects.filter(code="nav").update(org_number="")
    answer = designer.delete(f"{APP}/{instance.id}")
    assert_problem(answer, 500, code="org-number-unknown")
    row = Instance.objects.get(pk=instance.pk)
    assert (row.soft_deleted_at, row.last_changed) == (None, instance.last_changed)


def test_what_is_kept_or_not_there_is_not_deleted(designer: Api) -> None:
    """S-361"""
    change_metadata(preventInstanceDeletionForDays=30)
    archived = make_instance(submitted=True)
    kept = designer.delete(f"{APP}/{archived.id}")
    assert_problem(kept, 403, code="deletion-prevented")
    missing = designer.delete(f"{STUDIO}/nav/other/{archived.id}")
    problem = assert_problem(missing, 404, code="instance-not-found")
    assert problem["detail"] == (
        "Didn't find the object that should be deleted with"
        f" instanceId=nav/other/{archived.id}"
    )
    assert Instance.objects.get(pk=archived.pk).soft_deleted_at is None


@pytest.mark.django_db(transaction=True)
def test_deleting_twice_at_once_is_told_once(committed_sandbox: None) -> None:
    """S-359"""
    Org.objects.filter(code="nav").update(org_number="889640782")
    instance = make_instance()
    barrier, statuses = Barrier(4), []

    def delete() -> None:
        try:
            api = Api(PLATFORM_HOST, cast.DESIGNER)
            barrier.wait(timeout=60)
            statuses.append(api.delete(f"{APP}/{instance.id}").status_code)
        finally:
            connections.close_all()

    threads = [Thread(target=delete) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [204] * 4
    told = InstanceEvent.objects.of(instance.pk).filter(event_type="Deleted")
    assert told.count() == 1
