"""What must hold to leave a task: its data is there, not too much, and as declared."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from apps_registry.definition import AppDefinition, DataType
from data_elements import rules
from data_elements.choices import FileScanResult
from data_elements.models import DataElement

SCAN_PENDING = "DataElementFileScanPending"
_ERROR = 1
_TASK = "Altinn.App.Core.Features.Validation.Default.DefaultTaskValidator-*"
_ELEMENT = "Altinn.App.Core.Features.Validation.Default.DefaultDataElementValidator-*"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that keeps the process in its task; ``field`` is a data type's id."""

    code: str
    description: str
    source: str
    field: str | None = None
    data_element_id: str | None = None
    severity: int = _ERROR

    def to_document(self) -> dict[str, object]:
        """Return the wire's ValidationIssue."""
        return {
            "severity": self.severity,
            "dataElementId": self.data_element_id,
            "field": self.field,
            "code": self.code,
            "description": self.description,
            "source": self.source,
        }


def findings(
    definition: AppDefinition, *, task_id: str, elements: Sequence[DataElement]
) -> list[Finding]:
    """Return what keeps an instance with these elements from leaving the task."""
    found: list[Finding] = []
    for data_type in definition.data_types.values():
        if data_type.task_id != task_id:
            continue
        own = [
            e for e in elements if e.data_type == data_type.id and e.deleted_at is None
        ]
        found.extend(_count_findings(data_type, len(own)))
        for element in own:
            found.extend(_element_findings(data_type, element))
    return found


def _count_findings(data_type: DataType, count: int) -> Iterable[Finding]:
    if 0 < data_type.max_count < count:
        code = "TooManyDataElementsOfType"
        text = f"{code}: {count} of type {data_type.id}, at most {data_type.max_count}."
        yield Finding(code, text, _TASK, field=data_type.id)
    if count < data_type.min_count:
        code = "TooFewDataElementsOfType"
        text = (
            f"{code}: {count} of type {data_type.id}, at least {data_type.min_count}."
        )
        yield Finding(code, text, _TASK, field=data_type.id)


def _element_findings(data_type: DataType, element: DataElement) -> Iterable[Finding]:
    def finding(code: str, text: str) -> Finding:
        return Finding(
            code, text, _ELEMENT, field=data_type.id, data_element_id=str(element.id)
        )

    if element.content_type is None:
        yield finding("MissingContentType", "The element has no content type.")
    elif not rules.is_allowed(data_type, element.content_type):
        allowed = ",".join(data_type.allowed_content_types)
        text = f"ContentType {element.content_type} not allowed for {allowed}"
        yield finding("ContentTypeNotAllowed", text)
    if rules.is_too_large(data_type, element):
        text = (
            f"{element.size} bytes are more than the {data_type.max_size} MiB allowed."
        )
        yield finding("DataElementTooLarge", text)
    if element.scan_result == FileScanResult.INFECTED:
        yield finding("DataElementFileInfected", "The malware scan found it infected.")
    elif element.scan_result == FileScanResult.PENDING:
        yield finding(SCAN_PENDING, "The malware scan is not done yet.")
