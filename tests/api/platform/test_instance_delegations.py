"""An application gives others rights to an instance of its own, and takes them back."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from api.authentication import PLATFORM_HEADER
from authorization.models import Delegation, RoleAssignment, SystemUser
from instances.models import Instance
from parties.identity import Principal, PrincipalKind
from parties.issued_claims import platform_claims
from parties.issuers import Issuer, IssuerKind
from parties.keys import signing_keys
from parties.models import Party
from parties.tokens import PLATFORM_TOKEN_LIFETIME, TokenIssuer, TokenVerifier
from tests import cast
from tests.authorization import deciding
from tests.authorization.policies import import_with_policy, permit
from tests.client import PLATFORM_HOST, Api, assert_problem
from tests.factories import make_instance, now

APP, RESOURCE = "nav/app2018", "app_nav_app2018"
TASK = "formfilling"
OWNER_PARTY, SIGNEE, SIGNEE_PARTY = 500000, 1004, 510004
STRANGER = Principal(PrincipalKind.USER, level=3, user_id=SIGNEE, party_id=SIGNEE_PARTY)
ACTION = "urn:oasis:names:tc:xacml:1.0:action:action-id"
UUIDS = {
    OWNER_PARTY: "00000000-0000-4000-8000-000000500000",
    SIGNEE_PARTY: "00000000-0000-4000-8000-000000510004",
    500005: "00000000-0000-4000-8000-000000500005",
}


@pytest.fixture
def signed(sandbox: None, tmp_path: Path) -> Instance:
    """An instance of an app whose policy lets the app give reading and signing."""
    import_with_policy(
        tmp_path / "app",
        permit("instantiate", "read", "write", "sign", to="dagl"),
        permit("read", "sign", to=f"app:{RESOURCE}", task=TASK),
        permit("complete", to="org:nav"),
        permit("delete", to="app:app_nav_other", task=TASK),
        app_id=APP,
    )
    for party, uuid in UUIDS.items():
        Party.objects.filter(pk=party).update(uuid=uuid)
    return make_instance()


def urn(kind: str, value: object) -> dict[str, str]:
    """Return an identifier."""
    return {"type": f"urn:altinn:{kind}", "value": str(value)}


def right(action: str, *, task: str = TASK) -> dict[str, Any]:
    """Return a right as Altinn's apps name it."""
    place = [urn("app", "app2018"), urn("org", "nav")]
    return {
        "resource": [*place, urn("task", task)] if task else place,
        "action": {"type": ACTION, "value": action},
    }


def body(
    *actions: str, to: dict[str, str] | None = None, task: str = TASK
) -> dict[str, Any]:
    """Return what an app sends: by default the rights go to the signee's party."""
    return {
        "from": urn("party:uuid", UUIDS[OWNER_PARTY]),
        "to": to or urn("party:uuid", UUIDS[SIGNEE_PARTY]),
        "rights": [right(action, task=task) for action in actions or ("read", "sign")],
    }


def call(
    instance: Instance,
    sent: dict[str, Any],
    *,
    revoke: bool = False,
    app: str = APP,
    resource: str = RESOURCE,
) -> Any:
    """Call as the app; ``app`` is whose platform access token it is."""
    verb = "delegationrevoke" if revoke else "delegations"
    path = f"/accessmanagement/api/v1/app/{verb}/resource/{resource}"
    api = Api(PLATFORM_HOST, headers=cast.platform_headers(app))
    return api.post(f"{path}/instance/{instance.id}", json=sent)


def permitted(
    instance: Instance, action: str = "read", *, to: Principal = STRANGER
) -> bool:
    """Whether the action is permitted now, by default to the stranger."""
    instance.refresh_from_db()
    return deciding.permitted(instance, action, to=to)


def given() -> set[tuple[str, str]]:
    """Return action and task of all that was given."""
    return set(Delegation.objects.filter(app_id=APP).values_list("action", "task"))


