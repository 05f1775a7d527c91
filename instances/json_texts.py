"""Questions about the texts in a JSON column, in the SQL of each database.

PostgreSQL answers ``HasText`` on data values from an index (migration 0005); both
answer the rest row by row, of the rows that other filters leave.
"""

import re

import orjson
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func
from django.db.models.sql.compiler import SQLCompiler

Compiled = tuple[str, list[object]]


class HasText(Func):
    """Whether the JSON object in a column has exactly this text under this key."""

    output_field = BooleanField()

    def __init__(self, column: str, *, key: str, text: str) -> None:
        """Ask of a column; key and text are bound, never part of the statement."""
        super().__init__(F(column))
        self.key, self.text = key, text

    def as_sql(  # type: ignore[override]  # Func passes templates, which this has none of
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> Compiled:
        """Compare with each member: a JSON path could not name every key."""
        column, params = compiler.compile(self.source_expressions[0])
        found = f"json_each({column}) WHERE json_each.key = %s AND json_each.value = %s"
        sql = f"EXISTS (SELECT 1 FROM {found})"  # noqa: S608  a column, and bound values
        return sql, [*params, self.key, self.text]

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> Compiled:
        """Ask for containment, which the index on data values answers."""
        column, params = compiler.compile(self.source_expressions[0])
        pair = orjson.dumps({self.key: self.text}).decode()
        return f"{column} @> %s::jsonb", [*params, pair]


class MentionsText(Func):
    """Whether a text in the JSON object of a column contains this, in any case."""

    output_field = BooleanField()

    def __init__(self, column: str, *, text: str) -> None:
        """Ask of a column; the text is taken literally."""
        super().__init__(F(column))
        self.text = text

    def as_sql(  # type: ignore[override]  # Func passes templates, which this has none of
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> Compiled:
        """Match by Django's regular expressions: LIKE knows the case of ASCII alone."""
        column, params = compiler.compile(self.source_expressions[0])
        found = f"json_each({column}) WHERE json_each.value REGEXP %s"
        sql = f"EXISTS (SELECT 1 FROM {found})"  # noqa: S608  a column, and a bound value
        return sql, [*params, f"(?is){re.escape(self.text)}"]

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> Compiled:
        """Match with ILIKE, its wildcards escaped."""
        column, params = compiler.compile(self.source_expressions[0])
        escaped = re.sub(r"([\\%_])", r"\\\1", self.text)
        texts = f"CASE jsonb_typeof({column}) WHEN 'object' THEN {column} END"
        found = f"jsonb_each_text({texts}) AS said(name, text) WHERE said.text ILIKE %s"
        sql = f"EXISTS (SELECT 1 FROM {found})"  # noqa: S608  a column, and a bound value
        return sql, [*params, *params, f"%{escaped}%"]
