"""Problems of the process engine.

The details are what clients know (app-api.md §8.4).
"""

from common.errors import Conflict, DomainError


class ProcessMissing(Conflict):
    """The instance has no process state. Start the process first."""

    code = "process-not-started"
    detail = "Process is not started. Use start!"


class ProcessEnded(Conflict):
    """The process has ended, so there is nothing to move on to."""

    code = "process-ended"
    detail = "Process is ended."


class ProcessNotRestarted(ProcessEnded):
    """The process has ended, so there is nothing left to complete."""

    detail = "Process is ended. It cannot be restarted."


class ProcessAlreadyStarted(Conflict):
    """The process has begun. Use ``process/next`` to move it on."""

    code = "process-already-started"
    detail = "Process is already started. Use next."


class StartEventNotFound(Conflict):
    """The process has no such start event, or several and none was named."""

    code = "start-event-not-found"
    detail = "No matching startevent"


class TaskNotInDeployment(Conflict):
    """The instance stands in a task, or has data of a type, that the app lost.

    Another deployment was activated although that strands the instance. The app's owner
    must activate one that has the task and the data type.
    """

    code = "task-not-in-deployment"
    detail = "The {what} {name} is not in the application's present deployment."


class ConditionNotEvaluable(Conflict):
    """A gateway's condition has an expression that this server cannot evaluate here."""

    code = "gateway-condition-not-evaluable"
    detail = "A condition of gateway {gateway} cannot be evaluated: {reason}"


class NoWayOn(DomainError):
    """The process leads nowhere from here: a fault of its definition.

    Tell the app's owner.
    """

    code = "process-leads-nowhere"
    detail = "Next process element was unexpectedly null"


class SeveralWaysOn(DomainError):
    """Several flows hold at once: a fault of the definition. Tell the app's owner."""

    code = "process-ambiguous"
    detail = (
        "Multiple next elements found from {element}. Please supply action and filters"
        " or define a default flow."
    )


class ProcessLoop(DomainError):
    """The process comes back to where it was: a fault of its definition."""

    code = "process-loop"
    title = "Process loop detected"
    detail = (
        "More than 100 iterations detected in process. Possible loop in process"
        " definition."
    )


class ServiceTaskFailed(DomainError):
    """The step into the service task was taken; the service task's own work failed.

    ``transition`` says why, and when the server tries again by itself. ``process/next``
    tries again at once; ``process/next`` with ``reject`` leaves the task undone, where
    the policy permits it and the process leads on.
    """

    code = "service-task-failed"
    title = "Service task failed!"
    detail = "Service task {task_type} {outcome}!"


class ServiceTaskUnsupported(ServiceTaskFailed):
    """The work of this type of service task takes a network that the server lacks.

    It is not tried again by itself.
    """

    code = "service-task-unsupported"
    detail = (
        "The service task {task} of type {task_type} cannot be executed by this server."
    )


class ServiceTaskTakesNoAction(Conflict):
    """A service task is done by the server: no user action belongs to it.

    Send no action to have it tried again, or ``reject`` to leave it.
    """

    code = "service-task-takes-no-action"
    title = "User action not supported!"
    detail = (
        "Service tasks do not support running user actions! Received action param"
        " {action}."
    )


class TransitionRunning(Conflict):
    """The server is doing the work of the service task at this moment.

    Wait for it: ``GET …/process?after=…&waitFor=…`` answers when it is done.
    """

    code = "transition-running"
    detail = "The work of the service task {task} is being done; wait until it ends."


class TransitionNotFailed(Conflict):
    """Only a transition that was given up is begun anew; this one is not."""

    code = "transition-not-failed"
    detail = "The transition in {task} of instance {instance_id} has not failed."


class TaskTypeUnknown(DomainError):
    """The process has a task of a type that nothing here does.

    The application's hooks name the types that its own code does, in ``service_tasks``
    and ``task_types``. Tell the app's owner.
    """

    code = "task-type-unknown"
    detail = "No process task instance found for altinnTaskType {task_type}"


class UserActionUnsupported(Conflict):
    """The action does more than move the process, and this server does not do that yet.

    Signing makes a signature and paying a payment; without them the step would be
    false.
    """

    code = "user-action-unsupported"
    title = "User action not supported!"
    detail = "The action {action} of task {task} cannot be executed by this server."


class FormNotEvaluable(DomainError):
    """An expression of the task's pages, rules or texts has no value.

    It is a fault of the application, or of a form that does not fit its model. Tell the
    app's owner; the detail says which expression, and why.
    """

    code = "form-not-evaluable"
    detail = "The form of task {task} cannot be evaluated: {reason}."
