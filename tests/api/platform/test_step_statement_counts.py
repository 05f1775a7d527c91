"""Statements of steps, locks, values and signatures: what each promises to take."""

from pathlib import Path

import pytest

from data_elements.models import DataElement
from instances.models import Instance
from tests.api.platform.stated import AT_CONFIRM, event_of, process_url, step_url
from tests.api.platform.test_generated_elements import ORIGIN, generated
from tests.api.platform.test_signing import address, body
from tests.api.test_statement_counts import (
    ON_POSTGRESQL,
    reads,
    statements,
    tables_written,
    writes,
)
from tests.authorization.matrix.fixture import CALLERS, Names, deploy, populate
from tests.authorization.matrix.rows import APP2
from tests.client import PLATFORM_HOST, Api
from tests.factories import make_element
from tests.instance_lock import keep, lock_url, take

pytestmark = pytest.mark.usefixtures("sandbox")


def test_a_lock_takes_one_write(storage: Api, instance: Instance) -> None:
    """Instance and roles; the lock and its number"""
    found = statements(lambda: storage.post(lock_url(instance), json={"ttlSeconds": 9}))
    assert tables_written(found) == {"instances_instance": 1}
    assert len(found) == 4, found


def test_keeping_a_lock_takes_two(storage: Api, instance: Instance) -> None:
    """Instance, and its lock; no right is asked"""
    token = take(storage, instance)
    found = statements(lambda: keep(storage, instance, token, 9))
    assert len(found) == 2, found


@pytest.mark.parametrize("who", ["nobody", "the caller"])
def test_a_lock_costs_a_write_nothing(
    storage: Api, instance: Instance, who: str
) -> None:
    """The condition stands in the write itself: instance, roles, that with the event"""
    if who == "the caller":
        take(storage, instance)
    url = f"/storage/api/v1/instances/{instance.instance_id}"
    found = statements(lambda: storage.delete(url))
    assert tables_written(found) == {
        "instances_instance": 1,
        "instances_instanceevent": 1,
    }
    assert len(reads(found)) == 2, found
    assert len(writes(found)) == (1 if ON_POSTGRESQL else 2), found


def test_the_lock_of_an_element_takes_six(storage: Api, element: DataElement) -> None:
    """Instance, roles, element; the instance held, the lock, and whose it is"""
    url = f"/storage/api/v1/instances/{element.instance.instance_id}/data/{element.id}"
    found = statements(lambda: storage.put(f"{url}/lock"))
    assert tables_written(found) == {"data_elements_dataelement": 1}
    assert len(found) == 6, found
    found = statements(lambda: storage.delete(f"{url}/lock"))
    assert len(found) == 5, found


def test_values_take_one_write(storage: Api, instance: Instance) -> None:
    """Instance and roles; the values held, and set; elements"""
    url = f"/storage/api/v1/instances/{instance.instance_id}/datavalues"
    found = statements(lambda: storage.put(url, json={"values": {"a": "b", "c": "d"}}))
    assert tables_written(found) == {"instances_instance": 1}
    assert len(found) == 5, found


def test_a_state_writes_each_table_once(storage: Api, instance: Instance) -> None:
    """Instance and roles; instance and outbox; elements"""
    found = statements(lambda: storage.put(process_url(instance), json=AT_CONFIRM))
    assert tables_written(found) == {"instances_instance": 1, "events_cloudevent": 1}
    assert len(reads(found)) == 3, found


@pytest.mark.parametrize("many", [1, 10, 50])
def test_a_step_writes_each_table_once(
    storage: Api, instance: Instance, many: int
) -> None:
    """However many events there are, and elements to remove"""
    for _ in range(many):
        generated(instance, ORIGIN)
        make_element(instance=instance, type_id="vedlegg")
    events = [event_of(instance, "process_EndTask") for _ in range(many)]
    sent = {"state": AT_CONFIRM, "events": events}
    found = statements(lambda: storage.put(step_url(instance), json=sent))
    assert tables_written(found) == {
        "instances_instance": 1,
        "instances_instanceevent": 1,
        "events_cloudevent": 1,
        "data_elements_dataelement": 1,
    }
    assert len(reads(found)) == 3, found  # instance, roles and elements


def test_the_history_takes_three(storage: Api, submitted: Instance) -> None:
    """Instance, roles, events"""
    found = statements(lambda: storage.get(f"{process_url(submitted)}/history"))
    assert len(found) == 3, found


def test_a_signature_writes_each_table_once(sandbox: None, tmp_path: Path) -> None:
    """Instance, roles, elements; what is replaced costs one statement more"""
    deploy(tmp_path)
    deploy(tmp_path, app_id=APP2)
    populate()
    names = Names("Task_3")
    names.make("{attachment}", "{model}")
    names.settle()
    api = Api(PLATFORM_HOST, CALLERS["UW"])
    sent = body(names)
    found = statements(lambda: api.post(address(names, "/sign"), json=sent))
    assert tables_written(found) == {
        "instances_instance": 1,
        "data_elements_dataelement": 1,
        "instances_instanceevent": 1,
    }
    assert len(found) == 6, found
    again = statements(lambda: api.post(address(names, "/sign"), json=sent))
    assert len(again) == 7, again
