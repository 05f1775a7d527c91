"""Transactions that stay open until a test lets them go on.

A process with the settings that ``GATED`` names stops behind each insert into a table
while a file in its data folder names that table. So a test finds it there for sure,
however slow or fast the machine is, and whichever the database.
"""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from tests.servers import LiveServer, wait_until

GATED: Mapping[str, str] = {"DJANGO_SETTINGS_MODULE": "tests.live.gated_settings"}
_GATE, _REACHED = "gate", "gate-reached"


@dataclass(frozen=True, slots=True)
class Gate:
    """A gate that is shut, in the data folder of processes."""

    folder: Path

    def wait(self) -> None:
        """Wait until a transaction stands before it."""
        wait_until((self.folder / _REACHED).exists)

    def open(self) -> None:
        """Let all go on, now and later."""
        (self.folder / _GATE).unlink(missing_ok=True)


@contextmanager
def gate(server: LiveServer, model: type[models.Model]) -> Iterator[Gate]:
    """Stop who inserts into a table, for a block or until the gate is opened."""
    (server.folder / _REACHED).unlink(missing_ok=True)
    # With one step, for a process reads it at any time.
    written = server.folder / f"{_GATE}.part"
    written.write_text(model._meta.db_table)
    written.rename(server.folder / _GATE)
    shut = Gate(server.folder)
    try:
        yield shut
    finally:
        shut.open()


def stop_at_gates(
    sender: object, connection: BaseDatabaseWrapper, **kwargs: object
) -> None:
    """Look for a gate behind each statement of a new connection."""
    connection.execute_wrappers.append(_pass)


def _pass(execute: Any, sql: str, values: Any, many: bool, context: Any) -> Any:
    answer = execute(sql, values, many, context)
    folder = Path(os.environ["ALTINN_DATA_DIR"])
    while f'INSERT INTO "{_shut_for(folder)}"' in sql:
        (folder / _REACHED).touch()
        time.sleep(0.02)
    return answer


def _shut_for(folder: Path) -> str:
    """Return the table whose inserts are stopped, empty for none."""
    try:
        return (folder / _GATE).read_text()
    except FileNotFoundError:
        return ""
