"""Instances at the desk: found, shown, downloaded and acted on, by role and policy."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps_registry.app_folder import POLICY
from apps_registry.models import Org
from apps_registry.services import replace_policy
from audit.models import AuditEntry
from data_elements.choices import FileScanResult
from data_elements.models import DataElement
from instances import services as instances
from instances.choices import InstanceEventType
from instances.models import Instance, InstanceEvent
from parties.choices import OrgRole
from parties.models import Party
from tests.altinn import desk
from tests.altinn.desk import address, element_of, member, page_of, shown, sign_in
from tests.cast import OWNER_PRINCIPAL
from tests.factories import FORM, SAMPLES, make_element, make_instance, reread

pytestmark = pytest.mark.usefixtures("sandbox")
_ACTED = ("confirm", "soft-delete", "restore")


@pytest.fixture
def case_worker(sandbox: None) -> Client:
    """Somebody who works for nav."""
    return sign_in(None, member(OrgRole.CASE_WORKER))


@pytest.fixture
def viewer(sandbox: None) -> Client:
    """Somebody who looks at what nav has."""
    return sign_in(None, member(OrgRole.VIEWER))


def act(browser: Client, action: str, *rows: Instance, **more: str) -> Any:
    """Choose an action for instances and say yes."""
    data = {"action": action, "_selected_action": [r.pk for r in rows], "sure": "1"}
    return browser.post(address(Instance, "changelist"), {**data, **more}, follow=True)


def permit_deletion() -> None:
    """Let nav delete in its application, by a new deployment of the policy."""
    text = (SAMPLES / "nav" / "app2018" / "App" / POLICY).read_text("utf-8")
    head, found, tail = text.rpartition(">complete<")
    assert found
    replace_policy(
        org="nav",
        app="app2018",
        content=f"{head}>delete<{tail}".encode(),
    )


def acted() -> list[tuple[str, str, str, str]]:
    """Return what the trail says of actions."""
    rows = AuditEntry.objects.filter(act__in=_ACTED).order_by("id")
    return list(rows.values_list("act", "account", "thing_id", "org"))


# --- confirm --------------------------------------------------------------------------
def test_a_case_worker_confirms(case_worker: Client, submitted: Instance) -> None:
    """By the service that the API calls, in the name of the organisation."""
    page = case_worker.get(page_of(submitted)).content.decode()
    assert "Confirm as received" in page
    assert "Restore" not in page
    data = {"action": "confirm", "_selected_action": submitted.pk, "from_page": "1"}
    asked = case_worker.post(address(Instance, "changelist"), data)
    assert asked.status_code == 200
    assert "Yes, confirm" in asked.content.decode()
    assert not reread(submitted).confirmed
    assert acted() == []
    answer = case_worker.post(address(Instance, "changelist"), {**data, "sure": "1"})
    assert answer["Location"] == page_of(submitted)
    row = reread(submitted)
    assert row.confirmed
    assert [c["stakeholderId"] for c in row.confirmations] == ["nav"]
    assert row.last_changed_by == Org.objects.get(code="nav").org_number
    event = InstanceEvent.objects.of(row.pk).last()
    assert event is not None
    assert event.event_type == InstanceEventType.CONFIRMED_COMPLETE
    assert event.actor["orgId"] == "nav"
    assert acted() == [("confirm", "case-worker-of-nav", str(row.pk), "nav")]


def test_confirming_twice_changes_nothing(
    case_worker: Client, submitted: Instance
) -> None:
    """It is said, and neither history nor trail grows."""
    act(case_worker, "confirm", submitted)
    before, events = reread(submitted), InstanceEvent.objects.count()
    answer = act(case_worker, "confirm", submitted)
    assert "not to confirm now" in answer.content.decode()
    assert reread(submitted).last_changed == before.last_changed
    assert InstanceEvent.objects.count() == events
    assert len(acted()) == 1


def test_several_are_confirmed_and_counted(case_worker: Client) -> None:
    """style.md §14: a count message; one that is refused keeps no other back."""
    rows = [make_instance(submitted=True) for _ in range(3)]
    instances.confirm_complete(OWNER_PRINCIPAL, instance=rows[1])
    answer = act(case_worker, "confirm", *rows)
    assert "2 instances confirmed." in answer.content.decode()
    assert all(reread(row).confirmed for row in rows)
    assert {entry[2] for entry in acted()} == {str(rows[0].pk), str(rows[2].pk)}


@pytest.mark.parametrize("action", ["confirm", "soft_delete", "restore"])
def test_a_viewer_acts_on_nothing(
    viewer: Client, submitted: Instance, action: str
) -> None:
    """There is no button, and what is sent without one does nothing."""
    before = Instance.objects.filter(pk=submitted.pk).values().get()
    assert "Confirm as received" not in viewer.get(page_of(submitted)).content.decode()
    act(viewer, action, submitted)
    assert Instance.objects.filter(pk=submitted.pk).values().get() == before
    assert acted() == []


@pytest.mark.parametrize("action", ["confirm", "soft_delete", "restore"])
def test_nobody_acts_on_another_organisation(
    case_worker: Client, tmp_path: Path, action: str
) -> None:
    """As if it were not there."""
    desk.deploy_foreign_app(tmp_path)
    foreign = desk.foreign_instance()
    before = Instance.objects.filter(pk=foreign.pk).values().get()
    act(case_worker, action, foreign, select_across="1")
    assert Instance.objects.filter(pk=foreign.pk).values().get() == before
    assert acted() == []


def test_all_of_a_list_is_never_acted_on(case_worker: Client) -> None:
    """Only what was chosen, whatever the form says."""
    rows = [make_instance(submitted=True) for _ in range(2)]
    act(case_worker, "confirm", rows[0], select_across="1")
    assert [reread(row).confirmed for row in rows] == [True, False]


# --- delete and restore ---------------------------------------------------------------
def test_what_the_policy_refuses_the_owner_the_desk_refuses(
    case_worker: Client, submitted: Instance
) -> None:
    """The sample lets nav confirm and does not let it delete."""
    before = Instance.objects.filter(pk=submitted.pk).values().get()
    answer = act(case_worker, "soft_delete", submitted)
    assert "does not permit delete to nav" in answer.content.decode()
    assert Instance.objects.filter(pk=submitted.pk).values().get() == before
    assert acted() == []


def test_a_case_worker_deletes_softly_and_restores(
    case_worker: Client, submitted: Instance
) -> None:
    """storage-api.md §4.11.4: event Undeleted, without a process state"""
    permit_deletion()
    act(case_worker, "soft_delete", submitted)
    assert reread(submitted).state == "soft deleted"
    page = case_worker.get(page_of(submitted)).content.decode()
    assert "Restore" in page
    assert "Soft delete</button>" not in page
    act(case_worker, "restore", submitted)
    row = reread(submitted)
    assert row.state == "archived"
    events = list(InstanceEvent.objects.of(row.pk))
    assert [e.event_type for e in events][-2:] == ["Deleted", "Undeleted"]
    assert events[-1].process == {}
    assert [entry[0] for entry in acted()] == ["soft-delete", "restore"]


def test_what_was_hard_deleted_stays_deleted(case_worker: Client) -> None:
    """storage-api.md §4.11.4: nothing brings it back"""
    permit_deletion()
    gone = make_instance(hard_deleted=True)
    before = Instance.objects.filter(pk=gone.pk).values().get()
    act(case_worker, "restore", gone)
    assert Instance.objects.filter(pk=gone.pk).values().get() == before
    assert acted() == []


# --- content --------------------------------------------------------------------------
def content(element: DataElement) -> str:
    """Return the address of an element's bytes."""
    return address(DataElement, "content", element.pk)


