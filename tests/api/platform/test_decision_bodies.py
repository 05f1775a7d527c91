"""Bodies of decision requests: what is read, what is not, and what is too much."""

import json
from typing import Any

import pytest

from apps_registry import xacml_ast as ast
from tests.api.platform.decision_requests import (
    PROCESSING_ERROR,
    SYNTAX_ERROR,
    URL,
    category,
    component,
    decision,
    multi,
    request,
    status,
)
from tests.client import assert_problem

pytestmark = pytest.mark.usefixtures("sandbox")


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b"{}", b'{"Request": []}', b'{"Request": 1}',
        b'{"Request": {"Resource": 1}}', b'{"Request": {"Resource": [1]}}',
        b'{"Request": {"Resource": [{"Attribute": "x"}]}}',
        b'{"Request": {"Resource": [{"Attribute": [{"Value": "x"}]}]}}',
        b'{"Request": {"Resource": [{"Attribute": [{"AttributeId": "x"}]}]}}',
        b'{"Request": {"Category": [{"Attribute": []}]}}',
        b'{"Request": {"MultiRequests": {"RequestReference": [{"ReferenceId": [1]}]}}}',
        b"[" * 100_000,
    ],
)  # fmt: skip
def test_a_body_that_is_no_request_is_one_indeterminate(body: bytes) -> None:
    """§5.9: 200, with what is wrong with it"""
    answer = component().post(URL, body=body, content_type="application/json")
    assert answer.status_code == 200
    (result,) = answer.json()["Response"]
    assert result["Decision"] == "Indeterminate"
    assert result["Status"]["StatusCode"]["Value"] == SYNTAX_ERROR
    assert result["Status"]["StatusMessage"]


@pytest.mark.parametrize(
    ("once", "twice"),
    [
        (b'"Request":', b'"Request": {}, "Request":'),
        (b'"Request":', b'"request": {}, "Request":'),
        (b'"Resource":', b'"Resource": [], "Resource":'),
        (b'"Resource":', b'"RESOURCE": [], "Resource":'),
        (b'"Value":', b'"Value": "1002", "Value":'),
        (b'"Value":', b'"VALUE": "1002", "Value":'),
    ],
)
def test_a_member_that_is_there_twice_is_refused(once: bytes, twice: bytes) -> None:
    """Z-095, T-19: each reader would go by another of them"""
    body = json.dumps(request()).encode()
    assert decision(json.loads(body)) == "Permit"
    doubled = body.replace(once, twice, 1)
    answer = component().post(URL, body=doubled, content_type="application/json")
    (result,) = answer.json()["Response"]
    assert result["Decision"] == "Indeterminate"
    assert result["Status"]["StatusCode"]["Value"] == SYNTAX_ERROR
    assert "twice" in result["Status"]["StatusMessage"]


def test_combined_decisions_are_not_made() -> None:
    """Answered, and not ignored"""
    body = request()
    body["Request"]["CombinedDecision"] = True
    assert status(body) == ("Indeterminate", PROCESSING_ERROR)


def test_members_are_read_in_any_case() -> None:
    """As .NET's serializer reads them"""
    body = {"request": {key.lower(): v for key, v in request()["Request"].items()}}
    assert decision(body) == "Permit"


@pytest.mark.parametrize("data_type", [None, "string", ast.STRING, "anyURI", "double"])
def test_data_types(data_type: str | None) -> None:
    """Z-062, §5.9: a text of another type is another value"""
    body = request(subject={"org": "nav"})
    body["Request"]["AccessSubject"][0]["Attribute"][0]["DataType"] = data_type
    expected = {"anyURI": "NotApplicable", "double": "Indeterminate"}
    assert decision(body) == expected.get(data_type or "", "Permit")


def test_another_content_type_is_415() -> None:
    """Neither JSON nor XML"""
    answer = component().post(URL, body=b"x", content_type="text/csv")
    assert_problem(answer, 415, code="content-type-unsupported")


def too_many() -> dict[str, Any]:
    """Return bodies that are beyond a limit, by which."""
    attributes = request()
    attributes["Request"]["Resource"] = [category(task=["x"] * 10_000)]
    merged = request()
    merged["Request"]["Resource"] = [
        category(task=["x"] * 60),
        category(task=["x"] * 5),
    ]
    references = multi(
        {"s1": {"userid": "1"}}, {"a1": "read"}, {"r1": {"org": "nav"}},
        [["s1", "a1", "r1"]] * 1001,
    )  # fmt: skip
    shown = multi(
        {"s1": {"userid": "1"}}, {"a1": "read"},
        {"r1": {"org": "nav", "app": "x", "task": ["y" * 4000] * 60}},
        [["s1", "a1", "r1"]] * 1000, show="task",
    )  # fmt: skip
    joined = request()
    joined["Request"] = {
        "Category": [
            {"CategoryId": f"c:{n}", **category(str(n), org=["x"] * 64)}
            for n in range(100)
        ],
        "MultiRequests": {
            "RequestReference": [{"ReferenceId": [str(n) for n in range(100)]}] * 1000
        },
    }
    return {
        "joined": joined,
        "shown": shown,
        "attributes": attributes,
        "merged": merged,
        "references": references,
        "value": request(subject={"org": "æ" * 2049}),
    }


@pytest.mark.parametrize(
    "which", ["attributes", "merged", "references", "value", "shown", "joined"]
)
def test_a_request_beyond_the_limits_is_refused_and_asks_nothing(
    which: str, django_assert_num_queries: Any
) -> None:
    """Z-067, Z-117, T-47"""
    with django_assert_num_queries(0):
        answer = component().post(URL, json=too_many()[which])
    document = assert_problem(answer, 400, code="decision-request-too-large")
    assert "may have" in document["detail"]


def test_a_body_above_a_mebibyte_is_413(django_assert_num_queries: Any) -> None:
    """Z-117, T-47"""
    with django_assert_num_queries(0):
        answer = component().post(
            URL, body=b" " * (2**20 + 1), content_type="application/json"
        )
    assert_problem(answer, 413, code="decision-body-too-large")
