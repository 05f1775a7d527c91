"""Service tasks: types of task whose work the server does itself, and then moves on."""

from dataclasses import dataclass
from uuid import UUID

from common.work import Hold
from process import hook_calls
from process.errors import ServiceTaskFailed
from process.hook_types import ServiceTaskResult, ServiceTaskView
from process.hook_views import step_view
from process.task_types import Step, TaskType


class ServiceTaskRefusedByApp(ServiceTaskFailed):
    """The application's own code could not do the work of the service task.

    ``transition`` has the application's own code and detail, and the next attempt.
    """

    code = "service-task-refused-by-app"
    detail = "{reason}"


@dataclass(frozen=True, slots=True)
class Run:
    """One attempt at the work; ``key`` is the same at every attempt at it."""

    step: Step
    key: UUID
    attempt: int
    hold: Hold


class ServiceTask(TaskType):
    """A type of task that the server does; it may be done more often than once."""

    is_service = True

    def is_quick(self, step: Step) -> bool:
        """Whether the call that entered the task may wait for the work."""
        return True

    def execute(self, run: Run) -> ServiceTaskResult:
        """Do the work, and return what is written with the step that follows.

        There is no transaction, and nothing of the instance is changed here.
        """
        raise NotImplementedError(f"{type(self).__name__} does nothing")


class CodedServiceTask(ServiceTask):
    """A service task whose work is the application's own code."""

    def execute(self, run: Run) -> ServiceTaskResult:
        """Ask the code."""
        step = run.step
        result = hook_calls.call(
            step.definition,
            "run_service_task",
            lambda: ServiceTaskView(
                key=run.key,
                attempt=run.attempt,
                task=step_view(step),
            ),
            refusal=ServiceTaskRefusedByApp,
            accept=hook_calls.service_result,
        )
        return result or ServiceTaskResult()