def test_content_streams_out_and_is_written_down(viewer: Client) -> None:
    """Byte for byte, for saving; the owner's own list of downloads stays as it is."""
    element = make_element(instance=make_instance(), filename="æøå.xml")
    assert content(element) in viewer.get(page_of(element.instance)).content.decode()
    answer = viewer.get(content(element))
    assert answer.status_code == 200
    assert answer.getvalue() == FORM
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Cache-Control"].startswith(("no-store", "max-age=0"))
    entry = AuditEntry.objects.get(act="download")
    assert (entry.thing_id, entry.org) == (str(element.pk), "nav")
    assert reread(element).owner_downloads == []


def test_content_of_another_organisation_is_not_there(
    viewer: Client, tmp_path: Path
) -> None:
    """404, and nothing is written down: nothing was seen."""
    desk.deploy_foreign_app(tmp_path)
    element = element_of(desk.foreign_instance())
    assert viewer.get(content(element)).status_code == 404
    assert not AuditEntry.objects.exclude(account="server").exists()


def test_infected_and_lost_content_is_not_handed_out(
    viewer: Client, own_blobs: Path
) -> None:
    """It is said why, on the element's page."""
    element = make_element(instance=make_instance())
    DataElement.objects.update(scan_result=FileScanResult.INFECTED)
    answer = viewer.get(content(element), follow=True)
    assert answer.redirect_chain == [(page_of(element), 302)]
    assert "messagelist" in answer.content.decode()
    DataElement.objects.update(scan_result=FileScanResult.CLEAN, blob_key="lost")
    assert viewer.get(content(element)).status_code == 302
    assert not AuditEntry.objects.filter(act="download").exists()


