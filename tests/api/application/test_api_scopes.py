"""Scopes that an application asks for itself, before its policy is asked."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from apps_registry import catalogue
from apps_registry.services import import_app
from instances.models import Instance, InstanceEvent
from tests import cast
from tests.cast import Person
from tests.client import APP_HOST, BASE_HOST, Api, assert_problem
from tests.factories import SAMPLES, make_instance

pytestmark = pytest.mark.usefixtures("sandbox")
READ, WRITE = "nav:app2018.read", "nav:app2018.write"
USERS = {"read": "nav:[app].read", "write": "nav:[app].write"}
OWNERS = {"read": "altinn:serviceowner/[app].read", "write": None}
TEXTS = {
    "nb": {"authorization.scopes.insufficient": "Du mangler et omfang."},
    "en": {
        "authorization.scopes.insufficient": "You lack a scope.",
        "own.key": "Ask NAV for the scope.",
    },
}
Ask = Callable[..., None]


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    """Import the sample application anew, asking for these scopes."""

    def _ask(scopes: object) -> None:
        folder = tmp_path / "app" / "App"
        shutil.copytree(SAMPLES / "nav" / "app2018" / "App", folder, dirs_exist_ok=True)
        file = folder / "config" / "applicationmetadata.json"
        metadata = json.loads(file.read_text("utf-8"))
        file.write_text(json.dumps({**metadata, "apiScopes": scopes}), "utf-8")
        for language, texts in TEXTS.items():
            resources = [{"id": key, "value": value} for key, value in texts.items()]
            document = {"language": language, "resources": resources}
            texts_file = folder / "config" / "texts" / f"resource.{language}.json"
            texts_file.parent.mkdir(exist_ok=True)
            texts_file.write_text(json.dumps(document), "utf-8")
        import_app(folder)
        catalogue.forget()

    return _ask


def user(scope: str) -> Person:
    """Sophie with a token of this scope alone."""
    return Person("sophie", {**cast.SOPHIE.claims, "scope": scope})


def system_user(scope: str) -> Person:
    """The system user with a token of this scope alone."""
    return Person("system user", {**cast.SYSTEM_USER.claims, "scope": scope})


def owner(scope: str) -> Person:
    """The service owner with a token of this scope alone."""
    return cast.service_owner("nav", scope=scope)


def url(instance: Instance, rest: str = "") -> str:
    """Return an address of the instance."""
    return f"/nav/app2018/instances/{instance.instance_id}{rest}"


def state(instance: Instance) -> tuple[object, ...]:
    """Return what a refused call must leave as it was."""
    row = Instance.objects.get(pk=instance.pk)
    events = InstanceEvent.objects.of(instance.pk).count()
    return row.last_changed, row.current_task, row.soft_deleted_at, events


def assert_lacks(answer: Any, scope: str, *more: str) -> Any:
    """Assert that it is refused for want of this scope, and return the document."""
    problem = assert_problem(answer, 403, code="api-scope-missing")
    assert problem["title"] in ("Forbidden", "Ingen tilgang")
    assert problem["acceptedScopes"] == [scope, *more]
    return problem


PORTAL = "altinn:portal/enduser"
CALLS = [
    ("GET", "", READ),
    ("HEAD", "", READ),
    ("DELETE", "", WRITE),
    ("POST", "/complete", WRITE),
    ("PUT", "/substatus", WRITE),
    ("POST", "/data?dataType=sykmelding", WRITE),
    ("GET", "/process", READ),
    ("GET", "/process/next", READ),
    ("PUT", "/process/next", WRITE),
    ("POST", "/process/start", WRITE),
    ("PUT", "/process/completeProcess", WRITE),
    ("GET", "/process/history", READ),
    ("GET", "/data/11111111-1111-4111-8111-111111111111", READ),
    ("PUT", "/data/11111111-1111-4111-8111-111111111111", WRITE),
    ("DELETE", "/data/11111111-1111-4111-8111-111111111111", WRITE),
]


@pytest.mark.parametrize(("method", "rest", "scope"), CALLS, ids=str)
def test_every_call_on_an_instance_asks_for_the_scope(
    ask: Ask, method: str, rest: str, scope: str
) -> None:
    """Z-036, A-027, A-029: by method; before the policy, and nothing changes"""
    ask({"users": USERS})
    instance = make_instance()
    before = state(instance)
    wrong = WRITE if scope == READ else READ
    for person in (user(wrong), user(""), user(scope.upper()), system_user(wrong)):
        answer = Api(APP_HOST, person).call(method, url(instance, rest))
        assert answer.status_code == 403
        if method != "HEAD":
            assert_lacks(answer, scope, PORTAL)
    assert state(instance) == before


@pytest.mark.parametrize("scope", [READ, PORTAL, f"x {READ} y"])
def test_who_has_the_scope_goes_on_to_the_policy(ask: Ask, scope: str) -> None:
    """Z-036, A-027: the portal's own scope is always enough for users"""
    ask({"users": USERS})
    instance = make_instance()
    assert Api(APP_HOST, user(scope)).get(url(instance)).status_code == 200
    stranger = Person("stranger", {**cast.STRANGER.claims, "scope": scope})
    answer = Api(APP_HOST, stranger).get(url(instance))
    assert_problem(answer, 403, code="not-permitted")


