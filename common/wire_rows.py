"""Columns as documents write them: times and ids as text, JSON as it is stored.

Reads let the database write them so, and no Python object is made of a value that is
only passed on. Objects of a model give the same values through ``wire_value``.
"""

from collections.abc import Callable, Collection
from typing import Any, TypeAlias

import orjson
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    BooleanField,
    DateTimeField,
    F,
    Field,
    ForeignKey,
    Func,
    JSONField,
    TextField,
    UUIDField,
    Value,
)
from django.db.models.sql.compiler import SQLCompiler

from common.times import wire_time

_Sql = tuple[str, tuple[Any, ...]]  # parameters are whatever the driver takes
AnyField: TypeAlias = "Field[Any, Any]"


class _WireColumn(Func):
    """A column as text."""

    output_field = TextField()
    arity = 1
    on_sqlite = "%(expressions)s"

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any
    ) -> _Sql:
        """Say it to SQLite."""
        sql, parameters = self.as_sql(
            compiler, connection, template=self.on_sqlite, **extra
        )
        return sql, tuple(parameters)


class WireTime(_WireColumn):
    """A time as ``common.times.wire_time`` writes it.

    PostgreSQL writes no zeros at the end of a fraction; Django gives SQLite six digits
    or none.
    """

    template = "replace((%(expressions)s AT TIME ZONE 'UTC')::text, ' ', 'T') || 'Z'"
    on_sqlite = (
        "replace(substr(%(expressions)s, 1, 19), ' ', 'T')"
        " || rtrim(substr(%(expressions)s, 20), '0') || 'Z'"
    )


class WireGuid(_WireColumn):
    """A guid in lower case with hyphens; SQLite has it without."""

    template = "%(expressions)s::text"
    on_sqlite = " || '-' || ".join(
        f"substr(%(expressions)s, {start}, {length})"
        for start, length in ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
    )


class WireJson(_WireColumn):
    """JSON as it is stored."""

    template = "%(expressions)s::text"


class GuidsField(TextField):  # type: ignore[type-arg]  # not subscriptable
    """Guids, each as text, as one parameter of a statement."""

    def get_db_prep_value(
        self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False
    ) -> str:
        """Write them as the database reads them."""
        if connection.vendor == "sqlite":
            return orjson.dumps([one.replace("-", "") for one in value]).decode()
        return "{" + ",".join(value) + "}"


class IsOneOf(Func):
    """Whether a column is one of some guids, however many: one text of SQL for all."""

    output_field = BooleanField()
    arity = 2
    template = "%(expressions)s::uuid[])"
    arg_joiner = " = ANY("

    def __init__(self, column: str, guids: Collection[str]) -> None:
        super().__init__(column, Value(guids, output_field=GuidsField()))

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any
    ) -> _Sql:
        """Say it to SQLite."""
        sql, parameters = self.as_sql(
            compiler,
            connection,
            template="%(expressions)s))",
            arg_joiner=" IN (SELECT value FROM json_each(",
            **extra,
        )
        return sql, tuple(parameters)


_IN_SQL: dict[type[AnyField], type[_WireColumn]] = {
    DateTimeField: WireTime,
    UUIDField: WireGuid,
    JSONField: WireJson,
}


def wire_column(field: AnyField, path: str) -> Func | F:
    """Return what to select of the field; ``path`` leads to it from the query."""
    if isinstance(field, ForeignKey):
        field = field.target_field
    expression = _IN_SQL.get(type(field))
    return F(path) if expression is None else expression(path)


def wire_value(field: AnyField, value: Any) -> object:
    """Return the value of an object's field as the database would write it."""
    writer = wire_writer(field)
    return value if value is None or writer is None else writer(value)


def wire_writer(field: AnyField) -> Callable[[Any], str] | None:
    """Return what writes values of the field so; None where they stay as they are."""
    if isinstance(field, ForeignKey):
        field = field.target_field
    if isinstance(field, DateTimeField):
        return wire_time
    if isinstance(field, JSONField):
        return _json
    return str if isinstance(field, UUIDField) else None


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