# --- finding --------------------------------------------------------------------------
def test_an_instance_is_found_by_the_day_it_was_made(viewer: Client) -> None:
    """By day, and an impossible one finds nothing."""
    instance = make_instance()
    day = instance.created.date().isoformat()
    assert shown(viewer, Instance, q=day) == [instance.pk]
    for other in ("2001-01-01", "2026-13-01", "9999-12-31"):
        assert shown(viewer, Instance, q=other) == []


def test_the_timeline_says_what_happened_where_and_by_whom(
    viewer: Client, submitted: Instance
) -> None:
    """One line an event, in order; of an element it says of which."""
    page = viewer.get(page_of(submitted)).content.decode()
    line = page[page.index("timeline") :]
    for event in InstanceEvent.objects.of(submitted.pk):
        assert event.event_type in line
    for element in DataElement.objects.filter(instance=submitted):
        assert f"Created</a> data element {element.pk}" in line
    assert "by user 1337" in line


# --- speed ----------------------------------------------------------------------------
@pytest.mark.parametrize("query", [{}, {"org": "nav"}, {"q": "500000"}])
@pytest.mark.parametrize("model", [Instance, InstanceEvent, DataElement, Party])
def test_a_members_list_takes_ten_statements_and_no_count(
    viewer: Client, model: Any, query: dict[str, str]
) -> None:
    """The same for one row and for a hundred"""
    counts = []
    for more in (1, 99):
        for _ in range(more):
            make_instance()
        if "org" in query and model is not Instance:
            continue
        with CaptureQueriesContext(connection) as captured:
            shown(viewer, model, **query)
        assert not any("COUNT(" in q["sql"] for q in captured.captured_queries)
        counts.append(len(captured.captured_queries))
    assert len(set(counts)) <= 1
    assert max(counts, default=0) <= 10, counts


def test_a_members_list_reads_an_index_in_order(viewer: Client) -> None:
    """The organisation's index gives the order too: nothing is sorted."""
    make_instance()
    with CaptureQueriesContext(connection) as captured:
        shown(viewer, Instance)
    [sql] = [
        q["sql"]
        for q in captured.captured_queries
        if 'FROM "instances_instance"' in q["sql"] and "LIMIT" in q["sql"]
    ]
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL plans by statistics, which an empty table has none of")
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + sql)
        plan = " ".join(str(row[-1]) for row in cursor.fetchall())
    assert "USING INDEX inst_org_lc" in plan, plan
    assert "TEMP B-TREE" not in plan, plan
