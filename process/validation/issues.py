"""What a validator finds: an issue, its place, and what the caller is told of it."""

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

MOST_ISSUES = 1000  # of one validator in one run; more helps nobody and is cut
CUT = "TooManyIssues"


class Severity(enum.IntEnum):
    """How grave an issue is; errors alone keep an instance in its task."""

    ERROR = 1
    WARNING = 2
    INFORMATION = 3
    FIXED = 4
    SUCCESS = 5


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a form an issue is, in the words of each who may look for it.

    ``pointer`` is a JSON pointer into the form as JSON; ``xpath``, ``line`` and
    ``column`` are of its XML.
    """

    pointer: str | None = None
    xpath: str | None = None
    line: int | None = None
    column: int | None = None


NOWHERE = Place()


@dataclass(frozen=True, slots=True)
class Issue:
    """Something amiss, or worth saying.

    ``field`` is a path in a form (``rows[0].name``) or a data type's id. Without a
    description the text of ``text_key`` is told, with the ``parameters``. ``source``
    is left empty by a validator that has one name: the run fills it in, and whether
    it is one that runs after each change (``is_incremental``).
    """

    code: str
    description: str = ""
    severity: Severity = Severity.ERROR
    field: str | None = None
    element_id: str | None = None
    source: str = ""
    text_key: str | None = None
    parameters: Mapping[str, str] | Sequence[str] = ()
    place: Place = NOWHERE
    is_incremental: bool = True

    def found_by(self, source: str, *, is_incremental: bool) -> "Issue":
        """Return it as found by a validator of that name, if it names none itself."""
        if self.source and self.is_incremental is is_incremental:
            return self
        return replace(
            self, source=self.source or source, is_incremental=is_incremental
        )


@dataclass(frozen=True, slots=True)
class SourceIssues:
    """What one validator found in an incremental run, perhaps nothing."""

    source: str
    issues: tuple[Issue, ...]


def has_errors(issues: Iterable[Issue]) -> bool:
    """Whether any of them keeps an instance in its task."""
    return any(one.severity is Severity.ERROR for one in issues)


def document(issue: Issue) -> dict[str, object]:
    """Return the wire's ValidationIssue; members of ours stand only where they say."""
    told: dict[str, object] = {
        "severity": int(issue.severity),
        "dataElementId": issue.element_id,
        "field": issue.field,
        "code": issue.code,
        "description": issue.description,
        "source": issue.source,
    }
    if not issue.is_incremental:
        told["noIncrementalUpdates"] = True  # no change takes it away, only a new run
    if issue.text_key is not None:
        told["customTextKey"] = issue.text_key
    if isinstance(issue.parameters, Mapping):
        if issue.parameters:
            told["customTextParameters"] = dict(issue.parameters)
    elif issue.parameters:
        told["customTextParams"] = list(issue.parameters)
    place = issue.place
    told |= {
        name: value
        for name, value in (
            ("pointer", place.pointer),
            ("xpath", place.xpath),
            ("line", place.line),
            ("column", place.column),
        )
        if value is not None
    }
    return told


def grouped_document(found: Iterable[SourceIssues]) -> list[dict[str, object]]:
    """Return the wire's list of pairs, one per source that ran."""
    return [
        {"source": one.source, "issues": [document(issue) for issue in one.issues]}
        for one in found
    ]


def by_source_document(found: Iterable[SourceIssues]) -> dict[str, object]:
    """Return the same as the older calls have it: an object, by source."""
    return {one.source: [document(issue) for issue in one.issues] for one in found}


def by_element_document(
    found: Iterable[SourceIssues],
) -> dict[str, dict[str, list[dict[str, object]]]]:
    """Return the same by data element, and there by source.

    ``""`` has what is of no element, and who found nothing: clients replace what they
    show of a source by what comes, so those count too.
    """
    parted: dict[str, dict[str, list[dict[str, object]]]] = {}
    for one in found:
        if not one.issues:
            parted.setdefault("", {}).setdefault(one.source, [])
        for issue in one.issues:
            by_source = parted.setdefault(issue.element_id or "", {})
            by_source.setdefault(one.source, []).append(document(issue))
    return parted
