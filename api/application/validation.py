"""What is amiss in an instance's task: all of it, or of one data element."""

from rest_framework.request import Request
from rest_framework.response import Response

from api.application.validated import ValidatedViewSet
from api.languages import language_of
from apps_registry.bpmn import Task
from common.errors import Conflict, Phrase
from instances.models import Instance
from process import engine
from process.errors import TaskNotInDeployment
from process.positions import state_of
from process.validation.issues import Issue, Severity, document
from process.validation.run import validate
from process.validation.subjects import subject_of
from process.validation.validators import Subject

_WRONG_TASK = "DataElementValidatedAtWrongTask"
_SOURCE = "Altinn.App.Api.Controllers.ValidateController"


class NothingToValidate(Conflict):
    """What is validated is the task that an instance stands in, and it is in none.

    Its process has not begun, or has ended: what was sent in is not validated again.
    """

    code = "no-current-task"
    title = "Validation error"
    detail = "Unable to validate instance without a started process."


class ValidationViewSet(ValidatedViewSet):
    """The issues of the task that an instance stands in."""

    actions = {"validate": "read", "validate_element": "read"}
    parameters = {
        "validate": ("ignoredValidators", "onlyIncrementalValidators", "language"),
        "validate_element": ("language",),
    }

    look_first = frozenset({"validate", "validate_element"})

    def validate(self, request: Request, **kwargs: object) -> Response:
        """List what is amiss in the task that the instance stands in."""
        instance = self.get_instance()
        only_incremental = self.query.flag("onlyIncrementalValidators")
        subject = self._subject(instance, _current_task(self, instance))
        found = validate(
            subject,
            ignored=self.ignored_in_query() or (),
            only_incremental=only_incremental,
        )
        return Response([document(issue) for issue in found])

    def validate_element(self, request: Request, **kwargs: object) -> Response:
        """List what is amiss in one data element, as far as it is told on a change."""
        instance = self.get_instance()
        element = self.get_element(instance)
        data_type = self.type_of(element)
        self.require_read(instance, data_type)
        current = _current_task(self, instance)
        task = engine.find_task(self.app.process, data_type.task_id)
        if task is None:
            raise TaskNotInDeployment(what=Phrase("task"), name=data_type.task_id)
        wanted = str(element.pk)
        found = validate(self._subject(instance, task), only_incremental=True)
        told = [document(one) for one in found if one.element_id == wanted]
        if task.id.lower() != current.id.lower():
            told.insert(0, _wrong_task(task.id, current.id))
        return Response(told)

    def _subject(self, instance: Instance, task: Task) -> Subject:
        return subject_of(
            self.roles,
            definition=self.app,
            instance=instance,
            task=task,
            elements=self.elements_of(instance),
            language=language_of(self.request, self.app),
        )


def _current_task(view: ValidatedViewSet, instance: Instance) -> Task:
    if instance.process_ended is not None or instance.current_task is None:
        raise NothingToValidate
    return engine.current_task(view.app.process, state_of(instance))


def _wrong_task(own: str, current: str) -> dict[str, object]:
    issue = Issue(
        _WRONG_TASK,
        f"Data element for task {own} validated while currentTask is {current}",
        Severity.WARNING,
        source=_SOURCE,
        text_key=_WRONG_TASK,
        parameters=(own, current),
        is_incremental=False,
    )
    return document(issue)
