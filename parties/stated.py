"""What the rows of an import have stated so far, on disk and not in memory.

A register has more rows than a process should keep objects of. SQLite's private
temporary database has no name, spills to disk and is gone when it is closed.
"""

import sqlite3
from collections.abc import Iterator
from types import TracebackType
from typing import Self

_BATCH = 500


class Stated:
    """Remembers ids and numbers with their places, and what rows refer to."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
            "PRAGMA cache_size = -16000;"
            "CREATE TABLE stated (kind TEXT, value TEXT, place TEXT,"
            " PRIMARY KEY (kind, value)) WITHOUT ROWID;"
            "CREATE TABLE wanted (kind TEXT, value TEXT, place TEXT);"
            "BEGIN"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._database.close()

    def state(self, kind: str, value: object, place: str) -> str:
        """Remember a value; return the place that states it already, or nothing."""
        added = self._database.execute(
            "INSERT OR IGNORE INTO stated VALUES (?, ?, ?)", (kind, str(value), place)
        )
        if added.rowcount:
            return ""
        return self.place_of(kind, value)

    def place_of(self, kind: str, value: object) -> str:
        """Return where a value is stated, or nothing."""
        row = self._database.execute(
            "SELECT place FROM stated WHERE kind = ? AND value = ?", (kind, str(value))
        ).fetchone()
        return row[0] if row else ""

    def want(self, kind: str, value: object, place: str) -> None:
        """Remember that a row refers to a value, if nothing has stated it yet."""
        if not self.place_of(kind, value):
            self._database.execute(
                "INSERT INTO wanted VALUES (?, ?, ?)", (kind, str(value), place)
            )

    def unstated(self, kind: str) -> Iterator[list[str]]:
        """Yield, in batches, the values that rows refer to and that no row states."""
        found = self._database.execute(
            "SELECT DISTINCT value FROM wanted WHERE kind = ?1 AND NOT EXISTS"
            " (SELECT 1 FROM stated WHERE kind = ?1 AND stated.value = wanted.value)",
            (kind,),
        )
        while batch := found.fetchmany(_BATCH):
            yield [value for (value,) in batch]

    def places_wanting(self, kind: str, values: list[str]) -> Iterator[tuple[str, str]]:
        """Yield each place that refers to one of the values, and the value."""
        marks = ", ".join("?" * len(values))
        yield from self._database.execute(
            f"SELECT place, value FROM wanted WHERE kind = ? AND value IN ({marks})"  # noqa: S608  only marks
            " ORDER BY rowid",
            (kind, *values),
        )
