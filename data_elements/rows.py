"""Rows of data elements: reading those of an instance, and writing one.

Each is one statement; a row is written as long as it is what its caller believes.
"""

from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, UUIDField

from common import prepared_writes
from common.errors import DomainError, Phrase, PreconditionFailed
from common.prepared import Prepared, by_key
from data_elements.errors import DataElementLocked, DataElementNotFound
from data_elements.models import DataElement

_GUID = UUID("b5b1a9c2-0000-4000-8000-000000000005")  # a stand-in


def elements_of(instance_id: UUID) -> list[DataElement]:
    """Return the elements of an instance, deleted ones too, in their order."""
    return _elements().objects(guid=instance_id)


def present_elements_of(instance_id: UUID) -> list[DataElement]:
    """Return those of an instance that are not marked deleted, in their order."""
    return [one for one in elements_of(instance_id) if one.deleted_at is None]


@cache
def _elements() -> Prepared:
    def build(guid: UUID) -> QuerySet[Any, Any]:
        return DataElement.objects.of([guid])

    return Prepared(build, guid=(UUIDField(), _GUID))


def update_row(
    element: DataElement, *, guard: Q | None = None, **values: object
) -> None:
    """Change the row on condition, and the element with it; raises what kept it."""
    where = Q(writable(element), guard or Q())
    if prepared_writes.update(DataElement, where, values) != 1:
        raise gone_or_locked(element)
    for name, value in values.items():
        setattr(element, name, value)


def writable(element: DataElement) -> Q:
    """Say in SQL which row it is; none, if it changed since a caller read it so."""
    if not element.unless_changed:
        return Q(pk=element.pk)
    unchanged = {"blob_key": element.blob_key, "last_changed": element.last_changed}
    return Q(pk=element.pk, **unchanged)


def gone_or_locked(element: DataElement) -> DomainError:
    """Say why the row could not be written."""
    row = DataElement.objects.filter(pk=element.pk).first()
    if row is not None and row.is_locked:
        return DataElementLocked(element_id=element.pk)
    if row is not None and element.unless_changed:
        return PreconditionFailed(thing=Phrase("data element {id}", id=element.pk))
    return DataElementNotFound(element_id=element.pk)


def locked_row(element: DataElement) -> DataElement:
    """Lock the row until the transaction ends; raises DataElementNotFound."""
    row = by_key(DataElement, element.pk, locked=True)
    if row is None:
        raise DataElementNotFound(element_id=element.pk)
    return row
