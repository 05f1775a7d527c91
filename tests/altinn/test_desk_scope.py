"""A member sees the rows of his organisations, in every page of every table."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db import models
from django.test import Client

from apps_registry.models import Application, Deployment, DeploymentFile, Org
from audit.models import AuditEntry
from authorization.models import Delegation, RoleAssignment
from common.owner_admin import OwnerScoped
from data_elements.models import DataElement
from events.models import CloudEvent, Delivery, Subscription
from exports.models import Export, ExportPart
from instances import statistics
from instances.models import Instance, InstanceEvent, QueueLease, Transition
from parties.choices import OrgRole
from parties.models import Membership, Party, User
from tests.altinn import desk
from tests.altinn.desk import address, member, page_of, registered, shown, sign_in
from tests.factories import make_agent, make_instance

pytestmark = pytest.mark.usefixtures("sandbox")
_REFUSED = {403, 404}

# Whose a row is, said once more and in another way than the pages say it. What is not
# here is nobody's but a superuser's.
MINE: dict[type[models.Model], Callable[[Any], bool]] = {
    Org: lambda row: row.code == "nav",
    Application: lambda row: row.app_id.startswith("nav/"),
    Deployment: lambda row: row.application.app_id.startswith("nav/"),
    DeploymentFile: lambda row: row.deployment.application.app_id.startswith("nav/"),
    Instance: lambda row: row.app_id.startswith("nav/"),
    InstanceEvent: lambda row: (
        Instance.objects.get(pk=row.instance_id).app_id == "nav/app2018"
    ),
    DataElement: lambda row: row.instance.app_id.startswith("nav/"),
    QueueLease: lambda row: row.instance.org == "nav",
    Transition: lambda row: row.instance.org == "nav",
    Export: lambda row: row.org == "nav",
    ExportPart: lambda row: row.export.org == "nav",
    Subscription: lambda row: row.consumer == "/org/nav",
    Delivery: lambda row: row.subscription.consumer == "/org/nav",
    CloudEvent: lambda row: "/nav/app2018/" in row.source,
    Delegation: lambda row: row.app_id == "nav/app2018",
    Party: lambda row: Instance.objects.filter(
        owner_party_id=row.pk, org="nav"
    ).exists(),
}
MANAGED: dict[type[models.Model], Callable[[Any], bool]] = {
    **MINE,
    Membership: lambda row: row.org == "nav",
    AuditEntry: lambda row: row.org == "nav",
}


@pytest.fixture(autouse=True)
def two_organisations(sandbox: None, tmp_path: Path) -> None:
    """Rows of nav, of skd and of nobody in every table."""
    desk.deploy_foreign_app(tmp_path)
    make_agent()
    desk.delegations()
    make_instance(submitted=True)
    desk.foreign_instance()
    member(OrgRole.ADMINISTRATOR, org="skd")
    statistics.refresh()
    Transition.objects.bulk_create(
        Transition(
            instance=instance,
            app_id=instance.app_id,
            task="formfilling",
            caller={},
            created=instance.created,
        )
        for instance in Instance.objects.all()
    )
    QueueLease.objects.bulk_create(
        QueueLease(
            instance=instance,
            app_id=instance.app_id,
            lease_id=instance.pk,
            leased_until=instance.created,
            leases=1,
        )
        for instance in Instance.objects.all()
    )
    for org in ("nav", "skd"):
        desk.export(org)
        desk.subscription(org)
    boss = sign_in(None, User.objects.create_superuser("boss"))
    for instance in Instance.objects.all():
        assert boss.get(page_of(instance)).status_code == 200  # makes audit rows


def rows_to_try(model: type[models.Model]) -> list[Any]:
    """Return rows of a table, the newest and the oldest among them."""
    rows = model._default_manager.order_by("pk")
    return list({row.pk: row for row in [*rows[:20], *rows.reverse()[:20]]}.values())


@pytest.mark.parametrize("role", OrgRole.values)
@pytest.mark.parametrize("model", registered(), ids=lambda model: model._meta.label)
def test_no_table_shows_a_member_what_is_not_his(
    model: type[models.Model], role: str
) -> None:
    """The list, the page, its history and its deletion; whose a row is, says MINE"""
    browser = sign_in(None, member(OrgRole(role)))
    mine = (MANAGED if role == OrgRole.ADMINISTRATOR else MINE).get(model)
    before = list(model._default_manager.order_by("pk").values())
    listed = browser.get(address(model, "changelist"))
    assert listed.status_code == (403 if mine is None else 200)
    if mine is not None:
        rows = listed.context_data["cl"].result_list
        assert rows, "a list that is empty shows nothing of the rule"
        assert all(mine(row) for row in rows)
    for row in rows_to_try(model):
        own = mine is not None and mine(row)
        for page in ("change", "history"):
            status = browser.get(address(model, page, row.pk)).status_code
            assert status == 200 if own else status in _REFUSED, (page, row)
        if not own:
            for page in ("change", "delete"):
                answer = browser.post(address(model, page, row.pk), {"post": "yes"})
                assert answer.status_code in _REFUSED, (page, row)
    if model is not AuditEntry:  # his own looks are added there
        assert list(model._default_manager.order_by("pk").values()) == before


def test_a_viewer_changes_nothing_at_all() -> None:
    """Whatever he sees, no page takes anything from him."""
    browser = sign_in(None, member(OrgRole.VIEWER))
    for model in registered():
        assert browser.post(address(model, "add"), {}).status_code == 403, model
        row = model._default_manager.filter().first()
        if row is None:
            continue
        for page in ("change", "delete"):
            answer = browser.post(address(model, page, row.pk), {"post": "yes"})
            assert answer.status_code in _REFUSED, (model, page)


def test_every_page_of_ours_is_scoped() -> None:
    """A page that forgot to be would ask Django's own rights alone."""
    ours = [page for model, page in admin.site._registry.items() if _is_ours(model)]
    assert all(isinstance(page, OwnerScoped) for page in ours)


