"""The endpoint of user actions, besides what the sample shows."""

from collections.abc import Callable
from typing import Any

import pytest

from instances import services as instances
from instances.models import Instance
from parties.identity import Principal
from tests.cast import SOPHIE_PRINCIPAL
from tests.client import Api, assert_problem
from tests.factories import make_instance, now, reread

pytestmark = pytest.mark.usefixtures("sandbox")


def _url(instance: Instance) -> str:
    return f"/nav/app2018/instances/{instance.instance_id}/actions"


@pytest.mark.parametrize("body", [{}, {"action": None}, {"action": ""}])
def test_an_action_must_be_named(app: Api, instance: Instance, body: object) -> None:
    """400 before anything is looked up"""
    problem = assert_problem(
        app.post(_url(instance), json=body), 400, code="user-action-missing"
    )
    assert problem["title"] == "Action is missing"


def test_no_body_at_all_is_a_bad_request(app: Api, instance: Instance) -> None:
    """400, where the original fails"""
    assert_problem(app.post(_url(instance)), 400, code="body-missing")


@pytest.mark.parametrize(
    "body",
    [
        {"action": {"a": 1}},
        {"action": "x" * 300},
        {"action": "write", "metadata": [1]},
        {"action": "write", "ignoredValidators": "all"},
    ],
)
def test_members_of_the_wrong_kind_are_listed(
    app: Api, instance: Instance, body: object
) -> None:
    """400 with the places"""
    answer = app.post(_url(instance), json=body)
    assert assert_problem(answer, 400, code="validation-failed")["issues"]


def test_an_action_without_code_is_not_found(app: Api, instance: Instance) -> None:
    """A-148: 404 with the wire's error"""
    answer = app.post(_url(instance), json={"action": "write"})
    problem = assert_problem(answer, 404, code="user-action-unknown")
    assert problem["error"]["code"] == "ActionNotFound"


def test_an_action_is_answered_with_all_that_it_did(
    app: Api, instance: Instance, install: Callable[[str], None]
) -> None:
    """Changes, client actions and where to go"""
    install("Acts")
    answer = app.post(_url(instance), json={"action": "WRITE", "buttonId": "b1"})
    assert_problem(answer, 403, code="user-action-not-permitted")
    answer = app.post(_url(instance), json={"action": "write", "buttonId": "b1"})
    assert answer.status_code == 200, answer.content
    document = answer.json()
    assert document["clientActions"] == [
        {"id": "navigateToPage", "metadata": {"page": "2"}}
    ]
    assert document["redirectUrl"] == "https://nav.example/done"
    assert document["error"] is None
    changed = reread(instance)
    assert changed.data_values == {"button": "b1"}
    assert changed.last_changed > instance.last_changed


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("invalid", 400, "app-refused-action-input"),
        ("conflict", 409, "app-refused-action"),
        ("unauthorized", 401, "app-refused-action-caller"),
        ("not-found", 409, "app-refused-action"),  # of other servers alone
    ],
)
def test_the_app_says_what_kind_of_refusal_it_is(
    app: Api,
    instance: Instance,
    install: Callable[[str], None],
    everything: Callable[[], object],
    kind: str,
    status: int,
    code: str,
) -> None:
    """A-149: and 500 where the code fails"""
    install("Acts")
    before = everything()
    body = {"action": "write", "metadata": {"refuse": kind}}
    problem = assert_problem(app.post(_url(instance), json=body), status, code=code)
    told = {"code": "not-so", "message": "Not so.", "metadata": None}
    assert problem["error"] == told
    assert everything() == before


def test_an_action_on_an_instance_that_changed_meanwhile_does_nothing(
    app: Api,
    instance: Instance,
    install: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    everything: Callable[[], object],
) -> None:
    """409: the code was shown what is not so any more"""
    install("Acts")
    seen: list[Any] = []
    hold = instances.hold_unchanged

    def after_another(principal: Principal, *, instance: Instance) -> None:
        other = Instance.objects.get(pk=instance.pk)
        instances.update(SOPHIE_PRINCIPAL, instance=other, now=now())
        seen.append(everything())
        hold(principal, instance=instance)

    monkeypatch.setattr(instances, "hold_unchanged", after_another)
    answer = app.post(_url(instance), json={"action": "write"})
    assert_problem(answer, 409, code="instance-changed")
    assert reread(instance).data_values is None
    assert reread(instance).end_event is None


def test_code_is_found_by_its_name_in_any_case_of_letters(
    app: Api, instance: Instance, install: Callable[[str], None]
) -> None:
    """A-148: the policy compares exactly, the application's own list does not"""
    install("Shouts")
    answer = app.post(_url(instance), json={"action": "write"})
    assert answer.status_code == 200, answer.content
    assert answer.json()["clientActions"] == [{"id": "WRITE", "metadata": {}}]


def test_actions_are_for_users_and_system_users(
    owner_app: Api, instance: Instance
) -> None:
    """A-147: the owner is told so before the policy is asked"""
    answer = owner_app.post(_url(instance), json={"action": "write"})
    assert_problem(answer, 401, code="user-action-caller")


def test_an_instance_without_a_process_has_no_actions(storage: Api, app: Api) -> None:
    """A-147"""
    made = storage.post(
        "/storage/api/v1/instances?appId=nav/app2018",
        json={"instanceOwner": {"partyId": "500000"}},
    )
    url = _url(Instance.objects.get(pk=made.json()["id"].partition("/")[2]))
    problem = assert_problem(
        app.post(url, json={"action": "write"}), 409, code="process-not-started"
    )
    assert problem["detail"] == "Process is not started."


def test_an_ended_process_has_no_actions(app: Api) -> None:
    """A-147: 409"""
    answer = app.post(_url(make_instance(submitted=True)), json={"action": "write"})
    assert_problem(answer, 409, code="process-ended")
