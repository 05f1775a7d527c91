"""Rows by the million: COPY on PostgreSQL, ``executemany`` on SQLite, indexes last."""

import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from bench.generate import ELEMENT, EVENT, INSTANCE, REPLACED, Generator, Rows

TABLES = (INSTANCE, ELEMENT, EVENT)
# Of each table and template, the columns and their values as they are in the database.
Templates = Mapping[str, Mapping[str, Mapping[str, Any]]]
_NULL = "\\N"


@dataclass(frozen=True)
class Loader:
    """Fills the three tables from templates."""

    templates: Templates
    tell: Callable[[str], None]
    _tails: dict[tuple[str, str], Any] = field(default_factory=dict)

    @property
    def null(self) -> str | None:
        """How a replaced column says that it is null."""
        return _NULL if connection.vendor == "postgresql" else None

    def load(self, generator: Generator) -> None:
        """Insert all that the generator yields, then make the indexes again."""
        begun, done = time.monotonic(), 0
        insert = self._copy if connection.vendor == "postgresql" else self._insert_many
        with connection.cursor() as cursor, without_indexes(cursor, self.tell):
            for rows in generator.chunks():
                for table in TABLES:
                    insert(cursor, table, rows[table])
                done += len(rows[INSTANCE])
                rate = done / (time.monotonic() - begun)
                self.tell(
                    f"rows: {done:,} of {generator.skew.instances:,} instances"
                    f" ({rate:,.0f} a second)"
                )
        self.tell("statistics for the planner")
        _settle()
        seconds = time.monotonic() - begun
        self.tell(f"{done:,} instances loaded in {seconds:,.0f} s\n")

    def _columns(self, table: str) -> list[str]:
        """Return the replaced columns, then the others as the templates have them."""
        template = next(iter(self.templates[table].values()))
        replaced = REPLACED[table]
        return [*replaced, *(name for name in template if name not in replaced)]

    def _tail(self, table: str, name: str) -> Any:
        """Return what a template's rows end with: all that is not replaced."""
        if (table, name) not in self._tails:
            template = self.templates[table][name]
            values = [
                template[column]
                for column in self._columns(table)[len(REPLACED[table]) :]
            ]
            tail: Any = tuple(values)
            if connection.vendor == "postgresql":
                tail = "".join(f"\t{_escaped(value)}" for value in values) + "\n"
            self._tails[table, name] = tail
        return self._tails[table, name]

    def _copy(self, cursor: Any, table: str, rows: Rows) -> None:
        names = ", ".join(f'"{column}"' for column in self._columns(table))
        tails = {name: self._tail(table, name) for name in self.templates[table]}
        text = "".join(["\t".join(row) + tails[name] for name, row in rows])  # type: ignore[arg-type]  # null is text here
        with cursor.cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
            copy.write(text)

    def _insert_many(self, cursor: Any, table: str, rows: Rows) -> None:
        columns = self._columns(table)
        names = ", ".join(f'"{column}"' for column in columns)
        marks = ", ".join(["%s"] * len(columns))
        tails = {name: self._tail(table, name) for name in self.templates[table]}
        cursor.executemany(
            f'INSERT INTO "{table}" ({names}) VALUES ({marks})',  # noqa: S608  our names
            [row + tails[name] for name, row in rows],
        )


def _settle() -> None:
    """Leave the tables as a database has them that has been running for long.

    Otherwise the database would tidy up while it is measured.
    """
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql" or connection.in_atomic_block:
            cursor.execute("ANALYZE")
            return
        cursor.execute("VACUUM (ANALYZE)")


class without_indexes:
    """Drops what slows inserting down, and makes it again at the end of a block."""

    def __init__(self, cursor: Any, tell: Callable[[str], None]) -> None:
        self.cursor, self.tell = cursor, tell
        self.again: list[str] = []

    def __enter__(self) -> None:
        for drop, make in list(self._found()):
            self.cursor.execute(drop)
            self.again.append(make)

    def __exit__(self, *failure: object) -> None:
        if failure[0] is not None:
            return
        for number, make in enumerate(self.again, 1):
            self.tell(f"indexes: {number} of {len(self.again)}")
            self.cursor.execute(make)

    def _found(self) -> Iterator[tuple[str, str]]:
        if connection.vendor != "postgresql":
            self.cursor.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'index'"
                " AND sql IS NOT NULL AND tbl_name IN (%s, %s, %s)",
                TABLES,
            )
            for name, sql in self.cursor.fetchall():
                yield f'DROP INDEX "{name}"', sql
            return
        self.cursor.execute("SET maintenance_work_mem = '1GB'")
        # A transaction that has written cannot drop a key whose rows it still checks.
        self.cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        tables = [list(TABLES)]
        self.cursor.execute(_CONSTRAINTS, tables)
        for table, name, definition in self.cursor.fetchall():
            yield (
                f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"',
                f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {definition}',
            )
        self.cursor.execute(_INDEXES, tables)
        for name, definition in self.cursor.fetchall():
            yield f'DROP INDEX "{name}"', definition


# Foreign keys first: the unique constraints that they lean on are others.
_CONSTRAINTS = """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
 FROM pg_constraint WHERE conrelid = ANY(%s::regclass[]) AND contype IN ('f', 'u')
 AND NOT EXISTS (SELECT FROM pg_constraint other WHERE other.contype = 'f'
  AND other.conindid = pg_constraint.conindid AND other.oid <> pg_constraint.oid
  AND pg_constraint.contype = 'u')
 ORDER BY contype DESC"""
_INDEXES = """SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
 FROM pg_index WHERE indrelid = ANY(%s::regclass[]) AND NOT indisprimary
 AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid
  AND contype IN ('u', 'f'))"""


def _escaped(value: str | None) -> str:
    """Return a value as COPY reads it."""
    if value is None:
        return _NULL
    escaped = value.replace("\\", "\\\\").replace("\t", "\\t")
    return escaped.replace("\n", "\\n").replace("\r", "\\r")


def stored_row(table: str, column: str, value: str) -> list[dict[str, Any]]:
    """Return rows as they are in the database: on PostgreSQL as text."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}" LIMIT 0')  # noqa: S608  our names
        names = [str(one[0]) for one in cursor.description or ()]
        cast = "::text" if connection.vendor == "postgresql" else ""
        shown = ", ".join(f'"{name}"{cast}' for name in names)
        where = f'WHERE "{column}" = %s ORDER BY id'
        cursor.execute(f'SELECT {shown} FROM "{table}" {where}', [value])  # noqa: S608
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def progress(text: str) -> None:
    """Show how far it is: on one line of a terminal, else now and then."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text}")
    elif text.endswith("\n") or not _is_frequent(text):
        sys.stderr.write(f"{text.rstrip()}\n")
    sys.stderr.flush()


_shown: dict[str, float] = {}


def _is_frequent(text: str) -> bool:
    """Whether the same kind of line was shown in the last seconds."""
    kind, now = text.partition(":")[0], time.monotonic()
    if now - _shown.get(kind, float("-inf")) < 5:
        return True
    _shown[kind] = now
    return False


__all__: Sequence[str] = ("Loader", "Templates", "progress", "stored_row")
