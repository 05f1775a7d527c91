"""A caller finds in a list exactly the instances whose GET is 200 for him.

Lists and single reads are held to the same compiled policies, over random policies,
roles, states and callers; the hard-deleted are the one difference.
"""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps_registry.services import import_app
from authorization import services as authorization
from authorization.models import Delegation, RoleAssignment, SystemUser
from authorization.services import RoleLookup
from common.ids import uuid7
from instances.models import Instance
from parties.identity import Principal, PrincipalKind
from parties.models import Party
from tests.factories import now
from tests.shared import APPS

pytestmark = pytest.mark.django_db

_ROLES = ["dagl", "priv", "regna", "lede", "medl", "uiluf"]
_PARTIES = [500000, 500001, 501337]
_TASKS = ["formfilling", "confirm", "Task_1", "Task_2", None]
_ENDS = ["submitted", "EndEvent_1"]

_users = st.builds(
    lambda user, level: Principal(PrincipalKind.USER, level=level, user_id=user),
    user=st.sampled_from([1337, 1001]),
    level=st.integers(0, 4),
)
_owners = st.builds(
    lambda org, level: Principal(
        PrincipalKind.SERVICE_OWNER, level=level, org=org, org_number="310000000"
    ),
    org=st.sampled_from(["nav", "skd", "ttd"]),
    level=st.integers(0, 4),
)
_others = st.sampled_from(
    [
        Principal(PrincipalKind.UNKNOWN, level=4),
        Principal(PrincipalKind.ORGANISATION, level=3, org_number="310000000"),
    ]
)
_SYSTEM_USERS = [
    "d111dbab-d619-4f15-bf29-58fe570a9ae6",
    "7c2a1f0e-4b1d-4c52-9a3f-0d5f8e6b7a11",
]
_system_users = st.builds(
    lambda guid, level: Principal(
        PrincipalKind.SYSTEM_USER, level=level, system_user_id=guid
    ),
    guid=st.sampled_from(_SYSTEM_USERS),
    level=st.integers(0, 4),
)
_instances = st.lists(
    st.tuples(
        st.sampled_from(["nav/app2018", "ttd/signing-test", "ttd/gone"]),
        st.sampled_from(_PARTIES),
        st.sampled_from(_TASKS),
        st.sampled_from(_ENDS),
    ),
    min_size=1,
    max_size=6,
)
_delegations = st.lists(
    st.tuples(
        st.sampled_from(_SYSTEM_USERS),
        st.sampled_from(_PARTIES),
        st.sampled_from(["", "nav/app2018", "ttd/signing-test", "ttd/gone"]),
        st.sampled_from(["read", "write"]),
        st.booleans(),  # to the first instance alone
        st.sampled_from([None, -1, 1]),  # days until it ends
    ),
    max_size=6,
    unique_by=lambda row: row[:5],
)
_roles = st.lists(
    st.tuples(
        st.sampled_from([1337, 1001]),
        st.sampled_from(_PARTIES),
        st.sampled_from(_ROLES),
    ),
    max_size=4,
)


def make_rows(rows: list[tuple[str, int, str | None, str]]) -> None:
    """Put instances of these apps, parties and states in the table."""
    moment = now()
    Instance.objects.all().delete()
    Instance.objects.bulk_create(
        Instance(
            id=uuid7(),
            org=app_id.partition("/")[0],
            app_id=app_id,
            owner_party_id=party,
            current_task=task,
            process_ended=None if task else moment,
            end_event=None if task else end,
            created=moment,
            last_changed=moment,
        )
        for app_id, party, task, end in rows
    )


def delegate(rows: list[tuple[str, int, str, str, bool, int | None]]) -> None:
    """Give system users these rights, and make one party another's sub-unit."""
    main, unit = _PARTIES[:2]
    Party.objects.filter(pk=unit).update(parent_id=main)
    SystemUser.objects.all().delete()
    SystemUser.objects.bulk_create(
        SystemUser(id=guid, party_id=main, system_id="310000000_a")
        for guid in _SYSTEM_USERS
    )
    first = Instance.objects.order_by("id")[0].id
    Delegation.objects.bulk_create(
        Delegation(
            system_user_id=guid,
            from_party_id=party,
            app_id=app_id,
            action=action,
            instance_guid=first if to_one and app_id else None,
            expires=None if days is None else now() + timedelta(days=days),
        )
        for guid, party, app_id, action, to_one, days in rows
        if app_id or not to_one
    )


def may_read(principal: Principal, instance: Instance) -> bool:
    """Whether a GET of the instance would be permitted."""
    from apps_registry.errors import AppNotFound

    try:
        return authorization.decide(
            RoleLookup(principal), resource=instance.resource, action="read"
        ).permitted
    except AppNotFound:
        return False


@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    caller=st.one_of(_users, _owners, _system_users, _others),
    rows=_instances,
    held=_roles,
    delegated=_delegations,
)
def test_in_the_list_if_and_only_if_readable(
    sandbox: None,
    caller: Principal,
    rows: list[tuple[str, int, str | None, str]],
    held: list[tuple[int, int, str]],
    delegated: list[tuple[str, int, str, str, bool, int | None]],
) -> None:
    """Z-053, Z-055, Z-075, D-12, S-330: one source of decisions"""
    if APPS.is_dir():
        import_app(APPS / "signing-test")
    make_rows(rows)
    RoleAssignment.objects.all().delete()
    RoleAssignment.objects.bulk_create(
        RoleAssignment(user_id=user, party_id=party, role_code=role)
        for user, party, role in set(held)
    )
    delegate(delegated)
    listed = {row.id for row in Instance.objects.visible_to(caller)}
    readable = {row.id for row in Instance.objects.all() if may_read(caller, row)}
    assert listed == readable


def test_narrowing_the_apps_narrows_the_list(sandbox: None) -> None:
    """D-12"""
    make_rows([("nav/app2018", 500000, "formfilling", "")])
    owner = Principal(PrincipalKind.SERVICE_OWNER, level=3, org="nav")
    assert Instance.objects.visible_to(owner, app_ids=["nav/app2018"]).count() == 1
    assert Instance.objects.visible_to(owner, app_ids=["nav/other"]).count() == 0
    assert Instance.objects.visible_to(owner, app_ids=[]).count() == 0
