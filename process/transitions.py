"""The row that keeps an instance in a service task, and what the process says of it.

The row is made in the step that enters the task, so it is due if and only if that step
was taken. It is removed in the step that leaves the task, on the condition that it is
still in the same hand, so of two that did the same work only one goes on.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from apps_registry.bpmn import Task
from common import leases
from common.times import wire_time
from instances.models import Instance, Transition
from parties.identity import Principal
from process import callers
from process.errors import TransitionNotFailed, TransitionRunning

MOST_ATTEMPTS: Final = 10
MEMBER: Final = "transition"  # of the process document
_NEVER_ENDED: Final = {
    "code": "service-task-never-ended",
    "detail": "Whoever did the work never came to an end of it.",
}
_ASK_AGAIN: Final = 2  # seconds
_SHORTEST_LEASE: Final = 60  # seconds; work that takes longer renews it


def lease() -> timedelta:
    """Return how long a row is kept from others: twice what app code may take."""
    return timedelta(seconds=max(_SHORTEST_LEASE, 2 * settings.ALTINN_HOOK_SECONDS))


def waiting(now: datetime) -> dict[str, object]:
    """Return what the process says of work that nobody has tried yet."""
    return {"state": "running", "attempt": 0, "dueAt": wire_time(now)}


def begin(
    principal: Principal,
    *,
    instance: Instance,
    task: Task,
    in_call: bool,
    now: datetime,
    steps: int = 0,
) -> Transition:
    """Note the work in the step's transaction; ``in_call`` its maker does it himself.

    A call that dies after that gives it to the worker by doing nothing.
    """
    row = Transition(
        instance=instance,
        app_id=instance.app_id,
        task=task.id,
        caller=callers.written(principal),
        steps=steps,
        created=now,
        due_at=now,
    )
    if in_call:
        _hold(row, now)
    row.save(force_insert=True)
    return row


def take(
    principal: Principal, *, instance: Instance, task: Task, in_call: bool
) -> Transition:
    """Begin the work anew on demand, whether it failed or waits for its next attempt.

    Part of the caller's transaction. Raises TransitionRunning while somebody does it.
    """
    now = timezone.now()
    rows = Transition.objects.select_for_update(of=("self",))
    row = rows.filter(instance=instance, task=task.id).first()
    if row is None:
        row = begin(principal, instance=instance, task=task, in_call=in_call, now=now)
    else:
        _ensure_free(row, now)
        row.caller = callers.written(principal)
        row.attempts, row.steps, row.dead_at, row.leased_until = 0, 0, None, None
        row.due_at, row.last_error, row.shown_error = now, "", None
        if in_call:
            _hold(row, now)
        row.save()
    show(row, waiting(now))
    return row


def retry(row: Transition) -> None:
    """Let the worker try what was given up; raises TransitionNotFailed.

    Part of the caller's transaction.
    """
    now = timezone.now()
    if not leases.revive(row, now=now):
        raise TransitionNotFailed(task=row.task, instance_id=row.instance_id)
    show(row, waiting(now))


def end(instance: Instance) -> None:
    """Drop the work with a step that leaves its task undone.

    Part of the caller's transaction. Raises TransitionRunning while somebody does it.
    """
    now = timezone.now()
    row = Transition.objects.filter(instance=instance).first()
    if row is None:
        return
    _ensure_free(row, now)
    free = Q(leased_until__isnull=True) | Q(leased_until__lte=now)
    deleted, _ = Transition.objects.filter(free, pk=row.pk).delete()
    if not deleted:
        raise TransitionRunning(task=row.task, retry_after=_ASK_AGAIN)


def drop(instance: Instance) -> None:
    """Drop the work of an instance that its app's backend moves on by itself.

    Part of the caller's transaction. Whoever does the work is too late for it.
    """
    Transition.objects.filter(instance=instance).delete()


def note_failure(row: Transition) -> None:
    """Tell readers of the process what came of the last attempt.

    Part of the transaction that puts the row down.
    """
    Transition.objects.filter(pk=row.pk).update(shown_error=row.shown_error)
    show(row, document(row))


def document(row: Transition) -> dict[str, object]:
    """Return what the process says of a row that was put down."""
    shown: dict[str, object] = {
        "state": row.state,
        "attempt": row.attempts,
        "lastError": row.shown_error or _NEVER_ENDED,
    }
    if row.dead_at is None and row.due_at is not None:
        shown["dueAt"] = wire_time(row.due_at)
    return shown


def show(row: Transition, shown: Mapping[str, object]) -> None:
    """Put it into the process document of an instance that still stands in the task.

    It is no change of the instance, and no event.
    """
    rows = Instance.objects.filter(pk=row.instance_id, current_task=row.task)
    process = (
        rows.select_for_update(of=("self",), no_key=True)
        .values_list("process", flat=True)
        .first()
    )
    if process is not None:
        rows.update(process={**process, MEMBER: dict(shown)})


def _hold(row: Transition, now: datetime) -> None:
    row.attempts = 1
    row.leased_until = row.due_at = now + lease()


def _ensure_free(row: Transition, now: datetime) -> None:
    if row.leased_until is not None and row.leased_until > now:
        raise TransitionRunning(task=row.task, retry_after=_ASK_AGAIN)
