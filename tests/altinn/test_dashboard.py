"""The dashboard: counted beforehand, drawn by the server, one organisation's alone."""

import html
import os
import re
import signal
import subprocess
import sys
from datetime import timedelta
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps_registry.models import Application
from cleanup.retention import purge_app
from common.charts import columns
from events import telling
from events.cloudevents import INSTANCE_CREATED
from events.models import DailyCount
from instances import statistics
from instances.models import AppStatistics, Instance
from parties.choices import OrgRole
from tests.altinn import desk
from tests.altinn.desk import member, page_of, sign_in
from tests.factories import make_instance

pytestmark = pytest.mark.usefixtures("sandbox")
APP = "nav/app2018"


@pytest.fixture
def viewer(sandbox: None) -> Client:
    """Somebody who looks at what nav has."""
    return sign_in(None, member(OrgRole.VIEWER))


def leads_to(words: str, text: str) -> str:
    """Return the address that a link with these words leads to."""
    found = re.search(f'<a href="([^"]*)">{re.escape(words)}</a>', text)
    assert found
    return html.unescape(found[1])


def page(code: str = "nav") -> str:
    """Return the address of a dashboard."""
    return reverse("admin:dashboard", args=[code])


def test_everything_is_counted_where_it_belongs() -> None:
    """State, task and the oldest to confirm, to the last one"""
    make_instance()
    make_instance()
    oldest = make_instance(submitted=True)
    make_instance(submitted=True)
    make_instance(confirmed=True)
    make_instance(soft_deleted=True)
    make_instance(submitted=True, soft_deleted=True)
    make_instance(hard_deleted=True)
    make_instance()
    assert statistics.refresh() == 1
    row = AppStatistics.objects.get()
    assert (row.pk, row.org) == (APP, "nav")
    assert (row.active, row.archived, row.unconfirmed) == (3, 3, 2)
    assert (row.soft_deleted, row.hard_deleted) == (2, 1)
    assert row.oldest_unconfirmed_id == oldest.pk
    assert row.per_task == {"formfilling": 3}


def test_counting_again_follows_what_happened(tmp_path: Path) -> None:
    """Also an application that is gone, and one that has no instance"""
    desk.deploy_foreign_app(tmp_path)
    instance = make_instance(submitted=True)
    call_command("refresh_dashboard", stdout=StringIO())
    assert AppStatistics.objects.get(pk="skd/melding").active == 0
    AppStatistics.objects.create(
        app_id="nav/gone",
        org="nav",
        as_of=timezone.now(),
        **dict.fromkeys(
            ["active", "archived", "soft_deleted", "hard_deleted", "unconfirmed"], 9
        ),
    )
    Instance.objects.filter(pk=instance.pk).update(confirmed=True)
    out = StringIO()
    call_command("refresh_dashboard", stdout=out)
    assert out.getvalue() == "Counted the instances of 2 apps.\n"
    row = AppStatistics.objects.get(org="nav")
    assert (row.pk, row.unconfirmed, row.oldest_unconfirmed) == (APP, 0, None)


def test_counting_takes_the_same_statements_at_any_length() -> None:
    """Three, one an application, and the two that store"""
    counts = []
    for more in (1, 30):
        for _ in range(more):
            make_instance(submitted=True)
        with CaptureQueriesContext(connection) as captured:
            statistics.refresh()
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 10


def test_a_dashboard_shows_numbers_and_when_they_were_counted(viewer: Client) -> None:
    """With links to what is counted"""
    oldest = make_instance(submitted=True)
    make_instance()
    statistics.refresh()
    make_instance()  # later: not in the numbers
    text = viewer.get(page()).content.decode()
    counted = AppStatistics.objects.get()
    assert f"{counted.as_of:%Y-%m-%d %H:%M} UTC" in text
    assert page_of(oldest) in text
    assert "<strong>1</strong> active" in text
    assert "<strong>1</strong> to confirm" in text
    waiting = viewer.get(leads_to("<strong>1</strong> to confirm", text))
    assert list(waiting.context["cl"].result_list) == [oldest]
    of_app = f"app={APP}&amp;state=archived&amp;confirmed__exact=0".replace("/", "%2F")
    assert f'?{of_app}">1</a>' in text


