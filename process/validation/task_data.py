"""The task's data as the application declares it: how much of it, of which kind."""

from collections.abc import Iterable
from typing import Final

from apps_registry.definition import DataType
from data_elements import rules
from data_elements.choices import FileScanResult
from data_elements.models import DataElement
from process.validation.issues import Issue
from process.validation.texts import sentence
from process.validation.validators import Subject, TaskValidator

SCAN_PENDING: Final = "DataElementFileScanPending"
_DEFAULTS: Final = "Altinn.App.Core.Features.Validation.Default"


class DefaultTaskValidator(TaskValidator):
    """Counts the elements of each data type of the task."""

    source = f"{_DEFAULTS}.DefaultTaskValidator-*"

    def issues(self, subject: Subject) -> Iterable[Issue]:
        """Yield the types of which there are too many or too few."""
        for data_type in subject.definition.data_types.values():
            if data_type.task_id != subject.task.id:
                continue
            count = sum(one.data_type == data_type.id for one in subject.elements)
            if 0 < data_type.max_count < count:
                yield _count_issue(
                    "TooManyDataElementsOfType", subject, data_type, count
                )
            if count < data_type.min_count:
                yield _count_issue(
                    "TooFewDataElementsOfType", subject, data_type, count
                )


class DefaultDataElementValidator(TaskValidator):
    """Holds each element of the task to what is known of it without reading it."""

    source = f"{_DEFAULTS}.DefaultDataElementValidator-*"

    def issues(self, subject: Subject) -> Iterable[Issue]:
        """Yield what is wrong with kind, size and scan of the readable elements."""
        for data_type, element in subject.elements_of_task():
            if subject.may_read(data_type):
                yield from _element_issues(data_type, element, subject.language)


def _count_issue(code: str, subject: Subject, data_type: DataType, count: int) -> Issue:
    description = sentence(
        code,
        subject.language,
        count=count,
        type=data_type.id,
        most=data_type.max_count,
        least=data_type.min_count,
    )
    return Issue(code, description, field=data_type.id)


def _element_issues(
    data_type: DataType, element: DataElement, language: str
) -> Iterable[Issue]:
    def issue(code: str, description: str = "") -> Issue:
        return Issue(
            code,
            description
            or sentence(
                code,
                language,
                type=data_type.id,
                size=element.size,
                most=data_type.max_size,
                name=element.filename or data_type.id,
            ),
            field=data_type.id,
            element_id=str(element.pk),
        )

    if element.content_type is None:
        yield issue("MissingContentType")
    elif not rules.is_allowed(data_type, element.content_type):
        allowed = ",".join(data_type.allowed_content_types)
        # Clients know this sentence as it is.
        yield issue(
            "ContentTypeNotAllowed",
            f"ContentType {element.content_type} not allowed for {allowed}",
        )
    if rules.is_too_large(data_type, element):
        yield issue("DataElementTooLarge")
    if element.scan_result == FileScanResult.INFECTED:
        yield issue("DataElementFileInfected")
    elif element.scan_result == FileScanResult.PENDING:
        yield issue(SCAN_PENDING)
