"""Ids of rows, by which clients know a row whatever its place (app-api.md §18.4)."""

from collections.abc import Iterator
from typing import Final, cast
from uuid import uuid4

from forms.model import ROW_ID, ObjectType
from forms.values import Value

NO_ID: Final = "00000000-0000-0000-0000-000000000000"


def fill(document: Value, type_: ObjectType) -> bool:
    """Give an id to each row that has none; return whether any had none."""
    filled = False
    for inner, inner_type, is_row in _objects_in(document, type_):
        if is_row and (inner.get(ROW_ID) or NO_ID) == NO_ID:
            inner[ROW_ID] = str(uuid4())
            filled = True
        if inner_type.objects:
            filled = fill(inner, inner_type) or filled
    return filled


def clear(document: Value, type_: ObjectType) -> bool:
    """Take the ids of all rows away; return whether any had one."""
    cleared = False
    for inner, inner_type, _ in _objects_in(document, type_):
        if ROW_ID in inner:
            del inner[ROW_ID]
            cleared = True
        if inner_type.objects:
            cleared = clear(inner, inner_type) or cleared
    return cleared


def has_rows(type_: ObjectType) -> bool:
    """Whether forms of the type have rows anywhere."""
    waiting, seen = [type_], {id(type_)}
    while waiting:
        for member in waiting.pop().members.values():
            if member.is_rows:
                return True
            if isinstance(member.type, ObjectType) and id(member.type) not in seen:
                seen.add(id(member.type))
                waiting.append(member.type)
    return False


def _objects_in(
    document: Value, type_: ObjectType
) -> Iterator[tuple[dict[str, Value], ObjectType, bool]]:
    """Yield the objects right inside, with their type and whether they are rows."""
    if not isinstance(document, dict):
        return
    for member in type_.objects:
        value = document.get(member.name)
        for one in value if isinstance(value, list) else (value,):
            if isinstance(one, dict):
                yield one, cast(ObjectType, member.type), member.repeated
