"""XACML's own XML: requests read by the hardened parser, responses written."""

from collections.abc import Iterable

from lxml import etree

from api.platform.authorization.decision_requests import (
    MAX_ATTRIBUTES,
    Part,
    RequestUnreadable,
    asked_of,
    attribute,
    limit,
)
from apps_registry import xacml_ast as ast
from authorization.context import Asked, Attribute, Unanswerable
from authorization.decisions import Result
from authorization.evaluator import Status
from common import xml
from common.errors import Invalid
from common.xml import Element

_ID = "{http://www.w3.org/XML/1998/namespace}id"
_TRUE = ("true", "1")


def read_request(content: bytes) -> list[Asked]:
    """Return the requests of a body.

    Raises RequestUnreadable, and DecisionRequestTooLarge.
    """
    try:
        root = xml.parse(content)
    except Invalid as error:
        raise RequestUnreadable(error.detail) from None
    if root.tag != _name("Request"):
        raise RequestUnreadable(
            f"The document is {str(root.tag)[:80]}; a request is the element Request "
            f"in the namespace {ast.NAMESPACE}."
        )
    if root.get("CombinedDecision") in _TRUE:
        reason = "CombinedDecision is not supported; ask for each decision."
        return [Unanswerable(Status.PROCESSING_ERROR, reason)]
    parts = [_part(element) for element in root.findall(_name("Attributes"))]
    references = [
        [
            name.get("ReferenceId", "")
            for name in element.findall(_name("AttributesReference"))
        ]
        for multi in root.findall(_name("MultiRequests"))
        for element in multi.findall(_name("RequestReference"))
    ]
    return asked_of(parts, references or None)


def _part(element: Element) -> Part:
    category, name = element.get("Category", ""), element.get(_ID, "")
    stated = element.findall(_name("Attribute"))
    values = [(a, v) for a in stated for v in a.findall(_name("AttributeValue"))]
    limit(f"The attributes of {category[:80]}", len(values), MAX_ATTRIBUTES)
    try:
        found = tuple(_attribute(category, a, value) for a, value in values)
    except Unanswerable as failure:
        return Part(category, name, failure)
    return Part(category, name, found)


def _attribute(category: str, element: Element, value: Element) -> Attribute:
    return attribute(
        category,
        element.get("AttributeId", ""),
        "".join(str(text) for text in value.itertext()),
        data_type=value.get("DataType", ""),
        issuer=element.get("Issuer", ""),
        include=element.get("IncludeInResult") in _TRUE,
    )


# --- responses ------------------------------------------------------------------------
def response_content(results: Iterable[Result]) -> bytes:
    """Return the response: a result for each request, in their order."""
    root = etree.Element(
        _name("Response"),
        nsmap={None: ast.NAMESPACE},  # type: ignore[dict-item]  # no prefix: None
    )
    for result in results:
        _add_result(root, result)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def _add_result(root: Element, result: Result) -> None:
    element = etree.SubElement(root, _name("Result"))
    etree.SubElement(element, _name("Decision")).text = result.outcome.wire
    status = etree.SubElement(element, _name("Status"))
    etree.SubElement(status, _name("StatusCode"), Value=result.status.value)
    if result.reason:
        etree.SubElement(status, _name("StatusMessage")).text = result.reason
    if result.obligations:
        obligations = etree.SubElement(element, _name("Obligations"))
        for due in result.obligations:
            _add_obligation(obligations, due)
    categories: dict[str, Element] = {}
    for stated in result.included:
        if stated.category not in categories:
            categories[stated.category] = etree.SubElement(
                element, _name("Attributes"), Category=stated.category
            )
        _add_attribute(categories[stated.category], stated)


def _add_obligation(parent: Element, obligation: ast.Obligation) -> None:
    element = etree.SubElement(parent, _name("Obligation"), ObligationId=obligation.id)
    for assignment in obligation.assignments:
        etree.SubElement(
            element,
            _name("AttributeAssignment"),
            AttributeId=assignment.attribute_id,
            Category=assignment.category,
            DataType=assignment.value.data_type,
        ).text = assignment.value.value


def _add_attribute(parent: Element, stated: Attribute) -> None:
    element = etree.SubElement(
        parent,
        _name("Attribute"),
        AttributeId=stated.id,
        IncludeInResult="true",
    )
    value = etree.SubElement(
        element, _name("AttributeValue"), DataType=stated.value.data_type
    )
    value.text = stated.value.value


def _name(name: str) -> str:
    return f"{{{ast.NAMESPACE}}}{name}"
