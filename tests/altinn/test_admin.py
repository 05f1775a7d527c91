"""The admin: every table is there, and what happened is read only."""

import re
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.utils import quote
from django.test import Client
from django.urls import reverse

from apps_registry.models import DeploymentFile, Org
from authorization.models import RoleAssignment
from data_elements.models import DataElement
from instances.models import InstanceEvent
from parties.models import IssuerKeySet, Party, User
from tests.altinn.admin_site import (
    boss,
    fill_every_table,
    listing,
    page_of,
    statements,
    tables,
)
from tests.client import APP_HOST, BASE_HOST, PLATFORM_HOST, STORAGE_HOST
from tests.factories import make_element, make_instance

__all__ = ["boss"]

pytestmark = pytest.mark.usefixtures("sandbox")
READ_ONLY = {
    "audit.AuditEntry",
    "apps_registry.Application",
    "apps_registry.Deployment",
    "apps_registry.DeploymentFile",
    "apps_registry.RegistryVersion",
    "cleanup.RecurringTask",
    "data_elements.DataElement",
    "data_elements.FileScan",
    "events.CloudEvent",
    "events.DailyCount",
    "events.Delivery",
    "events.DeliveryStatistics",
    "events.Outbox",
    "events.Subscription",
    "exports.Export",
    "exports.ExportPart",
    "instances.AppStatistics",
    "instances.Instance",
    "instances.InstanceEvent",
    "instances.QueueLease",
    "instances.Transition",
    "parties.IssuerKeySet",
    "parties.LookUpAttempt",
    "parties.Party",
    "parties.Profile",
    "payments.SandboxPayment",
    "receipts.ChainHead",
    "receipts.Receipt",
    "receipts.ReceiptKey",
}
SOPHIES_NUMBER = "17919033037"
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


# --- the site -------------------------------------------------------------------------
def test_every_table_is_in_the_admin() -> None:
    """A table that nobody can look at is one that nobody understands."""
    assert [table for table in tables() if not admin.site.is_registered(table)] == []


def test_every_list_and_every_page_opens(boss: Client) -> None:
    """No column, filter or field is wrong."""
    fill_every_table()
    for table in tables():
        assert boss.get(listing(table)).status_code == 200, table
        row = table._default_manager.first()
        assert row is not None, table
        assert boss.get(page_of(row)).status_code == 200, table


@pytest.mark.parametrize("host", [APP_HOST, PLATFORM_HOST, STORAGE_HOST])
def test_the_admin_is_on_the_base_host_alone(boss: Client, host: str) -> None:
    """D-18"""
    answer = boss.get("/admin/", headers={"host": f"{host}:8000"})
    assert answer.status_code == 404


def test_nobody_comes_in_without_an_account(client: Client) -> None:
    """The admin asks for a login of its own; a test user's cookie is none."""
    for table in tables():
        answer = client.get(listing(table), headers={"host": f"{BASE_HOST}:8000"})
        assert answer.status_code == 302
        assert answer["Location"].startswith("/admin/login/")


# --- what history must not change -----------------------------------------------------
def test_tables_have_names_that_people_know(boss: Client) -> None:
    """And not those of columns and libraries"""
    text = boss.get("/admin/").content.decode()
    assert "Failed look-ups" in text
    assert "Refused sign-ins" in text
    assert "Axes" not in text
    keys = boss.get(listing(IssuerKeySet)).content.decode()
    assert "Issuer" in keys
    assert ">Iss<" not in keys


def test_what_happened_cannot_be_changed(boss: Client) -> None:
    """Instances, history, content, events and deployments are shown only."""
    fill_every_table()
    for table in tables():
        row = table._default_manager.first()
        assert row is not None
        changeable = table._meta.label not in READ_ONLY
        assert ("Save" in boss.get(page_of(row)).content.decode()) == changeable, table
        if changeable:
            continue
        add = page_of(row).replace(f"{quote(row.pk)}/change/", "add/")
        delete = page_of(row).replace("change/", "delete/")
        assert boss.get(add).status_code == 403, table
        assert boss.post(page_of(row), {}).status_code == 403, table
        assert boss.post(delete, {"post": "yes"}).status_code == 403, table
        assert table._default_manager.filter(pk=row.pk).exists()


