"""Writes whose SQL is made once, for those that every call does.

They say what the ORM's own say, which made the text; only the values come each time.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from functools import cache, cached_property, lru_cache
from itertools import count
from operator import attrgetter, itemgetter
from typing import Any, Final, TypeAlias, cast

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    CharField,
    DateTimeField,
    Expression,
    Field,
    ForeignKey,
    IntegerField,
    JSONField,
    Model,
    Q,
    TextField,
    UUIDField,
)
from django.db.models.sql import UpdateQuery
from django.db.models.sql.compiler import SQLCompiler

_AnyField: TypeAlias = "Field[Any, Any]"
Write = tuple[str, list[Any]]  # SQL, and its parameters as the driver takes them
Statement = tuple[str, list[Any]]  # the same with places that are open: ``Given``
_Preparing = Callable[..., Any] | None  # makes a parameter of what is none yet
_Column = tuple[int, _Preparing]  # its place in the table
_Leaf = tuple[str, Any]  # of a condition: a lookup, and with what

# Of one table in one statement: an instance has some forty columns, and PostgreSQL
# takes 65,535 parameters.
_MOST_ROWS: Final = 200
_COMPARED: Final = {"exact", "lt", "lte", "gt", "gte"}


class Given(Expression):
    """Stands in a statement for a value that comes with each use, by its name."""

    def __init__(self, name: Hashable, field: _AnyField) -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[Any, ...]]:
        """Leave the place open."""
        return "%s", (self,)

    def parameter(self, value: object, database: BaseDatabaseWrapper) -> object:
        """Return the value as the driver takes it."""
        if value is None or self._preparing is None:
            return value
        return self._preparing(value, database)

    @cached_property
    def _preparing(self) -> _Preparing:
        return _preparing(self.output_field)


def filled(statement: Statement, values: Mapping[Any, object]) -> Write:
    """Return a statement with these values in their places."""
    sql, parameters = statement
    database = connections[DEFAULT_DB_ALIAS]
    return sql, [
        one.parameter(values[one.name], database) if isinstance(one, Given) else one
        for one in parameters
    ]


def run(first: Write, *others: Write) -> int:
    """Do the writes, in one trip if possible; return how many rows the first changed.

    The others are done however many that are: who minds rolls them back.
    """
    database = connections[DEFAULT_DB_ALIAS]
    with database.cursor() as cursor:
        if others and database.vendor == "postgresql":
            cursor.execute(*_joined(first, others))
            return int(cursor.fetchone()[0])
        cursor.execute(*first)
        changed = int(cursor.rowcount)
        for other in others:
            cursor.execute(*other)
        return changed


def _joined(first: Write, others: Sequence[Write]) -> Write:
    """Say several writes in one statement, which tells what the first changed."""
    sql, parameters = first
    texts = [f"changed AS ({sql} RETURNING 1)"]
    values = list(parameters)
    for number, (sql, parameters) in enumerate(others):
        texts.append(f"along_{number} AS ({sql})")
        values += parameters
    sql = f"WITH {', '.join(texts)} SELECT count(*) FROM changed"  # noqa: S608  our own
    return sql, values


def update_statement(
    model: type[Model], where: Q, values: Mapping[str, object]
) -> Statement:
    """Make the text of ``filter(where).update(**values)``."""
    found = model._default_manager.filter(where).query
    query = cast(UpdateQuery, found.chain(UpdateQuery))
    query.add_update_values(dict(values))
    sql, parameters = query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
    return sql, list(parameters)


# --- changing rows --------------------------------------------------------------------
def update(
    model: type[Model],
    where: Q,
    values: Mapping[str, object],
    *,
    along: Sequence[Write] = (),
) -> int:
    """Do what ``filter(where).update(**values)`` does; return how many rows changed.

    ``along`` is written with it, as ``run`` does. The text is made once for each set of
    columns and each form of condition: that is what a condition says but for the values
    that it compares columns with.
    """
    compared: list[object] = []
    form = (model, tuple(values), _form(where, compared))
    if (statement := _updates.get(form)) is None:
        given = {name: Given(name, _field(model, name)) for name in values}
        opened = _opened(model, where, count())
        statement = _updates[form] = update_statement(model, opened, given)
    all_values: dict[Any, object] = {**values, **dict(enumerate(compared))}
    return run(filled(statement, all_values), *along)


_updates: dict[Hashable, Statement] = {}


def _form(where: Q, compared: list[object]) -> Hashable:
    """Return the form of a condition; add the values that it compares with."""
    parts: list[Hashable] = [where.connector, where.negated]
    for child in _children(where):
        if isinstance(child, Q):
            parts.append(_form(child, compared))
        elif _is_open(*child):
            compared.append(child[1])
            parts.append(child[:1])
        else:
            parts.append(child)
    return tuple(parts)


def _opened(model: type[Model], where: Q, places: Iterator[int]) -> Q:
    """Return the condition with open places for the values that it compares with."""
    children: list[Q | _Leaf] = []
    for child in _children(where):
        if isinstance(child, Q):
            children.append(_opened(model, child, places))
        elif _is_open(*child):
            field = _field(model, child[0].partition("__")[0])
            children.append((child[0], Given(next(places), field)))
        else:
            children.append(child)
    return Q(*children, _connector=where.connector, _negated=where.negated)


def _children(where: Q) -> "list[Q | _Leaf]":
    return cast("list[Q | _Leaf]", where.children)


def _is_open(lookup: str, value: object) -> bool:
    """Whether the value may be another one in the same statement.

    Not so for truth values, which partial indexes must find in the text.
    """
    _, _, comparison = lookup.partition("__")
    literal = value is None or isinstance(value, bool)
    return not literal and (comparison or "exact") in _COMPARED


def _field(model: type[Model], name: str) -> _AnyField:
    return model._meta.pk if name == "pk" else _fields(model)[name]


@cache
def _fields(model: type[Model]) -> Mapping[str, _AnyField]:
    return {field.name: field for field in model._meta.concrete_fields}


# --- new rows -------------------------------------------------------------------------
def insert(*tables: Sequence[Model]) -> None:
    """Store new rows, those of one table in one statement, in one trip if possible.

    Some hundreds take several statements, as databases bound their parameters: the
    transaction is the caller's.
    """
    rest = [rows for rows in tables if rows]
    while rest:
        run(*(insertion(rows[:_MOST_ROWS]) for rows in rest))
        rest = [rows[_MOST_ROWS:] for rows in rest if len(rows) > _MOST_ROWS]


def insertion(rows: Sequence[Model]) -> Write:
    """Return the write that stores new rows of one table; there is at least one.

    A column that all of them leave empty is not said: many are, of a new instance.
    """
    model = type(rows[0])
    write = _insertion(model, [_values(model)(row) for row in rows])
    for row in rows:
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return write


def insertion_of(model: type[Model], *rows: Mapping[str, object]) -> Write:
    """Return the same of rows that no object is made of, at least one and not many.

    Each names every attribute that is a column; no default is filled in.
    """
    return _insertion(model, list(map(_named_values(model), rows)))


def _insertion(model: type[Model], table: Sequence[tuple[Any, ...]]) -> Write:
    filled = [[value is not None for value in row] for row in table]
    is_filled = tuple([True in column for column in zip(*filled, strict=True)])
    sql, columns = _insert(model, len(table), is_filled)
    database = connections[DEFAULT_DB_ALIAS]
    values = [
        value
        if (value := row[place]) is None or prepared is None
        else prepared(value, database)
        for row in table
        for place, prepared in columns
    ]
    return sql, values


@cache
def _values(model: type[Model]) -> Callable[[Model], tuple[Any, ...]]:
    """Return the function that takes the values of all columns from a row."""
    return attrgetter(*(field.attname for field in model._meta.local_concrete_fields))


@cache
def _named_values(
    model: type[Model],
) -> Callable[[Mapping[str, object]], tuple[Any, ...]]:
    return itemgetter(*(field.attname for field in model._meta.local_concrete_fields))


@lru_cache(maxsize=1000)
def _insert(
    model: type[Model], number: int, is_filled: Sequence[bool]
) -> tuple[str, list[_Column]]:
    fields = [
        (place, field)
        for place, field in enumerate(model._meta.local_concrete_fields)
        if is_filled[place] or field.has_db_default()  # else it would not be null
    ]
    names = ", ".join(f'"{field.column}"' for _, field in fields)
    row = "(" + ", ".join(["%s"] * len(fields)) + ")"
    rows = ", ".join([row] * number)
    sql = f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES {rows}'  # noqa: S608  our own names
    return sql, [(place, _preparing(field)) for place, field in fields]


def _preparing(field: _AnyField) -> _Preparing:
    """Return what makes a parameter of a value; None where it is one as it stands."""
    kind = field.target_field if isinstance(field, ForeignKey) else field
    known: tuple[type[_AnyField], ...] = (CharField, TextField)
    if connections[DEFAULT_DB_ALIAS].vendor == "postgresql":
        known = (*known, DateTimeField, UUIDField)  # its driver takes times and guids
    if isinstance(kind, known):
        return None
    # What a field comes to in the end, which takes it ten calls.
    if isinstance(kind, JSONField):
        encoder = kind.encoder
        return lambda value, database: database.ops.adapt_json_value(value, encoder)
    if isinstance(kind, IntegerField):
        name = kind.get_internal_type()
        return lambda value, database: database.ops.adapt_integerfield_value(
            int(value), name
        )
    return field.get_db_prep_save
