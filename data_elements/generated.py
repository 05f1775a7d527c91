"""Elements that were made from a task, and are made anew when it is entered again."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import structlog
from django.db import transaction

from apps_registry.definition import DataType
from data_elements import blobs
from data_elements.blobs import StoredBlob
from data_elements.choices import FileScanResult
from data_elements.models import DataElement
from data_elements.services import Content, new_element
from instances.models import Instance
from parties.identity import Principal

log = structlog.get_logger()


def proof(
    principal: Principal,
    *,
    instance: Instance,
    data_type: DataType,
    blob: StoredBlob,
    task: str,
    now: datetime,
) -> DataElement:
    """Make the element of what the server itself states in JSON; it is not saved yet.

    It is locked for good, and neither scanned nor waited for: nobody sent it in.
    """
    content = Content(
        blob=blob,
        content_type="application/json",
        filename=f"{data_type.id}.json",
        generated_from_task=task,
        made_by_server=True,
    )
    element = new_element(
        principal, instance=instance, data_type=data_type, content=content, now=now
    )
    element.is_read, element.scan_result = True, FileScanResult.NOT_APPLICABLE
    element.locked_at, element.locked_by = now, principal.id or str(principal)
    return element


def from_task(elements: Iterable[DataElement], task: str) -> list[DataElement]:
    """Return those of the elements that say they were generated from the task."""
    if not task:
        return []
    origin = {"relation": "GeneratedFrom", "valueType": "Task", "value": task}
    return [
        element
        for element in elements
        if any(origin.items() <= one.items() for one in element.references or ())
    ]


def remove(elements: Sequence[DataElement]) -> None:
    """Remove the rows in the caller's transaction and, once it is sure, the bytes.

    Locked ones too: it is the process that locked them. Bytes that cannot be removed
    keep no other from being; the sweep finds them.
    """
    DataElement.objects.filter(pk__in=[element.pk for element in elements]).delete()
    for element in elements:
        _discard_after(element)
    log.info("generated_elements_removed", count=len(elements))


def _discard_after(element: DataElement) -> None:
    """Remove the bytes once the caller's transaction is through."""
    key = element.blob_key
    transaction.on_commit(lambda: blobs.discard(key), robust=True)
