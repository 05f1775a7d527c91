"""Statements per call: the counts that performance.md promises.

The registry's counter, which a process reads at most once a second, is left out; so are
BEGIN, COMMIT and savepoints.
"""

import re
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps_registry import catalogue
from data_elements.models import DataElement
from instances.models import Instance
from tests.client import Api
from tests.factories import FORM, PDF, make_element, make_instance

pytestmark = pytest.mark.usefixtures("sandbox")
_WRITE = re.compile(r'(?:^|\()(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')
ON_POSTGRESQL = connection.vendor == "postgresql"
_NOT_COUNTED = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK")


def statements(call: Callable[[], object]) -> list[str]:
    """Return the statements that a call takes, the catalogue being warm."""
    catalogue.all_definitions()
    with CaptureQueriesContext(connection) as captured:
        answer = call()
    assert answer.status_code < 300, answer.content  # type: ignore[attr-defined]  # an answer
    found = [query["sql"] for query in captured.captured_queries]
    return [
        sql
        for sql in found
        if not sql.startswith(_NOT_COUNTED)
        and "apps_registry_registryversion" not in sql
    ]


def tables_written(found: list[str]) -> Counter[str]:
    """Count the writes of each table; PostgreSQL does several in one statement."""
    return Counter(table for sql in found for table in _WRITE.findall(sql))


def reads(found: list[str]) -> list[str]:
    """Return the statements that write nothing."""
    return [sql for sql in found if not _WRITE.search(sql)]


def test_an_owner_reads_an_instance_in_one(
    owner_storage: Api, element: object, instance: Instance
) -> None:
    """The elements come with it; the owner needs no roles"""
    url = f"/storage/api/v1/instances/{instance.instance_id}"
    found = statements(lambda: owner_storage.get(url))
    assert len(found) == 1, found


def test_a_user_reads_an_instance_in_two(
    storage: Api, element: object, instance: Instance
) -> None:
    """Instance with elements, and the caller's roles"""
    url = f"/storage/api/v1/instances/{instance.instance_id}"
    found = statements(lambda: storage.get(url))
    assert len(found) == 2, found


def test_a_system_user_reads_an_instance_in_two(
    system_user_storage: Api, element: object, instance: Instance
) -> None:
    """Instance with elements, and what is delegated to the caller"""
    url = f"/storage/api/v1/instances/{instance.instance_id}"
    found = statements(lambda: system_user_storage.get(url))
    assert len(found) == 2, found


@pytest.mark.parametrize("who", ["owner", "user", "system user"])
def test_a_list_takes_two_at_any_size(
    storage: Api, owner_storage: Api, system_user_storage: Api, who: str
) -> None:
    """The same for 1, 10 and 50 rows: the real N+1 test"""
    for _ in range(50):
        make_element(instance=make_instance())
    callers = {
        "owner": owner_storage,
        "user": storage,
        "system user": system_user_storage,
    }
    api = callers[who]
    base = "/storage/api/v1/instances?appId=nav/app2018&instanceOwner.partyId=500000"
    counts = set()
    for size in (1, 10, 50):
        found = statements(lambda size=size: api.get(f"{base}&size={size}"))
        counts.add(len(found))
        assert not any("COUNT(" in sql for sql in found)
    assert counts == {2}


def test_creating_writes_each_table_once(app: Api) -> None:
    """Instance, history, outbox; besides them the owner party and the caller's roles"""
    url = "/nav/app2018/instances?instanceOwnerPartyId=500000"
    found = statements(lambda: app.post(url))
    assert tables_written(found) == {
        "instances_instance": 1,
        "instances_instanceevent": 1,
        "events_cloudevent": 1,
    }
    assert len(reads(found)) <= 2, found  # the owner party, the caller's roles


def test_creating_with_data_writes_each_table_once(app: Api) -> None:
    """Data elements too, however many come along"""
    files = b"".join(
        b'--b\r\nContent-Disposition: form-data; name="vedlegg"; filename="v.pdf"\r\n'
        b"Content-Type: application/pdf\r\n\r\n" + PDF + b"\r\n"
        for _ in range(3)
    )
    body = (
        files
        + b'--b\r\nContent-Disposition: form-data; name="default"\r\n'
        + b"Content-Type: text/xml\r\n\r\n"
        + FORM
        + b"\r\n--b--"
    )
    found = statements(
        lambda: app.post(
            "/nav/app2018/instances?instanceOwnerPartyId=500000",
            body=body,
            content_type="multipart/form-data; boundary=b",
        )
    )
    assert tables_written(found) == {
        "instances_instance": 1,
        "instances_instanceevent": 1,
        "events_cloudevent": 1,
        "data_elements_dataelement": 1,
    }


