"""Access packages, roles of sub-units, clients and their agents: decided and listed."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from authorization import clients
from authorization import services as authorization
from authorization.choices import (
    KEY_ROLES,
    KNOWN_ROLES,
    ClientRole,
    that_imply,
    with_implied,
)
from authorization.errors import (
    AgentGivenDirectly,
    AgentNotOfOrganisation,
    AgentNotOne,
    ClientNotOfOrganisation,
    PassedOnAlready,
)
from authorization.models import (
    ClientDelegation,
    Delegation,
    PackageAssignment,
    RoleAssignment,
    SystemUser,
)
from authorization.packages import package_code
from authorization.representation import can_represent
from authorization.services import RoleLookup
from instances.models import Instance
from parties.identity import Principal, PrincipalKind
from parties.models import Party, Profile
from tests.authorization import deciding
from tests.authorization.policies import import_with_policy, permit
from tests.factories import make_agent, make_instance

_CLIENT, _SUB_UNIT, _ORGANISATION = 500000, 500001, 500005
_GUID = "d111dbab-d619-4f15-bf29-58fe570a9ae6"
LONER = Principal(PrincipalKind.USER, level=3, user_id=1004, party_id=510004)
ORGANISATION = Principal(PrincipalKind.ORGANISATION, level=3, org_number="305388807")
SYSTEM = Principal(
    PrincipalKind.SYSTEM_USER, level=3, org_number="305388807", system_user_id=_GUID
)
OWNER = Principal(
    PrincipalKind.SERVICE_OWNER, level=3, org="nav", org_number="305388807"
)


@pytest.fixture
def filed(sandbox: None, tmp_path: Path) -> Instance:
    """The client's instance of an app that asks for packages."""
    import_with_policy(
        tmp_path / "app",
        permit("instantiate", "read", to="dagl"),
        permit("read", "write", to="package:regnskapsforer-lonn"),
        permit("sign", to="package:regnskapsforer-lonn+lede"),
        permit("reject", to="eckeyrole"),
        app_id="nav/app2018",
    )
    RoleAssignment.objects.held_by(1004).delete()
    Party.objects.filter(pk=_SUB_UNIT).update(parent_id=_CLIENT)
    return make_instance()


def assign(
    package: str = "regnskapsforer-lonn", *, party: int = _CLIENT, **to: object
) -> PackageAssignment:
    """Give a package, by default to the user."""
    return PackageAssignment.objects.create(
        from_party_id=party, package=package, **(to or {"user_id": 1004})
    )


def hold(code: str, party: int, *, user_id: int = 1004) -> RoleAssignment:
    """Let the user hold a role."""
    return RoleAssignment.objects.create(
        user_id=user_id, party_id=party, role_code=code
    )


def permitted(
    instance: Instance, action: str = "read", *, to: Principal = LONER
) -> bool:
    """Whether the action is permitted, by default to the user."""
    return deciding.permitted(instance, action, to=to)


# --- roles ----------------------------------------------------------------------------
def test_the_table_of_roles_knows_the_key_roles() -> None:
    """Z-048"""
    assert KEY_ROLES < KNOWN_ROLES
    assert {"regna", "ffør", "sreva", "a0241", "agent"} <= KNOWN_ROLES - KEY_ROLES
    assert all(code == code.lower() for code in KNOWN_ROLES)
    assert with_implied({"DAGL"}) == {"DAGL", "eckeyrole"}
    assert with_implied({"medl"}) == {"medl"}
    assert that_imply({"eckeyrole"}) == KEY_ROLES | {"eckeyrole"}


@pytest.mark.parametrize("code", sorted(KEY_ROLES))
def test_a_key_role_is_held_for_sub_units_too(filed: Instance, code: str) -> None:
    """Z-048, authorization.md 3.5, 4.1: in decisions and in lists alike"""
    unit = make_instance(party=_SUB_UNIT)
    hold(code, _CLIENT)
    assert permitted(unit, "reject")
    assert permitted(filed, "reject")
    assert permitted(unit) is (code == "dagl")


def test_no_other_role_is_and_none_reaches_up(filed: Instance) -> None:
    """Z-044, Z-048: an element of the hierarchy gives nothing"""
    unit = make_instance(party=_SUB_UNIT)
    hold("regna", _CLIENT)
    hold("dagl", 500002)
    held = hold("dagl", _SUB_UNIT)
    assert permitted(unit)
    assert not permitted(filed)
    held.delete()
    assert not permitted(unit)
    assert RoleLookup(LONER).roles_for(_SUB_UNIT) == frozenset()


def test_a_system_user_never_holds_a_role(filed: Instance) -> None:
    """Z-055, Z-065: whatever its token says besides"""
    hold("dagl", _CLIENT)
    both = Principal(
        PrincipalKind.SYSTEM_USER, level=3, user_id=1004, system_user_id=_GUID
    )
    assert not permitted(filed, to=both)
    assert not permitted(filed, "reject", to=both)


