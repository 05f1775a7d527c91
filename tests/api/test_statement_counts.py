"""Statements per call: the counts that performance.md promises.

The registry's counter, which a process reads at most once a second, is left out; so are
BEGIN, COMMIT and savepoints.
"""

from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps_registry import catalogue
from instances.models import Instance
from tests.client import Api
from tests.factories import FORM, PDF, make_element, make_instance

pytestmark = pytest.mark.usefixtures("sandbox")
_NOT_COUNTED = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK")


def statements(call: Callable[[], object]) -> list[str]:
    """Return the statements that a call takes, the catalogue being warm."""
    catalogue.all_definitions()
    with CaptureQueriesContext(connection) as captured:
        answer = call()
    assert answer.status_code < 300, answer.content  # type: ignore[attr-defined]
    found = [query["sql"] for query in captured.captured_queries]
    return [
        sql
        for sql in found
        if not sql.startswith(_NOT_COUNTED)
        and "apps_registry_registryversion" not in sql
    ]


def tables_written(found: list[str]) -> Counter[str]:
    """Count the writing statements of each table."""
    counts: Counter[str] = Counter()
    for sql in found:
        if sql.startswith(("INSERT", "UPDATE", "DELETE")):
            counts[sql.split('"')[1]] += 1
    return counts


def test_an_owner_reads_an_instance_in_two(
    owner_storage: Api, element: object, instance: Instance
) -> None:
    """Instance and elements; the owner needs no roles"""
    url = f"/storage/api/v1/instances/{instance.instance_id}"
    found = statements(lambda: owner_storage.get(url))
    assert len(found) == 2, found


def test_a_user_reads_an_instance_in_three(
    storage: Api, element: object, instance: Instance
) -> None:
    """Instance, elements and the caller's roles"""
    url = f"/storage/api/v1/instances/{instance.instance_id}"
    found = statements(lambda: storage.get(url))
    assert len(found) == 3, found


def test_a_system_user_reads_an_instance_in_three(
    system_user_storage: Api, element: object, instance: Instance
) -> None:
    """Instance, elements and what is delegated to the caller"""
    url = f"/storage/api/v1/instances/{instance.instance_id}"
    found = statements(lambda: system_user_storage.get(url))
    assert len(found) == 3, found


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
    reads = [sql for sql in found if sql.startswith("SELECT")]
    assert len(reads) <= 3, reads  # party looked up, roles, party shown


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
    found = statements(lambda: app.put(url))
    assert tables_written(found) == {
        "instances_instance": 1,
        "instances_instanceevent": 1,
        "events_cloudevent": 1,
        "data_elements_dataelement": 1,
    }
    assert len(found) - 4 <= 3, found
    writes = [i for i, sql in enumerate(found) if not sql.startswith("SELECT")]
    assert writes == list(range(writes[0], writes[0] + 4)), "one transaction, no reads"


def test_next_is_one_transaction(app: Api, element: object, instance: Instance) -> None:
    """Everything that a move writes stands between one BEGIN and its end"""
    url = f"/nav/app2018/instances/{instance.instance_id}/process/next"
    catalogue.all_definitions()
    with CaptureQueriesContext(connection) as captured:
        app.put(url)
    marks = [
        query["sql"].split()[0]
        for query in captured.captured_queries
        if query["sql"].startswith(("SAVEPOINT", "RELEASE", "INSERT", "UPDATE"))
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
