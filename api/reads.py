"""Reads of instances and data elements for answers: rows, never objects of a model.

One statement reads an instance with its data elements. A list takes two: its page, and
the data elements of its instances; PostgreSQL is quickest so.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Mapping
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, UUIDField

from api.list_statements import Asked, rows_of
from api.rows import ElementRow, InstanceRow
from api.serializers.data_elements import ELEMENTS, element_row
from api.serializers.instances import INSTANCES, instance_row
from common.prepared import Prepared
from common.wire_rows import GuidsField
from data_elements.models import DataElement
from instances.models import Instance
from instances.querysets import InstanceQuerySet

_GUID = UUID("b5b1a9c2-0000-4000-8000-000000000003")  # a stand-in


def instance_with_elements(guid: UUID) -> InstanceRow | None:
    """Return an instance with its data elements, deleted ones too."""
    rows = _one().rows(guid=guid)
    if not rows:
        return None
    width = len(INSTANCES.fields)
    key = width + ELEMENTS.places["id"]
    elements = (element_row(row[width:]) for row in rows if row[key] is not None)
    return instance_row(rows[0][:width], elements)


def instance_rows(
    asked: Asked, build: Callable[[Asked], InstanceQuerySet], *, made_for: Hashable
) -> list[InstanceRow]:
    """Return the rows of a query, without data elements; see ``rows_of``."""

    def select(asked: Asked) -> QuerySet[Any, Any]:
        return build(asked).values_list(*INSTANCES.select())

    return list(map(instance_row, rows_of(asked, select, made_for=made_for)))


def elements_of(guids: Collection[str]) -> Mapping[str, list[ElementRow]]:
    """Return the data elements of the instances, deleted ones too, by instance."""
    grouped: dict[str, list[ElementRow]] = defaultdict(list)
    if guids:
        for row in map(element_row, _elements().rows(guids=tuple(guids))):
            grouped[row.instance_id].append(row)
    return grouped


def elements_of_one(guid: UUID) -> list[ElementRow]:
    """Return the data elements of an instance, deleted ones too."""
    return elements_of([str(guid)]).get(str(guid), [])


@cache
def _one() -> Prepared:
    def build(guid: UUID) -> QuerySet[Any, Any]:
        # Their order, as DataElementQuerySet.of has it.
        ordered = Instance.objects.filter(pk=guid).order_by(
            "data_elements__created", "data_elements__id"
        )
        elements = ELEMENTS.select("data_elements__")
        return ordered.values_list(*INSTANCES.select(), *elements)

    return Prepared(build, guid=(UUIDField(), _GUID))


@cache
def _elements() -> Prepared:
    def build(guids: Collection[str]) -> QuerySet[Any, Any]:
        return DataElement.objects.of_guids(guids).values_list(*ELEMENTS.select())

    return Prepared(build, guids=(GuidsField(), (str(_GUID),)))
