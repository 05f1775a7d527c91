"""Transitions at the desk: a case worker begins anew what has failed."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from audit.models import AuditEntry
from instances.models import Transition
from parties.choices import OrgRole
from process import transitions
from tests.altinn import desk
from tests.altinn.desk import address, member, page_of, shown, sign_in
from tests.factories import make_instance, reread

pytestmark = pytest.mark.usefixtures("sandbox")


def failed(instance: Any = None) -> Transition:
    """Return a transition that was given up."""
    instance = instance or make_instance()
    row = Transition.objects.create(
        instance=instance,
        app_id=instance.app_id,
        task=instance.current_task,
        caller={},
        created=timezone.now(),
        due_at=None,
        attempts=10,
        dead_at=timezone.now(),
        last_error="ServiceTaskRefusedByApp: The register is closed.",
    )
    transitions.note_failure(row)
    return row


def retry(browser: Client, row: Transition, **more: str) -> Any:
    """Choose it, and say yes if ``more`` does."""
    data = {"action": "retry", "_selected_action": [row.pk], **more}
    return browser.post(address(Transition, "changelist"), data, follow=True)


def state(row: Transition) -> tuple[object, ...]:
    """Return what a retry changes."""
    fresh = Transition.objects.get(pk=row.pk)
    process = reread(fresh.instance).process
    return fresh.attempts, fresh.dead_at, fresh.due_at, process


def test_a_case_worker_retries_what_has_failed(sandbox: None) -> None:
    """A-144: asked once more, by the service, and written down"""
    browser, row = sign_in(None, member(OrgRole.CASE_WORKER)), failed()
    assert shown(browser, Transition, state="failed") == [row.pk]
    assert "The register is closed." in browser.get(page_of(row)).content.decode()
    before = state(row)
    asked = retry(browser, row).content.decode()
    assert "Yes, retry" in asked
    assert state(row) == before
    answer = retry(browser, row, sure="1")
    assert "1 transition(s) will be tried again." in answer.content.decode()
    attempts, dead_at, due_at, process = state(row)
    assert (attempts, dead_at) == (0, None)
    assert due_at is not None
    assert process["transition"]["state"] == "running"  # type: ignore[index]  # a document
    trail = AuditEntry.objects.filter(act="change")
    assert [(entry.thing_id, entry.org) for entry in trail] == [(str(row.pk), "nav")]
    again = retry(browser, row, sure="1")
    assert "has not failed" in again.content.decode()
    assert trail.count() == 1


def test_a_viewer_retries_nothing(sandbox: None) -> None:
    """Looking is not working"""
    browser, row = sign_in(None, member(OrgRole.VIEWER)), failed()
    before = state(row)
    retry(browser, row, sure="1")
    assert state(row) == before
    assert not AuditEntry.objects.filter(act="change").exists()


def test_nobody_retries_for_another_organisation(sandbox: None, tmp_path: Path) -> None:
    """As if it were not there"""
    desk.deploy_foreign_app(tmp_path)
    row = failed(desk.foreign_instance())
    browser = sign_in(None, member(OrgRole.CASE_WORKER))
    assert shown(browser, Transition) == []
    before = state(row)
    retry(browser, row, sure="1", select_across="1")
    assert state(row) == before
    assert not AuditEntry.objects.filter(act="change").exists()
