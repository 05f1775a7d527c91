"""The message box: history, deleting and taking it back; and what a search costs."""

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, connections

from common.ids import uuid7
from instances import message_box
from instances import services as instances
from instances.choices import InstanceEventType
from instances.history import HistoryEntry, record
from instances.message_box import Search
from instances.models import Instance, InstanceEvent
from parties.identity import Principal
from tests import cast
from tests.api.platform.message_box import (
    BOX,
    SEARCH,
    P,
    change_metadata,
    ids,
    search,
)
from tests.api.test_statement_counts import statements
from tests.authorization.policies import import_with_policy, permit
from tests.client import PLATFORM_HOST, Api, assert_problem
from tests.factories import make_instance, now
from tests.instances.test_long_visibility import make_parties

pytestmark = pytest.mark.usefixtures("sandbox")


def history(api: Api, instance: Instance) -> list[dict[str, Any]]:
    """Return what the message box tells of an instance."""
    answer = api.get(f"{BOX}/{instance.instance_id}/events")
    assert answer.status_code == 200, answer.content
    told: list[dict[str, Any]] = answer.json()
    return told


def types(told: list[dict[str, Any]]) -> list[str]:
    """Return the types of the events told."""
    return [event["eventType"] for event in told]


def stored_events(instance: Instance) -> list[InstanceEvent]:
    """Return the whole history as it is stored."""
    return list(InstanceEvent.objects.of(instance.pk))


# --- history --------------------------------------------------------------------------
def test_what_is_saved_in_a_row_is_told_once(storage: Api, instance: Instance) -> None:
    """S-353: a new element is a change saved, other element events are left out"""
    InstanceEvent.objects.all().delete()
    sophie, owner = cast.SOPHIE_PRINCIPAL, cast.OWNER_PRINCIPAL
    saved, element = InstanceEventType.SAVED, uuid7()
    moments = iter(now() + timedelta(seconds=n) for n in range(20))

    def tell(who: Principal, kind: str, data_id: UUID | None = None) -> str:
        entry = HistoryEntry(kind, data_id=data_id)
        (event,) = record(who, instance=instance, entries=[entry], now=next(moments))
        return str(event.id)

    created = tell(sophie, InstanceEventType.CREATED)
    tell(sophie, InstanceEventType.CREATED, element)
    tell(sophie, "process_StartTask")
    tell(sophie, saved, element)
    by_sophie = tell(sophie, saved)
    tell(owner, saved, element)
    tell(owner, InstanceEventType.DELETED, element)
    by_owner = tell(owner, InstanceEventType.CREATED, element)
    again = tell(sophie, saved)
    status = tell(owner, InstanceEventType.SUBSTATUS_UPDATED)
    last = tell(sophie, saved, element)
    told = history(storage, instance)
    assert [event["id"] for event in told] == [
        created, by_sophie, by_owner, again, status, last,
    ]  # fmt: skip
    assert types(told) == [
        "Created", "Saved", "Saved", "Saved", "SubstatusUpdated", "Saved",
    ]  # fmt: skip
    assert told[1]["user"] == {"userId": 1337, "authenticationLevel": 2}
    assert told[1].keys() == {"id", "createdDateTime", "eventType", "user"}
    assert len(stored_events(instance)) == 11, "telling changes nothing"


def test_the_history_is_for_who_may_read(
    stranger_storage: Api, storage: Api, instance: Instance
) -> None:
    """S-353, M:S-83, M:S-87: unknown and forbidden alike"""
    path = f"{BOX}/{instance.instance_id}/events"
    assert_problem(stranger_storage.get(path), 403, code="not-permitted")
    unknown = storage.get(f"{BOX}/{P}/{uuid7()}/events")
    assert_problem(unknown, 403, code="not-permitted")
    other_party = storage.get(f"{BOX}/500001/{instance.id}/events")
    assert_problem(other_party, 403, code="not-permitted")


# --- deleting and taking it back ------------------------------------------------------
def test_a_deletion_is_taken_back(storage: Api) -> None:
    """S-354, clients.md: the bare word true; doing it again changes nothing"""
    instance = make_instance(soft_deleted=True)
    path = f"{BOX}/{instance.instance_id}/undelete"
    answer = storage.put(path)
    assert (answer.status_code, answer.content) == (200, b"true")
    row = Instance.objects.get(pk=instance.pk)
    assert (row.soft_deleted_at, row.last_changed_by) == (None, "1337")
    event = stored_events(instance)[-1]
    assert (event.event_type, event.process) == ("Undeleted", {})
    assert storage.put(path).content == b"true"
    assert Instance.objects.get(pk=instance.pk).last_changed == row.last_changed
    assert stored_events(instance)[-1] == event
    assert types(history(storage, instance))[-2:] == ["Deleted", "Undeleted"]


def test_what_is_hard_deleted_stays_so(storage: Api) -> None:
    """S-354"""
    instance = make_instance(hard_deleted=True)
    before = stored_events(instance)
    problem = assert_problem(
        storage.put(f"{BOX}/{instance.instance_id}/undelete"),
        404,
        code="instance-purged",
    )
    text = "Instance was permanently deleted and cannot be restored."
    assert problem["detail"] == text
    assert Instance.objects.get(pk=instance.pk).hard_deleted_at is not None
    assert stored_events(instance) == before


@pytest.mark.parametrize("hard", [False, True])
def test_an_instance_is_deleted(storage: Api, instance: Instance, hard: bool) -> None:
    """S-355, clients.md: the bare word true, and an event without a process state"""
    answer = storage.delete(f"{BOX}/{instance.instance_id}?hard={hard}")
    assert (answer.status_code, answer.content) == (200, b"true")
    row = Instance.objects.get(pk=instance.pk)
    assert row.soft_deleted_at is not None
    assert (row.hard_deleted_at is not None) is hard
    event = stored_events(instance)[-1]
    assert (event.event_type, event.process) == ("Deleted", {})
    assert ids(search(storage)) == (set() if hard else {str(instance.id)})


