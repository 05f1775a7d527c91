"""Every figure of the page of metrics moves when what it counts happens."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import LazySettings
from django.core.management import call_command
from django.utils import timezone

from altinn import worker
from altinn.embedded import Leadership
from api.readable import readable
from cleanup.recurring import TASKS
from common import leases
from data_elements.models import FileScan
from events import delivery, telling
from events import services as events
from events import statistics as delivery_statistics
from events.models import CloudEvent, Delivery, Subscription
from exports import services as exports
from exports.models import Export
from instances import statistics
from instances.models import Transition
from tests.altinn.desk import deploy_foreign_app, foreign_instance
from tests.api.counted import (
    LEASE,
    begin_service_task,
    claim,
    give_up,
    make_attachment,
    order_export,
    scan_attachments,
    subscribe,
)
from tests.changed_app import deploy
from tests.events.receiver import Receiver, receiving
from tests.factories import make_instance
from tests.scraping import TOKEN, of, scrape

pytestmark = pytest.mark.usefixtures("sandbox")


@pytest.fixture(autouse=True)
def served(settings: LazySettings) -> None:
    """The server has a token of metrics, and receivers are on this machine."""
    settings.ALTINN_METRICS_TOKEN = TOKEN
    settings.ALTINN_INTERNAL_HOSTS = ["localhost"]


@pytest.fixture
def clock() -> Iterator[Any]:
    """A clock that stands still until it is told to go on."""
    with time_machine.travel(timezone.now(), tick=False) as at:
        yield at


def deliver() -> None:
    """Let a worker tell and send what is due."""
    worker.run(delivery.work(readable), stop=threading.Event(), once=True)


# --- events ---------------------------------------------------------------------------
def test_events_that_nobody_was_told_of_are_undelivered(clock: Any) -> None:
    telling.tell()
    make_instance()
    clock.shift(90)
    make_instance(filled=True)
    found = scrape()
    assert found["events_undelivered"] == CloudEvent.objects.unnumbered().count() >= 2
    assert found["events_oldest_undelivered_age_seconds"] == 90
    telling.tell()
    found = scrape()
    assert found["events_undelivered"] == 0
    assert found["events_oldest_undelivered_age_seconds"] == 0


def test_a_subscription_is_not_validated_until_its_receiver_has_answered(
    clock: Any,
) -> None:
    with receiving() as receiver:
        subscribe(receiver.address)
        clock.shift(30)
        found = scrape()
        assert of(found, "subscriptions") == states(unvalidated=1)
        assert found["deliveries_waiting"] == 1
        assert found["deliveries_longest_overdue_seconds"] == 30
        deliver()
    found = scrape()
    assert of(found, "subscriptions") == states(active=1)
    assert found["deliveries_waiting"] == 0
    assert found["deliveries_longest_overdue_seconds"] == 0
    events.unsubscribe(subscription=Subscription.objects.get())
    assert of(scrape(), "subscriptions") == states()


def test_what_is_refused_waits_and_is_dead_at_last(clock: Any) -> None:
    with receiving() as receiver:
        refused(receiver)
        found = scrape()
        assert (found["deliveries_waiting"], found["deliveries_dead"]) == (1, 0)
        assert found["deliveries_longest_overdue_seconds"] == 0  # not due yet
        delivery_statistics.refresh()
        clock.shift(5)
        assert scrape()["deliveries_oldest_retried_age_seconds{org=nav}"] == 5
        for wait in delivery.SCHEDULE:
            clock.shift(wait)
            deliver()
        delivery_statistics.refresh()
    found = scrape()
    assert (found["deliveries_waiting"], found["deliveries_dead"]) == (0, 1)
    assert found["deliveries_oldest_retried_age_seconds{org=nav}"] == 0
    events.retry(delivery=Delivery.objects.get(event__isnull=False))
    assert scrape()["deliveries_dead"] == 0


def refused(receiver: Receiver) -> None:
    """Have a receiver that took the question refuse an event."""
    subscribe(receiver.address)
    deliver()
    receiver.answers = lambda event: 503
    make_instance()
    deliver()


def test_a_receiver_that_gives_no_answer_is_away(clock: Any) -> None:
    with receiving() as receiver:
        subscribe(receiver.address)
        deliver()
        receiver.answers = lambda event: None
        make_instance()
        deliver()
    clock.shift(7)
    found = scrape()
    assert of(found, "subscriptions") == states(away=1)
    assert found["subscriptions_longest_away_seconds"] == 7


def states(*, active: int = 0, unvalidated: int = 0, away: int = 0) -> dict[str, int]:
    """Return how many subscriptions are in each state."""
    return {
        "state=active": active,
        "state=not-validated": unvalidated,
        "state=receiver-away": away,
    }


# --- work -----------------------------------------------------------------------------
def test_content_waits_for_its_scan_until_that_is_given_up(
    tmp_path: Path, clock: Any
) -> None:
    deploy(tmp_path, scan_attachments)
    element = make_attachment()
    clock.shift(11)
    found = scrape()
    assert found["file_scans_pending"] == 1
    assert found["file_scans_oldest_pending_age_seconds"] == 11
    assert found["file_scans_dead"] == 0
    give_up(claim(FileScan.objects.all()))
    found = scrape()
    assert (found["file_scans_pending"], found["file_scans_dead"]) == (1, 1)
    element.delete()
    found = scrape()
    assert found["file_scans_pending"] == 0
    assert found["file_scans_oldest_pending_age_seconds"] == 0


def test_a_service_task_waits_runs_and_fails(clock: Any) -> None:
    begin_service_task()
    clock.shift(3)
    found = scrape()
    assert of(found, "service_tasks") == stages("waiting")
    assert found["service_tasks_oldest_age_seconds"] == 3
    row = claim(Transition.objects.all())
    assert of(scrape(), "service_tasks") == stages("running")
    clock.shift(LEASE)
    assert of(scrape(), "service_tasks") == stages("waiting")  # its worker died
    give_up(row)
    found = scrape()
    assert of(found, "service_tasks") == stages("failed")
    assert found["service_tasks_oldest_age_seconds"] == 0
    leases.revive(row, now=timezone.now())
    assert of(scrape(), "service_tasks") == stages("waiting")


def test_an_export_waits_runs_and_fails(clock: Any) -> None:
    export = order_export()
    clock.shift(4)
    found = scrape()
    assert of(found, "exports") == stages("waiting")
    assert found["exports_oldest_unfinished_age_seconds"] == 4
    row = claim(Export.objects.all())
    assert of(scrape(), "exports") == stages("running")
    give_up(row)
    found = scrape()
    assert of(found, "exports") == stages("failed")
    assert found["exports_oldest_unfinished_age_seconds"] == 0
    exports.retry(export=export)
    assert of(scrape(), "exports") == stages("waiting")
    exports.cancel(export=export)
    assert of(scrape(), "exports") == stages()


def stages(*now: str) -> dict[str, int]:
    """Return how much work is at each stage, a name for each piece."""
    return {
        f"state={name}": now.count(name) for name in ("waiting", "running", "failed")
    }


# --- workers --------------------------------------------------------------------------
def test_a_worker_is_seen_by_what_it_has_done(clock: Any) -> None:
    found = scrape()
    assert found["worker_last_seen_timestamp_seconds"] == 0
    last_runs = of(found, "recurring_task_last_run_timestamp_seconds")
    assert last_runs == {f"task={name}": 0 for name in TASKS}
    call_command("worker", "--once", "--rooms", "cleanup")
    began = timezone.now().timestamp()
    clock.shift(1000)
    found = scrape()
    assert found["worker_last_seen_timestamp_seconds"] == pytest.approx(began)
    last_runs = of(found, "recurring_task_last_run_timestamp_seconds")
    assert last_runs == {f"task={name}": pytest.approx(began) for name in TASKS}


def test_a_worker_is_seen_by_what_it_has_in_hand(clock: Any) -> None:
    leader = Leadership()
    assert leader.held()
    clock.shift(20)
    seen = scrape()["worker_last_seen_timestamp_seconds"]
    assert seen == pytest.approx(timezone.now().timestamp())
    clock.shift(20)  # it died
    assert scrape()["worker_last_seen_timestamp_seconds"] == 0


def test_what_recurs_and_fails_is_counted_until_it_ends_well(
    clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "recurring_task_failed_attempts{task=refresh-dashboard}"
    work = ("worker", "--once", "--rooms", "cleanup")
    with monkeypatch.context() as broken:
        broken.setattr(statistics, "refresh", _break)
        call_command(*work)
        assert scrape()[name] == 1
        clock.shift(timedelta(hours=1))
        call_command(*work)
        assert scrape()[name] == 2
    clock.shift(timedelta(hours=1))
    call_command(*work)
    assert scrape()[name] == 0


def _break() -> int:
    raise ValueError("the disk is full")


# --- what is stored -------------------------------------------------------------------
def test_instances_are_those_of_the_dashboard(tmp_path: Path, clock: Any) -> None:
    deploy_foreign_app(tmp_path)
    make_instance()
    make_instance(confirmed=True)
    make_instance(soft_deleted=True)
    make_instance(hard_deleted=True)
    make_instance(submitted=True)
    foreign_instance()
    assert of(scrape(), "instances") == {}
    statistics.refresh()
    counted = timezone.now().timestamp()
    clock.shift(6)
    found = scrape()
    assert of(found, "instances") == {
        "org=nav,state=active": 1,
        "org=nav,state=archived": 2,
        "org=nav,state=soft-deleted": 1,
        "org=nav,state=hard-deleted": 1,
        "org=skd,state=active": 1,
        "org=skd,state=archived": 0,
        "org=skd,state=soft-deleted": 0,
        "org=skd,state=hard-deleted": 0,
    }
    assert of(found, "instances_unconfirmed") == {"org=nav": 1, "org=skd": 0}
    assert of(found, "instances_oldest_unconfirmed_age_seconds") == {
        "org=nav": 6,
        "org=skd": 0,
    }
    assert found["instances_counted_timestamp_seconds"] == pytest.approx(counted)


def test_an_application_that_is_deployed_is_served(tmp_path: Path) -> None:
    assert scrape()["applications_served"] == 1
    deploy_foreign_app(tmp_path)
    assert scrape()["applications_served"] == 2
