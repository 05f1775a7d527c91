"""What must hold of signatures, in tasks to sign in (app-api.md §20.5)."""

from collections.abc import Iterable

from process.validation.issues import Issue
from process.validation.validators import Subject, TaskValidator
from signing import checks
from signing.config import TASK_TYPE, needed_config

_PREFIX = "Altinn.App.Core.Features.Validation.Default"


class SigningTaskValidator(TaskValidator):
    """Everybody who is to sign has, where the process asks for that."""

    source = f"{_PREFIX}.SigningTaskValidator-*"

    def runs_for(self, subject: Subject) -> bool:
        """Run in a task to sign in that says so; raises SigningMisconfigured."""
        return (
            subject.task.task_type == TASK_TYPE
            and needed_config(subject.definition, subject.task).runs_default_validator
        )

    def issues(self, subject: Subject) -> Iterable[Issue]:
        """Yield that signatures are missing."""
        config = needed_config(subject.definition, subject.task)
        if checks.are_missing(subject.definition, config, subject.elements):
            yield _issue(checks.MISSING, subject)


class SignatureHashValidator(TaskValidator):
    """What was signed is as it was then."""

    source = f"{_PREFIX}.SignatureHashValidator-*"

    def runs_for(self, subject: Subject) -> bool:
        """Run in every task to sign in."""
        return subject.task.task_type == TASK_TYPE

    def issues(self, subject: Subject) -> Iterable[Issue]:
        """Yield once that something has changed; raises SigningMisconfigured."""
        config = needed_config(subject.definition, subject.task)
        if checks.are_outdated(config, subject.elements):
            yield _issue(checks.CHANGED, subject)


def _issue(code: str, subject: Subject) -> Issue:
    return Issue(code, checks.text_of(code, subject.language))