def test_what_the_application_keeps_is_not_deleted(storage: Api) -> None:
    """S-355, M:S-86: nor is what somebody else may not delete"""
    change_metadata(preventInstanceDeletionForDays=30)
    instance = make_instance(submitted=True)
    path = f"{BOX}/{instance.instance_id}"
    for query in ("", "?hard=true"):
        problem = assert_problem(
            storage.delete(path + query), 403, code="deletion-prevented"
        )
        text = "Instance cannot be deleted yet due to application restrictions."
        assert problem["detail"] == text
    stranger = Api(PLATFORM_HOST, cast.STRANGER)
    for answer in (stranger.delete(path), stranger.put(f"{path}/undelete")):
        assert_problem(answer, 403, code="not-permitted")
    assert_problem(storage.delete(f"{path}?hard=x"), 400, code="parameter-invalid")
    assert Instance.objects.get(pk=instance.pk).soft_deleted_at is None
    assert "Deleted" not in types(history(storage, instance))


@pytest.mark.django_db(transaction=True)
def test_deleting_for_good_wins_over_taking_it_back(committed_sandbox: None) -> None:
    """S-354: at the same moment; nothing comes back half"""
    instance = make_instance(soft_deleted=True)
    stale = Instance.objects.get(pk=instance.pk)
    barrier, outcomes = Barrier(2), []

    def call(method: str, path: str) -> None:
        try:
            api = Api(PLATFORM_HOST, cast.SOPHIE)
            barrier.wait(timeout=60)
            outcomes.append(api.call(method, path).status_code)
        finally:
            connections.close_all()

    path = f"{BOX}/{stale.instance_id}"
    threads = [
        Thread(target=call, args=("PUT", f"{path}/undelete")),
        Thread(target=call, args=("DELETE", f"{path}?hard=true")),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    row = Instance.objects.get(pk=instance.pk)
    assert row.hard_deleted_at is not None
    assert row.soft_deleted_at is not None
    assert set(outcomes) <= {200, 404, 409}


# --- what it costs --------------------------------------------------------------------
def test_a_search_takes_one_statement_at_any_size(
    storage: Api, owner_storage: Api, system_user_storage: Api
) -> None:
    """S-339, S-350, D-12: no decision, text or count of its own for a row"""
    change_metadata(copyInstanceSettings={"enabled": True})
    for api in (storage, owner_storage, system_user_storage):
        Instance.objects.all().delete()
        sizes = []
        for count in (1, 99):
            for _ in range(count):
                make_instance()
            found = statements(lambda api=api: search(api, searchString="sykmelding"))
            assert len(found) == 1, found
            assert "COUNT(" not in found[0]
            sizes.append(len(search(api).json()))
        assert sizes == [1, 100]


def test_a_search_in_the_name_of_a_thousand_parties(tmp_path: Any) -> None:
    """S-339, Z-075, D-12: still one statement, whatever they gave the caller"""
    rules = {
        "nav/by-role": [permit("read", "write", "instantiate", to="dagl")],
        "nav/by-package": [permit("read", "delete", to="package:jordbruk")],
        "nav/by-right": [permit("write", to="dagl")],
    }
    for app_id, permits in rules.items():
        import_with_policy(tmp_path / app_id[4:], *permits, app_id=app_id)
    first, count = 900_000, 1000
    make_parties(count, sorted(rules))
    parties = list(range(first, first + count))
    caller = Api(PLATFORM_HOST, cast.STRANGER)
    for asked, expected in ((parties[:2], 3), (parties, 1500)):
        body = {"instanceOwnerPartyIdList": asked}
        answers: list[Any] = []

        def ask(body: object = body, answers: list[Any] = answers) -> Any:
            answers.append(caller.post(SEARCH, json=body))
            return answers[-1]

        assert len(statements(ask)) == 1
        rows = answers[0].json()
        assert len(rows) == expected
    flags = {
        (row["appName"], row["authorizedForWrite"], row["allowDelete"]) for row in rows
    }
    assert flags == {
        ("by-role", True, False),
        ("by-package", False, True),
        ("by-right", False, False),
    }
    nobody = Api(PLATFORM_HOST, cast.user(1002, 510002))
    assert nobody.post(SEARCH, json={"instanceOwnerPartyIdList": parties}).json() == []


def test_a_search_goes_by_the_index_of_parties(sandbox: None) -> None:
    """S-339: what others have is not read through"""
    principal = cast.SOPHIE_PRINCIPAL
    wanted = Search(party_ids=(P,), text="x")
    rows = message_box.search(principal, wanted=wanted, now=now())
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    assert "inst_party_lc" in rows[:100].explain()


def test_reading_takes_two(storage: Api, instance: Instance) -> None:
    """S-347: the instance and the caller's roles; of the owner no more for flags"""
    path = f"{BOX}/{instance.instance_id}"
    found = statements(lambda: storage.get(path))
    assert len(found) <= 3, found  # and what is delegated, where the policy is silent


def test_history_takes_three(storage: Api, instance: Instance) -> None:
    """S-353: instance, roles and events, however many"""
    for _ in range(30):
        instances.update_substatus(
            cast.OWNER_PRINCIPAL, instance=instance, label="a", description=None
        )
    found = statements(lambda: storage.get(f"{BOX}/{instance.instance_id}/events"))
    assert len(found) == 3, found
