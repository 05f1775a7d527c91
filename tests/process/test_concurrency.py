"""Two callers at once, each with a connection of his own: exactly one goes on."""

import threading
from collections.abc import Callable
from io import BytesIO

import pytest
from django.db import connection

from apps_registry.definition import DataType
from authorization.services import RoleLookup
from common.errors import DomainError
from data_elements import blobs
from data_elements import services as data_elements
from data_elements.blobs import Incoming
from data_elements.errors import MaxCountExceeded
from data_elements.models import DataElement
from data_elements.services import Content, WriteRules
from events.models import CloudEvent
from instances import services as instances
from instances.errors import InstanceChanged
from instances.models import Instance, InstanceEvent
from process import services as process
from tests.cast import OWNER_PRINCIPAL, SOPHIE_PRINCIPAL
from tests.crowds import crowd
from tests.factories import FORM, make_element, make_instance, reread, sample_app

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("committed_sandbox"),
]


def at_once(*calls: Callable[[], object]) -> list[object]:
    """Run the calls in threads that start together; return results or domain errors."""
    results: list[object] = [None] * len(calls)
    barrier = threading.Barrier(len(calls))

    def run(index: int, call: Callable[[], object]) -> None:
        try:
            barrier.wait(timeout=300)
            results[index] = call()
        except DomainError as error:
            results[index] = error
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=(index, call))
        for index, call in enumerate(calls)
    ]
    with crowd():
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=300)
    return results


def advance(instance: Instance) -> Callable[[], object]:
    """Return a call that moves the instance as it was read before the race."""
    row = Instance.objects.get(pk=instance.pk)
    elements = list(DataElement.objects.of([instance.pk]))
    return lambda: process.advance(
        RoleLookup(SOPHIE_PRINCIPAL),
        instance=row,
        definition=sample_app(),
        elements=elements,
    )


def test_of_two_moves_exactly_one_happens() -> None:
    """Z-105, A-142, part 8"""
    instance = make_instance(filled=True)
    results = at_once(advance(instance), advance(instance))
    assert sum(isinstance(result, InstanceChanged) for result in results) == 1
    assert results.count(None) == 1
    assert reread(instance).current_task == "confirm"
    moves = InstanceEvent.objects.filter(
        instance_id=instance.pk, event_type="process_EndTask"
    )
    assert moves.count() == 1
    announced = CloudEvent.objects.filter(resource_instance=instance.instance_id)
    assert announced.filter(type="app.instance.process.movedTo.confirm").count() == 1


def test_of_two_main_forms_exactly_one_is_added() -> None:
    """V2: maxCount 1 holds for two uploads at once"""
    instance = make_instance()
    data_type = sample_app().data_type("default")
    rows = [Instance.objects.get(pk=instance.pk) for _ in range(2)]

    def add(row: Instance) -> object:
        with blobs.stored(Incoming(BytesIO(FORM), max_bytes=2**20)) as blob:
            return data_elements.add(
                SOPHIE_PRINCIPAL,
                instance=row,
                data_type=data_type,
                content=Content(blob, "text/xml", None),
                rules=WriteRules(in_task="formfilling", max_count=1),
            )

    results = at_once(lambda: add(rows[0]), lambda: add(rows[1]))
    assert sum(isinstance(result, MaxCountExceeded) for result in results) == 1
    assert DataElement.objects.filter(instance=instance).count() == 1


def test_data_never_lands_behind_its_validation() -> None:
    """D-15: what is written while the process moves is refused, or stops the move"""
    for _ in range(5):
        instance = make_instance(filled=True)
        row = Instance.objects.get(pk=instance.pk)
        data_type = sample_app().data_type("vedlegg")

        def add(row: Instance = row, data_type: DataType = data_type) -> object:
            with blobs.stored(Incoming(BytesIO(b"%PDF"), max_bytes=2**20)) as blob:
                return data_elements.add(
                    SOPHIE_PRINCIPAL,
                    instance=row,
                    data_type=data_type,
                    content=Content(blob, "application/pdf", "a.pdf"),
                    rules=WriteRules(in_task="formfilling", max_count=5),
                )

        results = at_once(advance(instance), add)
        assert sum(isinstance(r, InstanceChanged) for r in results) == 1
        moved = reread(instance).current_task == "confirm"
        added = DataElement.objects.filter(instance=instance, data_type="vedlegg")
        assert moved != added.exists()


def test_two_confirmations_at_once_are_one() -> None:
    """S-112, T-31"""
    instance = make_instance(submitted=True)
    results = at_once(
        *[
            lambda: instances.confirm_complete(OWNER_PRINCIPAL, instance=instance)
            for _ in range(4)
        ]
    )
    assert all(isinstance(result, Instance) for result in results)
    row = reread(instance)
    assert [c["stakeholderId"] for c in row.confirmations] == ["nav"]


def test_downloads_at_once_are_all_logged() -> None:
    """seed-api.md §4.1: one time per download"""
    element = make_element(instance=make_instance())
    at_once(
        *[
            lambda: data_elements.record_download(
                OWNER_PRINCIPAL, element=DataElement.objects.get(pk=element.pk)
            )
            for _ in range(4)
        ]
    )
    assert len(reread(element).owner_downloads) == 4
