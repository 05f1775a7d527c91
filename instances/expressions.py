"""What the queries of instances say in the SQL of each database."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, Func
from django.db.models.sql.compiler import SQLCompiler

_Sql = tuple[str, tuple[Any, ...]]  # parameters are whatever the driver takes


class GuidDigits(Func):
    """The 32 digits of a guid as text."""

    output_field = CharField()
    template = "REPLACE(%(expressions)s::text, '-', '')"

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any
    ) -> _Sql:
        """Say it to SQLite, which keeps guids that way."""
        sql, parameters = self.as_sql(
            compiler, connection, template="%(expressions)s", **extra
        )
        return sql, tuple(parameters)
