"""A caller finds in a list exactly the instances whose GET is 200 for him.

Lists and single reads are held to the same compiled policies, over random policies,
roles, states and callers; the hard-deleted are the one difference.
"""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps_registry.errors import AppNotFound
from apps_registry.services import import_app
from authorization import bulk
from authorization import services as authorization
from authorization.lookup import Question
from authorization.models import (
    Delegation,
    PackageAssignment,
    RoleAssignment,
    SystemUser,
)
from authorization.resources import Resource
from authorization.services import RoleLookup
from common.ids import uuid7
from instances.models import Instance
from parties.identity import Principal, PrincipalKind
from parties.models import Party
from tests.authorization.policies import import_with_policy, permit
from tests.factories import now
from tests.shared import APPS

pytestmark = pytest.mark.django_db

_ROLES = ["dagl", "priv", "regna", "lede", "medl", "uiluf"]
_MAIN_UNIT, _SUB_UNIT, _PERSON, _PROVIDER = 500000, 500001, 501337, 500005
_PARTIES = [_MAIN_UNIT, _SUB_UNIT, _PERSON]
_APPS = ["nav/app2018", "ttd/signing-test", "nav/packages", "ttd/gone"]
_PROVIDER_NUMBER = "305388807"
_OWN_PARTIES = {1337: _PERSON, 1001: 510001}
_TASKS = ["formfilling", "confirm", "Task_1", "Task_2", None]
_ENDS = ["submitted", "EndEvent_1"]

