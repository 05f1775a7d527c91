"""Explanations: of refusals, as far as the caller may know, and of made-up requests."""

from pathlib import Path
from typing import Any

import pytest

from instances.models import Instance
from parties.issued_claims import organisation_claims
from tests import cast
from tests.api.platform.test_policies import app_rule, replace
from tests.apps_registry import policy_xml
from tests.authorization.policies import import_with_policy, permit
from tests.cast import Person
from tests.client import PLATFORM_HOST, Api, assert_problem

pytestmark = pytest.mark.usefixtures("sandbox")

URL = "/authorization/api/v1/explain"
NOWHERE = "500000/00000000-0000-4000-8000-000000000000"
ROLES = ["dagl", "lede", "priv", "regna"]
DIRECTORS = [{"attribute": "role", "anyOf": ROLES}]
OWNERS = [{"attribute": "org", "anyOf": ["nav"]}]
APP = {"org": "nav", "app": "app2018"}
NOTHING = "NotApplicable"
LEVELS = {"conditional": False, "minimumLevel": 2, "minimumLevelOrg": 3}


def explained(answer: Any, code: str = "not-permitted") -> Any:
    """Return the explanation of a refusal."""
    return assert_problem(answer, 403, code=code)["explanation"]


# --- refusals -------------------------------------------------------------------------
def test_who_may_read_learns_what_the_state_permits(
    submitted: Instance, storage: Api
) -> None:
    """Who may read, knows where the instance stands"""
    url = f"/storage/api/v1/instances/{submitted.instance_id}/complete"
    document = assert_problem(storage.post(url), 403, code="not-permitted")
    assert document["explanation"] == {
        "action": "complete",
        "resource": {**APP, "endEvent": submitted.end_event},
        "permittedBy": [{"allOf": OWNERS}],
        **LEVELS,
    }
    submitted.refresh_from_db()
    assert not submitted.confirmed


def test_a_stranger_at_storage_learns_only_what_he_sent(
    instance: Instance, submitted: Instance, stranger_storage: Api
) -> None:
    """T-35, Z-109: of an unknown instance, one in a task and an ended one, the same"""
    addresses = (instance.instance_id, submitted.instance_id, NOWHERE)
    answers = [
        stranger_storage.get(f"/storage/api/v1/instances/{address}/events")
        for address in addresses
    ]
    told = [
        assert_problem(answer, 403, code="not-permitted") | {
            "instance": "", "traceId": ""
        }
        for answer in answers
    ]  # fmt: skip
    assert told[0] == told[1] == told[2]
    assert told[0]["explanation"] == {"action": "read", "resource": None}
    for answer in answers:
        assert b"nav" not in answer.content.replace(b"altinn", b"")


def test_a_stranger_who_names_the_app_learns_its_public_policy(
    instance: Instance, submitted: Instance, stranger_app: Api
) -> None:
    """T-35, Z-109: never where the instance stands, nor whether there is one"""
    found = []
    for address in (instance.instance_id, submitted.instance_id, NOWHERE):
        path = f"/nav/app2018/instances/{address}"
        found.append(stranger_app.post(f"{path}/data?dataType=default"))
    told = [explained(answer) for answer in found]
    assert told[0] == told[1] == told[2]
    assert told[0]["resource"] == APP
    assert {"allOf": DIRECTORS, "task": "formfilling"} in told[0]["permittedBy"]
    assert {"allOf": OWNERS} in told[0]["permittedBy"]


def test_instantiation_is_explained(stranger_app: Api) -> None:
    """The app is known: the caller names it"""
    body = {"instanceOwner": {"partyId": "500000"}}
    before = Instance.objects.count()
    answer = stranger_app.post("/nav/app2018/instances", json=body)
    document = explained(answer)
    assert document["action"] == "instantiate"
    assert document["resource"] == APP
    assert {"allOf": DIRECTORS} in document["permittedBy"]
    assert Instance.objects.count() == before


