"""Which validators there are, in the order that their issues are listed in (§20.1)."""

from collections.abc import Callable

from process.validation.app_code import file_code, form_code, task_code
from process.validation.layouts import ExpressionValidator, RequiredValidator
from process.validation.model import DataAnnotations, Xsd
from process.validation.signatures import (
    SignatureHashValidator,
    SigningTaskValidator,
)
from process.validation.task_data import (
    DefaultDataElementValidator,
    DefaultTaskValidator,
)
from process.validation.validators import Subject, Validator
from process.validation.without_hidden import without_hidden

# What looks at the task in ways of its own: signatures, layouts, XML schemas.
OF_THEIR_OWN: tuple[Validator, ...] = (
    SigningTaskValidator(),
    SignatureHashValidator(),
    RequiredValidator(),
    ExpressionValidator(),
    Xsd(),
)
OF_TASKS: tuple[Validator, ...] = (DefaultTaskValidator(),)
OF_ELEMENTS: tuple[Validator, ...] = (DefaultDataElementValidator(),)
OF_FORMS: tuple[Validator, ...] = (DataAnnotations(),)

# Makes the subject that validators see which want what is hidden removed.
WITHOUT_HIDDEN: Callable[[Subject], Subject] = without_hidden


def validators_of(subject: Subject) -> list[Validator]:
    """Return the validators that have something to do in the subject's task."""
    listed: tuple[Validator, ...] = (
        *OF_THEIR_OWN,
        *OF_TASKS,
        *task_code(subject),
        *OF_ELEMENTS,
        *file_code(subject),
        *OF_FORMS,
        *form_code(subject),
    )
    return [one for one in listed if one.runs_for(subject)]
