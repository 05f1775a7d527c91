"""``python -m bench.lease_queue``: fifty workers drain an owner's queue.

Needs an empty, migrated database with the sample application (``make prepare``), and
leaves the instances that it makes there. What counts is that no instance is handed out
twice; how fast it goes stands beside it.
"""

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from itertools import islice
from multiprocessing import get_context
from typing import TypeVar
from uuid import UUID

import django
from django.apps import apps

if not apps.ready:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "altinn.settings")
    django.setup()

from django.db import OperationalError, connection, connections
from django.utils import timezone

from common.ids import uuid7
from instances import lease_queue
from instances.lease_queue import Batch
from instances.models import Instance
from parties.identity import Principal, PrincipalKind

T = TypeVar("T")
_PARTY = 500000
_CHUNK = 1000
_WORKERS, _PROCESSES, _SIZE = 50, 2, 100


def fill(app_id: str, count: int, *, using: str = "default") -> None:
    """Make ended instances that wait for their owner, in bulk."""
    moment = timezone.now() - timedelta(days=1)
    org = app_id.partition("/")[0]

    def rows() -> Iterator[Instance]:
        for number in range(count):
            when = moment + timedelta(microseconds=number)
            yield Instance(
                id=uuid7(),
                org=org,
                app_id=app_id,
                owner_party_id=_PARTY,
                process={"ended": when.isoformat(), "endEvent": "submitted"},
                process_ended=when,
                end_event="submitted",
                archived_at=when,
                created=when,
                last_changed=when,
            )

    made = rows()
    while chunk := list(islice(made, _CHUNK)):
        Instance.objects.using(using).bulk_create(chunk)


@dataclass
class Drained:
    """What one worker got; ``refused`` counts calls that the database had no time for.

    SQLite lets one write at a time and no one queue for it, so of fifty that wait some
    are turned away after twenty seconds, as a server answers 503. They ask again.
    """

    got: list[UUID] = field(default_factory=list)
    leases: int = 0
    refused: int = 0
    cpu: float = 0.0


def drain(app_id: str, size: int) -> Drained:
    """Lease and confirm until nothing is left."""
    owner = Principal(
        PrincipalKind.SERVICE_OWNER,
        level=3,
        org=app_id.partition("/")[0],
        org_number="310000000",
    )
    done, begun = Drained(), time.thread_time()

    def ask(call: Callable[[], T]) -> T:
        while True:
            try:
                return call()
            except OperationalError:
                done.refused += 1
                # A cursor of this connection may wait in another thread for being
                # collected, as long as the connection does not rest.
                connection.close()
                time.sleep(0.05)

    def lease() -> Batch:
        return lease_queue.lease(
            owner,
            app_id=app_id,
            most=size,
            visibility=timedelta(minutes=30),
            now=timezone.now(),
        )

    try:
        while (batch := ask(lease)).instances:
            done.leases += 1
            done.got += [instance.pk for instance in batch.instances]
            ask(
                partial(
                    lease_queue.acknowledge,
                    owner,
                    lease_id=batch.lease_id,
                    held_rows=batch.instances,
                    now=timezone.now(),
                )
            )
    finally:
        connection.close()
    done.cpu = time.thread_time() - begun
    return done


def _drain_with_threads(app_id: str, size: int, threads: int) -> list[Drained]:
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(lambda _: drain(app_id, size), range(threads)))


@dataclass(frozen=True, slots=True)
class Emptied:
    """How a queue was filled, and emptied by many workers at once."""

    instances: int
    filled: float
    workers: int
    size: int
    got: int
    twice: int
    seconds: float
    cpu: float
    leases: int
    refused: int

    @property
    def never(self) -> int:
        """How many instances no worker got."""
        return self.instances - self.got

    @property
    def is_exact(self) -> bool:
        """Whether each was handed out, and once."""
        return not self.twice and not self.never

    def __str__(self) -> str:
        return (
            f"{self.instances:,} instances made in {self.filled:.1f} s; {self.workers}"
            f" workers with batches of {self.size} leased and confirmed {self.got:,} in"
            f" {self.seconds:.1f} s ({self.got / self.seconds:,.0f} a second,"
            f" {1e6 * self.cpu / max(1, self.got):,.0f} us of Python each,"
            f" {self.leases} leases, {self.refused} refused); handed out twice:"
            f" {self.twice}; never: {self.never}."
        )


def empty(
    app_id: str,
    *,
    instances: int,
    workers: int = _WORKERS,
    processes: int = _PROCESSES,
    size: int = _SIZE,
) -> Emptied:
    """Fill the queue of an application, and let the workers empty it."""
    begun = time.perf_counter()
    fill(app_id, instances)
    filled = time.perf_counter() - begun
    connections.close_all()
    begun = time.perf_counter()
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        work = [
            pool.submit(_drain_with_threads, app_id, size, workers // processes)
            for _ in range(processes)
        ]
        done = [one for future in work for one in future.result()]
    seconds = time.perf_counter() - begun
    got = Counter(pk for one in done for pk in one.got)
    return Emptied(
        instances=instances,
        filled=filled,
        workers=len(done),
        size=size,
        got=len(got),
        twice=sum(1 for times in got.values() if times > 1),
        seconds=seconds,
        cpu=sum(one.cpu for one in done),
        leases=sum(one.leases for one in done),
        refused=sum(one.refused for one in done),
    )


def main(arguments: list[str]) -> int:
    """Fill, drain and print; return 1 unless each was handed out exactly once."""
    options = _parser().parse_args(arguments)
    found = empty(
        options.app,
        instances=options.instances,
        workers=options.workers,
        processes=options.processes,
        size=options.size,
    )
    load = os.getloadavg()[0]
    print(f"{connection.vendor}, {os.cpu_count()} cores, load {load:.1f}: {found}")
    return 0 if found.is_exact else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.lease_queue",
        description="Fill the queue of an application and drain it with many workers"
        " at once; fails when an instance is handed out twice or not at all.",
    )
    parser.add_argument("--instances", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=_WORKERS)
    parser.add_argument("--processes", type=int, default=_PROCESSES)
    parser.add_argument("--size", type=int, default=_SIZE, help="instances in a batch")
    parser.add_argument("--app", default="nav/app2018", metavar="ORG/APP")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
