"""The audit trail: who did or saw what in the admin, when, and from where."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from audit.models import AuditEntry
from audit.querysets import AuditEntryQuerySet
from authorization.models import RoleAssignment
from data_elements.models import DataElement
from instances.models import Instance, InstanceEvent
from parties.choices import OrgRole
from parties.models import Party, User
from tests.altinn import desk
from tests.altinn.desk import address, element_of, member, page_of, shown, sign_in
from tests.factories import make_instance, reread

pytestmark = pytest.mark.usefixtures("sandbox")


@pytest.fixture
def case_worker(sandbox: None) -> Client:
    """Somebody who works for nav."""
    return sign_in(None, member(OrgRole.CASE_WORKER))


@pytest.fixture
def viewer(sandbox: None) -> Client:
    """Somebody who looks at what nav has."""
    return sign_in(None, member(OrgRole.VIEWER))


def people() -> AuditEntryQuerySet:
    """Return what people did: that the sandbox was deployed stands there too."""
    return AuditEntry.objects.exclude(account="server")


def test_a_look_says_who_what_when_and_from_where(viewer: Client) -> None:
    """At an instance, an element, a line of history and a party; never at a list."""
    instance = make_instance(filled=True)
    element = element_of(instance)
    event = InstanceEvent.objects.of(instance.pk).first()
    party = Party.objects.get(pk=instance.owner_party_id)
    assert event is not None
    for model in (Instance, DataElement, InstanceEvent, Party):
        shown(viewer, model)
    assert not people().exists()
    for row in (instance, element, event, party):
        assert viewer.get(page_of(row), REMOTE_ADDR="192.0.2.7").status_code == 200
    entries = people().order_by("id")
    assert [(e.act, e.thing, e.thing_id) for e in entries] == [
        ("look", row._meta.label_lower, str(row.pk))
        for row in (instance, element, event, party)
    ]
    account = User.objects.get(username="viewer-of-nav")
    for entry in entries:
        assert (entry.account_id, entry.account) == (account.pk, account.username)
        assert (entry.address, entry.org) == ("192.0.2.7", "nav")
        assert len(entry.trace_id) == 32


def test_a_change_and_its_entry_are_one(
    case_worker: Client, submitted: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the entry there is no change."""

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the trail is out of order")

    monkeypatch.setattr("audit.services.record", fail)
    case_worker.raise_request_exception = False
    data = {"action": "confirm", "_selected_action": submitted.pk, "sure": "1"}
    answer = case_worker.post(address(Instance, "changelist"), data)
    assert answer.status_code == 500
    assert not reread(submitted).confirmed
    boss = sign_in(None, User.objects.create_superuser("boss"))
    boss.raise_request_exception = False
    values = {"user": 1004, "party": 501337, "role_code": "dagl"}
    before = RoleAssignment.objects.count()
    answer = boss.post(address(RoleAssignment, "add"), values)
    assert answer.status_code == 500
    assert RoleAssignment.objects.count() == before
    row = RoleAssignment.objects.first()
    assert row is not None
    delete = {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"}
    answer = boss.post(address(RoleAssignment, "changelist"), delete)
    assert answer.status_code == 500
    assert RoleAssignment.objects.count() == before


def test_every_change_leaves_an_entry() -> None:
    """Add, change and delete; which fields were changed, and never their values."""
    boss = sign_in(None, User.objects.create_superuser("boss"))
    values = {"user": 1004, "party": 501337, "role_code": "dagl"}
    assert boss.post(address(RoleAssignment, "add"), values).status_code == 302
    row = RoleAssignment.objects.get(**values)
    values["role_code"] = "lede"
    assert boss.post(page_of(row), values).status_code == 302
    delete = {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"}
    boss.post(address(RoleAssignment, "changelist"), delete)
    assert not RoleAssignment.objects.filter(pk=row.pk).exists()
    entries = AuditEntry.objects.filter(thing="authorization.roleassignment")
    found = list(entries.order_by("id").values_list("act", "thing_id", "details"))
    assert found == [
        ("add", str(row.pk), [{"added": {}}]),
        ("change", str(row.pk), [{"changed": {"fields": ["Role code"]}}]),
        ("delete", str(row.pk), None),
    ]


def test_a_password_is_changed_together_with_its_entry() -> None:
    """And stands nowhere in it."""
    boss = sign_in(None, User.objects.create_superuser("boss"))
    other = User.objects.create_user("other")
    path = desk.reverse("admin:auth_user_password_change", args=[other.pk])
    values = {"password1": "much-too-good-1", "password2": "much-too-good-1"}
    assert boss.post(path, {**values, "usable_password": "true"}).status_code == 302
    entry = AuditEntry.objects.get(act="change")
    assert entry.thing_id == str(other.pk)
    assert "good" not in str(entry.details)


def test_the_trail_is_only_added_to() -> None:
    """Neither code nor anybody at the desk changes it."""
    boss = sign_in(None, User.objects.create_superuser("boss"))
    boss.get(page_of(make_instance()))
    entry = people().get()
    with pytest.raises(TypeError):
        AuditEntry.objects.update(account="somebody else")
    with pytest.raises(TypeError):
        AuditEntry.objects.all().delete()
    entry.account = "somebody else"
    with pytest.raises(IntegrityError), transaction.atomic():
        entry.save()
    for page in ("change", "delete"):
        answer = boss.post(address(AuditEntry, page, entry.pk), {"post": "yes"})
        assert answer.status_code == 403
    assert people().get().account == "boss"


def test_a_name_on_a_page_of_changes_is_a_look_too(viewer: Client) -> None:
    """The page's title is the party's name."""
    party = Party.objects.get(pk=make_instance().owner_party_id)
    assert viewer.get(address(Party, "history", party.pk)).status_code == 200
    assert people().get().thing_id == str(party.pk)


@pytest.mark.parametrize("term", ["{guid}", "boss"])
def test_the_trail_is_searched_by_row_and_by_account(term: str) -> None:
    """Who saw this, and what did he see."""
    boss = sign_in(None, User.objects.create_superuser("boss"))
    instance = make_instance()
    boss.get(page_of(instance))
    assert len(shown(boss, AuditEntry, q=term.format(guid=instance.pk))) == 1
    assert shown(boss, AuditEntry, q="nobody") == []
