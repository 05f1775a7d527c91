"""A process state that an application's own backend states, stored as it says.

The backend runs its process itself and calls the platform API with the user's token.
Whether the state fits the process of the application is the backend's business; who may
leave the task is not (storage-api.md §6.2a).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils import timezone

from apps_registry.definition import AppDefinition
from authorization.resources import Resource
from common.errors import Forbidden
from common.transactions import atomic
from data_elements import generated
from data_elements.models import DataElement
from instances import services as instances
from instances.choices import InstanceEventType, ReadStatus
from instances.history import HistoryEntry
from instances.models import Instance
from instances.services import ProcessPosition
from parties.identity import Principal
from process import transitions
from process.announcements import of_move
from process.ending import give_receipt
from process.engine import (
    ABANDON_MOVE,
    COMPLETE_MOVE,
    REJECT,
    actions_allowing_next,
    find_task,
)
from signing import config as signing_config
from signing import tasks as signing_tasks


class NoTaskToLeave(Forbidden):
    """The instance stands in no task: its process has not begun, or has ended.

    Such a process is not changed by stating another state.
    """

    code = "no-task-to-leave"
    detail = "Instance {instance_id} stands in no task, so its process stays as it is."


class FlowNotJudged(Forbidden):
    """A flow of this type is judged by the task that it leads to, as the app has it."""

    code = "flow-not-judged"
    detail = (
        "A flow of type {flow_type} takes the rights of the task that it leads to, and"
        " the application has no task {task}."
    )


@dataclass(frozen=True, slots=True)
class StatedState:
    """A state as stated: the document, and what is asked of it."""

    document: Mapping[str, object]
    task: str = ""
    task_type: str = ""
    flow_type: str = ""
    ended: datetime | None = None
    end_event: str = ""

    @property
    def position(self) -> ProcessPosition:
        """The state as an instance stores it."""
        return ProcessPosition(
            document=self.document,
            current_task=self.task or None,
            ended=self.ended,
            end_event=self.end_event or None,
        )


def asked_of(
    definition: AppDefinition, instance: Instance, stated: StatedState
) -> tuple[Resource, tuple[str, ...]]:
    """Return in which task the caller needs any of which actions.

    The type of a task is the application's word wherever it knows the task: a caller
    who could state it would state one whose action he has. Raises NoTaskToLeave and
    FlowNotJudged.
    """
    if instance.current_task is None:
        raise NoTaskToLeave(instance_id=instance.instance_id)
    if stated.flow_type == ABANDON_MOVE:
        return instance.resource, (REJECT,)
    if stated.flow_type in ("", COMPLETE_MOVE):
        task = find_task(definition.process, instance.current_task)
        task_type = task.task_type if task else instance.task_type
        return instance.resource, actions_allowing_next(task_type)
    task = find_task(definition.process, stated.task)
    if task is None:
        raise FlowNotJudged(flow_type=stated.flow_type, task=stated.task)
    return (
        replace(instance.resource, task=task.id),
        actions_allowing_next(task.task_type),
    )


@atomic()
def store(
    principal: Principal,
    *,
    instance: Instance,
    definition: AppDefinition,
    stated: StatedState,
    history: Sequence[HistoryEntry] = (),
    elements: Sequence[DataElement] = (),
) -> list[DataElement]:
    """Put the state in place of the old one, with history, outbox and archiving.

    Of the elements, which are the instance's as they were read with it, those that were
    generated from the task entered are removed; return the others. An end has its
    receipt, as any other. Raises
    InstanceLocked, and InstanceChanged if anything changed since.
    """
    now = timezone.now()
    outdated = generated.from_task(elements, stated.task)
    entries = [
        *(HistoryEntry(InstanceEventType.DELETED, data_id=e.id) for e in outdated),
        *history,
    ]
    if stated.task_type == "signing":
        entries.append(HistoryEntry(InstanceEventType.SENT_TO_SIGN))
    left = instance.current_task
    moves = left != (stated.task or None)
    was_in_service_task = transitions.MEMBER in instance.process
    instances.set_process_state(
        principal,
        instance=instance,
        position=stated.position,
        history=entries,
        announce=(
            of_move(instance, entered=stated.task, now=now)
            if moves and (stated.task or stated.ended)
            else []
        ),
        now=now,
    )
    if was_in_service_task:
        transitions.drop(instance)
    left_task = find_task(definition.process, left) if moves else None
    if left_task is not None and left_task.task_type == signing_config.TASK_TYPE:
        # Whoever moved the process on: nobody signs in the task any more.
        signing_tasks.close(instance=instance, task=left_task)
    if outdated:
        generated.remove(outdated)
        if not any(element.is_read for element in elements):
            instances.change_read_status(
                instance=instance, before=ReadStatus.READ, after=ReadStatus.UNREAD
            )
    if stated.ended:
        give_receipt(instance, definition=definition, now=now)
    return [element for element in elements if element not in outdated]
