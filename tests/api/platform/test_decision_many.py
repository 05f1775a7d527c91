"""Several decision requests at once: each for itself, all in a few statements."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from authorization.models import Delegation, RoleAssignment, SystemUser
from instances.models import Instance
from parties.models import Party
from tests.api.platform.decision_requests import (
    OK,
    PROCESSING_ERROR,
    SYNTAX_ERROR,
    ask,
    decision,
    multi,
    request,
)
from tests.factories import make_instance

pytestmark = pytest.mark.usefixtures("sandbox")

NOWHERE = "00000000-0000-4000-8000-000000000000"


def test_d19_one_bad_request_fails_for_itself_alone(instance: Instance) -> None:
    """D-19, Z-067, Z-086: in the order of the references, with what is echoed"""
    resources: dict[str, dict[str, object]] = {
        "r1": {"instance_id": instance.instance_id},
        "r2": {"instance_id": f"500000/{NOWHERE}"},
        "r3": {"resource": "app_nav_unknown", "partyid": "500000"},
    }
    references = [
        ["s1", "a2", "r1"], ["s1", "a1", "r2"], ["s1", "a1", "r3"],
        ["s1", "a1", "nobody"], ["s2", "a1", "r1"], ["s1", "a1", "r1"], [],
    ]  # fmt: skip
    body = multi(
        {"s1": {"userid": "1337"}, "s2": {"userid": "1002"}},
        {"a1": "read", "a2": "write"}, resources, references,
    )  # fmt: skip
    body["Request"]["Resource"].append(
        {"Id": "r4", "Attribute": [
            {"AttributeId": "urn:altinn:org", "Value": "nav", "DataType": "double"}
        ]}
    )  # fmt: skip
    body["Request"]["MultiRequests"]["RequestReference"].append(
        {"ReferenceId": ["s1", "a1", "r4"]}
    )
    results = ask(body)
    assert [result["Decision"] for result in results] == [
        "Permit", "Indeterminate", "Indeterminate", "Indeterminate",
        "NotApplicable", "Permit", "Indeterminate", "Indeterminate",
    ]  # fmt: skip
    codes = [result["Status"]["StatusCode"]["Value"] for result in results]
    assert codes == [
        OK, PROCESSING_ERROR, PROCESSING_ERROR, SYNTAX_ERROR, OK, OK,
        SYNTAX_ERROR, SYNTAX_ERROR,
    ]  # fmt: skip
    echoed = [
        sorted(
            attribute["Value"]
            for shown in result["Category"] or []
            for attribute in shown["Attribute"]
        )
        for result in results
    ]
    assert echoed[0] == sorted(["write", instance.instance_id, "500000"])
    assert echoed[5] == sorted(["read", instance.instance_id, "500000"])
    assert all(not echoed[index] for index in (1, 2, 3, 4, 6, 7))


def test_one_reference_is_one_request(instance: Instance) -> None:
    """§5.9: what it does not refer to does not count"""
    body = multi(
        {"s1": {"userid": "1337"}, "s2": {"userid": "1002"}},
        {"a1": "read"},
        {"r1": {"instance_id": instance.instance_id}},
        [["s1", "a1", "r1"]],
    )
    assert decision(body) == "Permit"


def test_only_one_number_a_request_is_looked_up() -> None:
    """T-47: a body has room for thousands, and who states two names nobody"""
    party = Party.objects.get(pk=500000)
    numbers = [str(100_000_000 + n) for n in range(60)]
    resource: dict[str, object] = {"org": "nav", "app": "app2018"}
    for stated, permitted in (
        ([party.org_number], "Permit"),
        ([*numbers, party.org_number], "NotApplicable"),
    ):
        resource["organization__identifier_no"] = stated
        with CaptureQueriesContext(connection) as statements:
            assert decision(request(resource=resource)) == permitted
        assert not any(numbers[0] in one["sql"] for one in statements)


@pytest.mark.parametrize("kind", ["users", "system users"])
def test_a_thousand_requests_take_a_handful_of_statements(
    kind: str, django_assert_max_num_queries: Any
) -> None:
    """Z-075, T-47: for a thousand subjects and a hundred instances"""
    made = [make_instance() for _ in range(20)]
    subjects: dict[str, dict[str, object]]
    if kind == "users":
        subjects = {f"s{n}": {"userid": str(1337 + n)} for n in range(1000)}
    else:
        ids = [f"{n:08d}-0000-4000-8000-000000000000" for n in range(1000)]
        SystemUser.objects.bulk_create(
            SystemUser(id=guid, party_id=500000, system_id=f"1_{guid}") for guid in ids
        )
        Delegation.objects.bulk_create(
            Delegation(system_user_id=guid, from_party_id=500000, action="read")
            for guid in ids[:500]
        )
        subjects = {f"s{n}": {"systemuser__uuid": ids[n]} for n in range(1000)}
    body = multi(
        subjects,
        {"a1": "read"},
        {f"r{n}": {"instance_id": i.instance_id} for n, i in enumerate(made)},
        [[f"s{n}", "a1", f"r{n % 20}"] for n in range(1000)],
    )
    with django_assert_max_num_queries(6):
        results = ask(body)
    assert len(results) == 1000
    assert results[0]["Decision"] == "Permit"
    if kind == "system users":
        found = [result["Decision"] for result in results]
        assert found == ["Permit"] * 500 + ["NotApplicable"] * 500
    else:
        holders = set(
            RoleAssignment.objects.filter(
                party_id=500000, role_code__in=["dagl", "lede", "regna", "priv"]
            ).values_list("user_id", flat=True)
        )
        permitted = {
            1337 + n for n, r in enumerate(results) if r["Decision"] == "Permit"
        }
        assert permitted == holders & set(range(1337, 2337))