def test_an_org_keeps_its_code(boss: Client) -> None:
    """A code stands in addresses and policies."""
    org = Org.objects.get(code="nav")
    values = {"code": "other", "name": '{"en": "New"}', "org_number": org.org_number}
    assert boss.post(page_of(org), values).status_code == 302
    org.refresh_from_db()
    assert (org.code, org.name) == ("nav", {"en": "New"})


def test_a_role_is_given_by_search_and_stored_in_lower_case(boss: Client) -> None:
    """autocomplete_fields, never a select of thousands."""
    add = reverse("admin:authorization_roleassignment_add")
    form = boss.get(add).content.decode()
    assert form.count('class="admin-autocomplete"') == 2
    assert "Tindlund" not in form
    found: Any = boss.get(
        reverse("admin:autocomplete"),
        {
            "app_label": "authorization",
            "model_name": "roleassignment",
            "field_name": "party",
            "term": "501337",
        },
    )
    assert [row["id"] for row in found.json()["results"]] == ["501337"]
    values = {"user": 1004, "party": 501337, "role_code": " DAGL "}
    assert boss.post(add, values).status_code == 302
    assert RoleAssignment.objects.filter(
        user_id=1004, party_id=501337, role_code="dagl"
    ).exists()


# --- what is shown --------------------------------------------------------------------
def test_no_list_and_no_page_shows_an_identity_number(boss: Client) -> None:
    """A national identity number is masked, and stands in no list at all."""
    party = Party.objects.get(ssn=SOPHIES_NUMBER)
    instance = make_instance(party=party.pk)
    make_element(instance=instance)
    for table in tables():
        # Digits in the random key of a row are no number of hers.
        shown = _GUID.sub("", boss.get(listing(table)).content.decode())
        assert SOPHIES_NUMBER[:6] not in shown, table
        for row in table._default_manager.all()[:5]:
            assert SOPHIES_NUMBER not in boss.get(page_of(row)).content.decode(), table
    for row in (party, instance):
        assert f"{SOPHIES_NUMBER[:6]}*****" in boss.get(page_of(row)).content.decode()


def test_an_instance_shows_its_history_and_its_data(boss: Client) -> None:
    """Both are a click away."""
    instance = make_instance(filled=True)
    element = DataElement.objects.get(instance=instance)
    page = boss.get(page_of(instance)).content.decode()
    assert page_of(element) in page
    for event in InstanceEvent.objects.of(instance.pk):
        assert page_of(event) in page


def test_files_of_a_deployment_are_links(boss: Client) -> None:
    """Bytes are downloaded, never shown or loaded for a list."""
    file = DeploymentFile.objects.get(path__endswith="policy.xml")
    address = reverse("admin:apps_registry_deploymentfile_content", args=[file.pk])
    for path in (page_of(file.deployment), listing(DeploymentFile), page_of(file)):
        page = boss.get(path).content.decode()
        assert address in page
        assert str(len(file.content)) in page
        assert "xacml" not in page.lower().replace("policy.xml", "")
        assert not any(
            '."content" AS' in sql or '."content",' in sql
            for sql in statements(boss, path)
        )
    answer = boss.get(address)
    assert answer.content == bytes(file.content)
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == 'attachment; filename="policy.xml"'
    assert boss.get(address.replace(str(file.pk), "0")).status_code == 404


def test_files_are_for_those_who_may_view_them() -> None:
    """A staff account without the right gets what it gets for no file."""
    client = Client(headers={"host": f"{BASE_HOST}:8000"})
    client.force_login(User.objects.create_user("clerk", is_staff=True))
    file = DeploymentFile.objects.first()
    assert file is not None
    address = reverse("admin:apps_registry_deploymentfile_content", args=[file.pk])
    assert client.get(address).status_code == 404