_users = st.builds(
    lambda user, level: Principal(
        PrincipalKind.USER, level=level, user_id=user, party_id=_OWN_PARTIES[user]
    ),
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
        Principal(PrincipalKind.ORGANISATION, level=3, org_number=_PROVIDER_NUMBER),
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
        st.sampled_from(_APPS),
        st.sampled_from(_PARTIES),
        st.sampled_from(_TASKS),
        st.sampled_from(_ENDS),
    ),
    min_size=1,
    max_size=6,
)
_recipients = st.one_of(
    st.tuples(st.just("user_id"), st.sampled_from([1337, 1001])),
    st.tuples(st.just("to_party_id"), st.sampled_from([_PROVIDER, _PERSON])),
    st.tuples(st.just("system_user_id"), st.sampled_from(_SYSTEM_USERS)),
)
_agents = st.one_of(
    st.none(),
    st.tuples(st.just("user_id"), st.sampled_from([1337, 1001])),
    st.tuples(st.just("system_user_id"), st.sampled_from(_SYSTEM_USERS)),
)
_days = st.sampled_from([None, None, -1, 1])  # until it ends
Recipient = tuple[str, object]
Right = tuple[Recipient, int, str, str, bool, str, int | None]
Package = tuple[Recipient, int, str, int | None, Recipient | None, int | None]
_delegations = st.lists(
    st.tuples(
        _recipients,
        st.sampled_from(_PARTIES),
        st.sampled_from(["", *_APPS]),
        st.sampled_from(["read", "read", "write"]),
        st.booleans(),  # to the first instance alone
        st.sampled_from(["", "", "confirm", "Task_1"]),
        _days,
    ),
    max_size=5,
    unique_by=lambda row: row[:6],
)
_packages = st.lists(
    st.tuples(
        _recipients,
        st.sampled_from(_PARTIES),
        st.sampled_from(["jordbruk", "fiske", "lonn"]),
        _days,
        _agents,  # to whom a party passes it on
        _days,
    ),
    max_size=4,
    unique_by=lambda row: row[:3],
)
_roles = st.lists(
    st.tuples(
        st.sampled_from([1337, 1001]),
        st.sampled_from([*_PARTIES, _PROVIDER]),
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


@pytest.fixture(scope="module")
def app_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the folder of the application that asks for packages lies."""
    return tmp_path_factory.mktemp("apps") / "packages"


def import_apps(folder: Path) -> None:
    """Serve the applications that the instances are of, all but one."""
    if APPS.is_dir():
        import_app(APPS / "signing-test")
    if not folder.exists():
        import_with_policy(
            folder,
            permit("read", to="package:jordbruk"),
            permit("read", to="package:fiske", task="confirm"),
            permit("read", to="package:lonn+regna", task="Task_1"),
            permit("read", to="eckeyrole", task="Task_2"),
            app_id="nav/packages",
        )
    import_app(folder)


def prepare() -> None:
    """Make one party another's sub-unit, and system users of either kind."""
    Party.objects.filter(pk=_SUB_UNIT).update(parent_id=_MAIN_UNIT)
    SystemUser.objects.all().delete()
    for guid, kind in zip(_SYSTEM_USERS, ["standard", "agent"], strict=True):
        SystemUser.objects.create(
            id=guid, party_id=_PROVIDER, system_id="310000000_a", kind=kind
        )
    RoleAssignment.objects.all().delete()
    Delegation.objects.all().delete()
    PackageAssignment.objects.all().delete()


def _moment(days: int | None) -> datetime | None:
    return None if days is None else now() + timedelta(days=days)


def delegate(rows: list[Right]) -> None:
    """Give these rights."""
    first = Instance.objects.order_by("id")[0].id
    Delegation.objects.bulk_create(
        Delegation(
            **{recipient: key},
            from_party_id=party,
            app_id=app_id,
            action=action,
            instance_guid=first if to_one and app_id else None,
            task=task if app_id else "",
            expires=_moment(days),
        )
        for (recipient, key), party, app_id, action, to_one, task, days in rows
        if app_id or not (to_one or task)
    )


def assign(rows: list[Package]) -> None:
    """Give these packages, and pass on what a party was given."""
    for (recipient, key), party, code, days, agent, agent_days in rows:
        given = PackageAssignment.objects.create(
            **{recipient: key},
            from_party_id=party,
            package=code,
            expires=_moment(days),
        )
        if agent is not None and recipient == "to_party_id":
            PackageAssignment.objects.create(
                **{agent[0]: agent[1]},
                from_party_id=party,
                package=code,
                via=given,
                expires=_moment(agent_days),
            )


def may_read(principal: Principal, instance: Instance) -> bool:
    """Whether a GET of the instance would be permitted."""
    return may(principal, "read", instance.resource)


def may(principal: Principal, action: str, resource: Resource) -> bool:
    """Whether a single call would be permitted."""
    try:
        return authorization.decide(
            RoleLookup(principal), resource=resource, action=action
        ).permitted
    except AppNotFound:
        return False


def assert_rights_alike(caller: Principal) -> None:
    """Hold the rights that a list tells of each row to those of single calls."""
    rows = Instance.objects.visible_to(caller).with_rights(
        caller, ("write", "delete"), anew={"instantiate": _APPS, "read": _APPS}
    )
    for row in rows:
        owner = Resource(row.org, row.app, party_id=row.owner_party_id)
        assert row.may_write == may(caller, "write", row.resource)
        assert row.may_delete == may(caller, "delete", row.resource)
        assert row.may_instantiate == may(caller, "instantiate", owner)
        assert row.may_read == may(caller, "read", owner)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    caller=st.one_of(_users, _users, _owners, _system_users, _others),
    rows=_instances,
    held=_roles,
    delegated=_delegations,
    packages=_packages,
)
def test_in_the_list_if_and_only_if_readable(
    sandbox: None,
    app_folder: Path,
    caller: Principal,
    rows: list[tuple[str, int, str | None, str]],
    held: list[tuple[int, int, str]],
    delegated: list[Right],
    packages: list[Package],
) -> None:
    """S-301, Z-049, Z-050, Z-053, Z-055, Z-075, D-12: one source of decisions"""
    import_apps(app_folder)
    make_rows(rows)
    prepare()
    RoleAssignment.objects.bulk_create(
        RoleAssignment(user_id=user, party_id=party, role_code=role)
        for user, party, role in set(held)
    )
    delegate(delegated)
    assign(packages)
    listed = {row.id for row in Instance.objects.visible_to(caller)}
    readable = {row.id for row in Instance.objects.all() if may_read(caller, row)}
    assert listed == readable
    assert_rights_alike(caller)
    assert_read_in_bulk_alike(caller)


def assert_read_in_bulk_alike(caller: Principal) -> None:
    """Hold what is read for many callers at once to what is read for this one."""
    others = {Principal(PrincipalKind.USER, user_id=user) for user in _OWN_PARTIES}
    callers = {caller, *others, Principal(PrincipalKind.ORGANISATION, org_number="1")}
    given = bulk.read(callers, _PARTIES, moment=now(), packages=True)
    lookup = RoleLookup(caller)
    for party in _PARTIES:
        owner = Resource(org="nav", app="packages", party_id=party)
        asked = Question(owner, roles=True, packages=True)
        assert given.roles_for(caller, party) == lookup.roles_on(asked)
        assert given.packages_for(caller, party) == lookup.packages_on(asked)
    for row in Instance.objects.all():
        assert given.is_delegated(caller, row.resource, "read") == lookup.is_delegated(
            row.resource, action="read"
        )


def test_narrowing_the_apps_narrows_the_list(sandbox: None) -> None:
    """D-12"""
    make_rows([("nav/app2018", 500000, "formfilling", "")])
    owner = Principal(PrincipalKind.SERVICE_OWNER, level=3, org="nav")
    assert Instance.objects.visible_to(owner, app_ids=["nav/app2018"]).count() == 1
    assert Instance.objects.visible_to(owner, app_ids=["nav/other"]).count() == 0
    assert Instance.objects.visible_to(owner, app_ids=[]).count() == 0
