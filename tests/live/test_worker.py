"""Real worker processes: killed in the middle, stopped politely, beside a server."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from cleanup.models import RecurringTask
from cleanup.recurring import EMBEDDED_WORKER, TASKS
from instances.models import AppStatistics
from tests.live.gates import GATED, gate
from tests.servers import ROOT, Command, Inside, LiveServer, Template, wait_until


@pytest.fixture
def house(template: Template) -> Iterator[LiveServer]:
    """A server without an embedded worker, whose data workers of the test share."""
    with template.server(**GATED) as running:
        yield running


@contextmanager
def worker(server: LiveServer, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """Run ``manage.py worker`` on the server's data."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "worker", "--poll", "0.1", *arguments],
        cwd=ROOT,
        env=server.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=300)


def test_a_killed_worker_loses_nothing_and_its_row_is_taken_over_aloud(
    house: LiveServer, inside: Inside
) -> None:
    with inside(house) as alias:
        tasks = RecurringTask.objects.using(alias)
        shutting = gate(house, AppStatistics)
        with shutting as shut, worker(house, "--rooms", "cleanup") as victim:
            shut.wait()
            victim.kill()  # -9, with the row in hand
        left = tasks.get(name="refresh-dashboard")
        assert (left.attempts, left.last_run_at) == (1, None)
        assert left.leased_until is not None
        assert not AppStatistics.objects.using(alias).exists()
        # Nobody gets it before the lease ends; then the next worker does, and says so.
        house.manage("worker", "--once", "--rooms", "cleanup")
        assert tasks.get(name="refresh-dashboard").last_run_at is None
        past = timezone.now() - timedelta(seconds=1)
        tasks.filter(name="refresh-dashboard").update(leased_until=past, due_at=past)
        with worker(house, "--once", "--rooms", "cleanup") as heir:
            _, log = heir.communicate(timeout=300)
        assert '"event": "lease_taken_over"' in log
        done = tasks.get(name="refresh-dashboard")
        assert (done.attempts, done.leased_until) == (0, None)
        assert done.last_outcome == "Counted the instances of 1 apps."
        assert AppStatistics.objects.using(alias).count() == 1


def test_sigterm_ends_a_worker_that_waits_and_one_that_works(
    house: LiveServer, inside: Inside
) -> None:
    with inside(house) as alias, worker(house, "--poll", "3600") as waiting:
        tasks = RecurringTask.objects.using(alias)

        def all_done() -> bool:
            return tasks.filter(last_run_at__isnull=False).count() == len(TASKS)

        wait_until(all_done, seconds=300)
        waiting.send_signal(signal.SIGTERM)
        out, log = waiting.communicate(timeout=300)  # it would wait for an hour
        assert (waiting.returncode, out) == (0, f"Had {len(TASKS)} rows in hand.\n")
        assert log.count('"event": "work_done"') == len(TASKS)

        tasks.filter(name="refresh-dashboard").update(due_at=timezone.now())
        with gate(house, AppStatistics) as shut, worker(house) as working:
            shut.wait()  # what is leased and not begun would be given back
            working.send_signal(signal.SIGTERM)
            shut.open()
            working.communicate(timeout=300)
        assert working.returncode == 0
        assert not tasks.filter(leased_until__isnull=False).exists()
        assert tasks.get(name="refresh-dashboard").due_at > timezone.now()


@pytest.mark.skipif(
    "postgres" not in os.environ.get("DATABASE_URL", ""),
    reason="SQLite has no connection that could be cut",
)
def test_a_worker_goes_on_when_the_database_has_cut_its_connections(
    house: LiveServer, inside: Inside
) -> None:
    """In the middle of its work and while it waits; nothing is lost"""
    with inside(house) as alias:
        tasks = RecurringTask.objects.using(alias)

        def cut() -> None:
            with connections[alias].cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )

        def all_done() -> bool:
            # What was in hand waits for its lease or its back-off, as if it were over.
            waiting = tasks.filter(last_run_at__isnull=True)
            past = timezone.now() - timedelta(seconds=1)
            waiting.filter(due_at__gt=timezone.now()).update(due_at=past)
            done = tasks.filter(last_run_at__isnull=False, leased_until__isnull=True)
            return done.count() == len(TASKS)

        shutting = gate(house, AppStatistics)
        with shutting as shut, worker(house, "--rooms", "cleanup") as process:
            shut.wait()
            cut()
            shut.open()
            wait_until(all_done, seconds=300)
            cut()
            tasks.update(due_at=timezone.now(), last_run_at=None)
            wait_until(all_done, seconds=300)
            process.send_signal(signal.SIGTERM)
            _, log = process.communicate(timeout=300)
        assert process.returncode == 0, log
        assert '"event": "worker_without_database"' in log
        assert re.search(r'"reason": "[^"]*connection', log)
        assert set(tasks.values_list("last_error", flat=True)) == {""}


def test_of_a_servers_processes_one_works_and_another_follows_when_it_dies(
    template: Template, inside: Inside
) -> None:
    """D-11: the embedded worker, in two processes of one server"""
    command = Command(workers=2)
    made = template.server(command, ALTINN_EMBEDDED_WORKER="true")
    with made as server, inside(server) as alias:
        tasks = RecurringTask.objects.using(alias)

        def all_done() -> bool:
            done = tasks.filter(last_run_at__isnull=False)
            return done.count() == len(TASKS)

        wait_until(all_done, seconds=300)
        assert server.log.count("embedded_worker_began") == 1
        time.sleep(3)  # the other process has asked by now
        assert server.log.count("embedded_worker_began") == 1
        server.kill()
        past = timezone.now() - timedelta(seconds=1)
        tasks.filter(name=EMBEDDED_WORKER).update(leased_until=past, due_at=past)
        tasks.exclude(name=EMBEDDED_WORKER).update(due_at=past, last_run_at=None)
        server.start()
        wait_until(all_done, seconds=300)
        assert server.log.count("embedded_worker_began") == 2