def test_the_service_owner_has_a_block_of_its_own(ask: Ask) -> None:
    """Z-036, A-028: the portal's scope is none of theirs; null asks for nothing"""
    ask({"users": USERS, "serviceOwners": OWNERS})
    instance = make_instance()
    scope = "altinn:serviceowner/app2018.read"
    for held in ("", READ, PORTAL, "altinn:serviceowner", scope.upper(), f"x{scope}"):
        assert_lacks(Api(APP_HOST, owner(held)).get(url(instance)), scope)
    assert Api(APP_HOST, owner(scope)).get(url(instance)).status_code == 200
    assert Api(APP_HOST, owner("")).post(url(instance, "/complete")).status_code != 403


def test_creating_asks_for_it_and_creates_nothing(ask: Ask) -> None:
    """Z-036: the whole instances resource, on every host and way in"""
    ask({"users": USERS})
    body = {"instanceOwner": {"partyId": "500000"}}
    for host, path in (
        (APP_HOST, "/nav/app2018/instances"),
        (BASE_HOST, "/nav/app2018/instances"),
        (APP_HOST, "/app2018/instances?instanceOwnerId=500000"),
    ):
        answer = Api(host, user(READ)).post(path, json=body)
        assert_lacks(answer, WRITE, PORTAL)
        assert not Instance.objects.exists()
    made = Api(APP_HOST, user(WRITE)).post("/nav/app2018/instances", json=body)
    assert made.status_code == 201


def test_the_proposals_calls_ask_for_it_too(ask: Ask) -> None:
    """Z-036: the scope is the application's, whatever the address"""
    ask({"users": USERS})
    instance = make_instance()
    for path in ("", "/process", "/process/history"):
        answer = Api(APP_HOST, user("")).get(f"/app2018/instances/{instance.id}{path}")
        assert_lacks(answer, READ, PORTAL)


def test_what_touches_no_instance_asks_for_none(ask: Ask) -> None:
    """Z-036, A-031"""
    ask({"users": USERS})
    for path in ("api/v1/applicationmetadata", "api/v1/parties", "api/v1/profile/user"):
        answer = Api(APP_HOST, user("")).get(f"/nav/app2018/{path}")
        assert answer.status_code == 200
    missing = Api(APP_HOST).get("/nav/app2018/instances/1/" + "1" * 8)
    assert missing.status_code == 404
    anonymous = Api(APP_HOST).get(url(make_instance()))
    assert_problem(anonymous, 401, code="token-missing")


@pytest.mark.parametrize(
    ("headers", "query", "text"),
    [
        ({}, "", "Du mangler et omfang."),
        ({"Accept-Language": "en-GB,nb;q=0.5"}, "", "You lack a scope."),
        ({"Accept-Language": "no"}, "", "Du mangler et omfang."),
        ({"Accept-Language": "nn, en;q=0.1"}, "", "You lack a scope."),
        ({"Accept-Language": "fr"}, "", "Du mangler et omfang."),
        ({"Accept-Language": "x" * 5000}, "", "Du mangler et omfang."),
        ({"Accept-Language": "nb"}, "?language=en", "You lack a scope."),
    ],
    ids=str,
)
def test_it_is_told_in_the_callers_language(
    ask: Ask, headers: dict[str, str], query: str, text: str
) -> None:
    """Z-036, A-030: the application's own text, which is the detail"""
    ask({"users": USERS})
    instance = make_instance()
    path = url(instance, f"/data/{instance.id}") if query else url(instance)
    answer = Api(APP_HOST, user("")).get(path + query, headers=headers)
    problem = assert_lacks(answer, READ, PORTAL)
    assert problem["detail"] == text
    assert problem["instance"] == path


def test_a_text_of_its_own_and_none_at_all(ask: Ask) -> None:
    """Z-036, A-030: the block's key, then the root's, then the literal text"""
    keys = {"errorMessageTextResourceKey": "nothing.says.this"}
    own = {**USERS, "errorMessageTextResourceKey": "own.key"}
    ask({"users": own, "serviceOwners": OWNERS, **keys})
    instance = make_instance()
    answer = Api(APP_HOST, user("")).get(url(instance))
    assert answer.json()["detail"] == "Insufficient scope"  # it is said in English only
    english = {"Accept-Language": "en"}
    answer = Api(APP_HOST, user("")).get(url(instance), headers=english)
    assert answer.json()["detail"] == "Ask NAV for the scope."
    answer = Api(APP_HOST, owner("")).get(url(instance), headers=english)
    assert answer.json()["detail"] == "Insufficient scope"
