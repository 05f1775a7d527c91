"""What is delegated to a system user: decided, listed, ended and revoked."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from authorization import services as authorization
from authorization.models import Delegation, SystemUser
from authorization.resources import Resource
from authorization.services import RoleLookup
from instances.models import Instance
from parties.identity import Principal, PrincipalKind
from parties.models import Party, User
from tests.authorization import deciding
from tests.cast import OWNER_PRINCIPAL, SOPHIE_PRINCIPAL
from tests.factories import make_instance

pytestmark = pytest.mark.usefixtures("sandbox")

_GUID = "d111dbab-d619-4f15-bf29-58fe570a9ae6"
_PARTY, _SUB_UNIT, _OTHER_PARTY = 500000, 500001, 500005
SYSTEM = Principal(
    PrincipalKind.SYSTEM_USER, level=3, org_number="353801961", system_user_id=_GUID
)
WEAK_SYSTEM = Principal(PrincipalKind.SYSTEM_USER, level=1, system_user_id=_GUID)


def delegate(
    action: str = "read",
    *,
    party: int = _PARTY,
    app_id: str = "nav/app2018",
    instance: UUID | None = None,
    days: int | None = None,
) -> Delegation:
    """Give the system user a right."""
    system_user, _ = SystemUser.objects.get_or_create(
        id=_GUID, defaults={"party_id": _PARTY, "system_id": "310000000_books"}
    )
    ends = None if days is None else timezone.now() + timedelta(days=days)
    return Delegation.objects.create(
        system_user=system_user,
        from_party_id=party,
        app_id=app_id,
        action=action,
        instance_guid=instance,
        expires=ends,
    )


def rights() -> list[str]:
    """Return the actions of everything that the system user was given."""
    given = Delegation.objects.filter(system_user_id=_GUID)
    return list(given.values_list("action", flat=True))


def permitted(
    instance: Instance, action: str = "read", *, to: Principal = SYSTEM
) -> bool:
    """Whether the action is permitted, by default to the system user."""
    return deciding.permitted(instance, action, to=to)


def test_what_is_delegated_is_permitted_and_nothing_else(instance: Instance) -> None:
    """Z-053, Z-055"""
    assert not permitted(instance)
    delegate("read")
    assert permitted(instance)
    assert not permitted(instance, "write")
    assert not permitted(instance, "Read")


def test_a_delegation_is_for_the_party_that_gave_it(instance: Instance) -> None:
    """Z-053"""
    delegate("read", party=_OTHER_PARTY)
    assert not permitted(instance)


def test_a_main_unit_delegates_for_its_sub_units_and_not_the_reverse() -> None:
    """Z-053"""
    Party.objects.filter(pk=_SUB_UNIT).update(parent_id=_PARTY)
    right = delegate("read")
    assert permitted(make_instance(party=_SUB_UNIT))
    right.delete()
    delegate("read", party=_SUB_UNIT)
    assert permitted(make_instance(party=_SUB_UNIT))
    assert not permitted(make_instance())


def test_a_delegation_is_for_its_app_or_for_every_app(instance: Instance) -> None:
    """Z-055: the test registers' system users act in every application"""
    delegate("read", app_id="nav/other")
    assert not permitted(instance)
    delegate("read", app_id="")
    assert permitted(instance)


def test_a_right_to_one_instance_reaches_no_other(instance: Instance) -> None:
    """Z-053"""
    delegate("read", instance=instance.id)
    assert permitted(instance)
    assert not permitted(make_instance())
    app = Resource(org="nav", app="app2018", party_id=_PARTY)
    assert not authorization.decide(
        RoleLookup(SYSTEM), resource=app, action="read"
    ).permitted


def test_a_delegation_ends_when_it_says(instance: Instance) -> None:
    """Z-053, Z-057"""
    right = delegate("read", days=1)
    assert permitted(instance)
    right.expires = timezone.now()
    right.save()
    assert not permitted(instance)


def test_revoking_is_visible_at_once(instance: Instance) -> None:
    """Z-053, Z-057, Z-086: no decision is remembered (D-18)"""
    right = delegate("read")
    assert permitted(instance)
    right.delete()
    assert not permitted(instance)


def test_the_policys_levels_hold_for_what_is_delegated(instance: Instance) -> None:
    """Z-053, Z-070"""
    delegate("read")
    decision = authorization.decide(
        RoleLookup(WEAK_SYSTEM), resource=instance.resource, action="read"
    )
    assert not decision.permitted
    assert decision.required_level == 2
    assert not permitted(instance, to=WEAK_SYSTEM)


def test_whom_the_policy_answers_asks_for_no_delegations(instance: Instance) -> None:
    """Z-053: only NotApplicable leads to the delegation stage, and only for some"""
    stranger = Principal(PrincipalKind.UNKNOWN, level=4, system_user_id=_GUID)
    delegate("sign")
    delegate("read")
    with CaptureQueriesContext(connection) as captured:
        for caller, action in [
            (SOPHIE_PRINCIPAL, "read"),
            (OWNER_PRINCIPAL, "read"),
            (OWNER_PRINCIPAL, "sign"),
            (stranger, "read"),
            (stranger, "sign"),
        ]:
            authorization.decide(
                RoleLookup(caller), resource=instance.resource, action=action
            )
    found = [query["sql"] for query in captured.captured_queries]
    assert not [sql for sql in found if "authorization_delegation" in sql]


def test_several_actions_take_one_statement(instance: Instance) -> None:
    """Z-075"""
    delegate("read")
    delegate("write")
    with CaptureQueriesContext(connection) as captured:
        decisions = authorization.decide_many(
            RoleLookup(SYSTEM),
            resource=instance.resource,
            actions=["read", "write", "sign"],
        )
    assert decisions == {"read": True, "write": True, "sign": False}
    found = [query["sql"] for query in captured.captured_queries]
    assert len([sql for sql in found if "authorization_delegation" in sql]) == 1


@pytest.mark.parametrize(
    "wrong", [{}, {"action": ""}, {"app_id": "", "instance": UUID(int=1)}]
)
def test_the_table_refuses(wrong: dict[str, object]) -> None:
    """A second same right, a right to nothing, an instance of no application"""
    delegate("read")
    with pytest.raises(IntegrityError), transaction.atomic():
        delegate(**{"action": "read", **wrong})  # type: ignore[arg-type]  # made wrong on purpose
    assert rights() == ["read"]


def test_the_table_refuses_a_second_same_right_to_an_instance() -> None:
    """Both forms of a right are there once"""
    delegate("read", instance=UUID(int=1))
    delegate("read", instance=UUID(int=2))
    with pytest.raises(IntegrityError), transaction.atomic():
        delegate("read", instance=UUID(int=1))
    assert rights() == ["read", "read"]


@pytest.mark.parametrize("term", ["", _GUID, "500000", "nav/app2018", "read"])
def test_the_admin_finds_delegations_and_system_users(
    client: Client, term: str
) -> None:
    """By everything that names one, and nothing for a word that names none"""
    SystemUser.objects.all().delete()
    right = delegate("read")
    user = User.objects.create_superuser("root", "root@example.com", "secret")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")

    def found(table: str, words: str) -> list[str]:
        answer = client.get(
            f"/admin/authorization/{table}/?q={words}",
            headers={"host": "altinn.test:8000"},
        )
        return [str(row.pk) for row in answer.context["cl"].queryset]

    assert found("delegation", term) == [str(right.pk)]
    assert found("delegation", "nobody") == []
    assert found("systemuser", _GUID) == [_GUID]
    assert found("systemuser", "310000000_") == [_GUID]