def test_what_the_policy_lets_the_app_give_is_given_at_once(signed: Instance) -> None:
    """Z-054, Z-057"""
    reading = Api(PLATFORM_HOST, cast.STRANGER)
    url = f"/storage/api/v1/instances/{signed.instance_id}"
    assert_problem(reading.get(url), 403, code="not-permitted")
    answer = call(signed, body())
    assert answer.status_code == 200
    document = answer.json()
    assert document["resourceId"] == RESOURCE
    assert document["instanceId"] == str(signed.id)
    assert [found["status"] for found in document["rights"]] == ["Delegated"] * 2
    assert reading.get(url).status_code == 200
    assert permitted(signed, "sign")
    assert not permitted(signed, "write")
    assert not permitted(make_instance())
    assert set(Delegation.objects.values_list("performed_by", flat=True)) >= {
        f"app:{APP}"
    }


def test_a_right_that_has_ended_is_given_anew(signed: Instance) -> None:
    """Z-054: what was given until yesterday is not in the way"""
    Delegation.objects.create(
        to_party_id=SIGNEE_PARTY,
        from_party_id=OWNER_PARTY,
        app_id=APP,
        action="read",
        task=TASK,
        instance_guid=signed.id,
        expires=now() - timedelta(days=1),
    )
    assert not permitted(signed)
    assert call(signed, body("read")).status_code == 200
    assert permitted(signed)
    assert given() == {("read", TASK)}


def test_what_is_revoked_is_gone_for_the_next_request(signed: Instance) -> None:
    """Z-054, Z-057, T-39, T-46: revoke, then read"""
    reading = Api(PLATFORM_HOST, cast.STRANGER)
    url = f"/storage/api/v1/instances/{signed.instance_id}"
    call(signed, body())
    assert reading.get(url).status_code == 200
    answer = call(signed, body("read"), revoke=True)
    assert answer.status_code == 200
    assert answer.json()["rights"][0]["status"] == "Revoked"
    assert_problem(reading.get(url), 403, code="not-permitted")
    assert permitted(signed, "sign")
    again = call(signed, body(), revoke=True)
    assert again.status_code == 206
    words = [found["status"] for found in again.json()["rights"]]
    assert words == ["NotRevoked", "Revoked"]
    assert given() == set()


def test_giving_twice_gives_once(signed: Instance) -> None:
    """Z-054: an app may repeat a call that it got no answer to"""
    for _ in range(2):
        assert call(signed, body("read", "read")).status_code == 200
    assert Delegation.objects.filter(app_id=APP).count() == 1


def test_a_right_rests_outside_of_its_task(signed: Instance) -> None:
    """Z-054: signing rights do not outlive the signing task"""
    call(signed, body())
    assert permitted(signed)
    Instance.objects.filter(pk=signed.pk).update(current_task="other")
    assert not permitted(signed)
    assert not permitted(signed, "sign")


def test_of_several_only_the_delegable_are_given(signed: Instance) -> None:
    """Z-054, T-46"""
    answer = call(signed, body("read", "write", "delete"))
    assert answer.status_code == 206
    words = [found["status"] for found in answer.json()["rights"]]
    assert words == ["Delegated", "NotDelegated", "NotDelegated"]
    assert given() == {("read", TASK)}


@pytest.mark.parametrize(
    "sent",
    [
        body("write"),
        body("delete"),  # what another app may give
        body("complete"),
        body("read", task=""),  # the rule names a task
        body("read", task="Task_9"),
        body("READ"),
    ],
)
def test_nothing_else_is_given(signed: Instance, sent: dict[str, Any]) -> None:
    """Z-054, T-46: the policy's delegable rights and nothing beyond"""
    document = assert_problem(call(signed, sent), 403, code="nothing-delegable")
    assert document["issues"][0]["pointer"] == "/rights/0"
    assert given() == set()