def test_a_level_that_is_lacking_is_explained(instance: Instance) -> None:
    """Z-071: beside the level itself"""
    weak = cast.user(1337, 501337, level=1)
    answer = Api(PLATFORM_HOST, weak).post(
        "/storage/api/v1/instances?appId=nav/app2018",
        json={"instanceOwner": {"partyId": "500000"}},
    )
    document = assert_problem(answer, 403, code="authentication-level-too-low")
    assert document["RequiredAuthenticationLevel"] == "2"
    assert document["explanation"]["minimumLevel"] == 2


def test_a_step_of_the_process_is_explained(instance: Instance, owner_app: Api) -> None:
    """Which action, on which task, and who may"""
    path = f"/nav/app2018/instances/{instance.instance_id}/process/next"
    answer = owner_app.put(path, json={"action": "reject"})
    document = explained(answer, "process-next-not-permitted")
    assert document["action"] == "reject"
    assert document["resource"] == {**APP, "task": "formfilling"}
    assert document["permittedBy"] == []
    instance.refresh_from_db()
    assert instance.current_task == "formfilling"


def test_unknown_and_forbidden_take_the_same_statements(
    instance: Instance, stranger_storage: Api, django_assert_num_queries: Any
) -> None:
    """Z-109, T-35: one for the instance, one for roles and one for what is delegated"""
    for address in (instance.instance_id, NOWHERE):
        url = f"/storage/api/v1/instances/{address}/events"
        stranger_storage.get(url)
        with django_assert_num_queries(3):
            stranger_storage.get(url)


def test_access_packages_are_explained_and_can_be_made_up(tmp_path: Path) -> None:
    """Z-049, Z-076"""
    import_with_policy(
        tmp_path / "app",
        permit("read", to="package:jordbruk"),
        permit("read", to="eckeyrole"),
        app_id="nav/packages",
    )
    resource = {"org": "nav", "app": "packages"}
    for subject, decision in (
        ({"kind": "user", "accessPackages": ["jordbruk"]}, "Permit"),
        ({"kind": "user", "accessPackages": ["fiske"]}, NOTHING),
        ({"kind": "user", "roles": ["dagl"]}, "Permit"),
    ):
        body = {"subject": subject, "resource": resource, "action": "read"}
        found = Api(PLATFORM_HOST, cast.OWNER).post(URL, json=body).json()
        assert found["decision"] == decision, subject
        assert {"attribute": "accessPackage", "anyOf": ["jordbruk"]} in [
            need for way in found["explanation"]["permittedBy"] for need in way["allOf"]
        ]


# --- made-up requests -----------------------------------------------------------------
def ask(
    subject: dict[str, object], action: str = "write", **place: str
) -> dict[str, Any]:
    """Ask what nav's policy would say."""
    body = {"subject": subject, "resource": {**APP, **place}, "action": action}
    answer = Api(PLATFORM_HOST, cast.OWNER).post(URL, json=body)
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def test_the_whole_answer_to_a_made_up_request() -> None:
    """Z-076: golden"""
    director: dict[str, object] = {"kind": "user", "roles": ["DAGL"], "level": 2}
    assert ask(director, task="formfilling") == {
        "decision": "Permit",
        "permitted": True,
        "requiredLevel": None,
        "permittedActions": ["delete", "instantiate", "read", "write"],
        "explanation": {
            "action": "write",
            "resource": {**APP, "task": "formfilling"},
            "permittedBy": [
                {"allOf": DIRECTORS, "task": "formfilling"},
                {"allOf": OWNERS},
            ],
            **LEVELS,
        },
    }