# --- packages -------------------------------------------------------------------------
def test_a_package_permits_what_the_policy_says(filed: Instance) -> None:
    """Z-049"""
    assert not permitted(filed)
    given = assign()
    assert permitted(filed)
    assert permitted(filed, "write")
    assert permitted(make_instance(party=_SUB_UNIT))
    assert not permitted(filed, "sign")
    hold("lede", _CLIENT)
    assert permitted(filed, "sign")
    given.delete()
    assert not permitted(filed)


@pytest.mark.parametrize(
    "wrong",
    [
        {"package": "regnskapsforer"},
        {"party": _ORGANISATION},
        {"party": _SUB_UNIT},
        {"user_id": 1002},
        {"to_party_id": _ORGANISATION},
        {"user_id": 1004, "expires": timezone.now() - timedelta(seconds=1)},
    ],
)
def test_nothing_near_it_does(filed: Instance, wrong: dict[str, object]) -> None:
    """Z-049: another package, party, recipient; and what has ended"""
    assign(**wrong)  # type: ignore[arg-type]  # by name
    assert not permitted(filed)


def test_a_package_of_an_organisation_is_used_by_key_roles(filed: Instance) -> None:
    """Z-049: and by the organisation itself, but not in its place as service owner"""
    assign(to_party_id=_ORGANISATION)
    assert permitted(filed, to=ORGANISATION)
    assert not permitted(filed, to=OWNER)
    role = hold("medl", _ORGANISATION)
    assert not permitted(filed)
    role.role_code = "lede"
    role.save()
    assert permitted(filed)
    assert can_represent(LONER, party_id=_CLIENT)
    assert can_represent(LONER, party_id=_SUB_UNIT)


def test_packages_are_asked_for_where_the_policy_names_them(filed: Instance) -> None:
    """Z-049, Z-052: in the statement of the roles, and in none where it names none"""
    other = make_instance(by=LONER)
    assert other.app_id == filed.app_id
    with CaptureQueriesContext(connection) as captured:
        lookup = RoleLookup(LONER)
        for action in ("write", "sign", "read"):
            authorization.decide(lookup, resource=filed.resource, action=action)
    found = [query["sql"] for query in captured.captured_queries]
    tables = [sql for sql in found if "authorization_" in sql]
    assert len(tables) == 2
    assert "roleassignment" in tables[0]
    assert "packageassignment" in tables[0]
    assert "delegation" in tables[1]


def test_a_policy_without_packages_reads_none(instance: Instance) -> None:
    """Z-049, Z-052"""
    with CaptureQueriesContext(connection) as captured:
        for caller in (LONER, OWNER, SYSTEM):
            for action in ("read", "nothing"):
                authorization.decide(
                    RoleLookup(caller), resource=instance.resource, action=action
                )
            list(Instance.objects.visible_to(caller))
    found = [query["sql"] for query in captured.captured_queries]
    assert not [sql for sql in found if "packageassignment" in sql]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("jordbruk", "jordbruk"),
        (" urn:altinn:accesspackage:A-Ordning ", "a-ordning"),
        ("a-package-not-known-yet", "a-package-not-known-yet"),
        ("", None),
        ("two words", None),
        ("-a", None),
        ("a" * 129, None),
    ],
)
def test_a_package_is_named_by_its_code(text: str, code: str | None) -> None:
    """Z-049: the nation's catalogue grows, so that form alone is checked"""
    assert package_code(text) == code


@pytest.mark.parametrize(
    "wrong",
    [
        {"user_id": 1004, "to_party_id": _ORGANISATION},
        {"user_id": None},
        {"user_id": 1004, "package": "Jordbruk"},
        {"user_id": 1004, "package": ""},
        {"user_id": 1004, "client_role": "regn"},
    ],
)
def test_the_table_refuses(filed: Instance, wrong: dict[str, object]) -> None:
    """Two recipients or none, what is no code, a role that no organisation holds"""
    with pytest.raises(IntegrityError), transaction.atomic():
        assign(**wrong)  # type: ignore[arg-type]  # by name
    assert not PackageAssignment.objects.exists()


