"""XACML's JSON profile: requests read, responses written (authorization.md §5.9)."""

from collections.abc import Iterable, Mapping

from api.parsers import BodyMissing, JsonMalformed, read_json
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

_SUBJECT_CATEGORY = "urn:oasis:names:tc:xacml:1.0:subject-category:"
_CATEGORIES = {
    "accesssubject": ast.SUBJECT,
    "action": ast.ACTION,
    "resource": ast.RESOURCE,
    "recipientsubject": f"{_SUBJECT_CATEGORY}recipient-subject",
    "intermediarysubject": f"{_SUBJECT_CATEGORY}intermediary-subject",
    "requestingmachine": f"{_SUBJECT_CATEGORY}requesting-machine",
}


def read_request(content: bytes) -> list[Asked]:
    """Return the requests of a body, names of members in any case.

    Raises RequestUnreadable, and DecisionRequestTooLarge.
    """
    try:
        document = read_json(content, names_once=True)
    except (JsonMalformed, BodyMissing) as error:
        raise RequestUnreadable(error.detail) from None
    request = _members(_members(document, "The body").get("request"), "Request")
    if request.get("combineddecision") is True:
        reason = "CombinedDecision is not supported; ask for each decision."
        return [Unanswerable(Status.PROCESSING_ERROR, reason)]
    parts = [
        _part(entry, category)
        for name, category in _CATEGORIES.items()
        for entry in _list(request.get(name), name)
    ]
    parts += [_part(entry) for entry in _list(request.get("category"), "Category")]
    return asked_of(parts, _references(request.get("multirequests")))


def _references(value: object) -> list[list[str]] | None:
    if value is None:
        return None
    multi = _members(value, "MultiRequests")
    listed = _list(multi.get("requestreference"), "RequestReference")
    references = [
        [
            _text(name, "A ReferenceId")
            for name in _list(
                _members(entry, "A RequestReference").get("referenceid"), "ReferenceId"
            )
        ]
        for entry in listed
    ]
    return references or None


def _part(entry: object, category: str = "") -> Part:
    members = _members(entry, category or "A Category")
    category = category or _text(members.get("categoryid"), "CategoryId")
    listed = _list(members.get("attribute"), "Attribute")
    limit(f"The attributes of {category[:80]}", len(listed), MAX_ATTRIBUTES)
    name = _text(members.get("id") or "", "Id")
    try:
        found = tuple(_attribute(category, stated) for stated in listed)
    except Unanswerable as failure:
        return Part(category, name, failure)
    return Part(category, name, found)


def _attribute(category: str, stated: object) -> Attribute:
    members = _members(stated, "An Attribute")
    attribute_id = _text(members.get("attributeid"), "AttributeId")
    return attribute(
        category,
        attribute_id,
        _value(members.get("value"), attribute_id),
        data_type=_text(members.get("datatype") or "", "DataType"),
        issuer=_text(members.get("issuer") or "", "Issuer"),
        include=members.get("includeinresult") is True,
    )


def _value(value: object, attribute_id: str) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    return _text(value, f"The Value of {attribute_id[:80]}")


def _members(value: object, what: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise RequestUnreadable(f"{what} is not an object.")
    members = {str(name).lower(): inner for name, inner in value.items()}
    if len(members) < len(value):
        # Another reader on the way may have gone by the other (T-19).
        raise RequestUnreadable(f"{what} has a member twice; names ignore case.")
    return members


def _list(value: object, what: str) -> list[object]:
    """Return a list, which may also be absent, or a single object."""
    if value is None:
        return []
    if isinstance(value, dict):
        return [value]
    if not isinstance(value, list):
        raise RequestUnreadable(f"{what} is not a list.")
    return value


def _text(value: object, what: str) -> str:
    if not isinstance(value, str):
        raise RequestUnreadable(f"{what} is not a text.")
    return value


# --- responses ------------------------------------------------------------------------
def response_document(results: Iterable[Result]) -> dict[str, object]:
    """Return the response: a result for each request, in their order."""
    return {"Response": [_result_document(result) for result in results]}


def _result_document(result: Result) -> dict[str, object]:
    return {
        "Decision": result.outcome.wire,
        "Status": {
            "StatusMessage": result.reason or None,
            "StatusDetails": None,
            "StatusCode": {"Value": result.status.value, "StatusCode": None},
        },
        "Obligations": [_obligation(o) for o in result.obligations] or None,
        "AssociateAdvice": None,
        "Category": _included(result.included) or None,
        "PolicyIdentifierList": None,
    }


def _obligation(obligation: ast.Obligation) -> dict[str, object]:
    return {
        "Id": obligation.id,
        "AttributeAssignment": [
            {
                "AttributeId": assignment.attribute_id,
                "Value": assignment.value.value,
                "Category": assignment.category,
                "DataType": assignment.value.data_type,
                "Issuer": None,
            }
            for assignment in obligation.assignments
        ],
    }


def _included(attributes: Iterable[Attribute]) -> list[Mapping[str, object]]:
    categories: dict[str, list[Mapping[str, object]]] = {}
    for stated in attributes:
        categories.setdefault(stated.category, []).append(
            {
                "AttributeId": stated.id,
                "Value": stated.value.value,
                "DataType": stated.value.data_type,
            }
        )
    return [{"CategoryId": c, "Attribute": listed} for c, listed in categories.items()]