def _is_ours(model: type[models.Model]) -> bool:
    return not model.__module__.startswith(("django.", "axes."))


@pytest.mark.parametrize(
    ("term", "field", "model"),
    [
        ("510004", "party", RoleAssignment),
        ("500000", "from_party", Delegation),
        ("boss", "user", Membership),
    ],
)
def test_a_search_in_a_form_finds_nothing_of_others(
    term: str, field: str, model: type[models.Model]
) -> None:
    """Autocomplete asks the page of what it searches."""
    browser = sign_in(None, member(OrgRole.ADMINISTRATOR))
    query = {
        "app_label": model._meta.app_label,
        "model_name": model._meta.model_name,
        "field_name": field,
        "term": term,
    }
    answer = browser.get(desk.reverse("admin:autocomplete"), query)
    if answer.status_code == 200:
        found = {int(row["id"]) for row in answer.json()["results"]}
        assert found <= {row.pk for row in Party.objects.all() if MINE[Party](row)}, (
            found
        )
    else:
        assert answer.status_code == 403


def test_filters_offer_a_member_his_own_organisation_alone() -> None:
    """Neither codes nor applications of others stand beside a list."""
    browser = sign_in(None, member(OrgRole.VIEWER))
    for model in (Application, Deployment, Instance):
        page = desk.text_of(browser, address(model, "changelist"))
        assert "nav" in page
        assert "skd" not in page, model
    assert shown(browser, Instance, org="skd") == []
    assert shown(browser, Instance, app="skd/melding") == []


def test_what_a_page_masks_is_no_filter() -> None:
    """Else a number could be guessed digit by digit."""
    make_instance(party=501337)
    browser = sign_in(None, member(OrgRole.VIEWER))
    for query in ("owner_person_no__startswith=1", "owner_person_no=17919033037"):
        answer = browser.get(f"{address(Instance, 'changelist')}?{query}")
        assert answer.status_code == 400
    answer = browser.get(f"{address(Party, 'changelist')}?ssn__startswith=1")
    assert answer.status_code == 400


def test_a_file_of_another_deployment_is_not_handed_out() -> None:
    """As one that does not exist."""
    browser = sign_in(None, member(OrgRole.ADMINISTRATOR))
    name = "admin:apps_registry_deploymentfile_content"
    for file in DeploymentFile.objects.select_related("deployment__application"):
        answer = browser.get(desk.reverse(name, args=[file.pk]))
        assert answer.status_code == (200 if MINE[DeploymentFile](file) else 404)


def test_rights_that_django_gives_open_nothing() -> None:
    """A membership does, and being a superuser."""
    user = User.objects.create_user("clerk", is_staff=True)
    user.user_permissions.set(Permission.objects.all())
    browser = sign_in(None, user)
    for model in registered():
        if _is_ours(model):
            answer = browser.get(address(model, "changelist"))
            assert answer.status_code == 403, model


def test_a_membership_that_ends_ends_at_the_next_request() -> None:
    """Nothing is remembered between two requests."""
    user = member(OrgRole.VIEWER)
    browser = sign_in(None, user)
    assert shown(browser, Instance)
    user.memberships.all().delete()
    assert browser.get(address(Instance, "changelist")).status_code == 403


