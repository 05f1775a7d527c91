"""Domain errors: a class per problem, with a stable code and a sentence, no status.

``api/problems.py`` holds the only table from these classes to statuses. The page that a
problem's ``type`` links to is made from the class: its docstring says what to do about
it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Issue:
    """One finding inside a problem, at a place in the input.

    ``pointer`` is a JSON pointer (``/instanceOwner/partyId``), a query parameter
    (``?size``), a header (``Content-Type:``) or a file with a line
    (``process.bpmn:12``).
    """

    pointer: str
    code: str
    detail: str


class DomainError(Exception):
    """Something that the caller can be told about."""

    code: ClassVar[str] = "error"
    title: ClassVar[str] = ""
    detail: str = "The request could not be carried out."

    def __init__(
        self,
        *,
        issues: Sequence[Issue] = (),
        members: Mapping[str, object] | None = None,
        **context: object,
    ) -> None:
        """Fill the class's ``detail`` template with ``context``.

        ``issues`` list findings with their places; ``members`` are typed members that
        stand at the top level of the problem document.
        """
        self.context = context
        self.issues = tuple(issues)
        self.members = dict(members or {})
        self.detail = type(self).detail.format(**context)
        super().__init__(self.detail)


class NotFound(DomainError):
    """What was asked for does not exist, or not at this address."""

    code = "not-found"
    detail = "There is nothing at this address."


class Conflict(DomainError):
    """The state of the resource does not allow this."""

    code = "conflict"


class Invalid(DomainError):
    """The input is not acceptable as it is."""

    code = "invalid"


class Forbidden(DomainError):
    """The caller may not do this."""

    code = "forbidden"


class Unauthenticated(DomainError):
    """The caller has not said who they are, or not believably."""

    code = "unauthenticated"


class TooLarge(DomainError):
    """The content is larger than the limit."""

    code = "too-large"


class LengthRequired(DomainError):
    """The length of the content must be announced."""

    code = "length-required"


class Unprocessable(DomainError):
    """The request is well formed, and what it carries cannot be processed."""

    code = "unprocessable"


class UnsupportedMedia(DomainError):
    """The content type is not one that this operation reads."""

    code = "unsupported-media-type"


class RangeUnsatisfiable(DomainError):
    """The requested range lies outside the content."""

    code = "range-not-satisfiable"


class Unavailable(DomainError):
    """Something that the answer depends on is out of order; try again later."""

    code = "unavailable"
