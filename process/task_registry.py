"""The types of task that the server knows, by the name that a process gives them."""

from collections.abc import Mapping
from typing import Final

from apps_registry.bpmn import Task
from apps_registry.definition import AppDefinition
from process import hook_calls
from process.errors import TaskTypeUnknown
from process.payment_task import PaymentTask
from process.pdf_tasks import PdfTask, SubformPdfTask
from process.service_tasks import CodedServiceTask, ServiceTask
from process.signing_task import SigningTask
from process.task_types import TaskType
from process.unsupported_tasks import EFormidling, UnsupportedServiceTask

_PLAIN: Final = TaskType()
_CODED: Final = CodedServiceTask()

TASK_TYPES: Final[Mapping[str, TaskType]] = {
    "data": _PLAIN,
    "confirmation": _PLAIN,
    "feedback": _PLAIN,
    "signing": SigningTask(),
    "payment": PaymentTask(),
    "pdf": PdfTask(),
    "subformPdf": SubformPdfTask(),
    "eFormidling": EFormidling(),
    "fiksArkiv": UnsupportedServiceTask(),
}


def type_of(definition: AppDefinition, task: Task) -> TaskType:
    """Return what the task's type does of its own.

    The app's own code is asked first, as for a type that it does differently. Raises
    TaskTypeUnknown, and HookFailed if the code cannot be loaded.
    """
    if hook_calls.named(definition, "service_tasks", task.task_type) is not None:
        return _CODED
    known = TASK_TYPES.get(task.task_type)
    if known is not None:
        return known
    if hook_calls.named(definition, "task_types", task.task_type) is not None:
        return _PLAIN
    raise TaskTypeUnknown(task_type=task.task_type)


def service_of(definition: AppDefinition, task: Task | None) -> ServiceTask | None:
    """Return the type of a task that the server does itself, None for any other."""
    kind = None if task is None else type_of(definition, task)
    return kind if isinstance(kind, ServiceTask) else None


def performed_by_server(
    definition: AppDefinition, task: Task, action: str | None
) -> str | None:
    """Return the action if the server itself performs it there, in its own spelling."""
    if action is None:
        return None
    known = {one.lower(): one for one in type_of(definition, task).actions}
    return known.get(action.lower())