def test_the_recipient_can_be_named_in_every_way(signed: Instance) -> None:
    """Z-054: persons, organisations, users and system users"""
    system_user = SystemUser.objects.create(
        id="d111dbab-d619-4f15-bf29-58fe570a9ae6", party_id=500005, system_id="1_a"
    )
    party = Party.objects.get(pk=SIGNEE_PARTY)
    organisation = Party.objects.get(pk=500005)
    for to in [
        urn("party:uuid", UUIDS[SIGNEE_PARTY]),
        urn("person:uuid", UUIDS[SIGNEE_PARTY]),
        urn("party:id", SIGNEE_PARTY),
        urn("userid", SIGNEE),
        urn("organization:uuid", UUIDS[500005]),
        urn("organization:identifier-no", organisation.org_number),
        urn("systemuser:uuid", system_user.pk),
        *([urn("person:identifier-no", party.ssn)] if party.ssn else []),
    ]:
        assert call(signed, body("read", to=to)).status_code == 200, to
        assert given() == {("read", TASK)}
        assert call(signed, body("read", to=to), revoke=True).status_code == 200, to
        assert given() == set()


def test_an_organisation_signs_through_holders_of_its_key_roles(
    signed: Instance,
) -> None:
    """Z-054: and through nobody else"""
    call(signed, body(to=urn("party:uuid", UUIDS[500005])))
    RoleAssignment.objects.held_by(SIGNEE).delete()
    assert not permitted(signed)
    held = RoleAssignment.objects.create(
        user_id=SIGNEE, party_id=500005, role_code="regna"
    )
    assert not permitted(signed)
    held.role_code = "lede"
    held.save()
    assert permitted(signed, "sign")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"to": urn("party:uuid", UUIDS[OWNER_PARTY])}, "self-delegation"),
        ({"to": urn("party:id", OWNER_PARTY)}, "self-delegation"),
        ({"from": urn("party:uuid", UUIDS[500005])}, "delegator-not-owner"),
        ({"from": urn("party:id", 2**40)}, "delegator-not-owner"),
        ({"from": urn("userid", 1337)}, "delegator-not-owner"),
        ({"to": urn("party:uuid", "no uuid")}, "recipient-unknown"),
        ({"to": urn("party:id", "-1")}, "recipient-unknown"),
        ({"to": urn("userid", 99)}, "recipient-unknown"),
        ({"to": urn("systemuser:uuid", UUIDS[500005])}, "recipient-unknown"),
        ({"to": urn("person:identifier-no", "01010112345")}, "recipient-unknown"),
        ({"to": urn("rolecode", "dagl")}, "validation-failed"),
        ({"to": None}, "validation-failed"),
        ({"rights": []}, "validation-failed"),
        ({"rights": [right("read")] * 101}, "validation-failed"),
        ({"rights": [{"resource": []}]}, "validation-failed"),
        (
            {"rights": [{**right("read"), "resource": [urn("app", "other")]}]},
            "right-elsewhere",
        ),
        (
            {"rights": [{**right("read"), "resource": [urn("task", "a")] * 2}]},
            "right-elsewhere",
        ),
        (
            {"rights": [{**right("read"), "resource": [urn("secret", "a")]}]},
            "right-elsewhere",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(
    signed: Instance, change: dict[str, Any], code: str
) -> None:
    """T-46: nobody raises his own rights, or gives those of others"""
    for revoke in (False, True):
        answer = call(signed, {**body("read"), **change}, revoke=revoke)
        assert_problem(answer, 400, code=code)
        assert b"01010112345" not in answer.content
    assert given() == set()


def test_an_agent_has_nothing_but_what_clients_gave(signed: Instance) -> None:
    """Z-055, T-46: an application goes no other way round that than the admin"""
    agent = SystemUser.objects.create(
        id="d111dbab-d619-4f15-bf29-58fe570a9ae6",
        party_id=500005,
        system_id="1_a",
        kind="agent",
    )
    answer = call(signed, body("read", to=urn("systemuser:uuid", agent.pk)))
    assert_problem(answer, 400, code="agent-given-directly")
    assert given() == set()


@pytest.mark.parametrize(
    "app", ["nav/other", "skd/app2018", "nav", "app2018", "/app2018", "storage"]
)
def test_only_the_app_itself_gives(signed: Instance, app: str) -> None:
    """T-46: another app, or a component that is none"""
    for revoke in (False, True):
        answer = call(signed, body(), app=app, revoke=revoke)
        assert_problem(answer, 403, code="own-app-only")
    answer = call(signed, body(), resource="app_nav_other")
    assert_problem(answer, 403, code="own-app-only")
    assert given() == set()


@pytest.mark.parametrize(
    ("person", "status", "code"),
    [
        (None, 401, "token-missing"),
        (cast.SOPHIE, 403, "platform-token-missing"),
        (cast.OWNER, 403, "platform-token-missing"),
        (cast.SYSTEM_USER, 403, "platform-token-missing"),
    ],
)
def test_nobody_gives_by_a_token_of_its_own(
    signed: Instance, person: cast.Person | None, status: int, code: str
) -> None:
    """T-46: who received a right cannot pass it on either"""
    for verb in ("delegations", "delegationrevoke"):
        path = f"/accessmanagement/api/v1/app/{verb}/resource/{RESOURCE}"
        api = Api(PLATFORM_HOST, person)
        answer = api.post(f"{path}/instance/{signed.id}", json=body())
        assert_problem(answer, status, code=code)
    assert given() == set()


def test_an_apps_own_key_is_enough(
    signed: Instance, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Z-032, Z-054: as in production, where the issuer is the org and its app named"""
    keys = signing_keys(tmp_path / "keys")
    nav = Issuer(
        iss="nav",
        kind=IssuerKind.PLATFORM,
        keys={keys.kid: keys.public},
        max_lifetime=PLATFORM_TOKEN_LIFETIME,
    )
    verifier = TokenVerifier([nav])  # as ALTINN_TRUSTED_ISSUERS makes one
    monkeypatch.setattr("api.authentication.token_verifier", lambda: verifier)
    ours = TokenIssuer("nav", keys, lifetime=PLATFORM_TOKEN_LIFETIME)
    address = f"/accessmanagement/api/v1/app/delegations/resource/{RESOURCE}"
    for app, status in (("other", 403), ("nav/app2018", 403), ("app2018", 200)):
        token = ours.issue(platform_claims(app=app))
        api = Api(PLATFORM_HOST, headers={PLATFORM_HEADER: token})
        answer = api.post(f"{address}/instance/{signed.id}", json=body("read"))
        assert answer.status_code == status, app
        assert given() == ({("read", TASK)} if status == 200 else set())


def test_an_instance_is_found_by_its_whole_address(signed: Instance) -> None:
    """Z-054: with the party before the guid too, and not below another party"""
    path = f"/accessmanagement/api/v1/app/delegations/resource/{RESOURCE}/instance"
    api = Api(PLATFORM_HOST, headers=cast.platform_headers(APP))
    answer = api.post(f"{path}/{OWNER_PARTY}/{signed.id}", json=body("read"))
    assert answer.status_code == 200
    answer = api.post(f"{path}/{SIGNEE_PARTY}/{signed.id}", json=body("sign"))
    assert_problem(answer, 404, code="instance-not-found")
    assert given() == {("read", TASK)}


def test_an_app_takes_back_what_it_gave_alone(signed: Instance) -> None:
    """T-46: what an operator gave stays"""
    Delegation.objects.create(
        to_party_id=SIGNEE_PARTY,
        from_party_id=OWNER_PARTY,
        app_id=APP,
        action="read",
        task=TASK,
        instance_guid=signed.pk,
        performed_by="admin:root",
    )
    assert call(signed, body("read")).status_code == 200
    assert call(signed, body("read"), revoke=True).status_code == 206
    assert permitted(signed)
