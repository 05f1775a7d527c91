"""The figures of operators cost the same however long the tables have grown."""

from copy import copy
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from api.metrics import gauges
from bench.plans import buffers_of, nodes_of, plan_of
from common.ids import uuid7
from data_elements.choices import FileScanResult
from data_elements.models import DataElement, FileScan
from events import services as events
from events import telling
from events.choices import Outcome
from events.models import CloudEvent, Delivery
from events.services import Wanted
from exports.models import Export
from instances.models import Instance, Transition
from process import callers
from tests.cast import OWNER_PRINCIPAL, SOPHIE_PRINCIPAL
from tests.factories import make_element, make_instance
from tests.performance.conftest import sweep

LONG_GONE = 6_000  # rows of each table that nothing is to be done about
FEW = 20  # of each table that something is to be done about
GROWING: tuple[type[Model], ...] = (
    CloudEvent,
    Delivery,
    DataElement,
    FileScan,
    Export,
    Instance,
    Transition,
)
INDEXES = {
    "cloudevent_unnumbered",
    "delivery_due",
    "delivery_dead",
    "dataelement_scan_pending",
    "filescan_dead",
    "transition_due",
    "transition_dead",
    "export_ordered_once",
    "export_failed",
}
MOST_BUFFERS = 800  # of a reading, with the few rows that it counts


@pytest.fixture(scope="module")
def swept(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Tables in which nothing lies that other tests have rolled back."""
    if connection.vendor != "postgresql":
        pytest.skip("plans and buffers are PostgreSQL's")
    with django_db_blocker.unblock():
        sweep(*(model._meta.db_table for model in GROWING))


@pytest.fixture(autouse=True)
def filled(swept: None, sandbox: None) -> None:
    """Long tables, of which little is still to be done."""
    _store()
    _tell()
    _scan()
    _export()
    _work()
    with connection.cursor() as cursor:
        for model in GROWING:
            cursor.execute(f"ANALYZE {model._meta.db_table}")


def test_no_figure_reads_a_table_from_end_to_end() -> None:
    """Style.md §16: undelivered, dead and pending rows have indexes of their own"""
    with CaptureQueriesContext(connection) as captured:
        found = {gauge.name: gauge for gauge in gauges(timezone.now())}
    assert found["altinn_events_undelivered"].samples[()] == FEW
    assert found["altinn_deliveries_dead"].samples[()] == FEW
    assert found["altinn_deliveries_waiting"].samples[()] == FEW + 1
    assert found["altinn_file_scans_pending"].samples[()] == FEW
    assert found["altinn_file_scans_dead"].samples[()] == FEW
    assert found["altinn_exports"].samples[("failed",)] == FEW
    assert found["altinn_service_tasks"].samples[("failed",)] == FEW
    plans = [plan_of(query["sql"]) for query in captured.captured_queries]
    nodes = [node for plan in plans for node in nodes_of(plan)]
    scanned = {
        node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"
    }
    assert {node.get("Index Name") for node in nodes} >= INDEXES
    assert not scanned & {model._meta.db_table for model in GROWING}
    assert sum(map(buffers_of, plans)) <= MOST_BUFFERS


def _store() -> None:
    """Multiply an instance and its form."""
    element = make_element(instance=make_instance())
    instances = [copy(element.instance) for _ in range(LONG_GONE)]
    elements = [copy(element) for _ in instances]
    for made, its in zip(instances, elements, strict=True):
        made.pk, its.pk = uuid7(), uuid7()
        its.instance_id, its.blob_key = made.pk, str(its.pk)
    Instance.objects.bulk_create(instances)
    DataElement.objects.bulk_create(elements)


def _tell() -> None:
    now = timezone.now()
    telling.tell()  # of what made the instance
    told = [_event(place) for place in range(LONG_GONE)]
    CloudEvent.objects.bulk_create([*told, *(_event(None) for _ in range(FEW))])
    wanted = Wanted(end_point="https://receiver.example", resource="urn:x")
    subscription, _ = events.subscribe(OWNER_PRINCIPAL, wanted=wanted)
    outcomes = [Outcome.DELIVERED, Outcome.WITHHELD] * (LONG_GONE // 2)
    outcomes += [Outcome.DEAD] * FEW
    ended = [
        Delivery(subscription=subscription, org="nav", outcome=outcome, ended_at=now)
        for outcome in outcomes
    ]
    waiting = [
        Delivery(subscription=subscription, org="nav", due_at=now) for _ in range(FEW)
    ]
    Delivery.objects.bulk_create([*ended, *waiting])


def _event(place: int | None) -> CloudEvent:
    return CloudEvent(
        type="app.instance.created",
        source="https://nav.apps.example",
        subject="/party/1",
        resource="urn:x",
        resource_instance="1/x",
        time=timezone.now(),
        sequence=place,
    )


def _scan() -> None:
    now = timezone.now()
    done = [FileScan(element_id=uuid7(), due_at=None) for _ in range(LONG_GONE)]
    dead = [FileScan(element_id=uuid7(), due_at=None, dead_at=now) for _ in range(FEW)]
    FileScan.objects.bulk_create([*done, *dead])
    keys = DataElement.objects.order_by("-pk").values("pk")[:FEW]
    DataElement.objects.filter(pk__in=keys).update(scan_result=FileScanResult.PENDING)


def _export() -> None:
    now = timezone.now()
    over = {"finished_at": now, "expires_at": now, "discarded_at": now, "due_at": None}
    given_up = {"dead_at": now, "due_at": None}
    Export.objects.bulk_create(
        Export(
            org="nav",
            ordered_by={},
            app_ids=["nav/app2018"],
            query={},
            digest=f"{number:064}",
            with_content=False,
            created=now - timedelta(days=1),
            **(over if number >= FEW else given_up),
        )
        for number in range(LONG_GONE)
    )


def _work() -> None:
    """Give many instances work that waits, and a few work that was given up."""
    now = timezone.now()
    caller = callers.written(SOPHIE_PRINCIPAL)
    keys = Instance.objects.order_by("pk").values_list("pk", flat=True)[:LONG_GONE]
    Transition.objects.bulk_create(
        Transition(
            instance_id=key,
            app_id="nav/app2018",
            task="confirm",
            caller=caller,
            created=now,
            due_at=None if number < FEW else now,
            dead_at=now if number < FEW else None,
        )
        for number, key in enumerate(keys)
    )
