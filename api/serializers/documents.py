"""From a declared document to one function that builds it from a row.

A serializer declares the members: plain ones name their column (``source``), others are
functions of columns (``computed``). It can render objects itself, as DRF does, which is
slow; what answers are made with is compiled from the same declaration. A test holds the
two together.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from operator import attrgetter, itemgetter
from typing import Any, ClassVar

import orjson
from django.db.models import (
    BooleanField,
    F,
    Func,
    JSONField,
    Model,
    SmallIntegerField,
)
from orjson import Fragment
from rest_framework import serializers

from api.rows import ElementRow, InstanceRow, Row
from api.serializers.spelling import Spelling
from common.times import wire_time
from common.wire_rows import AnyField, wire_column, wire_value, wire_writer

Compute = Callable[..., object]
Build = Callable[..., dict[str, object]]  # of a row, and what is given besides
_SPELLING = "spelling"


class WireTimeField(serializers.DateTimeField):
    """A time as the wire has it."""

    def to_representation(self, value: datetime | str) -> str:
        """Write the time; what is stored in a JSON document is text already."""
        return value if isinstance(value, str) else wire_time(value)


class DocumentSerializer(serializers.Serializer[object]):
    """A document of which every member is a column, or is computed of some.

    The parameters of a ``computed`` function name columns of the model, or what the
    document is built with besides the row; ``spelling`` is always there.
    """

    model: ClassVar[type[Model]]
    computed: ClassVar[Mapping[str, Compute]] = {}

    def to_representation(self, thing: object) -> dict[str, object]:
        """Return the document of an object, in the spelling of the context."""
        members: dict[str, object] = {}
        for name, field in self.fields.items():
            function = self.computed.get(name)
            if function is not None:
                members[name] = function(**self._arguments(function, thing))
                continue
            value = field.get_attribute(thing)
            shown = None if value is None else field.to_representation(value)
            members[name] = shown
        spelling: Spelling = self.context[_SPELLING]
        return spelling.apply(members)

    def _arguments(self, function: Compute, thing: object) -> dict[str, object]:
        return {
            name: self.context[name]
            if name in self.context
            else wire_value(_column(self, name), getattr(thing, name))
            for name in _parameters(function)
        }


class RowDocument:
    """A document as it is built from rows: what to select, and the functions.

    ``given`` names what it is built with besides a row; ``besides`` are columns that
    it does not show and that who reads it must know. When any of ``changing`` is
    another, the document is another.
    """

    def __init__(
        self,
        serializer: type[DocumentSerializer],
        *,
        given: Sequence[str] = (),
        besides: Sequence[str] = (),
        changing: Sequence[str] = (),
    ) -> None:
        self._serializer = serializer
        self._given = given
        self._besides = besides
        self._changing = changing

    @cached_property
    def fields(self) -> Mapping[str, AnyField]:
        """The columns of a row, in their order."""
        serializer = self._serializer()
        shown = columns_of(serializer, self._given)
        names = dict.fromkeys([*shown, *self._besides])
        return {name: _column(serializer, name) for name in names}

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Where in a row each column stands."""
        return {name: place for place, name in enumerate(self.fields)}

    def picked(self, *names: str) -> Callable[[Row], tuple[Any, ...]]:
        """Return the function that takes these columns, two or more, from a row."""
        return itemgetter(*(self.places[name] for name in names))

    def select(self, path: str = "") -> list[Func | F]:
        """Return what to select; ``path`` leads from the query to the model."""
        return [wire_column(f, path + name) for name, f in self.fields.items()]

    def row_of(self, thing: Model | InstanceRow | ElementRow) -> Row:
        """Return the columns of a row, or of an object as if it had been read so."""
        if not isinstance(thing, Model):
            return thing.values
        values = zip(self._values(thing), self._writers, strict=True)
        return tuple(
            value if value is None or writer is None else writer(value)
            for value, writer in values
        )

    @cached_property
    def _values(self) -> Callable[[Model], tuple[Any, ...]]:
        """The function that takes the columns from an object."""
        return attrgetter(*self.fields)

    @cached_property
    def _writers(self) -> list[Callable[[Any], str] | None]:
        return [wire_writer(field) for field in self.fields.values()]

    def state(self, thing: Model | InstanceRow | ElementRow) -> tuple[object, ...]:
        """Return what tells the document from an earlier one of the same row."""
        found = list(self._state(self.row_of(thing)))
        for place, alike in self._to_make_alike:
            found[place] = alike(found[place])
        return tuple(found)

    @cached_property
    def _state(self) -> Callable[[Row], tuple[Any, ...]]:
        return self.picked(*self._changing)

    @cached_property
    def _to_make_alike(self) -> list[tuple[int, Callable[[Any], object]]]:
        return [
            (place, _ALIKE[kind])
            for place, name in enumerate(self._changing)
            if (kind := type(self.fields[name])) in _ALIKE
        ]

    def build(self, spelling: Spelling) -> Build:
        """Return the function that builds the document from a row."""
        return self._builds[spelling]

    @cached_property
    def _builds(self) -> Mapping[Spelling, Build]:
        return {
            spelling: compiled(
                self._serializer(),
                spelling,
                columns=tuple(self.fields),
                given=self._given,
            )
            for spelling in Spelling
        }


