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


class ProcessAlreadyStarted(Conflict):
    """The process has begun. Use ``process/next`` to move it on."""

    code = "process-already-started"
    detail = "Process is already started. Use next."


class StartEventNotFound(Conflict):
    """The process has no such start event, or several and none was named."""

    code = "start-event-not-found"
    detail = "No matching startevent"


class TaskNotInDeployment(Conflict):
    """The instance stands in a task that the app's present process does not have.

    The app's owner must deploy a process that has the task.
    """

    code = "task-not-in-deployment"
    detail = "The task {task} is not in the process that the application has today."


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
