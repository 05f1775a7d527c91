"""Queries of the ORM whose SQL is made once, for those that every call asks.

Making the SQL of a query with sub-queries takes the ORM milliseconds, of which the
database takes none. Here it is made with stand-ins, and each use puts its own values in
their places.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Final, TypeVar, cast
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, Model, QuerySet, UUIDField
from django.db.models.expressions import RawSQL
from django.db.models.sql.compiler import SQLCompiler

_Parameters = list[Any]  # whatever the database's driver takes
_Row = TypeVar("_Row", bound=Model)
_GUID: Final = UUID("b5b1a9c2-0000-4000-8000-000000000004")  # stand-ins
_NUMBER: Final = 2_147_000_004


@dataclass(frozen=True)
class _Statement:
    """SQL with stand-ins, the places of each, and the compiler that made it."""

    sql: str
    parameters: _Parameters
    places: Mapping[str, list[int]]
    compiler: SQLCompiler

    @cached_property
    def _columns(self) -> tuple[list[str], dict[int, Any]]:
        """The attributes that the columns are, and what converts their values."""
        selected = [column for column, *_ in self.compiler.select or ()]
        names = [column.target.attname for column in selected]
        return names, self.compiler.get_converters(selected)

    def objects(self, rows: list[tuple[Any, ...]]) -> Iterator[Model]:
        """Make objects of the model of rows that are as the database has them."""
        model = cast(type[Model], self.compiler.query.model)
        names, converters = self._columns
        for values in self.compiler.apply_converters(rows, converters):
            yield model.from_db(DEFAULT_DB_ALIAS, names, values)


class Prepared:
    """A query as a function of values, each declared with its field and a stand-in.

    A stand-in is a value that the query has nowhere else.
    """

    def __init__(
        self,
        build: Callable[..., QuerySet[Any, Any]],
        **kinds: tuple["Field[Any, Any]", object],
    ) -> None:
        self._build = build
        self._kinds = kinds
        self._made: dict[str, _Statement] = {}

    def rows(self, **values: object) -> list[tuple[Any, ...]]:
        """Run the query; the rows are as the database has them."""
        database = connections[DEFAULT_DB_ALIAS]
        try:
            sql, parameters = self._filled(values, database)
        except EmptyResultSet:  # nothing can be found, so nothing is asked
            return []
        with database.cursor() as cursor:
            cursor.execute(sql, parameters)
            return list(cursor.fetchall())

    def objects(self, **values: object) -> list[Any]:
        """Run a query of whole rows; return them as objects of its model."""
        statement = self._statement(connections[DEFAULT_DB_ALIAS])
        return list(statement.objects(self.rows(**values)))

    def fits(self, query: QuerySet[Any, Any], **values: object) -> bool:
        """Whether the query, made with these very values, says what ``rows`` would.

        It does not where a value is changed on its way into the statement, or decides
        what the statement says.
        """
        try:
            sql, parameters = query.query.sql_with_params()
            filled = self._filled(values, connections[DEFAULT_DB_ALIAS])
            return (sql, list(parameters)) == filled
        except EmptyResultSet:
            return False

    def subquery(self, **values: object) -> RawSQL:
        """Return the query for the right side of ``__in``."""
        filled = self._filled(values, connections[DEFAULT_DB_ALIAS])
        return RawSQL(*filled)  # noqa: S611  the ORM's own SQL

    def _filled(
        self, values: Mapping[str, object], database: BaseDatabaseWrapper
    ) -> tuple[str, _Parameters]:
        made = self._statement(database)
        filled = list(made.parameters)
        for name, value in values.items():
            for place in made.places[name]:
                filled[place] = self._as_parameter(name, value, database)
        return made.sql, filled

    def _statement(self, database: BaseDatabaseWrapper) -> _Statement:
        if (made := self._made.get(database.vendor)) is None:
            made = self._made[database.vendor] = self._make(database)
        return made

    def _make(self, database: BaseDatabaseWrapper) -> _Statement:
        stand_ins = {name: stand_in for name, (_, stand_in) in self._kinds.items()}
        compiler = self._build(**stand_ins).query.get_compiler(DEFAULT_DB_ALIAS)
        sql, parameters = compiler.as_sql()
        places = {
            name: [
                place
                for place, parameter in enumerate(parameters)
                if parameter == self._as_parameter(name, stand_in, database)
            ]
            for name, stand_in in stand_ins.items()
        }
        return _Statement(sql, list(parameters), places, compiler)

    def _as_parameter(
        self, name: str, value: object, database: BaseDatabaseWrapper
    ) -> object:
        field, _ = self._kinds[name]
        return field.get_db_prep_value(value, database, prepared=False)


def by_key(model: type[_Row], key: object, *, locked: bool = False) -> _Row | None:
    """Return the row with this key, as ``filter(pk=key).first()`` does.

    ``locked`` keeps it as it is until the caller's transaction ends.
    """
    found = _by_key(model, locked).objects(key=key)
    return cast(_Row, found[0]) if found else None


@cache
def _by_key(model: type[Model], locked: bool) -> Prepared:
    stand_in = _GUID if isinstance(model._meta.pk, UUIDField) else _NUMBER

    def build(key: object) -> QuerySet[Any, Any]:
        rows = model._default_manager.filter(pk=key).order_by()
        return rows.select_for_update(of=("self",)) if locked else rows

    return Prepared(build, key=(model._meta.pk, stand_in))
