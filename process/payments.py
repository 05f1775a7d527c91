"""What is told of a payment, and what its processor tells: outside of any step."""

import hashlib
import hmac

import structlog
from django.conf import settings
from django.utils import timezone

from apps_registry import services as apps
from apps_registry.bpmn import Task
from apps_registry.definition import AppDefinition
from authorization import services as authorization
from authorization.services import RoleLookup
from common.errors import Conflict
from common.transactions import atomic
from data_elements.rows import present_elements_of
from instances import services as instances
from instances.models import Instance
from parties.identity import Principal, PrincipalKind
from payments import config as payment_config
from payments import services as payments
from payments.choices import PaymentStatus
from payments.errors import CallbackRefused, NoTaskToPayIn
from payments.information import Information
from process import services as process
from process.payment_task import find_payment_task, order_of
from process.task_types import Step

log = structlog.get_logger()

_CONFIRM = "confirm"


def told(
    principal: Principal, *, instance: Instance, definition: AppDefinition, task: Task
) -> Information:
    """Return how far the payment of a task is, as its processor says now.

    It is stored where the task is the current one and nobody is in the way. Before
    anything is paid for, the order is calculated. Raises PaymentMisconfigured and
    PaymentProcessorFailed.
    """
    elements = present_elements_of(instance.pk)
    known = payments.information_of(definition, task, elements)
    if known is None:
        step = _step(principal, instance, definition, task)
        order = order_of(step).to_document()
        return Information(task.id, PaymentStatus.UNINITIALIZED, order)
    found = payments.refreshed(known)
    if found != known and task.id == instance.current_task:
        _keep(
            principal,
            instance=instance,
            definition=definition,
            task=task,
            information=found,
        )
    return found


def order_now(
    principal: Principal, *, instance: Instance, definition: AppDefinition, task: Task
) -> dict[str, object]:
    """Return what is to be paid, calculated anew; raises PaymentMisconfigured."""
    return order_of(_step(principal, instance, definition, task)).to_document()


def ensure_from_processor(app_id: str, authorization_header: str) -> None:
    """Raise CallbackRefused unless the call bears a secret of the application's.

    The header is the SHA-256 in hex of one of its codes, of which the first is handed
    to processors and the others still count.
    """
    held = False
    for entry in settings.ALTINN_PAYMENT_CALLBACK_CODES:
        app, _, code = entry.partition("=")
        digest = hashlib.sha256(code.encode()).hexdigest()
        matches = hmac.compare_digest(digest.encode(), authorization_header.encode())
        held |= bool(code) and app == app_id and matches
    if not held:
        raise CallbackRefused


def heard(*, instance: Instance, definition: AppDefinition) -> tuple[str, bool]:
    """Look at the payment that a processor calls about, and go on when it is made.

    Return what is answered, and whether there is anything to pay in the task. As the
    service owner: ``confirm`` leaves the task, or whatever else the policy lets the
    owner leave it by.
    """
    if instance.current_task is None:
        raise NoTaskToPayIn
    task = find_payment_task(definition, instance.current_task)
    if task is None:
        text = "Payment configuration not found in AltinnTaskExtension for task"
        return f"{text} {instance.current_task}", False
    owner = Principal(
        PrincipalKind.SERVICE_OWNER,
        level=3,
        org=instance.org,
        org_number=apps.number_of_service_owner(instance.org),
    )
    known = payments.information_of(definition, task, present_elements_of(instance.pk))
    if known is None:
        return f"There is no payment for instance {instance.instance_id}.", True
    found = told(owner, instance=instance, definition=definition, task=task)
    if (
        found.status == PaymentStatus.PAID
        and task.task_type == payment_config.TASK_TYPE
    ):
        _go_on(owner, instance, definition)
    told_id = instance.instance_id
    return f"Payment status is {found.status} for instance {told_id}.", True


def _go_on(owner: Principal, instance: Instance, definition: AppDefinition) -> None:
    instance.refresh_from_db()
    roles = RoleLookup(owner)
    permitted = authorization.decide_many(
        roles, resource=instance.resource, actions=(_CONFIRM,)
    )
    process.advance(
        roles,
        instance=instance,
        definition=definition,
        elements=present_elements_of(instance.pk),
        action=_CONFIRM if permitted[_CONFIRM] else None,
    )


def _keep(
    principal: Principal,
    *,
    instance: Instance,
    definition: AppDefinition,
    task: Task,
    information: Information,
) -> None:
    """Store what the processor says, unless somebody else is at the instance."""
    now = timezone.now()
    try:
        with atomic():
            instances.hold_unchanged(principal, instance=instance)
            instances.update(principal, instance=instance, now=now)
            payments.store(
                principal,
                instance=instance,
                definition=definition,
                task=task,
                information=information,
                now=now,
            )
    except Conflict as error:
        log.info("payment_not_kept", instance=str(instance.pk), reason=error.code)


def _step(
    principal: Principal, instance: Instance, definition: AppDefinition, task: Task
) -> Step:
    elements = present_elements_of(instance.pk)
    return Step(principal, definition, instance, task, lambda: elements, timezone.now())
