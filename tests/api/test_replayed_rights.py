"""An answer that is kept for a key goes to nobody who may not do the call any more."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone

from apps_registry.app_folder import POLICY
from authorization.models import Delegation, PackageAssignment, RoleAssignment
from data_elements.models import DataElement
from idempotency.models import KeptAnswer
from instances.models import Instance
from tests import cast
from tests.api.test_idempotency import (
    APP_HOST,
    BODY,
    V3,
    assert_replayed,
    counted,
    key,
)
from tests.apps_registry import policy_xml
from tests.authorization.policies import permit
from tests.client import PLATFORM_HOST, Api, assert_problem
from tests.factories import FORM, reread
from tests.redeployed import redeploy
from tests.signing.annual_accounts import (
    AUDITOR,
    CHAIR,
    CHAIRED_ORG,
    bring_in_with_signees,
    to_be_signed,
)

pytestmark = pytest.mark.usefixtures("sandbox")
Call = Callable[[Api, Instance, DataElement, dict[str, str]], Any]


def lose_roles() -> None:
    """Take from Sophie all that she was given for the organisation."""
    RoleAssignment.objects.filter(user_id=1337, party_id=500000).delete()
    PackageAssignment.objects.filter(from_party_id=500000).delete()


def _create(api: Api, instance: Instance, element: DataElement, header: Any) -> Any:
    return api.post(V3, json=BODY, headers=header)


def _next(api: Api, instance: Instance, element: DataElement, header: Any) -> Any:
    return api.put(f"{V3}/{instance.instance_id}/process/next", headers=header)


def _content(api: Api, instance: Instance, element: DataElement, header: Any) -> Any:
    url = f"{V3}/{instance.instance_id}/data/{element.pk}"
    return api.put(url, body=FORM, content_type="application/xml", headers=header)


@pytest.mark.parametrize("call", [_create, _next, _content])
def test_who_has_lost_the_role_gets_no_answer_of_before(
    app: Api, element: DataElement, call: Call
) -> None:
    """403 like every call, and nothing is done; with the role the answer is there"""
    header, instance = key(), element.instance
    held = list(RoleAssignment.objects.filter(user_id=1337, party_id=500000))
    first = call(app, instance, element, header)
    assert first.status_code in (200, 201), first.content
    lose_roles()
    before, rows = counted(), list(KeptAnswer.objects.values())
    refused = call(app, instance, element, header)
    assert_problem(refused, 403, code="not-permitted")
    assert "Idempotency-Replayed" not in refused
    assert counted() == before
    assert list(KeptAnswer.objects.values()) == rows
    RoleAssignment.objects.bulk_create(held)
    assert_replayed(first, call(app, instance, element, header))
    assert counted() == before


def test_where_an_answer_that_was_too_large_lies_is_not_told_either(
    app: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who may not read what was made learns no address of it"""
    monkeypatch.setattr("idempotency.services.LARGEST_BODY", 10)
    header = key()
    location = app.post(V3, json=BODY, headers=header)["Location"]
    lose_roles()
    answer = app.post(V3, json=BODY, headers=header)
    problem = assert_problem(answer, 403, code="not-permitted")
    assert location not in str(problem)
    assert "Location" not in answer


def test_the_state_that_counts_is_that_of_the_call(
    app: Api, element: DataElement
) -> None:
    """A step is told again also when its task is long left and nobody may do it now"""
    header, instance = key(), element.instance
    first = _next(app, instance, element, header)
    assert app.put(f"{V3}/{instance.instance_id}/process/next").status_code == 200
    assert reread(instance).process_ended is not None  # type: ignore[union-attr]  # an instance
    assert_replayed(first, _next(app, instance, element, header))


def test_what_was_deleted_since_is_told_of_as_before(
    app: Api, element: DataElement
) -> None:
    """The right is asked of who calls, not of what has become of the instance"""
    header, instance = key(), element.instance
    first = _content(app, instance, element, header)
    url = f"/storage/api/v1/instances/{instance.instance_id}?hard=true"
    assert Api(PLATFORM_HOST, cast.SOPHIE).delete(url).status_code == 200
    assert_replayed(first, _content(app, instance, element, header))


@pytest.fixture
def auditor(sandbox: None) -> Api:
    """Somebody whom the accounts alone give a right."""
    return Api(APP_HOST, AUDITOR)