# Databases put the blanks of JSON where they like; SQLite has numbers for booleans; an
# object may have a name for its number.
_ALIKE: Mapping[type[AnyField], Callable[[Any], object]] = {
    JSONField: orjson.loads,
    BooleanField: bool,
    SmallIntegerField: int,
}


def columns_of(serializer: DocumentSerializer, given: Sequence[str]) -> list[str]:
    """Return the columns that the document is built from, each once.

    ``given`` names what the document is built with besides.
    """
    found: dict[str, None] = {}
    for name, field in serializer.fields.items():
        function = serializer.computed.get(name)
        if function is not None:
            wanted = [p for p in _parameters(function) if p not in (*given, _SPELLING)]
        elif (part := _part(field)) is not None:
            wanted = columns_of(part, given)
        else:
            wanted = [str(field.source)]
        found.update(dict.fromkeys(wanted))
    return list(found)


def compiled(
    serializer: DocumentSerializer,
    spelling: Spelling,
    *,
    columns: Sequence[str],
    given: Sequence[str] = (),
) -> Build:
    """Return the function of a row, and of what is ``given``, that builds the document.

    It is source code made from the declaration, as ``dataclasses`` makes methods: to
    go through the declaration for every row would take several times as long as the
    database takes for it.
    """
    names: dict[str, Any] = {"Fragment": Fragment, _SPELLING: spelling}
    parameters = ", ".join(["row", *given])
    lines = [
        f"def build({parameters}):",
        f"({', '.join(columns)},) = row",
        "document = {}",
        *_lines(serializer, "document", spelling, names),
        "return document",
    ]
    exec("\n    ".join(lines), names)  # noqa: S102  made of names in this code alone
    build: Build = names["build"]
    return build


def _lines(
    serializer: DocumentSerializer,
    target: str,
    spelling: Spelling,
    names: dict[str, Any],
) -> Iterator[str]:
    for name, field in serializer.fields.items():
        place = f"{target}[{name!r}]"
        function = serializer.computed.get(name)
        if function is not None:
            called = f"compute_{len(names)}"
            names[called] = function
            yield f"value = {called}({', '.join(_parameters(function))})"
            value, shown, may_be_null = "value", "value", field.allow_null
        elif (part := _part(field)) is not None:
            below = f"{target}_{name}"
            yield f"{below} = {place} = {{}}"
            yield from _lines(part, below, spelling, names)
            continue
        else:
            value = str(field.source)
            column = _column(serializer, value)
            shown, may_be_null = _shown(column, value), column.null
        if not may_be_null:
            yield f"{place} = {shown}"
        elif spelling is Spelling.STORAGE:
            yield f"if {value} is not None: {place} = {shown}"
        else:
            yield f"{place} = None if {value} is None else {shown}"


def _shown(column: AnyField, value: str) -> str:
    """Return the expression that shows a value which is not null."""
    if isinstance(column, JSONField):
        return f"Fragment({value})"
    # SQLite has numbers for booleans.
    return f"bool({value})" if isinstance(column, BooleanField) else value


def _part(field: serializers.Field[Any, Any, Any, Any]) -> DocumentSerializer | None:
    """Return the field if it groups members of the same row."""
    if isinstance(field, DocumentSerializer) and field.source == "*":
        return field
    return None


def _column(serializer: DocumentSerializer, name: str) -> AnyField:
    field: AnyField = serializer.model._meta.get_field(name)  # type: ignore[assignment]  # a column
    return field


def _parameters(function: Compute) -> list[str]:
    return list(inspect.signature(function).parameters)
