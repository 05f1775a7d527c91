"""The task to pay in: the action ``pay``, and what must hold to leave the task."""

from apps_registry import addresses
from apps_registry.bpmn import Task
from apps_registry.definition import AppDefinition
from payments import services as payments
from payments.config import config_of
from payments.errors import PaymentAlreadyCompleted, PaymentMisconfigured
from payments.orders import Order
from process import engine, hook_calls
from process.hook_refusals import StepRefusedByApp
from process.hook_views import step_view
from process.hooks import ActionResult
from process.languages import language_of
from process.task_types import Step, TaskType

PAY = "pay"


class PaymentTask(TaskType):
    """A task in which somebody pays what the app's own code says."""

    actions = frozenset({PAY})

    def start(self, step: Step) -> None:
        """Take back what an earlier time in the task left unpaid."""
        try:
            self.abandon(step)
        except PaymentAlreadyCompleted:
            # Paid once is paid: the task is left without paying again.
            return

    def perform(
        self, step: Step, *, action: str, on_behalf_of: str | None
    ) -> ActionResult:
        """Ask the processor for the payment; the client goes to its page."""
        return self._begin(step, order_of(step))

    def _begin(self, step: Step, order: Order) -> ActionResult:
        made = payments.begin(
            step.principal,
            instance=step.instance,
            definition=step.definition,
            task=step.task,
            order=order,
            return_url=_return_url(step),
            language=language_of(step.principal),
            now=step.now,
        )
        address = (made.details or {}).get("redirectUrl")
        return ActionResult(redirect_url=str(address) if address else None)

    def perform_and_leave(
        self, step: Step, *, action: str, on_behalf_of: str | None
    ) -> None:
        """Leave the task by paying: only if there is nothing to pay.

        Anything else takes the payer to a page first. The processor is not asked for a
        payment that nobody could go to, since the step does not keep it.
        """
        order = order_of(step)
        if order.total > 0:
            payments.refuse_unpaid(step.definition, step.task, step.elements())
        self._begin(step, order)

    def end(self, step: Step) -> None:
        """Let the task be left when it is paid, or there is nothing to pay."""
        payments.settle(
            step.principal,
            instance=step.instance,
            definition=step.definition,
            task=step.task,
            now=step.now,
        )

    def abandon(self, step: Step) -> None:
        """Take back what is not paid; what is paid keeps the task."""
        payments.take_back(
            step.principal,
            instance=step.instance,
            definition=step.definition,
            task=step.task,
            now=step.now,
        )


def order_of(step: Step) -> Order:
    """Return what the app's code says is to be paid; raises PaymentMisconfigured."""
    order = hook_calls.call(
        step.definition,
        "calculate_order",
        lambda: step_view(step),
        refusal=StepRefusedByApp,
        accept=hook_calls.order,
    )
    if order is None:
        raise PaymentMisconfigured(
            app_id=step.definition.app_id,
            task=step.task.id,
            reason="no code of the application calculates the order",
        )
    return order


def find_payment_task(definition: AppDefinition, task_id: str | None) -> Task | None:
    """Return the task to pay in of this id, None when it is none."""
    task = engine.find_task(definition.process, task_id)
    return task if config_of(task) is not None else None


def _return_url(step: Step) -> str:
    instance = step.instance
    app = f"{addresses.application_base(instance.org)}/{instance.app_id}"
    return f"{app}/#/instance/{instance.instance_id}"
