"""Instances and data elements as reads have them: rows of columns, and no objects.

``values`` is what the document is built from; beside it stands what a view must know to
decide. On the attributes that both have, a row can stand for the object of the model.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from authorization.resources import Resource

Row = Sequence[Any]  # the columns of a document, as common.wire_rows writes them


class Addressed(Protocol):
    """What has an address: an instance, or its row."""

    @property
    def id(self) -> object: ...
    @property
    def org(self) -> str: ...
    @property
    def app_id(self) -> str: ...
    @property
    def owner_party_id(self) -> int: ...


@dataclass(slots=True)
class ElementRow:
    """A data element."""

    values: Row
    instance_id: str
    data_type: str
    is_deleted: bool


@dataclass(slots=True)
class InstanceRow:
    """An instance, with its data elements where they were read with it."""

    values: Row
    id: str
    org: str
    app_id: str
    owner_party_id: int
    current_task: str | None
    end_event: str | None
    read_status: int
    last_changed: str
    visible_after: str | None
    elements: list[ElementRow] = field(default_factory=list)

    @property
    def instance_id(self) -> str:
        """``{partyId}/{guid}``, the id on the wire."""
        return f"{self.owner_party_id}/{self.id}"

    @property
    def resource(self) -> Resource:
        """The instance as decisions see it."""
        return Resource(
            org=self.org,
            app=self.app_id.partition("/")[2],
            party_id=self.owner_party_id,
            instance_id=self.instance_id,
            task=self.current_task or "",
            end_event=self.end_event or "",
        )
