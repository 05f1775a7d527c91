"""What keeps an instance in its task: errors, of whichever validator."""

from typing import Any, Final

from common.errors import Conflict
from process.validation.issues import Severity, document
from process.validation.run import validate
from process.validation.task_data import SCAN_PENDING
from process.validation.validators import Subject

_SCAN_SECONDS: Final = 30


class TaskNotComplete(Conflict):
    """The task's conditions are not met; ``validationIssues`` lists what is missing."""

    code = "task-not-complete"
    title = "Validation failed for task"
    detail = "{count} validation errors found for task {task}"


def ensure_complete(subject: Subject) -> None:
    """Raise TaskNotComplete with issues of all severities where one is an error."""
    found = validate(subject)
    errors = sum(issue.severity is Severity.ERROR for issue in found)
    if errors:
        pending = [issue.element_id for issue in found if issue.code == SCAN_PENDING]
        # The caller can do nothing about a scan but wait.
        wait: dict[str, Any] = {"retry_after": _SCAN_SECONDS} if pending else {}
        raise TaskNotComplete(
            count=errors,
            task=subject.task.id,
            members={
                "validationIssues": [document(issue) for issue in found],
                "pendingScans": pending,
            },
            **wait,
        )
