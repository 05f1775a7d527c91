"""Service tasks that send over national networks, which this server is not part of.

An app that has one is warned at import; an instance that comes there is told so.
"""

from django.conf import settings

from apps_registry.environments import value_for
from process.errors import ServiceTaskUnsupported
from process.hook_types import ServiceTaskResult
from process.service_tasks import Run, ServiceTask


class UnsupportedServiceTask(ServiceTask):
    """A service task that fails at once and for good."""

    def execute(self, run: Run) -> ServiceTaskResult:
        """Say that it cannot be done."""
        task = run.step.task
        raise ServiceTaskUnsupported(task=task.id, task_type=task.task_type)


class EFormidling(UnsupportedServiceTask):
    """Sending by eFormidling; done without sending where the process disables it."""

    def execute(self, run: Run) -> ServiceTaskResult:
        """Do nothing where it is disabled here, and fail elsewhere."""
        disabled = value_for(
            run.step.task,
            "eFormidlingConfig",
            "disabled",
            environment=settings.ALTINN_ENVIRONMENT,
        )
        if disabled is not None and disabled.lower() == "true":
            return ServiceTaskResult()
        return super().execute(run)