@pytest.mark.parametrize(
    ("subject", "place", "decision", "lacking"),
    [
        ({"kind": "user", "roles": ["dagl"], "level": 1}, "formfilling", "Permit", 2),
        ({"kind": "user", "roles": ["dagl"], "level": 2}, "nowhere", NOTHING, None),
        ({"kind": "user", "roles": ["revi"], "level": 4}, "confirm", NOTHING, None),
        ({"kind": "user", "level": 4}, "confirm", NOTHING, None),
        ({"kind": "service-owner", "org": "nav", "level": 3}, "any", "Permit", None),
        ({"kind": "service-owner", "org": "skd"}, "confirm", NOTHING, None),
        ({"kind": "organisation", "roles": ["dagl"]}, "confirm", NOTHING, None),
        ({"kind": "system-user", "level": 3}, "confirm", NOTHING, None),
        (
            {"kind": "system-user", "level": 3, "delegatedActions": ["write"]},
            "confirm", "Permit", None,
        ),
    ],
)  # fmt: skip
def test_made_up_subjects(
    subject: dict[str, object], place: str, decision: str, lacking: int | None
) -> None:
    """As a real caller with these rights would be answered"""
    found = ask(subject, task=place)
    assert (found["decision"], found["requiredLevel"]) == (decision, lacking)
    assert found["permitted"] is (decision == "Permit" and lacking is None)


def test_without_a_state_every_state_is_explained() -> None:
    found = ask({"kind": "user", "roles": ["dagl"]}, action="confirm")
    assert found["explanation"]["permittedBy"] == [
        {"allOf": DIRECTORS, "task": "confirm"}
    ]
    assert found["explanation"]["resource"] == APP


def test_a_policy_with_conditions_says_that_it_has_them() -> None:
    """No list can tell what permits; the decision still can"""
    body = policy_xml.condition(
        policy_xml.apply(
            "string-is-in", policy_xml.literal("nav"), policy_xml.DESIGNATOR
        )
    )
    slow = app_rule(policy_xml.match(attribute_id="urn:altinn:org", value="nav"))
    replace(policy_xml.policy(slow.replace("</Target>", f"</Target>{body}")))
    found = ask({"kind": "service-owner", "org": "nav"}, action="read")
    assert found["decision"] == "Permit"
    assert found["explanation"]["conditional"] is True
    assert found["explanation"]["permittedBy"] == []


BODY = {"subject": {"kind": "user"}, "resource": APP, "action": "read"}


@pytest.mark.parametrize(
    ("person", "status", "code"),
    [
        (None, 401, "token-missing"),
        (cast.OTHER_OWNER, 403, "owner-only"),
        (cast.SOPHIE, 403, "owner-only"),
        (cast.SYSTEM_USER, 403, "owner-only"),
        (cast.DESIGNER, 403, "owner-only"),
        (
            Person("o", organisation_claims(org_number="310000000", scope="")),
            403, "owner-only",
        ),
    ],
)  # fmt: skip
def test_only_the_owner_may_make_requests_up(
    person: Person | None, status: int, code: str
) -> None:
    """About its own applications"""
    answer = Api(PLATFORM_HOST, person).post(URL, json=BODY)
    assert_problem(answer, status, code=code)


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"subject": {"kind": "anybody"}}, 400, "validation-failed"),
        ({"subject": {"kind": "user", "level": 5}}, 400, "validation-failed"),
        ({"subject": {"kind": "user", "roles": "dagl"}}, 400, "validation-failed"),
        (
            {"subject": {"kind": "user", "roles": ["x"] * 101}},
            400, "validation-failed",
        ),
        ({"subject": {"kind": "user", "userId": 2**40}}, 400, "validation-failed"),
        ({"resource": {"org": "nav"}}, 400, "validation-failed"),
        ({"action": ""}, 400, "validation-failed"),
        ({"resource": {"org": "nav", "app": "unknown"}}, 404, "app-not-found"),
        ({"resource": {"org": "skd", "app": "unknown"}}, 403, "owner-only"),
    ],
)  # fmt: skip
def test_bad_requests(change: dict[str, object], status: int, code: str) -> None:
    answer = Api(PLATFORM_HOST, cast.OWNER).post(URL, json={**BODY, **change})
    assert_problem(answer, status, code=code)
