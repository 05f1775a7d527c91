"""Scopes in storage: strict mode, and the platform's synchronisation."""

from typing import Any

import pytest
import structlog
from django.conf import LazySettings

from data_elements.models import DataElement
from instances.models import Instance
from tests import cast
from tests.cast import Person
from tests.client import PLATFORM_HOST, Api, assert_problem
from tests.factories import make_element, make_instance

pytestmark = pytest.mark.usefixtures("sandbox")
INSTANCES = "/storage/api/v1/instances"
SYNC = "altinn:storage/instances.syncadapter"
SYNC_CLIENT = "sync-adapter"


def holding(person: Person, scope: str, **claims: object) -> Person:
    """Return the person with a token of this scope alone."""
    given = {n: v for n, v in person.claims.items() if n != "urn:altinn:scope"}
    return Person(person.name, {**given, "scope": scope, **claims})


def call(person: Person, method: str, path: str, **kwargs: Any) -> Any:
    """Call storage."""
    return Api(PLATFORM_HOST, person).call(method, path, **kwargs)


def test_a_token_without_a_scope_for_instances_is_told_of(instance: Instance) -> None:
    """S-043, S-383: in the log, and refused by nobody; the message box is left out"""
    path = f"{INSTANCES}/{instance.instance_id}"
    box = f"/storage/api/v1/sbl/instances/{instance.instance_id}"
    with structlog.testing.capture_logs() as lines:
        for scope in ("", "altinn:instances.write", "altinn:instances.readx"):
            person = holding(cast.SOPHIE, scope, client_id="some-client")
            assert call(person, "GET", path).status_code == 200
            assert call(person, "GET", box).status_code == 200
    told = [line for line in lines if line["event"] == "invalid_scopes"]
    assert len(told) == 3
    assert (told[0]["client_id"], told[0]["action"]) == ("some-client", "retrieve")
    accepted = ("altinn:instances.read", cast.USER_SCOPE, cast.READ_SCOPE)
    with structlog.testing.capture_logs() as lines:
        for scope in accepted:
            assert call(holding(cast.SOPHIE, scope), "GET", path).status_code == 200
        write = holding(cast.SOPHIE, "altinn:instances.write")
        status = call(write, "PUT", f"{path}/readstatus?status=read").status_code
        assert status == 200
    assert not [line for line in lines if line["event"] == "invalid_scopes"]


# --- strict mode ----------------------------------------------------------------------
@pytest.fixture
def strict(settings: LazySettings) -> None:
    """Turn it on."""
    settings.ALTINN_STRICT_INSTANCE_SCOPES = True


def test_without_strict_mode_the_policy_decides_alone(instance: Instance) -> None:
    """Z-037: off is the default"""
    path = f"{INSTANCES}/{instance.instance_id}"
    for person in (cast.SOPHIE, cast.OWNER):
        assert call(holding(person, ""), "GET", path).status_code == 200