def test_a_member_of_two_sees_both_and_acts_where_he_works() -> None:
    """Roles do not spill over from one organisation to another."""
    user = member(OrgRole.CASE_WORKER)
    user.memberships.create(org="skd", role=OrgRole.VIEWER)
    browser = sign_in(None, user)
    assert len(shown(browser, Instance)) == 2
    data = {
        "action": "confirm",
        "sure": "1",
        "_selected_action": [str(row.pk) for row in Instance.objects.all()],
    }
    answer = browser.post(address(Instance, "changelist"), data, follow=True)
    assert "You are no case worker of skd." in answer.content.decode()
    confirmed = Instance.objects.filter(confirmed=True)
    assert [row.org for row in confirmed] == ["nav"]


def test_a_person_reads_a_page_and_a_program_a_problem() -> None:
    """The same refusal, as each can read it; nobody signed in reads no page."""
    browser = sign_in(None, member(OrgRole.VIEWER))
    foreign = Instance.objects.get(org="skd")
    for path, status in ((page_of(foreign), 404), (address(User, "changelist"), 403)):
        read = browser.get(path, headers={"accept": "text/html,*/*;q=0.8"})
        assert read.status_code == status
        assert read["Content-Type"].startswith("text/html")
        text = read.content.decode()
        assert "another organisation" in text
        [more] = re.findall(r'"(/problems/[\w-]+)"', text)
        assert browser.get(more).status_code == 200
        told = browser.get(path, headers={"accept": "application/json"})
        assert (told.status_code, told["Content-Type"]) == (
            status,
            "application/problem+json",
        )
    browser.logout()
    gone = browser.get("/admin/nothing/", headers={"accept": "text/html"})
    assert gone.status_code == 404
    assert "another organisation" not in gone.content.decode()


# --- memberships ----------------------------------------------------------------------
def _manager() -> Client:
    return sign_in(None, member(OrgRole.ADMINISTRATOR))


def test_an_administrator_lets_somebody_in() -> None:
    """By the account's name; he is shown no list of accounts."""
    newcomer = User.objects.create_user("newcomer")
    browser = _manager()
    form = browser.get(address(Membership, "add")).content.decode()
    assert "admin-autocomplete" not in form
    data = {"account": "newcomer", "org": "nav", "role": "viewer"}
    assert browser.post(address(Membership, "add"), data).status_code == 302
    newcomer.refresh_from_db()
    assert newcomer.is_staff
    assert shown(sign_in(None, newcomer), Instance)
    entry = AuditEntry.objects.filter(act="add").get()
    assert (entry.account, entry.org) == ("administrator-of-nav", "nav")


@pytest.mark.parametrize(
    "data",
    [
        {"account": "newcomer", "org": "skd", "role": "viewer"},
        {"account": "newcomer", "org": "", "role": "viewer"},
        {"account": "nobody", "org": "nav", "role": "viewer"},
        {"account": "newcomer", "org": "nav", "role": "king"},
        {"account": "administrator-of-nav", "org": "nav", "role": "administrator"},
        {"user": "1", "org": "nav", "role": "viewer"},
    ],
)
def test_an_administrator_cannot_go_beyond_his_organisation(
    data: dict[str, str],
) -> None:
    """Nor name an account that is not there, or a membership that is."""
    User.objects.create_user("newcomer")
    browser = _manager()
    before = list(Membership.objects.values())
    answer = browser.post(address(Membership, "add"), data)
    assert answer.status_code == 200
    assert "errornote" in answer.content.decode()
    assert list(Membership.objects.values()) == before


def test_nobody_is_a_member_of_an_organisation_that_is_none() -> None:
    """Not even a superuser makes such a membership, new or changed."""
    boss = sign_in(None, User.objects.create_superuser("chief"))
    row = member(OrgRole.VIEWER).memberships.get()
    before = list(Membership.objects.values())
    data = {"user": str(row.user_id), "org": "nva", "role": "administrator"}
    for page in (address(Membership, "add"), page_of(row)):
        answer = boss.post(page, data)
        assert answer.status_code == 200
        assert "Select a valid choice. nva" in answer.content.decode()
    assert list(Membership.objects.values()) == before
    assert boss.post(page_of(row), {**data, "org": "skd"}).status_code == 302


def test_a_membership_stays_in_its_organisation() -> None:
    """A change of the organisation is a membership of another."""
    browser = _manager()
    row = member(OrgRole.VIEWER).memberships.get()
    data = {"org": "skd", "role": "administrator"}
    assert browser.post(page_of(row), data).status_code == 200
    row.refresh_from_db()
    assert (row.org, row.role) == ("nav", OrgRole.VIEWER)
    data["org"] = "nav"
    assert browser.post(page_of(row), data).status_code == 302
    row.refresh_from_db()
    assert row.role == OrgRole.ADMINISTRATOR
