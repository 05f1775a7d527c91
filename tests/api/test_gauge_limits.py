"""What it takes to read the figures of the page of metrics, however much there is."""

from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from api.metrics import gauges
from common.gauges import AT_MOST
from data_elements.models import FileScan
from events import statistics as delivery_statistics
from events import telling
from events.choices import Outcome
from events.models import Delivery
from exports.models import Export
from instances import statistics
from instances.models import AppStatistics, Transition
from tests.altinn.desk import deploy_foreign_app, foreign_instance
from tests.api.counted import (
    begin_service_task,
    claim,
    give_up,
    make_attachment,
    order_export,
    scan_attachments,
    subscribe,
)
from tests.changed_app import deploy
from tests.scraping import TOKEN, scrape

pytestmark = pytest.mark.usefixtures("sandbox")


@pytest.fixture(autouse=True)
def served(settings: LazySettings) -> None:
    """The server has a token of metrics, and receivers are on this machine."""
    settings.ALTINN_METRICS_TOKEN = TOKEN
    settings.ALTINN_INTERNAL_HOSTS = ["localhost"]


def test_it_takes_the_same_statements_whatever_there_is(tmp_path: Path) -> None:
    """And none reads the instances"""
    few = statements()
    assert len(few) == 14, few
    deploy_foreign_app(tmp_path)
    for _ in range(12):
        foreign_instance()
        begin_service_task()
    for number in range(5):
        subscribe(f"http://localhost:9/{number}")
        order_export(f"nav/app{number}")
    telling.tell()
    _count_for_many_orgs()
    assert len(statements()) == len(few)
    assert not any('"instances_instance"' in sql for sql in few)


def statements() -> list[str]:
    """Return the statements of one reading."""
    with CaptureQueriesContext(connection) as captured:
        assert len(list(gauges(timezone.now()))) >= 20
    return [query["sql"] for query in captured.captured_queries]


def _count_for_many_orgs() -> None:
    statistics.refresh()
    delivery_statistics.refresh()
    [row] = AppStatistics.objects.filter(org="nav")
    for number in range(30):
        row.app_id, row.org = f"org{number}/app", f"org{number}"
        row.save(force_insert=True)


def test_no_more_than_so_many_rows_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each figure whose text says so, and subscriptions"""
    deploy(tmp_path, scan_attachments)
    for number in range(8):
        begin_service_task()
        make_attachment()
        subscribe(f"http://localhost:9/{number}")
        order_export(f"nav/app{number}")
    for rows in (FileScan, Transition, Export):
        for _ in range(4):
            give_up(claim(rows.objects.all()))
    dead = list(Delivery.objects.values_list("pk", flat=True)[:4])
    Delivery.objects.filter(pk__in=dead).update(
        outcome=Outcome.DEAD, due_at=None, ended_at=timezone.now()
    )
    counted = {
        "events_undelivered",
        "deliveries_waiting",
        "deliveries_dead",
        "file_scans_pending",
        "file_scans_dead",
        "service_tasks{state=waiting}",
        "service_tasks{state=failed}",
        "exports{state=waiting}",
        "exports{state=failed}",
    }
    limited = {
        gauge.name.removeprefix("altinn_")
        for gauge in gauges(timezone.now())
        if AT_MOST in gauge.text
    }
    assert {name.partition("{")[0] for name in counted} == limited
    counted.add("subscriptions{state=not-validated}")
    all_of_them = scrape()
    assert all(all_of_them[name] >= 4 for name in counted), all_of_them
    for room in ("events", "data_elements", "process", "exports"):
        monkeypatch.setattr(f"{room}.gauges.MOST", 3)
    found = scrape()
    assert {name: found[name] for name in counted} == dict.fromkeys(counted, 3)