@pytest.mark.parametrize(
    ("person", "verb", "right", "wrong"),
    [
        (
            cast.OWNER,
            "read",
            ["altinn:serviceowner/instances.read"],
            [
                "altinn:serviceowner",
                "altinn:instances.read",
                "altinn:portal/enduser",
                "xaltinn:serviceowner/instances.readx",
                "ALTINN:serviceowner/instances.read",
                "altinn:serviceowner/instances.write",
            ],
        ),
        (
            cast.SOPHIE,
            "read",
            ["altinn:instances.read", "altinn:portal/enduser"],
            ["altinn:instances.write", "altinn:serviceowner/instances.read", ""],
        ),
        (
            cast.SYSTEM_USER,
            "read",
            ["altinn:instances.read"],
            ["altinn:instances.reads", "altinn:instances", ""],
        ),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_strict_mode_asks_for_the_scope_of_reading(
    strict: None,
    instance: Instance,
    person: Person,
    verb: str,
    right: list[str],
    wrong: list[str],
) -> None:
    """S-040, Z-037, Z-034, T-10: exact, and by kind of caller"""
    path = f"{INSTANCES}/{instance.instance_id}"
    for scope in wrong:
        for address in (path, f"{path}/dataelements", f"{path}/events"):
            answer = call(holding(person, scope), "GET", address)
            assert_problem(answer, 403, code="scope-missing")
            assert right[0] in answer.json()["detail"]
    for scope in right:
        assert call(holding(person, f"x {scope}"), "GET", path).status_code == 200


@pytest.mark.parametrize(
    ("person", "scope"),
    [
        (cast.SOPHIE, "altinn:instances.write"),
        (cast.SYSTEM_USER, "altinn:instances.write"),
        (cast.OWNER, "altinn:serviceowner/instances.write"),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_strict_mode_asks_for_the_scope_of_writing(
    strict: None, instance: Instance, person: Person, scope: str
) -> None:
    """Z-037: and nothing changes without it"""
    path = f"{INSTANCES}/{instance.instance_id}"
    reading = holding(person, scope.replace("write", "read"))
    for method, address in (
        ("DELETE", path),
        ("POST", f"{path}/complete"),
        ("POST", f"{path}/data?dataType=vedlegg"),
        ("PUT", f"{path}/readstatus?status=read"),
        ("POST", f"{INSTANCES}?appId=nav/app2018"),
    ):
        answer = call(reading, method, address, body=b"x", content_type="text/plain")
        assert_problem(answer, 403, code="scope-missing")
    row = Instance.objects.get()
    assert row.last_changed == instance.last_changed
    assert not DataElement.objects.exists()
    if person is cast.SOPHIE:
        assert call(holding(person, scope), "DELETE", path).status_code == 200


def test_strict_mode_lets_only_the_named_synchronisation_go_without(
    strict: None, settings: LazySettings, instance: Instance
) -> None:
    """Z-037, Z-038: anybody may ask an issuer for a scope; the client is named here"""
    path = f"{INSTANCES}/{instance.instance_id}"
    for scope in (SYNC, "altinn:serviceowner/instances.syncadapter"):
        person = holding(cast.SOPHIE, scope, client_id=SYNC_CLIENT)
        for method, address in (("GET", path), ("DELETE", path)):
            answer = call(person, method, address)
            assert_problem(answer, 403, code="scope-missing")
    row = Instance.objects.get()
    assert row.last_changed == instance.last_changed
    settings.ALTINN_SYNC_ADAPTER_CLIENTS = [SYNC_CLIENT]
    assert call(person, "GET", path).status_code == 200


# --- the platform's synchronisation ---------------------------------------------------
def adapter(scope: str = SYNC, client: str = SYNC_CLIENT) -> Person:
    """Return a synchronisation; its org has no right to the instances."""
    return holding(cast.OTHER_OWNER, scope, client_id=client)


@pytest.mark.parametrize(
    ("clients", "person"),
    [
        ([], adapter()),
        ([""], holding(cast.OTHER_OWNER, SYNC)),
        (["another"], adapter()),
        ([SYNC_CLIENT], adapter(client="SYNC-ADAPTER")),
        ([SYNC_CLIENT], adapter(scope=f"x{SYNC}")),
        ([SYNC_CLIENT], adapter(scope="altinn:serviceowner/instances.read")),
    ],
)
def test_the_synchronisation_is_off_unless_its_client_is_named(
    settings: LazySettings, clients: list[str], person: Person
) -> None:
    """Z-038: neither scope nor client alone is enough"""
    settings.ALTINN_SYNC_ADAPTER_CLIENTS = clients
    instance = make_instance(submitted=True)
    path = f"{INSTANCES}/{instance.instance_id}"
    assert_problem(call(person, "GET", path), 403, code="not-permitted")
    assert_problem(call(person, "DELETE", path), 403, code="not-permitted")
    answer = call(person, "GET", f"{INSTANCES}?appId=nav/app2018")
    assert answer.status_code == 403
    assert Instance.objects.get().soft_deleted_at is None


@pytest.fixture
def named(settings: LazySettings) -> None:
    """Name the synchronisation's client."""
    settings.ALTINN_SYNC_ADAPTER_CLIENTS = [SYNC_CLIENT]


@pytest.mark.parametrize("scope", [SYNC, "altinn:serviceowner/instances.syncadapter"])
def test_the_synchronisation_passes_the_policy_by_and_each_use_is_recorded(
    named: None, scope: str
) -> None:
    """S-032, S-078, S-109, S-297, Z-038, §6.4: lists, reads, what asks policy first"""
    instance = make_instance(submitted=True)
    path = f"{INSTANCES}/{instance.instance_id}"
    calls = [
        ("GET", path, 200, "read"),
        ("GET", f"{INSTANCES}/{instance.id}", 200, "read"),
        ("GET", f"{path}/events", 200, "read"),
        ("PUT", f"{path}/readstatus?status=read", 200, "read"),
        ("GET", f"{INSTANCES}?appId=nav/app2018", 200, "list"),
        ("GET", INSTANCES, 200, "list"),
        ("DELETE", path, 200, "delete"),
    ]
    for method, address, status, action in calls:
        with structlog.testing.capture_logs() as logs:
            answer = call(adapter(scope), method, address)
        assert answer.status_code == status, (address, answer.content)
        (used,) = [entry for entry in logs if entry["event"] == "sync_adapter_used"]
        assert (used["client_id"], used["action"]) == (SYNC_CLIENT, action)
        if action == "list":
            assert [i["id"] for i in answer.json()["instances"]] == [
                instance.instance_id
            ]
    assert Instance.objects.get().soft_deleted_at is not None


def test_the_synchronisation_does_nothing_else(named: None) -> None:
    """S-033, S-143, Z-038, §6.4: no confirming, substatus, or what looks first"""
    instance = make_instance(submitted=True)
    element = make_element(instance=make_instance())
    before = Instance.objects.get(pk=instance.pk).last_changed
    path = f"{INSTANCES}/{instance.instance_id}"
    content = f"{INSTANCES}/{element.instance.instance_id}/data/{element.id}"
    answers = [
        call(adapter(), "POST", f"{path}/complete"),
        call(adapter(), "PUT", f"{path}/substatus", json={"label": "x"}),
        call(adapter(), "GET", content),
        call(adapter(), "GET", f"{path}/dataelements"),
        call(adapter(), "POST", f"{INSTANCES}?appId=nav/app2018", json={}),
    ]
    assert [answer.status_code for answer in answers] == [403, 403, 403, 403, 400]
    new = {"instanceOwner": {"partyId": "500000"}}
    refused = call(adapter(), "POST", f"{INSTANCES}?appId=nav/app2018", json=new)
    assert_problem(refused, 403, code="not-permitted")
    assert Instance.objects.get(pk=instance.pk).last_changed == before
    missing = f"{INSTANCES}/500000/11111111-1111-4111-8111-111111111111"
    assert_problem(call(adapter(), "GET", missing), 404, code="instance-not-found")
