"""Data elements that the server makes of a task, written with the step."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from io import BytesIO
from typing import TypeAlias

from apps_registry.definition import AppDefinition
from data_elements import blobs, generated
from data_elements import services as data_elements
from data_elements.blobs import Incoming
from data_elements.models import DataElement
from data_elements.services import Content
from instances.choices import InstanceEventType
from instances.history import HistoryEntry, record
from instances.models import Instance
from parties.identity import Principal
from process.hook_types import NewContent

Generated: TypeAlias = tuple[NewContent, Content]


@contextmanager
def stored(contents: Sequence[NewContent], *, task: str) -> Iterator[list[Generated]]:
    """Store the bytes for the length of a block, before there is a transaction."""
    with ExitStack() as stack:
        yield [(one, stack.enter_context(_stored(one, task))) for one in contents]


def replace(
    principal: Principal,
    *,
    definition: AppDefinition,
    instance: Instance,
    task: str,
    contents: Sequence[Generated],
    now: datetime,
    types: Collection[str] | None = None,
) -> None:
    """Add what the task generated, in the place of what it had generated before.

    Nothing but ``types`` is replaced, where they are given. Part of the caller's
    transaction. Raises DataTypeUnknown and InstanceLocked.
    """
    present = DataElement.objects.of([instance.pk])
    outdated = [
        one
        for one in generated.from_task(present, task)
        if types is None or one.data_type in types
    ]
    if outdated:
        generated.remove(outdated)
        entries = [
            HistoryEntry(InstanceEventType.DELETED, data_id=one.pk) for one in outdated
        ]
        record(principal, instance=instance, entries=entries, now=now)
    for new, content in contents:
        element = data_elements.add(
            principal,
            instance=instance,
            data_type=definition.data_type(new.data_type),
            content=content,
        )
        if new.metadata:
            element.metadata = [
                {"key": key, "value": value} for key, value in new.metadata.items()
            ]
            element.save(update_fields=["metadata"])


@contextmanager
def _stored(new: NewContent, task: str) -> Iterator[Content]:
    incoming = Incoming(BytesIO(new.content), max_bytes=len(new.content))
    with blobs.stored(incoming) as blob:
        yield Content(blob, new.content_type, new.filename, generated_from_task=task)
