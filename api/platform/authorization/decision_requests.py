"""What decision requests in JSON and XML have in common: limits and references."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from apps_registry import xacml_ast as ast
from authorization.context import Asked, Attribute, Unanswerable
from authorization.evaluator import Status
from common.errors import Invalid, TooLarge
from data_elements.blobs import Readable

MAX_BYTES: Final = 2**20
MAX_REFERENCES: Final = 1000
MAX_ATTRIBUTES: Final = 64  # in a category of one request
# In all requests of a call: one category may be referred to a thousand times.
MAX_JOINED: Final = MAX_REFERENCES * MAX_ATTRIBUTES
MAX_VALUE: Final = 4 * 1024  # bytes in UTF-8
# Of what the results include again.
MAX_INCLUDED: Final = 4 * 2**20

_SHORT_TYPES = {"": ast.STRING, "string": ast.STRING, "anyURI": ast.ANY_URI}
_SHOWN = 80


class DecisionBodyTooLarge(TooLarge):
    """The decision request is larger than one may be; ask in several calls."""

    code = "decision-body-too-large"
    detail = f"A decision request may have {MAX_BYTES} bytes; this one has more."


class DecisionRequestTooLarge(Invalid):
    """The decision request has more of something than is evaluated in one call.

    Ask in several calls, each with fewer references, attributes or shorter values.
    """

    code = "decision-request-too-large"
    detail = "{what} number {count}; a decision request may have {most}."


class RequestUnreadable(Exception):
    """The body is no decision request; ``reason`` says why, for who sent it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Part:
    """The attributes of one category, to which references refer by ``name``."""

    category: str
    name: str
    attributes: Asked


def read_body(stream: Readable) -> bytes:
    """Return the whole body; raises DecisionBodyTooLarge."""
    content = stream.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise DecisionBodyTooLarge
    return content


def limit(what: str, count: int, most: int) -> None:
    """Raise DecisionRequestTooLarge for more than there may be."""
    if count > most:
        raise DecisionRequestTooLarge(what=what, count=count, most=most)


def attribute(
    category: str,
    attribute_id: str,
    value: str,
    *,
    data_type: str = "",
    issuer: str = "",
    include: bool = False,
) -> Attribute:
    """Return an attribute; raises Unanswerable for a data type that is not known."""
    limit(f"The bytes of {attribute_id[:_SHOWN]}", len(value.encode()), MAX_VALUE)
    known = _SHORT_TYPES.get(data_type, data_type)
    if ":" not in known:
        raise Unanswerable(
            Status.SYNTAX_ERROR,
            f"The data type {data_type[:_SHOWN]!r} of {attribute_id[:_SHOWN]} is not "
            "known; use string, anyURI or a full URI.",
        )
    stated = ast.AttributeValue(known, value, issuer)
    return Attribute(category, attribute_id, stated, include)


def asked_of(
    parts: Sequence[Part], references: Sequence[Sequence[str]] | None
) -> list[Asked]:
    """Return the requests: one a reference, in their order; one of all parts without.

    A reference to no part fails for itself alone.
    """
    if references is None:
        return [_joined(parts)]
    limit("The references", len(references), MAX_REFERENCES)
    named: dict[str, list[Part]] = {}
    for part in parts:
        if part.name:
            named.setdefault(part.name, []).append(part)
    asked: list[Asked] = []
    joined = 0
    for names in references:
        request = _referred(names, named)
        asked.append(request)
        joined += 0 if isinstance(request, Unanswerable) else len(request)
        limit("The attributes of all references", joined, MAX_JOINED)
    included = sum(_included(request) for request in asked)
    limit("The characters to include in the results", included, MAX_INCLUDED)
    return asked


def _included(request: Asked) -> int:
    if isinstance(request, Unanswerable):
        return 0
    return sum(
        len(a.category) + len(a.id) + len(a.value.value) for a in request if a.include
    )


def _referred(names: Sequence[str], parts: Mapping[str, list[Part]]) -> Asked:
    distinct = dict.fromkeys(names)
    unknown = next((name for name in distinct if name not in parts), None)
    if unknown is not None or not distinct:
        reason = (
            "A reference is empty."
            if unknown is None
            else f"The reference {unknown[:_SHOWN]!r} is to no category's Id."
        )
        return Unanswerable(Status.SYNTAX_ERROR, reason)
    return _joined([part for name in distinct for part in parts[name]])


def _joined(parts: Sequence[Part]) -> Asked:
    counts: dict[str, int] = {}
    joined: list[Attribute] = []
    for part in parts:
        if isinstance(part.attributes, Unanswerable):
            return part.attributes
        counts[part.category] = counts.get(part.category, 0) + len(part.attributes)
        limit(
            f"The attributes of {part.category[:_SHOWN]}",
            counts[part.category],
            MAX_ATTRIBUTES,
        )
        joined += part.attributes
    return tuple(joined)
