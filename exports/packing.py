"""What a part of an export has in it: documents as lines, and content if asked for."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Final, Protocol
from uuid import UUID

import orjson
from django.db.models import QuerySet

from apps_registry import catalogue
from apps_registry.errors import AppNotFound, DataTypeUnknown
from authorization import services as authorization
from authorization.services import RoleLookup
from data_elements.archives import (
    INFECTED,
    MISSING,
    checked_pieces,
    name_of,
    open_current,
    told_hash,
)
from data_elements.choices import FileScanResult
from data_elements.models import DataElement
from data_elements.zip_stream import Names, ZipStream
from instances.models import Instance
from parties.identity import Principal

NOT_PERMITTED: Final = "not-permitted"
Query = Mapping[str, Sequence[str]]
Document = dict[str, object]
_MOST_BYTES = 64 * 2**20  # of content, after which a part ends with its instance


class Reader(Protocol):
    """What the faces know: how a query is read, and what an instance's document is."""

    def rows(
        self, principal: Principal, app_id: str, query: Query
    ) -> QuerySet[Instance]:
        """Return the instances of the app that the query finds and the caller sees."""
        ...

    def document(self, instance: Instance, elements: Sequence[DataElement]) -> Document:
        """Return the instance's document, as the list has it."""
        ...


@dataclass
class Packer:
    """Packs one part, and knows afterwards what is in it.

    ``go_on`` is asked after each instance; where it says no, the part ends there.
    """

    number: int
    principal: Principal
    reader: Reader
    with_content: bool
    go_on: Callable[[], bool]
    packed: list[Instance] = field(default_factory=list)
    contents: int = 0
    left_out: int = 0
    files: int = 0
    files_size: int = 0
    _rights: dict[tuple[object, ...], str] = field(default_factory=dict)

    def pack(self, instances: Sequence[Instance]) -> Iterator[bytes]:
        """Yield the part's bytes, directory and all."""
        stream = ZipStream()
        lines: list[bytes] = []
        listed: list[bytes] = []
        roles = RoleLookup(self.principal)
        elements = _by_instance(instances)
        written = 0
        for instance in instances:
            own = elements[instance.pk]
            lines.append(orjson.dumps(self.reader.document(instance, own)))
            names = Names()
            for element in own if self.with_content else ():
                element.instance = instance
                path = f"content/{instance.owner_party_id}-{instance.pk}/"
                reason = self._refusal(roles, element)
                entry, pieces = _entry(element, path, names, reason)
                listed.append(orjson.dumps(entry))
                if pieces is None:
                    self.left_out += 1
                    continue
                name = str(entry["path"])
                yield from self._add(stream, name, pieces, size=element.size)
                self.contents += 1
                written += element.size
            self.packed.append(instance)
            if written >= _MOST_BYTES or not self.go_on():
                break
        for name, content in (("instances", lines), ("contents", listed)):
            if content:
                whole = b"\n".join([*content, b""])
                path = f"{name}-{self.number:06}.jsonl"
                yield from self._add(stream, path, [whole], size=len(whole))
        yield from stream.end()

    def _add(
        self,
        stream: ZipStream,
        name: str,
        pieces: Sequence[bytes] | Iterator[bytes],
        *,
        size: int,
    ) -> Iterator[bytes]:
        self.files += 1
        for piece in stream.add(name, pieces, size=size):
            self.files_size += len(piece)
            yield piece

    def _refusal(self, roles: RoleLookup, element: DataElement) -> str:
        """Return why the content is not the caller's to have, as of now."""
        key = (element.instance_id, element.data_type)
        if key not in self._rights:
            self._rights[key] = _right(roles, element)
        infected = element.scan_result == FileScanResult.INFECTED
        return self._rights[key] or (INFECTED if infected else "")


def _right(roles: RoleLookup, element: DataElement) -> str:
    instance = element.instance
    try:
        data_type = catalogue.stored_data_type(
            instance.org, instance.app, element.data_type
        )
    except (AppNotFound, DataTypeUnknown) as error:
        return error.code
    action = data_type.action_required_to_read
    if not action:
        return ""
    decision = authorization.decide(roles, resource=instance.resource, action=action)
    return "" if decision.permitted else NOT_PERMITTED


def _by_instance(instances: Collection[Instance]) -> Mapping[UUID, list[DataElement]]:
    found: dict[UUID, list[DataElement]] = defaultdict(list)
    for element in DataElement.objects.of([instance.pk for instance in instances]):
        found[element.instance_id].append(element)
    return found


def _entry(
    element: DataElement, path: str, names: Names, reason: str
) -> tuple[Document, Iterator[bytes] | None]:
    """Return what is said of the content, and its bytes where it is there."""
    current, content = element, None
    if not reason:
        current, content = open_current(element)
        if current.scan_result == FileScanResult.INFECTED and content is not None:
            content.close()
            content, reason = None, INFECTED
        elif content is None:
            reason = MISSING
    said: Document = {
        "instance": str(element.instance_id),
        "id": str(element.pk),
        "dataType": current.data_type,
        "path": path + name_of(current, names) if content is not None else None,
        "contentType": current.content_type,
        "size": current.size,
        "sha256": told_hash(current, reason),
        "leftOut": reason or None,
    }
    if content is None:
        return said, None

    def pieces() -> Iterator[bytes]:
        with closing(content):
            yield from checked_pieces(content, current)

    return said, pieces()
