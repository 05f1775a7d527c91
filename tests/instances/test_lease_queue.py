"""Many workers of an owner lease at once, and no instance is in two hands."""

import os
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench.lease_queue import fill
from instances import lease_queue
from instances.errors import QueueLeaseLost
from instances.models import Instance, InstanceEvent, QueueLease
from tests.cast import OWNER_PRINCIPAL
from tests.crowds import crowd

WORKERS = 50
INSTANCES = 1500
APP = "nav/app2018"
pytestmark = pytest.mark.usefixtures("committed_sandbox")


def in_many_threads(work: Callable[[int], list[UUID]]) -> list[UUID]:
    """Let fifty workers begin at the same moment; return what all of them got."""
    barrier = Barrier(WORKERS)

    def run(number: int) -> list[UUID]:
        barrier.wait()
        try:
            return work(number)
        finally:
            connection.close()

    with crowd(), ThreadPoolExecutor(WORKERS) as pool:
        return [pk for got in pool.map(run, range(WORKERS)) for pk in got]


def lease(most: int = 10, *, seconds: int = 300) -> lease_queue.Batch:
    """Lease a batch as the owner."""
    return lease_queue.lease(
        OWNER_PRINCIPAL,
        app_id=APP,
        most=most,
        visibility=timedelta(seconds=seconds),
        now=timezone.now(),
    )


def acknowledge(batch: lease_queue.Batch) -> None:
    """Confirm all of a batch."""
    lease_queue.acknowledge(
        OWNER_PRINCIPAL,
        lease_id=batch.lease_id,
        held_rows=batch.instances,
        now=timezone.now(),
    )


def test_fifty_workers_drain_a_queue_and_no_instance_is_handed_out_twice() -> None:
    """On both databases; bench/lease_queue.py does it with 100,000"""
    fill(APP, INSTANCES)

    def drain(_: int) -> list[UUID]:
        got: list[UUID] = []
        while (batch := lease()).instances:
            got += [instance.pk for instance in batch.instances]
            acknowledge(batch)
        return got

    got = Counter(in_many_threads(drain))
    assert len(got) == INSTANCES
    assert set(got.values()) == {1}
    assert Instance.objects.filter(confirmed=True).count() == INSTANCES
    told = InstanceEvent.objects.filter(event_type="ConfirmedComplete")
    assert told.count() == INSTANCES
    assert set(QueueLease.objects.values_list("leases", flat=True)) == {1}


def test_what_ended_leases_give_back_goes_to_one_of_many_each() -> None:
    """The rows exist already: what decides is the condition of the update"""
    fill(APP, 300)
    lease(300, seconds=0)
    got = Counter(in_many_threads(lambda _: [i.pk for i in lease(10).instances]))
    assert set(got.values()) == {1}
    got.update(instance.pk for instance in lease(300).instances)
    assert (len(got), set(got.values())) == (300, {1})
    assert set(QueueLease.objects.values_list("leases", flat=True)) == {2}


def test_of_the_late_holder_and_the_next_one_the_next_confirms_alone() -> None:
    fill(APP, 1)
    late = lease(seconds=0)
    holder = lease()
    assert len(holder.instances) == 1
    with pytest.raises(QueueLeaseLost):
        acknowledge(late)
    assert not Instance.objects.filter(confirmed=True).exists()
    acknowledge(holder)
    assert InstanceEvent.objects.filter(event_type="ConfirmedComplete").count() == 1


def test_one_that_is_confirmed_between_is_not_handed_out() -> None:
    fill(APP, 40)

    def confirm_or_lease(number: int) -> list[UUID]:
        batch = lease(1)
        if number % 2:
            acknowledge(batch)
            return []
        return [instance.pk for instance in batch.instances]

    held = in_many_threads(confirm_or_lease)
    confirmed = set(
        Instance.objects.filter(confirmed=True).values_list("pk", flat=True)
    )
    assert confirmed.isdisjoint(held)
    assert len(set(held)) == len(held)


@pytest.mark.skipif(
    "postgres" not in os.environ.get("DATABASE_URL", ""),
    reason="the plan is PostgreSQL's",
)
def test_a_lease_finds_its_rows_by_the_index_of_the_worklist_and_sorts_nothing() -> (
    None
):
    """Among many that are received already, and without reading those"""
    fill(APP, 5000)
    Instance.objects.update(confirmed=True)
    fill(APP, 2000)
    lease(500)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    with CaptureQueriesContext(connection) as captured:
        lease(100)
    (picking,) = (
        q["sql"] for q in captured.captured_queries if "SKIP LOCKED" in q["sql"]
    )
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {picking}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "inst_app_todo" in plan, plan
    assert "Sort" not in plan, plan
    assert "Seq Scan on instances_instance" not in plan, plan
