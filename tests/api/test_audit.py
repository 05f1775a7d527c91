"""The audit trail: who was refused what, and who used what others may not."""

from typing import Any

import pytest

from instances.models import Instance
from tests import cast
from tests.api.platform.decision_requests import URL, ask, component, multi
from tests.api.platform.test_policies import NOBODY_BUT_BOARD, replace
from tests.client import PLATFORM_HOST, Api

pytestmark = pytest.mark.usefixtures("sandbox")


@pytest.fixture
def audit(caplog: pytest.LogCaptureFixture) -> Any:
    """Return the records of the audit trail so far, whatever the level of the rest."""

    def records() -> list[dict[str, Any]]:
        found = [r for r in caplog.records if r.name == "altinn.audit"]
        return [dict(r.msg) for r in found]  # type: ignore[call-overload]  # structlog's

    return records


def test_a_refused_decision_is_recorded(
    instance: Instance, stranger_storage: Api, audit: Any
) -> None:
    """Z-120: also what the refusal does not tell"""
    trace = "0123456789abcdef0123456789abcdef"
    answer = stranger_storage.get(
        f"/storage/api/v1/instances/{instance.instance_id}/events",
        headers={"traceparent": f"00-{trace}-0123456789abcdef-01"},
    )
    assert answer.status_code == 403
    (record,) = audit()
    assert (record["log"], record["event"]) == ("audit", "refused")
    assert record["subject"] == "user 1004"
    assert record["action"] == "read"
    assert record["resource"] == f"nav/app2018/{instance.instance_id}"
    assert record["result"] == "not-permitted"
    assert record["trace_id"] == trace


def test_what_is_permitted_leaves_no_record(
    instance: Instance, storage: Api, audit: Any
) -> None:
    """Z-120"""
    storage.get(f"/storage/api/v1/instances/{instance.instance_id}")
    storage.get(f"/storage/api/v1/instances/{instance.instance_id}/dataelements")
    assert audit() == []


def test_other_refusals_are_recorded_by_their_address(audit: Any) -> None:
    """Z-120"""
    owner = Api(PLATFORM_HOST, cast.OTHER_OWNER)
    owner.get("/authorization/api/v1/policies/nav/app2018")
    (record,) = audit()
    assert record["subject"] == "service-owner skd"
    assert record["action"] == "current"
    assert record["resource"] == "/authorization/api/v1/policies/nav/app2018"
    assert record["result"] == "owner-only"


def test_every_use_of_a_privileged_call_is_recorded(audit: Any) -> None:
    """Z-120: the platform's and the designer's, also one that fails"""
    component().get("/authorization/api/v1/policies/roleswithaccess/nav/app2018")
    replace(NOBODY_BUT_BOARD)
    replace(b"<x/>", Api(PLATFORM_HOST, cast.DESIGNER))
    found = [(r["event"], r["subject"], r["action"], r["result"]) for r in audit()]
    assert found == [
        ("privileged_use", "platform/pep", "roles_with_access", "200"),
        ("privileged_use", "studio.designer", "replace", "200"),
        ("refused", "studio.designer", "replace", "app-folder-refused"),
    ]


def test_what_a_component_reads_where_users_read_their_own_is_recorded(
    audit: Any,
) -> None:
    """Z-120: a profile of anybody, by whichever call"""
    component().get("/profile/api/v1/users/1337")
    found = [(r["event"], r["subject"], r["action"], r["result"]) for r in audit()]
    assert found == [("privileged_use", "platform/pep", "retrieve", "200")]


def test_each_refused_decision_of_the_decision_point_is_recorded(
    instance: Instance, audit: Any
) -> None:
    """Z-120: none for a permit; no identity number and no token in any"""
    asked = [("s1", "r1"), ("s2", "r1"), ("s3", "r1"), ("s1", "r2")]
    body = multi(
        {
            "s1": {"userid": "1337"},
            "s2": {"userid": "1002"},
            "s3": {"person__identifier_no": "01857012345"},
        },
        {"a1": "read"},
        {"r1": {"instance_id": instance.instance_id}, "r2": {"org": "01857012345"}},
        [[subject, "a1", resource] for subject, resource in asked],
    )
    ask(body)
    found = audit()
    refused = [r for r in found if r["event"] == "decision_refused"]
    assert [r["result"] for r in refused] == [
        "NotApplicable", "NotApplicable", "Indeterminate",
    ]  # fmt: skip
    assert refused[0]["subject"] == "user 1002"
    assert refused[0]["action"] == "read"
    assert refused[0]["resource"] == f"nav/app2018/{instance.instance_id}"
    assert found[-1]["event"] == "privileged_use"
    assert found[-1]["resource"] == URL
    assert "01857012345" not in repr(found)
    assert "eyJ" not in repr(found)
