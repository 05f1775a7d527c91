"""What is removed for good and what never is (storage-api.md §6.7)."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from apps_registry import changes
from cleanup import retention
from cleanup.pruning import prune
from common.times import wire_time
from data_elements.models import DataElement
from events import services as events
from events.models import CloudEvent, Delivery, Subscription
from events.services import Wanted
from instances.models import Instance, InstanceEvent, QueueLease
from parties.models import User
from tests.cast import OWNER_PRINCIPAL
from tests.factories import PDF, make_element, make_instance
from tests.stored import files_in

pytestmark = [
    pytest.mark.usefixtures("sandbox"),
    pytest.mark.django_db,
]
DAY = timedelta(days=1)


def deleted(
    *,
    days_ago: float = 8,
    confirmed: float | None = None,
    by: str = "nav",
    **state: Any,
) -> Instance:
    """Make a hard-deleted instance; ``confirmed`` is how many days ago."""
    instance = make_instance(filled=True, hard_deleted=True, **state)
    when = timezone.now() - days_ago * DAY
    values: dict[str, object] = {"hard_deleted_at": when, "soft_deleted_at": when}
    if confirmed is not None:
        on = wire_time(timezone.now() - confirmed * DAY)
        values["confirmations"] = [{"stakeholderId": by, "confirmedOn": on}]
        values["confirmed"] = by.lower() == "nav"
    Instance.objects.filter(pk=instance.pk).update(**values)
    return instance


def purge(**kwargs: Any) -> retention.PurgeReport:
    """Purge instances, for good."""
    return retention.purge_instances(now=timezone.now(), execute=True, **kwargs)


def left() -> set[object]:
    """Return the keys of the instances that are left."""
    return set(Instance.objects.values_list("pk", flat=True))


@pytest.mark.django_db(transaction=True)
def test_a_hard_deleted_active_instance_goes_at_once_with_its_bytes(
    committed_sandbox: None, own_blobs: Path
) -> None:
    """S-370"""
    gone, kept = deleted(days_ago=0), make_instance(filled=True)
    assert len(files_in(own_blobs)) == 2
    report = purge()
    assert (report.found, report.removed, report.failed) == (1, 1, 0)
    assert left() == {kept.pk}
    assert not DataElement.objects.filter(instance_id=gone.pk).exists()
    assert len(files_in(own_blobs)) == 1


@pytest.mark.parametrize(
    ("days_ago", "confirmed", "by", "goes"),
    [
        (8, 8, "nav", True),
        (8, 8, "NAV", True),
        (8, 6.9, "nav", False),
        (6.9, 8, "nav", False),
        (8, None, "nav", False),
        (8, 8, "skd", False),
    ],
)
def test_an_archived_one_goes_when_its_own_org_has_it_for_seven_days(
    days_ago: float, confirmed: float | None, by: str, goes: bool
) -> None:
    """S-371"""
    instance = deleted(submitted=True, days_ago=days_ago, confirmed=confirmed, by=by)
    report = purge()
    assert (report.removed == 1) is goes
    assert (instance.pk in left()) is not goes


def test_a_confirmation_that_cannot_be_read_is_none() -> None:
    """S-371"""
    instance = deleted(submitted=True, confirmed=8)
    Instance.objects.update(confirmations=["nav", {"stakeholderId": "nav"}])
    assert purge().removed == 0
    assert instance.pk in left()


def test_what_can_be_restored_is_never_removed() -> None:
    """S-372"""
    for instance in (
        make_instance(filled=True, soft_deleted=True),
        make_instance(confirmed=True, soft_deleted=True),
    ):
        long_ago = timezone.now() - 400 * DAY
        Instance.objects.filter(pk=instance.pk).update(soft_deleted_at=long_ago)
    assert purge().found == 0
    assert len(left()) == 2


def test_the_history_outlives_the_instance() -> None:
    """S-374"""
    instance = deleted()
    before = InstanceEvent.objects.of(instance.pk).count()
    purge()
    assert InstanceEvent.objects.of(instance.pk).count() == before > 0


def test_the_history_goes_too_where_the_app_keeps_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """S-374"""
    instance = deleted()
    keeps_nothing(monkeypatch)
    purge()
    assert not InstanceEvent.objects.of(instance.pk).exists()


def test_bytes_that_are_lost_do_not_keep_the_rows(own_blobs: Path) -> None:
    """S-376"""
    deleted()
    for path in list(own_blobs.rglob("*")):
        if path.is_file():
            path.unlink()
    report = purge()
    assert (report.removed, report.failed) == (1, 0)
    assert not left()


def test_one_that_fails_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """S-377"""
    there = [deleted() for _ in range(3)]
    real = retention._delete_rows

    def fail(instance: Instance, **kwargs: Any) -> list[str] | None:
        if instance.pk == there[1].pk:
            raise DatabaseError("this one")
        return real(instance, **kwargs)

    monkeypatch.setattr(retention, "_delete_rows", fail)
    report = purge()
    assert (report.found, report.removed, report.failed) == (3, 2, 1)
    assert left() == {there[1].pk}


def test_instances_of_an_app_that_is_not_served_wait() -> None:
    """S-370: without its metadata nobody knows whether the history goes too"""
    deleted()
    changes.retire(org="nav", app="app2018")
    report = purge()
    assert (report.removed, report.skipped_apps) == (0, {"nav/app2018"})
    assert left()


def test_one_that_was_restored_meanwhile_stays() -> None:
    instance = deleted()
    stale = Instance.objects.get()
    Instance.objects.update(hard_deleted_at=None, soft_deleted_at=None)
    report = retention.PurgeReport()
    retention._remove_instance(stale, report, execute=True, with_history=True)
    assert (report.removed, left()) == (0, {instance.pk})


def element(*, days_ago: float, confirmed: float | None) -> DataElement:
    """Make an element that is marked deleted, of an archived instance."""
    instance = make_instance()
    made = make_element(instance=instance, type_id="vedlegg", content=PDF)
    on = wire_time(timezone.now() - (confirmed or 0) * DAY)
    told = [{"stakeholderId": "nav", "confirmedOn": on}] if confirmed else None
    Instance.objects.filter(pk=instance.pk).update(
        confirmations=told, confirmed=bool(told)
    )
    DataElement.objects.filter(pk=made.pk).update(
        deleted_at=timezone.now() - days_ago * DAY
    )
    return made


@pytest.mark.parametrize(
    ("days_ago", "confirmed", "goes"),
    [(8, 8, True), (6.9, 8, False), (8, 6.9, False), (8, None, False)],
)
def test_a_marked_element_goes_when_the_owner_has_the_instance_for_seven_days(
    days_ago: float, confirmed: float | None, goes: bool, own_blobs: Path
) -> None:
    """S-375, S-362: and that is no change of the instance"""
    made = element(days_ago=days_ago, confirmed=confirmed)
    kept = make_element(instance=made.instance)
    before = Instance.objects.values().get()
    report = retention.purge_data_elements(now=timezone.now(), execute=True)
    assert Instance.objects.values().get() == before
    assert (report.removed == 1) is goes
    expected = {kept.pk} if goes else {kept.pk, made.pk}
    assert set(DataElement.objects.values_list("pk", flat=True)) == expected
    assert len(files_in(own_blobs)) == len(expected)


def test_a_replaced_element_is_not_taken_for_the_marked_one() -> None:
    """S-375: its new content is not what was to go"""
    made = element(days_ago=8, confirmed=8)
    stale = DataElement.objects.select_related("instance").get()
    DataElement.objects.update(blob_key="new")
    report = retention.PurgeReport()
    retention._remove_element(stale, report, until=timezone.now(), execute=True)
    assert report.removed == 0
    assert DataElement.objects.get().pk == made.pk


def test_an_app_is_emptied_whatever_the_states_and_bytes_go_too(
    own_blobs: Path,
) -> None:
    """S-378"""
    for state in ({"filled": True}, {"confirmed": True}, {"soft_deleted": True}):
        make_instance(**state)
    report = retention.purge_app(app_id="nav/app2018", execute=True)
    assert report.removed == 3
    assert not left()
    assert not InstanceEvent.objects.exists()
    assert len(files_in(own_blobs)) == 0


def test_a_dry_run_counts_and_changes_nothing(
    own_blobs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deleted()
    element(days_ago=8, confirmed=8)
    before = left(), len(files_in(own_blobs))
    for command in (
        ["purge_instances"],
        ["purge_instances", "--app", "nav/app2018"],
        ["purge_data_elements"],
        ["prune_rows"],
    ):
        call_command(*command)
        out = capsys.readouterr().out
        assert "Nothing was removed: a dry run; --execute removes." in out
    assert (left(), len(files_in(own_blobs))) == before
    call_command("purge_instances", "--execute")
    said = capsys.readouterr()
    assert "Looked at 1, found 1 to remove" in said.out
    assert "removed 1." in said.out
    assert "removed 1." in said.err  # progress, a line a batch


def test_pages_reach_every_row_also_behind_many_that_stay(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retention, "_BATCH", 2)
    moment = datetime(2026, 1, 1, tzinfo=timezone.get_current_timezone())
    for _ in range(3):
        deleted(submitted=True, confirmed=1)
    for _ in range(3):
        deleted()
    Instance.objects.update(hard_deleted_at=moment, soft_deleted_at=moment)
    assert purge().removed == 3
    assert purge(limit=1).looked_at == 3


def test_no_more_are_removed_than_asked_for() -> None:
    """S-376: also in the middle of a page"""
    for _ in range(3):
        deleted()
    assert purge(limit=2).removed == 2
    assert len(left()) == 1
    emptied = retention.purge_app(app_id="nav/app2018", execute=True, limit=0)
    assert emptied.removed == 0
    assert len(left()) == 1


def test_told_to_stop_it_ends_after_the_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "_BATCH", 2)
    for _ in range(5):
        deleted()
    assert purge(stop=lambda: True).removed == 2
    assert purge().removed == 3


def test_old_leases_and_events_are_pruned(settings: Any) -> None:
    settings.ALTINN_EVENTS_KEPT_DAYS = 30
    confirmed, waiting = make_instance(confirmed=True), make_instance(submitted=True)
    now = timezone.now()
    QueueLease.objects.bulk_create(
        QueueLease(
            instance=instance,
            app_id="nav/app2018",
            lease_id=instance.pk,
            leased_until=now - 2 * DAY,
            leases=1,
        )
        for instance in (confirmed, waiting)
    )
    old = CloudEvent.objects.order_by("id").first()
    assert old is not None
    CloudEvent.objects.filter(pk=old.pk).update(time=now - 31 * DAY)
    events = CloudEvent.objects.count()
    assert prune(now=now, execute=True).found == {
        "leases": 1,
        "answers": 0,
        "sessions": 0,
        "file scans": 0,
        "deliveries": 0,
        "subscriptions": 0,
        "events": 1,
    }
    assert QueueLease.objects.get().instance_id == waiting.pk
    assert CloudEvent.objects.count() == events - 1
    settings.ALTINN_EVENTS_KEPT_DAYS = 0
    CloudEvent.objects.update(time=now - 4000 * DAY)
    assert not any(prune(now=now, execute=True).found.values())


def test_deliveries_go_when_they_ended_long_ago_and_then_what_they_are_of(
    settings: Any,
) -> None:
    """What waits stays, with its event and its subscription, however old"""
    settings.ALTINN_EVENTS_KEPT_DAYS = 30
    settings.ALTINN_DELIVERIES_KEPT_DAYS = 7
    make_instance()
    now = timezone.now()
    CloudEvent.objects.update(time=now - 31 * DAY)
    event = CloudEvent.objects.get()
    ended, used = (_subscription(f"https://{name}.example") for name in ("a", "b"))
    Delivery.objects.all().delete()  # the questions whether they are there
    Delivery.objects.create(
        subscription=ended, outcome="delivered", ended_at=now - 8 * DAY
    )
    waiting = Delivery.objects.create(subscription=used, event=event, due_at=now)
    Subscription.objects.update(created=now - 99 * DAY, deleted_at=now - 8 * DAY)
    found = prune(now=now, execute=True).found
    assert (found["deliveries"], found["subscriptions"], found["events"]) == (1, 1, 0)
    assert Subscription.objects.get() == used
    waiting.delete()
    found = prune(now=now, execute=True).found
    assert (found["subscriptions"], found["events"]) == (1, 1)


def _subscription(end_point: str) -> Subscription:
    wanted = Wanted(end_point=end_point, resource="urn:altinn:resource:app_nav_app2018")
    return events.subscribe(OWNER_PRINCIPAL, wanted=wanted)[0]


def keeps_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the sample application keep nothing after its process."""
    from dataclasses import replace

    from apps_registry import catalogue

    app = replace(
        catalogue.definition_of("nav", "app2018"), auto_delete_on_process_end=True
    )
    monkeypatch.setattr(
        retention.catalogue, "all_definitions", lambda: {"nav/app2018": app}
    )


def test_sessions_that_have_ended_are_pruned(client: Client) -> None:
    client.force_login(User.objects.create_superuser("root"))
    ended, lasting = client.session, SessionStore()
    ended["left"] = True
    ended.set_expiry(-1)
    ended.save()
    lasting.save()
    report = prune(now=timezone.now(), execute=True)
    assert report.found["sessions"] == 1
    assert [row.pk for row in Session.objects.all()] == [lasting.session_key]
