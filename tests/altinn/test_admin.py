"""The admin: every table is there, what happened is read only, and lists stay fast."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps_registry.models import Application, Deployment, DeploymentFile, Org
from authorization.models import RoleAssignment
from common.admin import LongListAdmin, ShortPaginator
from data_elements.models import DataElement
from events.models import CloudEvent
from instances.models import Instance, InstanceEvent
from parties.choices import PartyType
from parties.models import Party, Profile, User
from tests.client import APP_HOST, BASE_HOST, PLATFORM_HOST, STORAGE_HOST
from tests.factories import make_element, make_instance

pytestmark = pytest.mark.usefixtures("sandbox")
ROOMS = (
    "parties",
    "apps_registry",
    "authorization",
    "events",
    "instances",
    "data_elements",
)
READ_ONLY = {
    "apps_registry.Application",
    "apps_registry.Deployment",
    "apps_registry.DeploymentFile",
    "apps_registry.RegistryVersion",
    "data_elements.DataElement",
    "events.CloudEvent",
    "instances.Instance",
    "instances.InstanceEvent",
    "parties.Party",
    "parties.Profile",
}
# Tables that grow with use: to count one is to read it.
LONG = [Instance, InstanceEvent, DataElement, CloudEvent, Party, Profile]
SOPHIES_NUMBER = "17919033037"


@pytest.fixture
def boss(sandbox: None) -> Client:
    """A superuser on the base host."""
    client = Client(headers={"host": f"{BASE_HOST}:8000"})
    client.force_login(User.objects.create_superuser("boss"))
    return client


def tables() -> list[type[models.Model]]:
    """Return every table of our rooms."""
    return [table for room in ROOMS for table in apps.get_app_config(room).get_models()]


def listing(table: type[models.Model]) -> str:
    """Return the address of a list."""
    return reverse(f"admin:{table._meta.label_lower.replace('.', '_')}_changelist")


def page_of(row: models.Model) -> str:
    """Return the address of a row's page."""
    name = row._meta.label_lower.replace(".", "_")
    return reverse(f"admin:{name}_change", args=[row.pk])


def statements(client: Client, path: str) -> list[str]:
    """Return the SQL of a page, which must be answered."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(path).status_code == 200
    return [query["sql"] for query in captured.captured_queries]


# --- making rows ----------------------------------------------------------------------
def _instances(count: int) -> None:
    for _ in range(count):
        make_element(instance=make_instance())


def _parties(count: int) -> None:
    first = (
        Party.objects.order_by("-id").values_list("id", flat=True).first() or 0
    ) + 1
    Party.objects.bulk_create(
        Party(id=first + n, type=PartyType.PERSON, name=f"Party {first + n}")
        for n in range(count)
    )
    Profile.objects.bulk_create(
        Profile(id=first + n, party_id=first + n) for n in range(count)
    )
    RoleAssignment.objects.bulk_create(
        RoleAssignment(user_id=first + n, party_id=first + n, role_code="dagl")
        for n in range(count)
    )


def _applications(count: int) -> None:
    first = Org.objects.count()
    for n in range(first, first + count):
        org = Org.objects.create(code=f"org{n}")
        app = Application.objects.create(org=org, name="app", app_id=f"org{n}/app")
        deployment = Deployment.objects.create(
            application=app, number=1, content_hash=f"{n:064}"
        )
        DeploymentFile.objects.create(
            deployment=deployment, path="a.json", content=b"{}"
        )


def _users(count: int) -> None:
    first = User.objects.count()
    User.objects.bulk_create(
        User(username=f"user{n}") for n in range(first, first + count)
    )


MORE: dict[type[models.Model], Callable[[int], None]] = {
    **dict.fromkeys([Instance, InstanceEvent, DataElement, CloudEvent], _instances),
    **dict.fromkeys([Party, Profile, RoleAssignment], _parties),
    **dict.fromkeys([Org, Application, Deployment, DeploymentFile], _applications),
    User: _users,
}


# --- the site -------------------------------------------------------------------------
def test_every_table_is_in_the_admin() -> None:
    """A table that nobody can look at is one that nobody understands."""
    assert [table for table in tables() if not admin.site.is_registered(table)] == []


def test_every_list_and_every_page_opens(boss: Client) -> None:
    """No column, filter or field is wrong."""
    make_element(instance=make_instance(submitted=True), filename="æøå.xml")
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
def test_what_happened_cannot_be_changed(boss: Client) -> None:
    """Instances, history, content, events and deployments are shown only."""
    make_element(instance=make_instance())
    for table in tables():
        row = table._default_manager.first()
        assert row is not None
        changeable = table._meta.label not in READ_ONLY
        assert ("Save" in boss.get(page_of(row)).content.decode()) == changeable, table
        if changeable:
            continue
        add = page_of(row).replace(f"{row.pk}/change/", "add/")
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
        shown = boss.get(listing(table)).content.decode()
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


# --- finding --------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("{guid}", True),
        ("{party}/{guid}", True),
        (" {guid} ", True),
        ("{party}", True),
        ("nav/app2018", True),
        ("1/{guid}", False),
        ("nav/other", False),
        ("999999999999999999999999", False),
        ("x", False),
        ("%", False),
    ],
)
def test_an_instance_is_found_by_its_ids(boss: Client, term: str, found: bool) -> None:
    """By what indexes know, and by nothing else."""
    instance = make_instance()
    text = term.format(guid=instance.id, party=instance.owner_party_id)
    answer = boss.get(listing(Instance), {"q": text})
    assert answer.status_code == 200
    assert (page_of(instance) in answer.content.decode()) == found


@pytest.mark.parametrize("table", LONG)
@pytest.mark.parametrize("term", ["x", "%", "\0", "1", "a/b", "9" * 30, "''"])
def test_any_search_is_answered(
    boss: Client, table: type[models.Model], term: str
) -> None:
    """Nothing that is typed into the field is an error."""
    assert boss.get(listing(table), {"q": term}).status_code == 200


def test_elements_and_events_are_found_by_their_instance(boss: Client) -> None:
    """The links of an instance's page lead there."""
    instance, other = make_instance(filled=True), make_instance(filled=True)
    for term in (str(instance.id), instance.instance_id):
        for table in (DataElement, InstanceEvent):
            page = boss.get(listing(table), {"q": term}).content.decode()
            assert page_of(instance) in page
            assert page_of(other) not in page
    events = boss.get(listing(CloudEvent), {"q": instance.instance_id})
    assert str(instance.id) in events.content.decode()
    assert str(other.id) not in events.content.decode()


