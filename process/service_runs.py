"""Doing the work of a service task, and taking the step that follows.

The work is done outside of any transaction, as often as it takes. What came of it, the
step on and the end of the row are one transaction, on the condition that the row is
still in this hand: killed before that, a worker leaves nothing but a row that is free
again when its lease ends, and bytes that the sweep finds.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import structlog
from django.db import DatabaseError, InterfaceError
from django.utils import timezone

from apps_registry import catalogue
from authorization.services import RoleLookup
from common.errors import DomainError, Phrase
from common.leases import LeaseLost
from common.transactions import atomic
from common.work import Hold, Stopped, Work, put_down_failed
from instances.models import Instance, Transition
from pdf.drawing import PdfUnavailable
from process import callers, engine, generated_contents, moving, task_hooks, transitions
from process.errors import ProcessLoop, ServiceTaskFailed, ServiceTaskUnsupported
from process.generated_contents import Generated
from process.hook_types import ServiceTaskResult
from process.positions import state_of
from process.service_tasks import Run, ServiceTaskRefusedByApp
from process.task_registry import service_of
from process.task_types import Step

log = structlog.get_logger()
_MOST_STEPS: Final = 100


def perform(row: Transition, hold: Hold, *, in_call: bool = False) -> Transition | None:
    """Do the work and move on; return what comes next, if the call shall do it too.

    An instance that stands in the task no more needs it no more. Raises LeaseLost when
    the row is in another hand by now, and whatever the work failed with.
    """
    instance = Instance.objects.filter(pk=row.instance_id).first()
    if instance is None or not _stands_there(instance, row):
        _drop(row)
        return None
    try:
        return _perform(row, hold, instance, in_call=in_call)
    except (LeaseLost, Stopped):
        raise
    except Exception as failure:
        row.shown_error = _shown(row, failure)
        raise


def handle(row: Transition, hold: Hold) -> None:
    """Do the work as a worker; a service task that follows is due at once."""
    perform(row, hold)


def perform_in_call(row: Transition | None) -> bool:
    """Do it, and the service tasks that follow; return whether there was any.

    Raises ServiceTaskFailed; the worker tries again, unless it is hopeless.
    """
    begun = row is not None
    while row is not None:
        # The lease is longer than what is done in a call; what is not, renews it.
        hold = Hold(row=row, lease=transitions.lease())
        current = row
        try:
            row = perform(current, hold, in_call=True)
        except LeaseLost:
            return begun  # a worker has it by now
        except (DatabaseError, InterfaceError):
            raise  # it is free again when the lease ends
        except Exception as failure:
            # The app's code may raise anything at all.
            raise _told(current, failure) from failure
    return begun


def _perform(
    row: Transition, hold: Hold, instance: Instance, *, in_call: bool
) -> Transition | None:
    principal = callers.read(row.caller)
    definition = catalogue.definition_of(instance.org, instance.app)
    task = engine.current_task(definition.process, state_of(instance))
    service = service_of(definition, task)
    if service is None:
        # The application was deployed anew: a caller moves the process on from here.
        _drop(row)
        return None
    if row.steps >= _MOST_STEPS:
        raise ProcessLoop
    elements = moving.elements_of(instance)
    step = Step(principal, definition, instance, task, lambda: elements, timezone.now())
    result = service.execute(Run(step, row.pk, row.attempts, hold))
    with generated_contents.stored(result.contents, task=task.id) as contents:
        following = _move_on(
            row, step=step, result=result, contents=contents, in_call=in_call
        )
    log.info(
        "service_task_done",
        instance=str(instance.pk),
        task=row.task,
        attempt=row.attempts,
    )
    row.pk = None
    return following


@atomic()
def _move_on(
    row: Transition,
    *,
    step: Step,
    result: ServiceTaskResult,
    contents: Sequence[Generated],
    in_call: bool,
) -> Transition | None:
    """Write what came of the work, and the step that leaves the task."""
    now = timezone.now()
    principal, definition = step.principal, step.definition
    rows = Instance.objects.select_for_update(of=("self",))
    instance = rows.filter(pk=row.instance_id).first()
    mine = Transition.objects.filter(pk=row.pk, leased_until=row.leased_until)
    if instance is None or not mine.delete()[0]:
        raise LeaseLost
    if not _stands_there(instance, row):
        return None
    generated_contents.replace(
        principal,
        definition=definition,
        instance=instance,
        task=row.task,
        contents=contents,
        now=now,
    )
    task_hooks.apply_changes(
        principal, instance=instance, changes=result.changes, now=now
    )
    elements = moving.elements_of(instance)
    leaving = Step(principal, definition, instance, step.task, lambda: elements, now)
    return moving.write(
        RoleLookup(principal),
        instance=instance,
        definition=definition,
        move=moving.next_move(leaving, action=result.action),
        elements=lambda: elements,
        now=now,
        service_steps=row.steps + 1,
        in_call=in_call,
    )


def _stands_there(instance: Instance, row: Transition) -> bool:
    return instance.current_task == row.task and instance.is_active


def _drop(row: Transition) -> None:
    Transition.objects.filter(pk=row.pk, leased_until=row.leased_until).delete()
    row.pk = None


def _shown(row: Transition, failure: Exception) -> dict[str, object]:
    """Return what callers may know of the failure: no more than a problem tells."""
    if isinstance(failure, DomainError):
        code = failure.members.get("appCode") or failure.code
        return {"code": code, "detail": str(failure)}
    return {
        "code": ServiceTaskFailed.code,
        "detail": f"The work of {row.task} failed; the server's log has the reason.",
    }


def _told(row: Transition, failure: Exception) -> DomainError:
    """Put the row down, and return what the caller is told."""
    log.error("service_task_failed", row=str(row.pk), task=row.task, exc_info=failure)
    with suppress(LeaseLost):
        put_down_failed(WORK, row, failure)
    error: DomainError
    if isinstance(failure, ServiceTaskRefusedByApp):
        error = _failed(row, Phrase("returned a failed result"))
    elif isinstance(failure, ServiceTaskFailed | ProcessLoop | PdfUnavailable):
        error = failure
    else:
        error = _failed(row, Phrase("failed with an exception"))
    error.members["transition"] = transitions.document(row)
    return error


def _failed(row: Transition, outcome: Phrase) -> ServiceTaskFailed:
    task = row.instance.process.get("currentTask") or {}
    return ServiceTaskFailed(task_type=task.get("altinnTaskType", ""), outcome=outcome)


WORK: Final = Work(
    name="transitions",
    rows=Transition.objects.all,
    handle=handle,
    most_attempts=transitions.MOST_ATTEMPTS,
    failed=transitions.note_failure,
    hopeless=(ProcessLoop, ServiceTaskUnsupported, PdfUnavailable),
)