def test_the_table_refuses_two_recipients_of_a_right(sandbox: None) -> None:
    """Exactly one of user, party and system user"""
    for to in ({}, {"user_id": 1004, "to_party_id": _ORGANISATION}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Delegation.objects.create(
                from_party_id=_CLIENT, app_id="nav/app2018", action="odd", **to
            )
    assert not Delegation.objects.filter(action="odd").exists()


# --- clients --------------------------------------------------------------------------
def test_an_agent_acts_for_a_client(filed: Instance) -> None:
    """Z-055: with what was passed on, and for no other client"""
    assert not permitted(filed)
    assert not can_represent(LONER, party_id=_CLIENT)
    make_agent()
    assert permitted(filed)
    assert can_represent(LONER, party_id=_CLIENT)
    assert not permitted(make_instance(party=500700, by=LONER))


def test_registering_gives_the_packages_of_the_role(filed: Instance) -> None:
    """authorization.md 4.4: and taking it back takes them from agents too"""
    client, organisation = (
        Party.objects.get(pk=key) for key in (_CLIENT, _ORGANISATION)
    )
    make_agent()
    assert permitted(filed)
    for role in ClientRole:
        clients.register_client(
            client=client, organisation=organisation, role=role, by="test"
        )
    PackageAssignment.objects.filter(client_role=ClientRole.ACCOUNTANT).delete()
    assert not permitted(filed)
    assert not ClientDelegation.objects.exists()
    left = PackageAssignment.objects.values_list("package", flat=True)
    assert set(left) == {
        "ansvarlig-revisor",
        "revisormedarbeider",
        "forretningsforer-eiendom",
    }


@pytest.mark.parametrize("ending", ["revoked", "ended", "own end", "left the firm"])
def test_an_agent_loses_a_package_at_once(filed: Instance, ending: str) -> None:
    """Z-057: with the client's, with the agent's own, and with the employment"""
    passed_on = make_agent()
    assert permitted(filed)
    given = passed_on.via
    assert given is not None
    match ending:
        case "revoked":
            given.delete()
        case "ended":
            PackageAssignment.objects.filter(pk=given.pk).update(expires=timezone.now())
        case "own end":
            PackageAssignment.objects.filter(pk=passed_on.pk).update(
                expires=timezone.now()
            )
        case _:
            RoleAssignment.objects.held_by(1004).delete()
    assert not permitted(filed)
    assert not can_represent(LONER, party_id=_CLIENT)


def test_a_system_user_of_agent_kind_acts_for_clients(filed: Instance) -> None:
    """Z-055: it is the organisation's own, and has nothing else"""
    passed_on = make_agent()
    given = passed_on.via
    assert given is not None
    system_user = SystemUser.objects.create(
        id=_GUID, party_id=_ORGANISATION, system_id="1_a"
    )
    with pytest.raises(AgentNotOfOrganisation):
        clients.pass_on(given=given, system_user=system_user, by="test")
    assert not permitted(filed, to=SYSTEM)
    system_user.kind = "agent"
    system_user.save()
    clients.pass_on(given=given, system_user=system_user, by="test")
    assert permitted(filed, to=SYSTEM)
    with pytest.raises(AgentGivenDirectly):
        clients.check_not_agent(system_user)


@pytest.mark.parametrize(
    "change", [{"party_id": 500600}, {"kind": "standard"}], ids=str
)
def test_a_system_user_that_is_no_agent_any_more_loses_the_clients(
    filed: Instance, change: dict[str, object]
) -> None:
    """Z-055, Z-057, T-46: it is another organisation's now, or acts for its own"""
    given = make_agent().via
    assert given is not None
    system_user = SystemUser.objects.create(
        id=_GUID, party_id=_ORGANISATION, system_id="1_a", kind="agent"
    )
    clients.pass_on(given=given, system_user=system_user, by="test")
    assert permitted(filed, to=SYSTEM)
    SystemUser.objects.filter(pk=_GUID).update(**change)
    assert not permitted(filed, to=SYSTEM)


def test_a_package_is_passed_on_to_agents_alone(filed: Instance) -> None:
    """T-46: of the organisation, of a registered client, once, and no further"""
    passed_on = make_agent()
    given, user = passed_on.via, Profile.objects.get(pk=1002)
    assert given is not None
    before = ClientDelegation.objects.count()
    unregistered = assign("jordbruk", to_party_id=500600)
    elsewhere = SystemUser.objects.create(
        id=_GUID, party_id=_CLIENT, system_id="1_a", kind="agent"
    )
    agent = Profile.objects.get(pk=1004)
    with pytest.raises(AgentNotOfOrganisation):
        clients.pass_on(given=given, user=user, by="test")
    with pytest.raises(AgentNotOfOrganisation):
        clients.pass_on(given=given, system_user=elsewhere, by="test")
    with pytest.raises(AgentNotOne):
        clients.pass_on(given=given, by="test")
    with pytest.raises(AgentNotOne):
        clients.pass_on(given=given, user=agent, system_user=elsewhere, by="test")
    with pytest.raises(ClientNotOfOrganisation):
        clients.pass_on(given=unregistered, user=user, by="test")
    with pytest.raises(ClientNotOfOrganisation):
        clients.pass_on(given=passed_on, user=user, by="test")
    with pytest.raises(PassedOnAlready):
        clients.pass_on(given=given, user=agent, by="test")
    assert ClientDelegation.objects.count() == before