@pytest.mark.parametrize(
    ("state", "made"),
    [
        ("active", {}),
        ("archived", {"submitted": True}),
        ("soft deleted", {"soft_deleted": True}),
        ("hard deleted", {"hard_deleted": True}),
    ],
)
def test_instances_are_filtered_by_state_and_application(
    boss: Client, state: str, made: dict[str, Any]
) -> None:
    """The filters say what the column says."""
    instance = make_instance(**made)
    others = {"active", "archived", "soft deleted", "hard deleted"} - {state}
    shown = boss.get(listing(Instance), {"state": state, "app": "nav/app2018"})
    assert page_of(instance) in shown.content.decode()
    for other in others:
        page = boss.get(listing(Instance), {"state": other}).content.decode()
        assert page_of(instance) not in page


# --- speed ----------------------------------------------------------------------------
@pytest.mark.parametrize("table", MORE)
def test_a_list_takes_the_same_statements_at_any_length(
    boss: Client, table: type[models.Model]
) -> None:
    """style.md §14: 1, 10 and 50 rows"""
    counts = []
    for more in (1, 9, 40):
        MORE[table](more)
        statements(boss, listing(table))  # what is looked up once in a process
        counts.append(len(statements(boss, listing(table))))
    assert counts[0] == counts[1] == counts[2], counts


@pytest.mark.parametrize("table", LONG)
def test_a_long_table_is_never_counted(
    boss: Client, table: type[models.Model], monkeypatch: pytest.MonkeyPatch
) -> None:
    """style.md §12, §14"""
    monkeypatch.setattr(LongListAdmin, "list_per_page", 1)
    MORE[table](2)
    for query in ("", "?o=2", "?p=1"):
        for sql in statements(boss, listing(table) + query):
            assert "COUNT(" not in sql
            if f'FROM "{table._meta.db_table}"' in sql:
                assert "LIMIT" in sql


def test_a_list_says_that_there_are_more_rows_than_it_reaches(
    boss: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A number that is not the whole is not given as the whole."""
    _instances(3)
    assert "3 instances" in boss.get(listing(Instance)).content.decode()
    monkeypatch.setattr(ShortPaginator, "MOST", 2)
    page = boss.get(listing(Instance)).content.decode()
    assert "2 or more instances" in page


def test_the_page_of_an_instance_takes_the_same_statements_at_any_length(
    boss: Client,
) -> None:
    """style.md §14: its elements and its history are a statement each"""
    instance = make_instance()
    counts = []
    for more in (1, 9, 40):
        for _ in range(more):
            make_element(instance=instance, type_id="kvittering")
        statements(boss, page_of(instance))
        counts.append(len(statements(boss, page_of(instance))))
    assert counts[0] == counts[1] == counts[2], counts
