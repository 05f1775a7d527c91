"""Domain errors: a class per problem, with a stable code and a sentence, no status.

``api/problems.py`` holds the only table from these classes to statuses. The page that a
problem's ``type`` links to is made from the class: its docstring says what to do about
it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self


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

    def document(self) -> dict[str, object]:
        """Return the finding as problem documents list it."""
        return {"pointer": self.pointer, "code": self.code, "detail": self.detail}


class Phrase(str):
    """A value of a detail that is words of ours, so it has a language.

    It is its English, with ``values`` filled in.
    """

    def __new__(cls, template: str, /, **values: object) -> Self:
        """Fill the template; what it says elsewhere is found by it."""
        phrase = super().__new__(cls, template.format(**values))
        phrase.template = template
        phrase.values = values
        return phrase

    template: str
    values: Mapping[str, object]


class Sentences(str):
    """Several values of a detail, one after the other; phrases among them are told."""

    def __new__(cls, parts: Iterable[str]) -> Self:
        """Join them."""
        listed = tuple(parts)
        sentences = super().__new__(cls, " ".join(listed))
        sentences.parts = listed
        return sentences

    parts: tuple[str, ...]


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


class PreconditionFailed(DomainError):
    """What the caller read is not what is there now (``If-Match``, ``If-None-Match``).

    Nothing was written. ``ETag`` is the present one: read again, and repeat the call
    with that if it still applies. Tags that begin with ``W/`` match nothing here.
    """

    code = "precondition-failed"
    detail = "The {thing} was changed since it was read; read it again."


class Gone(DomainError):
    """What was offered here once is not offered any more."""

    code = "gone"


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


class TooEarly(DomainError):
    """It cannot be done yet; the same call may succeed later."""

    code = "too-early"
    detail = "It is too early for this; try again later."


class TooManyRequests(DomainError):
    """The caller has asked too often; ``retry_after`` is how many seconds to wait."""

    code = "too-many-requests"
    detail = "Too many requests; try again in {retry_after} seconds."


class Unavailable(DomainError):
    """Something that the answer depends on is out of order; try again later."""

    code = "unavailable"