def test_next_writes_each_table_once(
    app: Api, element: object, instance: Instance
) -> None:
    """Instance, history, outbox, elements; before them instance, roles, elements"""
    url = f"/nav/app2018/instances/{instance.instance_id}/process/next"
    # Else the register is asked for the caller's, once in some minutes.
    spoken = {"Accept-Language": "nb"}
    found = statements(lambda: app.put(url, headers=spoken))
    assert tables_written(found) == {
        "instances_instance": 1,
        "instances_instanceevent": 1,
        "events_cloudevent": 1,
        "data_elements_dataelement": 1,
    }
    before = reads(found)
    assert len(before) <= 3, found
    assert found[: len(before)] == before, "one transaction, no reads"


def writes(found: list[str]) -> list[str]:
    """Return the statements that write something."""
    return [sql for sql in found if _WRITE.search(sql)]


def test_a_substatus_goes_with_its_history_and_outbox(
    owner_storage: Api, instance: Instance
) -> None:
    """In one trip to PostgreSQL; besides it the instance and its elements are read"""
    url = f"/storage/api/v1/instances/{instance.instance_id}/substatus"
    found = statements(lambda: owner_storage.put(url, json={"label": "app.received"}))
    assert tables_written(found) == {
        "instances_instance": 1,
        "instances_instanceevent": 1,
        "events_cloudevent": 1,
    }
    assert len(writes(found)) == (1 if ON_POSTGRESQL else 3)
    assert len(reads(found)) == 2, found


def test_confirming_goes_with_its_history(
    owner_storage: Api, instance: Instance
) -> None:
    """In one trip to PostgreSQL; the row is locked before, and its elements are read"""
    url = f"/storage/api/v1/instances/{instance.instance_id}/complete"
    found = statements(lambda: owner_storage.post(url))
    assert tables_written(found) == {
        "instances_instance": 1,
        "instances_instanceevent": 1,
    }
    assert len(writes(found)) == (1 if ON_POSTGRESQL else 2)
    assert len(reads(found)) == 3, found


def test_content_takes_two_trips(storage: Api, element: DataElement) -> None:
    """The instance with its history, and the element; the reads are as many as rows"""
    url = f"/storage/api/v1/instances/{element.instance.instance_id}/data/{element.pk}"
    found = statements(
        lambda: storage.put(url, body=PDF, content_type="application/pdf")
    )
    assert tables_written(found) == {
        "instances_instance": 1,
        "instances_instanceevent": 1,
        "data_elements_dataelement": 1,
    }
    assert len(writes(found)) == (2 if ON_POSTGRESQL else 3)
    assert len(reads(found)) == 4, found  # roles, the element once more to lock it


def test_a_key_costs_few_statements(app: Api) -> None:
    """Look it up, claim it, keep the answer; again, it and the roles of now"""
    url, keyed = "/nav/app2018/instances?instanceOwnerPartyId=500000", "idempotency_"
    header = {"Idempotency-Key": "once"}
    plain = statements(lambda: app.post(url))
    first = statements(lambda: app.post(url, headers=header))
    own = [sql for sql in first if keyed in sql]
    assert len(first) - len(own) == len(plain)
    assert [sql.split()[0] for sql in own] == ["SELECT", "INSERT", "SELECT", "UPDATE"]
    again = statements(lambda: app.post(url, headers=header))
    assert len(again) == 2, again
    assert keyed in again[0]
    assert '"authorization_roleassignment"' in again[1]


def test_next_is_one_transaction(app: Api, element: object, instance: Instance) -> None:
    """Everything that a move writes stands between one BEGIN and its end"""
    url = f"/nav/app2018/instances/{instance.instance_id}/process/next"
    catalogue.all_definitions()
    with CaptureQueriesContext(connection) as captured:
        app.put(url)
    marks = [
        query["sql"].split()[0]
        for query in captured.captured_queries
        if query["sql"].startswith(("SAVEPOINT", "RELEASE", "INSERT", "UPDATE", "WITH"))
    ]
    depth, outermost = 0, 0
    for mark in marks:
        if mark == "SAVEPOINT":
            outermost += depth == 0
            depth += 1
        elif mark == "RELEASE":
            depth -= 1
        else:
            assert depth > 0, "a write outside of the transaction"
    assert outermost == 1
