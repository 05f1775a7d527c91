"""Giving in the admin: what is given is checked, recorded, and found again."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from authorization.models import (
    ClientDelegation,
    Delegation,
    PackageAssignment,
    RoleAssignment,
    SystemUser,
)
from parties.models import User
from tests.client import BASE_HOST
from tests.factories import make_agent

pytestmark = pytest.mark.usefixtures("sandbox")
_CLIENT, _ORGANISATION, _GUID = 500000, 500005, "d111dbab-d619-4f15-bf29-58fe570a9ae6"
RIGHT = {"user": 1004, "from_party": _CLIENT, "app_id": "nav/app2018", "action": "read"}
PACKAGE = {"to_party": _ORGANISATION, "from_party": _CLIENT, "package": "jordbruk"}


@pytest.fixture
def boss(sandbox: None) -> Client:
    """A superuser on the base host, with a system user to give to."""
    SystemUser.objects.create(
        id=_GUID, party_id=_ORGANISATION, system_id="1_a", kind="agent"
    )
    Delegation.objects.all().delete()
    client = Client(headers={"host": f"{BASE_HOST}:8000"})
    client.force_login(User.objects.create_superuser("boss"))
    return client


def page(table: type, name: str, *args: object) -> str:
    """Return the address of a page about the table."""
    label = table._meta.label_lower.replace(".", "_")  # type: ignore[attr-defined]  # a model
    return reverse(f"admin:{label}_{name}", args=args)


def post(client: Client, table: type, values: dict[str, Any]) -> list[str]:
    """Add a row; return what the form says against it."""
    answer = client.post(page(table, "add"), values)
    if answer.status_code == 302:
        return []
    errors = answer.context["adminform"].form.errors
    return [str(text) for texts in errors.values() for text in texts]


@pytest.mark.parametrize(
    "values",
    [
        RIGHT,
        {**RIGHT, "action": " sign ", "task": "confirm"},
        {**RIGHT, "app_id": ""},
        {**RIGHT, "user": "", "to_party": _ORGANISATION},
        {**RIGHT, "instance_guid": _GUID},
    ],
)
def test_a_right_is_given(boss: Client, values: dict[str, Any]) -> None:
    """Z-053: and who gave it is recorded"""
    assert post(boss, Delegation, values) == []
    right = Delegation.objects.get()
    assert right.performed_by == "admin:boss"
    assert right.action == values["action"].strip()
    assert boss.get(page(Delegation, "change", right.pk)).status_code == 200


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"user": ""}, "exactly one recipient"),
        ({"to_party": _ORGANISATION}, "exactly one recipient"),
        ({"app_id": "nav/other"}, "'nav/other' is served"),
        ({"app_id": "nonsense"}, "org/app"),
        ({"action": "read write"}, "one word"),
        ({"action": ""}, "required"),
        ({"user": "", "system_user": _GUID}, "is an agent"),
        ({"app_id": "", "task": "confirm"}, "names its application"),
        ({"task": "nope"}, "it has formfilling, confirm"),
        ({"expires_0": "2020-01-01", "expires_1": "00:00"}, "ended already"),
        ({"from_party": 1}, "valid choice"),
    ],
)
def test_a_wrong_right_is_refused(
    boss: Client, change: dict[str, Any], said: str
) -> None:
    """Each change is checked, and says what is wrong"""
    errors = post(boss, Delegation, {**RIGHT, **change})
    assert any(said in error for error in errors), errors
    assert not Delegation.objects.exists()


def test_a_right_is_given_once(boss: Client) -> None:
    """The constraint of the table speaks in the form"""
    assert post(boss, Delegation, RIGHT) == []
    assert post(boss, Delegation, RIGHT) == ["The recipient has this already."]
    assert Delegation.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({}, {"jordbruk"}),
        ({"package": "urn:altinn:accesspackage:Fiske"}, {"fiske"}),
        (
            {"package": "ansvarlig-revisor", "client_role": "revi"},
            {"ansvarlig-revisor"},
        ),
        (
            {"package": "", "client_role": "revi"},
            {"ansvarlig-revisor", "revisormedarbeider"},
        ),
    ],
)
def test_packages_are_given(
    boss: Client, change: dict[str, Any], codes: set[str]
) -> None:
    """Z-049: one by its code, or all of a client role"""
    assert post(boss, PackageAssignment, {**PACKAGE, **change}) == []
    rows = PackageAssignment.objects.filter(performed_by="admin:boss")
    assert {row.package for row in rows} == codes


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"package": ""}, "Write the package's code"),
        ({"package": "two words"}, "Write the package's code"),
        ({"client_role": "revi"}, "ansvarlig-revisor"),
        ({"to_party": "", "user": 1004, "package": "ansvarlig-revisor",
          "client_role": "revi"}, "held by an organisation"),
        ({"to_party": "", "system_user": _GUID}, "is an agent"),
        ({"to_party": ""}, "exactly one recipient"),
    ],
)  # fmt: skip
def test_a_wrong_package_is_refused(
    boss: Client, change: dict[str, Any], said: str
) -> None:
    """Each change is checked, and says what is wrong"""
    errors = post(boss, PackageAssignment, {**PACKAGE, **change})
    assert any(said in error for error in errors), errors
    assert not PackageAssignment.objects.exists()


def test_a_clients_package_is_passed_on(boss: Client) -> None:
    """Z-055: to an agent of the organisation, once"""
    given = make_agent().via
    assert given is not None
    values: dict[str, Any] = {"via": given.pk, "system_user": _GUID}
    assert post(boss, ClientDelegation, values) == []
    row = ClientDelegation.objects.get(system_user_id=_GUID)
    assert (row.from_party_id, row.package) == (_CLIENT, given.package)
    assert row.performed_by == "admin:boss"
    change = page(ClientDelegation, "change", row.pk)
    assert boss.post(change, values).status_code == 302
    assert "already" in post(boss, ClientDelegation, values)[0]
    assert (
        "no agent" in post(boss, ClientDelegation, {"via": given.pk, "user": 1002})[0]
    )
    assert "one agent" in post(boss, ClientDelegation, {"via": given.pk})[0]
    assert "required" in post(boss, ClientDelegation, {"user": 1004})[0]
    assert ClientDelegation.objects.count() == 2


@pytest.mark.parametrize("code", ["two words", "a/b", "", "dagl;"])
def test_what_can_be_no_role_is_refused(boss: Client, code: str) -> None:
    """Z-048"""
    before = RoleAssignment.objects.count()
    values = {"user": 1004, "party": _CLIENT, "role_code": code}
    (said,) = post(boss, RoleAssignment, values)
    assert ("required" if not code else "role") in said
    assert RoleAssignment.objects.count() == before


def test_lists_are_filtered_searched_and_never_counted(boss: Client) -> None:
    """Whatever is clicked or typed is answered, and no table is read through for it"""
    post(boss, Delegation, RIGHT)
    make_agent()
    tables = [Delegation, PackageAssignment, ClientDelegation]
    asked = ["to=user", "to=to_party", "to=x", "ended=yes", "ended=no", "q=1004", "q=x",
             f"q={_GUID}", "q=%00", "q=jordbruk"]  # fmt: skip
    pages = [(table, query) for table in tables for query in asked]
    pages += [(RoleAssignment, "key=yes"), (RoleAssignment, "key=no")]
    pages += [(SystemUser, "kind=agent"), (PackageAssignment, "client_role=regn")]
    for table, query in pages:
        with CaptureQueriesContext(connection) as captured:
            answer = boss.get(f"{page(table, 'changelist')}?{query}")
        assert answer.status_code in (200, 302), (table, query)
        assert not [q for q in captured.captured_queries if "COUNT(" in q["sql"]]
    found = boss.get(f"{page(Delegation, 'changelist')}?to=user&ended=no&q=1004")
    assert len(found.context["cl"].result_list) == 1
    assert (
        'class="admin-autocomplete"'
        in boss.get(page(Delegation, "add")).content.decode()
    )


def test_a_new_one_says_what_goes_together_and_asks_nothing_that_saving_says(
    boss: Client,
) -> None:
    """Z-052: exactly one recipient is said before it is refused"""
    right = Delegation.objects.create(
        user_id=1004, from_party_id=_CLIENT, app_id="", action="read"
    )
    new = boss.get(page(Delegation, "add")).content.decode()
    assert "Exactly one of these." in new
    assert "Performed by" not in new
    assert (
        "Performed by"
        in boss.get(page(Delegation, "change", right.pk)).content.decode()
    )
    assert (
        "Performed by" not in boss.get(page(ClientDelegation, "add")).content.decode()
    )


@pytest.mark.parametrize("table", [Delegation, PackageAssignment, ClientDelegation])
def test_no_field_of_a_form_is_left_out_of_its_page(boss: Client, table: type) -> None:
    """Z-052"""
    form = boss.get(page(table, "add")).context["adminform"]
    shown = {name for group in form for line in group for name in line.fields}
    assert set(form.form.fields) == shown
