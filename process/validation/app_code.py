"""The application's own code as validators: named after its class, as clients know."""

from collections.abc import Iterable, Iterator
from copy import deepcopy

from apps_registry.definition import DataType
from common.errors import Invalid
from data_elements.models import DataElement
from process import hook_calls
from process.hook_refusals import StepRefusedByApp
from process.hook_views import caller_of, element_view, instance_view, task_view
from process.hooks import DataInTask, FormInTask, HookIssue
from process.validation.issues import Issue, Severity
from process.validation.validators import Changes, Subject, TaskValidator, Validator


class _TaskCode(TaskValidator):
    """``validate_task`` of the app's class, which is for every task."""

    def __init__(self, source: str) -> None:
        self.source = source

    def issues(self, subject: Subject) -> Iterator[Issue]:
        """Yield what the app's code finds amiss in the task, warnings too."""
        found = hook_calls.call(
            subject.definition,
            "validate_task",
            lambda: task_view(
                subject.principal,
                definition=subject.definition,
                instance=subject.instance,
                elements=subject.elements,
                task=subject.task.id,
                task_type=subject.task.task_type,
                action=subject.action,
            ),
            refusal=StepRefusedByApp,
            accept=hook_calls.issues,
        )
        return map(_issue, found or ())


class _FileCode(TaskValidator):
    """``validate_data`` of the app's class, for what is no form of a data type."""

    def __init__(self, source: str, data_type: DataType) -> None:
        self.source = source
        self.data_type = data_type

    def issues(self, subject: Subject) -> Iterator[Issue]:
        """Yield what the app's code finds amiss in each file that the caller sees."""
        if not subject.may_read(self.data_type):
            return
        for element in _of_type(subject, self.data_type):
            view = DataInTask(
                caller=caller_of(subject.principal),
                instance=instance_view(subject.instance),
                task=subject.task.id,
                content=element_view(subject.definition, element),
                language=subject.language,
            )
            yield from _found(subject, "validate_data", view, of=element)


class _FormCode(TaskValidator):
    """``validate_form_data`` of the app's class, for the forms of a data type."""

    is_incremental = True
    wants_hidden_removed = True

    def __init__(self, source: str, data_type: DataType) -> None:
        self.source = source
        self.data_type = data_type

    def is_relevant(self, subject: Subject, changes: Changes) -> bool:
        """Take changes of forms of the type to matter."""
        return any(
            one.is_content and one.data_type.id == self.data_type.id
            for one in changes.forms.values()
        )

    def issues(self, subject: Subject) -> Iterator[Issue]:
        """Yield what the app's code finds amiss in each form that the caller sees."""
        if not subject.may_read(self.data_type):
            return
        for element in _of_type(subject, self.data_type):
            try:
                form = subject.forms.of(element)
            except Invalid:
                continue  # DataAnnotations tells that it cannot be read
            if form is None:
                continue
            view = FormInTask(
                caller=caller_of(subject.principal),
                instance=instance_view(subject.instance),
                task=subject.task.id,
                data_type=self.data_type.id,
                element_id=element.pk,
                form=deepcopy(form.document),
                language=subject.language,
            )
            yield from _found(subject, "validate_form_data", view, of=element)


def task_code(subject: Subject) -> Iterator[Validator]:
    """Yield what the app's code validates of the whole task."""
    if hook_calls.has(subject.definition, "validate_task"):
        yield _TaskCode(task_source(subject))


def task_source(subject: Subject) -> str:
    """Return the source of what the app's code finds in a task."""
    return f"{hook_calls.class_name_of(subject.definition)}-*"


def file_code(subject: Subject) -> Iterator[Validator]:
    """Yield what the app's code validates of the task's files, by data type."""
    if hook_calls.has(subject.definition, "validate_data"):
        name = hook_calls.class_name_of(subject.definition)
        for data_type in _types_of_task(subject, forms=False):
            yield _FileCode(f"{name}-{data_type.id}", data_type)


def form_code(subject: Subject) -> Iterator[Validator]:
    """Yield what the app's code validates of the task's forms, by data type."""
    if hook_calls.has(subject.definition, "validate_form_data"):
        name = hook_calls.class_name_of(subject.definition)
        for data_type in _types_of_task(subject, forms=True):
            yield _FormCode(f"{name}-{data_type.id}", data_type)


def _types_of_task(subject: Subject, *, forms: bool) -> Iterator[DataType]:
    for data_type in subject.definition.data_types.values():
        if data_type.task_id == subject.task.id and data_type.is_form is forms:
            yield data_type


def _of_type(subject: Subject, data_type: DataType) -> Iterable[DataElement]:
    return (one for one in subject.elements if one.data_type == data_type.id)


def _found(
    subject: Subject, hook: str, view: DataInTask | FormInTask, *, of: DataElement
) -> Iterator[Issue]:
    """Return what the app's code finds amiss in an element that it is shown."""
    found = hook_calls.call(
        subject.definition,
        hook,
        lambda: view,
        refusal=StepRefusedByApp,
        accept=hook_calls.issues,
    )
    return (_issue(one, of=of) for one in found or ())


def _issue(found: HookIssue, *, of: DataElement | None = None) -> Issue:
    element_id = found.element_id or (of.pk if of is not None else None)
    return Issue(
        code=found.code,
        description=found.description,
        severity=Severity(found.severity),
        field=found.field,
        element_id=str(element_id) if element_id else None,
        text_key=found.text_key,
        parameters=found.parameters or {},
    )
