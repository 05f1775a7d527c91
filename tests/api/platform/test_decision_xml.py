"""Decision requests in XACML's own XML."""

from typing import Any

import pytest

from apps_registry import xacml_ast as ast
from common import xml
from common.xml import Element
from instances.models import Instance
from tests.api.platform.decision_requests import (
    PROCESSING_ERROR,
    SYNTAX_ERROR,
    URL,
    component,
)
from tests.client import assert_problem

pytestmark = pytest.mark.usefixtures("sandbox")
_NS = f'xmlns="{ast.NAMESPACE}"'


def attributes(
    category: str,
    name: str,
    attribute_id: str,
    value: str,
    *,
    data_type: str = ast.STRING,
) -> str:
    """Return a category with one attribute, to be included in the result."""
    return (
        f'<Attributes Category="{category}" xml:id="{name}"><Attribute '
        f'AttributeId="{attribute_id}" IncludeInResult="true"><AttributeValue '
        f'DataType="{data_type}">{value}</AttributeValue></Attribute></Attributes>'
    )


def subject(user_id: str = "1337", name: str = "s1") -> str:
    return attributes(ast.SUBJECT, name, "urn:altinn:userid", user_id)


def action(value: str = "read", name: str = "a1") -> str:
    return attributes(ast.ACTION, name, ast.ACTION_ID, value)


def resource(instance: Instance, name: str = "r1") -> str:
    return attributes(ast.RESOURCE, name, ast.INSTANCE_ID, instance.instance_id)


def request(*parts: str, more: str = "") -> bytes:
    """Return a request document."""
    return f"<Request {_NS} {more}>{''.join(parts)}</Request>".encode()


def multi(*references: str) -> str:
    """Return references, each the names of categories with spaces between."""
    listed = "".join(
        "<RequestReference>"
        + "".join(f'<AttributesReference ReferenceId="{n}"/>' for n in names.split())
        + "</RequestReference>"
        for names in references
    )
    return f"<MultiRequests>{listed}</MultiRequests>"


def ask(body: bytes, content_type: str = "application/xml") -> list[Element]:
    """Ask, and return the results."""
    answer = component().post(URL, body=body, content_type=content_type)
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "application/xml"
    root = xml.parse(answer.content)
    assert root.tag == f"{{{ast.NAMESPACE}}}Response"
    return list(root)


def decision(result: Element) -> str:
    return str(result.findtext(f"{{{ast.NAMESPACE}}}Decision"))


def all_of(result: Element, name: str) -> list[Any]:
    return list(result.iter(f"{{{ast.NAMESPACE}}}{name}"))


@pytest.mark.parametrize(
    "content_type",
    ["application/xml", "text/xml; charset=utf-8", "application/xacml+xml"],
)
def test_the_whole_answer_in_xml(instance: Instance, content_type: str) -> None:
    """Z-068: golden"""
    (result,) = ask(request(subject(), action(), resource(instance)), content_type)
    assert decision(result) == "Permit"
    (code,) = all_of(result, "StatusCode")
    assert code.get("Value").endswith(":ok")
    assigned = {
        a.get("Category"): a.text for a in all_of(result, "AttributeAssignment")
    }
    assert assigned == {ast.MINIMUM_LEVEL: "2", ast.MINIMUM_LEVEL_ORG: "3"}
    shown = {
        a.get("AttributeId"): a.findtext(f"{{{ast.NAMESPACE}}}AttributeValue")
        for a in all_of(result, "Attribute")
    }
    assert shown == {
        "urn:altinn:userid": "1337",
        ast.ACTION_ID: "read",
        ast.INSTANCE_ID: instance.instance_id,
        ast.PARTY_ID: "500000",
    }


def test_several_requests_in_xml(instance: Instance) -> None:
    """Z-068, D-19: in the order of the references"""
    body = request(
        subject(), subject("1002", "s2"), action(), action("write", "a2"),
        resource(instance), attributes(ast.ACTION, "a3", "x", "y", data_type="double"),
        multi("s1 a1 r1", "s2 a1 r1", "s1 a2 r1", "s1 a1 nothing", "s1 a3 r1"),
    )  # fmt: skip
    assert [decision(result) for result in ask(body)] == [
        "Permit", "NotApplicable", "Permit", "Indeterminate", "Indeterminate",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", SYNTAX_ERROR),
        (b"<Request", SYNTAX_ERROR),
        (b"<Request/>", SYNTAX_ERROR),
        (b"<!DOCTYPE r><Request/>", SYNTAX_ERROR),
        (
            b'<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/passwd">]><Request>&e;'
            b"</Request>",
            SYNTAX_ERROR,
        ),
        (b"<a>" * 1000, SYNTAX_ERROR),
        (request(more='CombinedDecision="true"'), PROCESSING_ERROR),
    ],
)
def test_hostile_and_broken_xml_is_one_indeterminate(body: bytes, code: str) -> None:
    """Z-068, T-18"""
    (result,) = ask(body)
    assert decision(result) == "Indeterminate"
    assert [c.get("Value") for c in all_of(result, "StatusCode")] == [code]
    assert "root:" not in str(result.xpath("string()"))


def test_limits_hold_in_xml_too() -> None:
    """Z-117, T-47"""
    value = f'<AttributeValue DataType="{ast.STRING}">x</AttributeValue>'
    many = (
        f'<Attributes Category="{ast.RESOURCE}"><Attribute AttributeId="x">'
        f"{value * 10_000}</Attribute></Attributes>"
    )
    answer = component().post(URL, body=request(many), content_type="text/xml")
    assert_problem(answer, 400, code="decision-request-too-large")
    references = multi(*["s1"] * 1001)
    body = request(subject(), references)
    answer = component().post(URL, body=body, content_type="text/xml")
    assert_problem(answer, 400, code="decision-request-too-large")
    answer = component().post(URL, body=b" " * (2**20 + 1), content_type="text/xml")
    assert_problem(answer, 413, code="decision-body-too-large")
