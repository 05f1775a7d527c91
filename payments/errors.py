"""Problems of payments."""

from common.errors import Conflict, DomainError, Invalid, Unauthenticated, Unavailable


class NotAPaymentTask(Invalid):
    """Orders and payments are those of a task to pay in.

    Call this while the instance stands in one, or name one with ``taskId``.
    """

    code = "not-a-payment-task"
    title = "Not a payment task"
    detail = (
        "This endpoint is only callable while the current task is a payment task, or"
        " when the taskId query param is set to a payment task's ID."
    )


class PaymentMisconfigured(DomainError):
    """The application asks for a payment in a way that cannot be met.

    Tell the app's owner.
    """

    code = "payment-misconfigured"
    title = "Payment is misconfigured"
    detail = "Nothing can be paid in the task {task} of {app_id}: {reason}."


class PaymentAlreadyCompleted(Conflict):
    """The payment is made already. Go on to the next step."""

    code = "payment-already-completed"
    detail = "The payment of task {task} is made already."


class PaymentNotCompleted(Conflict):
    """The task is left when its payment is made, or there is nothing to pay.

    Pay with the action ``pay``, or send the instance back with ``reject``.
    """

    code = "payment-not-completed"
    title = "The payment is not completed."
    detail = "The payment of task {task} is {status}."


class PaymentProcessorFailed(Unavailable):
    """The payment processor gives no usable answer. Try again later."""

    code = "payment-processor-failed"
    detail = "The payment processor {processor} does not answer as it must."


class CallbackRefused(Unauthenticated):
    """The call does not bear a secret of the application's payment callbacks."""

    code = "payment-callback-refused"
    detail = "Invalid authorization header"


class NoTaskToPayIn(Invalid):
    """The instance stands in no task: its process has not begun, or has ended."""

    code = "payment-no-current-task"
    detail = "Instance has no current task"