def test_a_dashboard_draws_what_was_made_also_of_what_is_gone(viewer: Client) -> None:
    """Thirty days to today's, counted as it was told; nothing of another's"""
    today = timezone.now().date()
    gone = make_instance(hard_deleted=True)
    make_instance(submitted=True)
    telling.tell()
    purge_app(app_id=gone.app_id, execute=True)
    for days, org in [(29, "nav"), (30, "nav"), (0, "skd")]:
        DailyCount.objects.create(
            org=org,
            app_id=f"{org}/other",
            day=today - timedelta(days=days),
            type=INSTANCE_CREATED,
            count=100,
        )
    statistics.refresh()
    text = viewer.get(page()).content.decode()
    assert "Instances made a day, the last 30 days: 102 in all" in text
    assert f"<title>{today - timedelta(days=29)}: 100</title>" in text
    assert f"<title>{today}: 2</title>" in text


def test_no_page_reads_the_instances_to_count_them(viewer: Client) -> None:
    """Neither the dashboard nor the first page nor an application's"""
    make_instance()
    statistics.refresh()
    paths = [page(), reverse("admin:index"), page_of(Application.objects.get())]
    for path in paths:
        viewer.get(path)  # what a process looks up once
        with CaptureQueriesContext(connection) as captured:
            assert viewer.get(path).status_code == 200
        sql = [query["sql"] for query in captured.captured_queries]
        assert len(sql) <= 10, sql
        assert not any('"instances_instance"' in s or "COUNT(" in s for s in sql), sql


def test_before_anything_is_counted_it_says_so(viewer: Client) -> None:
    """And who does it"""
    text = viewer.get(page()).content.decode()
    assert "manage.py refresh_dashboard" in text
    assert "not counted yet" in text


@pytest.mark.parametrize("code", ["skd", "nobody", "nav%2F..", "NAV"])
def test_another_organisations_dashboard_is_not_there(
    viewer: Client, tmp_path: Path, code: str
) -> None:
    """404, as for one that does not exist"""
    desk.deploy_foreign_app(tmp_path)
    statistics.refresh()
    assert viewer.get(f"/admin/desk/{code}/").status_code == 404
    assert "skd" not in desk.text_of(viewer, reverse("admin:index"))


def test_nobody_sees_a_dashboard_without_signing_in(client: Client) -> None:
    """The login page comes first"""
    answer = client.get(page(), headers={"host": "altinn.test:8000"})
    assert answer.status_code == 302


@pytest.mark.parametrize("values", [[], [0], [1], [3, 20, 0, 199], [10**9, 1]])
def test_a_chart_is_well_formed_and_stays_in_its_frame(values: list[int]) -> None:
    """And every column tells its number in words"""
    drawn = columns([(f"2026-01-{n:02}", v) for n, v in enumerate(values)], title="<T>")
    root = ElementTree.fromstring(drawn)  # noqa: S314  our own
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    bars = root.findall("rect")
    assert [bar[0].text for bar in bars] == [
        f"2026-01-{n:02}: {v}" for n, v in enumerate(values)
    ]
    for bar in bars:
        assert 0 <= float(bar.attrib["x"]) <= width
        assert 0 <= float(bar.attrib["y"]) <= height
        assert float(bar.attrib["y"]) + float(bar.attrib["height"]) <= height


@pytest.mark.slow
def test_counting_again_and_again_ends_with_sigterm(tmp_path: Path) -> None:
    """As a service does it"""
    database = {"DATABASE_URL": f"sqlite:///{tmp_path / 'own.sqlite3'}"}
    environment = {**os.environ, **database, "ALTINN_DATA_DIR": str(tmp_path)}
    manage = [sys.executable, "manage.py"]
    subprocess.run(
        [*manage, "migrate", "--verbosity", "0"], env=environment, check=True
    )
    counting = subprocess.Popen(
        [*manage, "refresh_dashboard", "--every", "1"],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    with counting:
        assert counting.stdout is not None
        assert counting.stdout.readline() == "Counted the instances of 0 apps.\n"
        counting.send_signal(signal.SIGTERM)
        assert counting.wait(20) == 0