def test_a_call_that_ended_the_callers_own_right_is_told_again(
    auditor: Api, tmp_path: Path, settings: LazySettings
) -> None:
    """Who signs last may do nothing after that, and did sign"""
    bring_in_with_signees(tmp_path, settings)
    accounts = to_be_signed()
    signed = accounts.act(Api(APP_HOST, CHAIR), onBehalfOf=CHAIRED_ORG)
    assert signed.status_code == 200, signed.content
    header, url = key(), f"{accounts.url}/process/next"
    first = auditor.put(url, json={"action": "sign"}, headers=header)
    assert first.status_code == 200, first.content
    assert not Delegation.objects.filter(task="signering").exists()
    assert_problem(auditor.get(accounts.url), 403, code="not-permitted")
    again = auditor.put(url, json={"action": "sign"}, headers=header)
    assert_replayed(first, again)


def test_a_right_that_was_given_and_is_over_is_asked_for_anew(
    auditor: Api, tmp_path: Path, settings: LazySettings
) -> None:
    """By its time"""
    bring_in_with_signees(tmp_path, settings)
    accounts = to_be_signed()
    header, url = key(), f"{accounts.url}/actions"
    first = auditor.post(url, json={"action": "sign"}, headers=header)
    assert first.status_code == 200, first.content
    assert_replayed(first, auditor.post(url, json={"action": "sign"}, headers=header))
    over = timezone.now() - timedelta(seconds=1)
    assert Delegation.objects.filter(task="signering").update(expires=over)
    answer = auditor.post(url, json={"action": "sign"}, headers=header)
    assert_problem(answer, 403, code="not-permitted")


def test_an_answer_that_is_kept_since_before_is_told_as_then(app: Api) -> None:
    """What it took was not remembered; it is gone after a day"""
    header = key()
    first = app.post(V3, json=BODY, headers=header)
    KeptAnswer.objects.update(rights=None)
    lose_roles()
    assert_replayed(first, app.post(V3, json=BODY, headers=header))


# --- callers whose rights are in their token, and in the policy -----------------------
ORDERS = [
    ("/storage/api/v1/queues/nav/app2018/lease", cast.OWNER_SCOPES),
    ("/storage/api/v1/exports?appId=nav/app2018", cast.OWNER_SCOPES),
    (
        "/registry/api/v1/apps/nav/app2018/deployments/1/activate",
        "altinn:serviceowner altinn:appdeploy",
    ),
]


@pytest.mark.parametrize(("url", "scope"), ORDERS)
def test_a_token_without_the_scope_gets_no_answer_of_one_with_it(
    submitted: Instance, url: str, scope: str
) -> None:
    """What was leased, exported or deployed is not for this token"""
    header = key()
    able = Api(PLATFORM_HOST, cast.service_owner("nav", scope=scope))
    unable = Api(PLATFORM_HOST, cast.service_owner("nav", scope="altinn:serviceowner"))
    first = able.post(url, headers=header)
    assert first.status_code in (200, 202), first.content
    rows = list(KeptAnswer.objects.values())
    refused = unable.post(url, headers=header)
    problem = assert_problem(refused, 403, code="scope-missing")
    assert str(submitted.pk) not in str(problem)
    assert "Idempotency-Replayed" not in refused
    assert list(KeptAnswer.objects.values()) == rows
    assert_replayed(first, able.post(url, headers=header))


def test_an_owner_to_whom_the_policy_gives_nothing_any_more_is_told_nothing(
    element: DataElement,
) -> None:
    """A deployment since then took it away; the token is the same"""
    owner, header, instance = Api(APP_HOST, cast.OWNER), key(), element.instance
    url = f"{V3}/{instance.instance_id}/process/next"
    redeploy({POLICY: _open_to("nav")})
    first = owner.put(url, headers=header)
    assert first.status_code == 200, first.content
    assert_replayed(first, owner.put(url, headers=header))
    redeploy({POLICY: _open_to("skd")})
    before, rows = counted(), list(KeptAnswer.objects.values())
    refused = owner.put(url, headers=header)
    assert_problem(refused, 403, code="not-permitted")
    assert "Idempotency-Replayed" not in refused
    assert (counted(), list(KeptAnswer.objects.values())) == (before, rows)


def _open_to(org: str) -> bytes:
    """Return a policy that lets this org write, and nobody do anything else."""
    return policy_xml.policy(
        permit("read", "write", to=f"org:{org}"), policy_xml.obligation("2")
    )
