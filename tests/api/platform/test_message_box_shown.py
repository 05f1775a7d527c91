"""The message box: how an instance is shown in it."""

from datetime import timedelta
from typing import Any

import pytest

from authorization.models import RoleAssignment
from common.times import wire_time
from instances import services as instances
from instances.models import Instance
from tests import cast
from tests.api.platform.message_box import (
    BOX,
    P,
    change_metadata,
    changed,
    search,
    set_texts,
    shown,
)
from tests.authorization.matrix.fixture import Names, deploy, populate
from tests.client import PLATFORM_HOST, Api, assert_problem
from tests.factories import make_instance, now

pytestmark = pytest.mark.usefixtures("sandbox")


def test_an_instance_is_shown_whole(storage: Api) -> None:
    """S-347, clients.md: nulls are written, the id is the guid alone"""
    instance = changed(make_instance(), data_values={"k": "v"})
    assert shown(storage, instance) == {
        "id": str(instance.id),
        "instanceOwnerId": "500000",
        "org": "nav",
        "appName": "app2018",
        "title": "Sykmelding",
        "processCurrentTask": "FormFilling",
        "createdDateTime": wire_time(instance.created),
        "lastChangedBy": "1337",
        "dueDateTime": None,
        "deleteStatus": 0,
        "readStatus": "Read",
        "substatus": None,
        "allowDelete": True,
        "allowNewCopy": False,
        "authorizedForWrite": True,
        "authorizedForSign": False,
        "archivedDateTime": None,
        "deletedDateTime": None,
        "presentationText": None,
        "dataValues": {"k": "v"},
    }


def test_who_may_not_read_is_refused(
    storage: Api, stranger_storage: Api, instance: Instance
) -> None:
    """S-347, S-356: with another right, too; what is not there is a 404"""
    path = f"{BOX}/{instance.instance_id}"
    assert_problem(stranger_storage.get(path), 403, code="not-permitted")
    for missing in (f"{BOX}/500001/{instance.id}", f"{BOX}/500000/{P:032x}"):
        problem = assert_problem(storage.get(missing), 404, code="instance-not-found")
        assert problem["detail"].startswith("Could not find instance 50000")
    RoleAssignment.objects.filter(user_id=1337).delete()
    assert_problem(storage.get(path), 403, code="not-permitted")
    assert search(storage).json() == []


def test_created_is_the_time_from_which_it_is_seen(storage: Api) -> None:
    """S-347"""
    early = make_instance(visible_after=now() - timedelta(days=5))
    assert shown(storage, early)["createdDateTime"] == wire_time(early.created)
    late = changed(early, created=now() - timedelta(days=9))
    assert late.visible_after is not None
    assert shown(storage, late)["createdDateTime"] == wire_time(late.visible_after)


def test_what_is_archived_can_be_copied_where_the_application_says_so(
    storage: Api,
) -> None:
    """S-348: with the right to instantiate, and not before it is archived"""
    active, archived = make_instance(), make_instance(submitted=True)
    assert not shown(storage, archived)["allowNewCopy"]
    change_metadata(copyInstanceSettings={"enabled": True})
    assert not shown(storage, active)["allowNewCopy"]
    assert shown(storage, archived)["allowNewCopy"]
    (row,) = search(storage, includeArchived=True).json()
    assert row["allowNewCopy"]
    owner = Api(PLATFORM_HOST, cast.OWNER_WITHOUT_SCOPE)
    (row,) = search(owner, includeArchived=True).json()
    assert row["allowNewCopy"] == shown(owner, archived)["allowNewCopy"]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"process": {}, "current_task": None}, "default"),
        ({"process": {"started": "2026-01-01T00:00:00Z"}}, "FormFilling"),
        (
            {"process": {"currentTask": {"altinnTaskType": "CONFIRMATION"}}},
            "Confirmation",
        ),
        ({"process": {"currentTask": {"altinnTaskType": "feedback"}}}, "Feedback"),
        ({"process": {"currentTask": {"altinnTaskType": "Signing"}}}, "Signing"),
        ({"process": {"currentTask": {"altinnTaskType": "payment"}}}, "FormFilling"),
    ],
)
def test_the_task_has_a_word(
    storage: Api, columns: dict[str, object], expected: str
) -> None:
    """S-349"""
    instance = changed(make_instance(), **columns)
    owner = Api(PLATFORM_HOST, cast.OWNER)  # reads in every state
    assert shown(owner, instance)["processCurrentTask"] == expected


def test_the_end_has_a_word(owner_storage: Api, submitted: Instance) -> None:
    """S-349"""
    assert shown(owner_storage, submitted)["processCurrentTask"] == "Archived"
    unarchived = changed(submitted, archived_at=None)
    assert shown(owner_storage, unarchived)["processCurrentTask"] == "Submit"


def test_texts_are_in_the_language_that_is_asked_for(
    storage: Api, owner_storage: Api, instance: Instance
) -> None:
    """S-350: appName, else ServiceName, else the application's name; in any case"""
    set_texts("en", {"ServiceName": "Sick note", "received": "We have it"})
    instances.update_substatus(
        cast.OWNER_PRINCIPAL, instance=instance, label="received", description="why"
    )
    instance = changed(instance, presentation_texts={"a": "Ola", "b": "", "c": "AS"})
    for language in ("en", "EN"):
        english = shown(storage, instance, language)
        assert english["title"] == "Sick note, Ola, AS"
        assert english["presentationText"] == "Ola, AS"
        assert english["substatus"] == {"label": "We have it", "description": "why"}
    for language in ("", "nb", "fr"):
        assert shown(storage, instance, language)["title"] == "Sykmelding, Ola, AS"
    set_texts("en", {"appName": "Note", "ServiceName": "Sick note"})
    assert shown(storage, instance, "en")["title"] == "Note, Ola, AS"
    set_texts("en", {"other": "x"})
    assert shown(storage, instance, "en")["title"] == "app2018, Ola, AS"


def test_nothing_closed_is_due_in_a_search(storage: Api) -> None:
    """S-351"""
    due = now() + timedelta(days=3)
    closed = [
        make_instance(submitted=True), make_instance(soft_deleted=True),
    ]  # fmt: skip
    for instance in [*closed, make_instance()]:
        changed(instance, due_before=due)
    for one in search(storage).json():
        is_closed = one["id"] in {str(instance.id) for instance in closed}
        assert one["dueDateTime"] == (None if is_closed else wire_time(due))
        read = storage.get(f"{BOX}/{P}/{one['id']}").json()
        assert read["dueDateTime"] == wire_time(due)
    deleted = storage.get(f"{BOX}/{closed[1].instance_id}").json()
    assert deleted["deleteStatus"] == 1
    assert deleted["deletedDateTime"] is not None


def test_who_may_sign_is_told_in_a_task_to_sign(tmp_path: Any) -> None:
    """S-352"""
    deploy(tmp_path)
    populate()
    director, reader = (
        cast.user(1337, 501337, level=3),
        cast.user(1001, 510001, level=3),
    )
    for given, expected in (("Task_1", False), ("Task_3", True)):
        names = Names(given)
        names.settle()
        # The fixture passes by what signing asks for by calling the task another.
        task_type = "signing" if given == "Task_3" else "data"
        process = {"currentTask": {"elementId": given, "altinnTaskType": task_type}}
        instance = changed(names.instance, process=process)
        for person, may in ((director, expected), (reader, False)):
            document = shown(Api(PLATFORM_HOST, person), instance)
            assert document["authorizedForSign"] is may
            assert document["authorizedForWrite"] is (person is director)
