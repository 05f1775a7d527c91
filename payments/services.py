"""Paying in a task: begun, looked at, and settled or taken back.

Each function that writes is part of the transaction of its caller, who has moved the
process or holds the instance as it was read.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import NoReturn, cast

import structlog

from apps_registry.bpmn import Task
from apps_registry.definition import AppDefinition
from data_elements import blobs, generated
from data_elements.models import DataElement
from data_elements.rows import present_elements_of
from instances import services as instances
from instances.choices import InstanceEventType
from instances.history import HistoryEntry, record
from instances.models import Instance
from parties.identity import Principal
from payments.choices import PaymentStatus
from payments.config import needed_config
from payments.errors import (
    PaymentAlreadyCompleted,
    PaymentMisconfigured,
    PaymentNotCompleted,
)
from payments.information import Information, stored_among
from payments.orders import Order
from payments.processors import (
    PaymentProcessor,
    PaymentRequest,
    PaymentState,
    asked,
    processor,
)

log = structlog.get_logger()


def information_of(
    definition: AppDefinition, task: Task, elements: Iterable[DataElement]
) -> Information | None:
    """Return what is stored of the task's payment, None before there is one."""
    config = needed_config(definition, task)
    stored = stored_among(elements, type_id=config.information_type)
    return None if stored is None else stored[1]


def refreshed(known: Information) -> Information:
    """Return the information with what the processor says now.

    What was skipped, and what a processor that is here no more has made, stays. Raises
    PaymentProcessorFailed.
    """
    kind = processor(known.processor)
    if kind is None or known.is_settled or not known.payment_id:
        return known
    state = cast("PaymentState", asked(kind, "state", known.payment_id))
    return replace(known, status=state.status, details=dict(state.details))


def settled(
    definition: AppDefinition, task: Task, elements: Iterable[DataElement]
) -> Information:
    """Return the information with what the processor says now, if nothing is unpaid.

    Raises PaymentNotCompleted and PaymentProcessorFailed.
    """
    return _settled(task, information_of(definition, task, elements))


def refuse_unpaid(
    definition: AppDefinition, task: Task, elements: Iterable[DataElement]
) -> NoReturn:
    """Say how far the payment is, for one who would pay and leave in one step.

    Raises PaymentAlreadyCompleted, PaymentNotCompleted and PaymentProcessorFailed.
    """
    settled(definition, task, elements)
    raise PaymentAlreadyCompleted(task=task.id)


def begin(
    principal: Principal,
    *,
    instance: Instance,
    definition: AppDefinition,
    task: Task,
    order: Order,
    return_url: str,
    language: str,
    now: datetime,
) -> Information:
    """Ask for the payment; one that was asked for before is taken back.

    Nothing to pay is skipped. Raises PaymentAlreadyCompleted, PaymentMisconfigured and
    PaymentProcessorFailed.
    """
    kind = _needed_processor(order, definition=definition, task=task)
    before = information_of(definition, task, present_elements_of(instance.pk))
    if before is not None:
        _cancel(before)
    made = Information(task.id, PaymentStatus.SKIPPED, order.to_document())
    if order.total > 0:
        request = PaymentRequest(
            app_id=definition.app_id,
            instance_id=instance.pk,
            order=order,
            return_url=return_url,
            language=language,
            now=now,
        )
        state = cast("PaymentState", asked(kind, "start", request))
        made = replace(made, status=state.status, details=dict(state.details))
    instances.update(principal, instance=instance, now=now)
    store(
        principal,
        instance=instance,
        definition=definition,
        task=task,
        information=made,
        now=now,
    )
    log.info("payment_begun", instance=str(instance.pk), status=made.status.value)
    return made


def store(
    principal: Principal,
    *,
    instance: Instance,
    definition: AppDefinition,
    task: Task,
    information: Information,
    now: datetime,
) -> None:
    """Write the information in place of what was stored."""
    data_type = definition.data_types[needed_config(definition, task).information_type]
    there = present_elements_of(instance.pk)
    outdated = [one for one in there if one.data_type == data_type.id]
    with blobs.stored(information.content()) as blob:
        element = generated.proof(
            principal,
            instance=instance,
            data_type=data_type,
            blob=blob,
            task=task.id,
            now=now,
        )
        if outdated:
            generated.remove(outdated)
        element.save(force_insert=True)
    deleted = (HistoryEntry(InstanceEventType.DELETED, data_id=o.pk) for o in outdated)
    created = HistoryEntry(InstanceEventType.CREATED, data_id=element.pk)
    record(principal, instance=instance, entries=[*deleted, created], now=now)


def settle(
    principal: Principal,
    *,
    instance: Instance,
    definition: AppDefinition,
    task: Task,
    now: datetime,
) -> None:
    """Let the task be left, if its payment is made or there is nothing to pay.

    What the processor says is stored. Raises PaymentNotCompleted and
    PaymentProcessorFailed.
    """
    known = information_of(definition, task, present_elements_of(instance.pk))
    found = _settled(task, known)
    if found != known:
        store(
            principal,
            instance=instance,
            definition=definition,
            task=task,
            information=found,
            now=now,
        )


def take_back(
    principal: Principal,
    *,
    instance: Instance,
    definition: AppDefinition,
    task: Task,
    now: datetime,
) -> None:
    """Take back what was asked for and is not paid, and remove the information.

    What is paid stays: raises PaymentAlreadyCompleted.
    """
    config = needed_config(definition, task)
    there = present_elements_of(instance.pk)
    stored = stored_among(there, type_id=config.information_type)
    if stored is None:
        return
    element, known = stored
    _cancel(known)
    entry = HistoryEntry(InstanceEventType.DELETED, data_id=element.pk)
    record(principal, instance=instance, entries=[entry], now=now)
    generated.remove([element])


def _settled(task: Task, known: Information | None) -> Information:
    if known is None:
        raise PaymentNotCompleted(task=task.id, status=PaymentStatus.UNINITIALIZED)
    found = refreshed(known)
    if not found.is_settled:
        raise PaymentNotCompleted(task=task.id, status=found.status.value)
    return found


def _needed_processor(
    order: Order, *, definition: AppDefinition, task: Task
) -> PaymentProcessor:
    kind = processor(order.processor)
    if kind is None:
        raise PaymentMisconfigured(
            app_id=definition.app_id,
            task=task.id,
            reason=f"this server has no payment processor {order.processor!r}",
        )
    return kind


def _cancel(known: Information) -> None:
    """Take a payment back that is not made.

    One that is made cannot be, even if that happened just now: raises
    PaymentAlreadyCompleted.
    """
    if refreshed(known).status == PaymentStatus.PAID:
        raise PaymentAlreadyCompleted(task=known.task)
    kind = processor(known.processor)
    if kind is None or not known.payment_id:
        return
    if blobs.is_on_trial():
        return  # what a processor takes back does not come back with the transaction
    if not asked(kind, "cancel", known.payment_id):
        raise PaymentAlreadyCompleted(task=known.task)
