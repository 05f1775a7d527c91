"""What it is answered with that an application's own code fails, or refuses."""

from collections.abc import Mapping

from common.errors import Conflict, DomainError, Forbidden, Invalid, Unauthenticated
from process.hooks import RefusalKind


class HookFailed(DomainError):
    """The application's own code failed, so nothing was changed.

    Tell the app's owner and the server's operator the trace id: the log has what went
    wrong under it.
    """

    code = "app-hook-failed"
    detail = (
        "The code of the application {app_id} failed in {hook}; nothing was changed."
        " The server's log has the trace id."
    )


class HookTimedOut(HookFailed):
    """The application's own code took longer than it may, so nothing was changed.

    Try again later. The application's owner makes the code quicker, or gives the calls
    that it makes a time limit of their own.
    """

    code = "app-hook-timed-out"
    detail = (
        "The code of the application {app_id} took longer than {seconds} seconds in"
        " {hook}; nothing was changed. The server's log has the trace id."
    )


class InstantiationRefusedByApp(Forbidden):
    """The application's own code does not admit this instance.

    ``appCode`` and the detail are the application's own.
    """

    code = "app-refused-instantiation"
    detail = "{reason}"


class DataRefusedByApp(Invalid):
    """The application's own code does not take this change of data.

    ``appCode``, the detail and ``uploadValidationIssues`` are the application's own.
    """

    code = "app-refused-data"
    title = "File validation failed"
    detail = "{reason}"


class ReadRefusedByApp(Forbidden):
    """The application's own code does not hand this content out to the caller."""

    code = "app-refused-read"
    detail = "{reason}"


class QueryPrefillRefusedByApp(Invalid):
    """The application's own code does not take this prefill of a stateless form."""

    code = "app-refused-query-prefill"
    title = "Validation error from IValidateQueryParamPrefill"
    detail = "{reason}"


class StepRefusedByApp(Conflict):
    """The application's own code does not let the process take this step.

    ``appCode``, the detail and ``validationIssues`` are the application's own.
    """

    code = "app-refused-step"
    detail = "{reason}"


class ActionInvalidForApp(Invalid):
    """The application's own code cannot do what the call asks for."""

    code = "app-refused-action-input"
    detail = "{reason}"


class ActionRefusedByApp(Conflict):
    """The application's own code does not perform the action in this state."""

    code = "app-refused-action"
    detail = "{reason}"


class ActionUnauthorizedByApp(Unauthenticated):
    """The application's own code does not perform the action for this caller."""

    code = "app-refused-action-caller"
    detail = "{reason}"


REFUSALS_OF_ACTIONS: Mapping[RefusalKind, type[DomainError]] = {
    RefusalKind.INVALID: ActionInvalidForApp,
    RefusalKind.CONFLICT: ActionRefusedByApp,
    RefusalKind.UNAUTHORIZED: ActionUnauthorizedByApp,
}


def action_error(code: str, message: str) -> dict[str, object]:
    """Return what the wire has of an action that failed."""
    return {"code": code, "message": message, "metadata": None}
