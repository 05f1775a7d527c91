"""Deployments at the desk: compared by every member, served by an administrator."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from apps_registry import deployments
from apps_registry.app_folder import POLICY, AppFolder
from apps_registry.models import Application
from apps_registry.services import deploy
from audit.models import AuditEntry
from parties.choices import OrgRole
from tests.altinn.admin_site import statements
from tests.altinn.deploying import (
    FIRST,
    SECOND,
    TEXTS,
    administrator,
    at,
    second,
    upload,
)
from tests.altinn.desk import deploy_foreign_app, member, page_of, sign_in
from tests.api.platform.registry_state import registry_state
from tests.api.platform.test_deployments import with_other_task, without_type
from tests.apps_registry.archives import FILES
from tests.client import BASE_HOST
from tests.factories import make_element, make_instance

__all__ = ["administrator"]

pytestmark = pytest.mark.usefixtures("sandbox")


# --- comparing ------------------------------------------------------------------------
@pytest.mark.parametrize("role", OrgRole)
def test_every_member_sees_and_compares(role: OrgRole) -> None:
    """Part by part, and line by line"""
    second()
    browser = sign_in(None, member(role))
    page = browser.get(at("deployments")).content.decode()
    assert "høst" in page
    assert ("Upload a deployment" in page) == (role == OrgRole.ADMINISTRATOR)
    answer = browser.get(at("compare"), {"before": 1, "after": 2})
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "Sjukmelding" in text
    assert "options/land.json" in text
    shown = {file.path: file.what for file in answer.context_data["files"]}
    assert shown == {TEXTS: "changed", POLICY: "changed", "options/land.json": "added"}
    back = browser.get(at("compare"), {"before": 2, "after": 1}).context_data
    shown = {file.path: file.what for file in back["files"]}
    assert shown["options/land.json"] == "removed"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({}, 302),
        ({"before": "x", "after": "1"}, 302),
        ({"before": "0", "after": "1"}, 302),
        ({"before": "9" * 40, "after": "1"}, 302),
        ({"before": "1", "after": "7"}, 404),
        ({"before": "1", "after": "1"}, 200),
    ],
)
def test_a_comparison_with_nothing_is_no_error(
    administrator: Client, query: dict[str, str], status: int
) -> None:
    """It says what it wants"""
    assert administrator.get(at("compare"), query).status_code == status


# --- activating -----------------------------------------------------------------------
def test_going_back_is_one_page(administrator: Client) -> None:
    """It shows what changes, and asks"""
    second()
    asked = administrator.get(at("serve", 1))
    assert "Yes, serve deployment 1" in asked.content.decode()
    assert "options/land.json" in asked.content.decode()
    current = Application.objects.get().current
    assert current is not None and current.number == 2
    assert administrator.post(at("serve", 1)).status_code == 302
    current = Application.objects.get().current
    assert current is not None and current.number == 1
    assert administrator.get(at("serve", 7)).status_code == 404
    assert administrator.get(at("serve", 10**30)).status_code == 404


def test_stranding_is_refused_with_the_list_and_forced_by_a_button(
    administrator: Client,
) -> None:
    """Uploaded, it is stored and not served; nothing needs to be sent again"""
    instances = [make_instance() for _ in range(3)]
    answer = upload(administrator, with_other_task())
    assert answer.status_code == 302
    assert answer["Location"] == at("serve", 2)
    asked = administrator.get(answer["Location"])
    page = asked.content.decode()
    for instance in instances:
        assert page_of(instance) in page
    assert "Serve it and strand 3 instances" in page
    assert "3 running instance(s) would be stranded" in page
    refused = administrator.post(at("serve", 2))
    assert refused.status_code == 409
    current = Application.objects.get().current
    assert current is not None and current.number == 1
    assert administrator.post(at("serve", 2), {"force": "1"}).status_code == 302
    current = Application.objects.get().current
    assert current is not None and current.number == 2
    entry = AuditEntry.objects.filter(act="activate").order_by("id").last()
    assert entry is not None
    assert entry.details == {"deployment": 2, "insteadOf": 1, "stranded": 3}


def test_a_data_type_that_is_gone_strands_too(administrator: Client) -> None:
    """Of running instances that have content of it"""
    make_element(instance=make_instance(), type_id="kvittering")
    upload(administrator, without_type("kvittering"))
    page = administrator.get(at("serve", 2)).content.decode()
    assert "Serve it and strand 1 instance" in page


# --- who may --------------------------------------------------------------------------
@pytest.mark.parametrize("role", [OrgRole.VIEWER, OrgRole.CASE_WORKER])
def test_only_administrators_deploy(role: OrgRole) -> None:
    """Nothing changes, and nothing is written down"""
    second()
    before, entries = registry_state(), AuditEntry.objects.count()
    browser = sign_in(None, member(role))
    assert upload(browser, FILES).status_code == 403
    assert upload(browser, FILES, reverse(FIRST)).status_code == 403
    assert browser.get(reverse(FIRST)).status_code == 403
    for call in (browser.get, browser.post):
        assert call(at("serve", 1)).status_code == 403
    listing = browser.get(reverse("admin:apps_registry_application_changelist"))
    assert "Deploy an application" not in listing.content.decode()
    assert registry_state() == before
    assert AuditEntry.objects.count() == entries


def test_another_organisations_application_is_not_there(
    administrator: Client, tmp_path: Path
) -> None:
    """As one that does not exist, whichever page is asked for"""
    deploy_foreign_app(tmp_path)
    before = registry_state()
    foreign = "skd/melding"
    for page in (
        at("deployments", app=foreign),
        at("serve", 1, app=foreign),
        at("compare", app=foreign) + "?before=1&after=1",
    ):
        assert administrator.get(page).status_code == 404
    assert administrator.post(at("serve", 1, app=foreign)).status_code == 404
    refused = upload(administrator, FILES, at("deployments", app=foreign))
    assert refused.status_code == 404
    assert registry_state() == before


def test_nobody_without_an_account_sends_anything() -> None:
    """He is sent to the login page"""
    before = registry_state()
    browser = Client(headers={"host": f"{BASE_HOST}:8000"})
    assert upload(browser, SECOND).status_code == 302
    assert browser.post(at("serve", 1))["Location"].startswith("/admin/login/")
    assert registry_state() == before


# --- speed ----------------------------------------------------------------------------
def test_the_list_takes_the_same_statements_at_any_length(
    administrator: Client,
) -> None:
    """style.md §14; earlier ones are a page away"""
    counts = []
    for more in (1, 30):
        for number in range(more):
            options = f'[{{"value": {number}, "label": "a"}}]'
            files = {**FILES, "options/a.json": options.encode()}
            deploy(AppFolder(files), org="nav", app="app2018")
        statements(administrator, at("deployments"))
        counts.append(len(statements(administrator, at("deployments"))))
    assert counts[0] == counts[1] <= 10
    page = administrator.get(at("deployments"))
    assert len(page.context_data["deployments"]) == 25
    earlier = administrator.get(at("deployments"), {"before": 7}).context_data
    assert [one.deployment.number for one in earlier["deployments"]] == [
        *range(6, 0, -1)
    ]
    for odd in ("x", "0", "-1", "9" * 30):
        assert administrator.get(at("deployments"), {"before": odd}).status_code == 200


def test_the_page_of_an_application_shows_the_last_deployments(
    administrator: Client,
) -> None:
    """With the way to all of them"""
    second()
    page = administrator.get(page_of(Application.objects.get())).content.decode()
    assert at("deployments") in page
    assert at("serve", 1) in page
    assert (
        deployments.deployment_of("nav", "app2018", 2).deployment.content_hash in page
    )
