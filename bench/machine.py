"""Where and when it was measured, and what lies on the disk."""

import os
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from django.db import connection
from django.utils import timezone

from bench.generate import ELEMENT, EVENT, INSTANCE
from bench.load import TOOL

HERE = Path(__file__).resolve().parent.parent
_PACKAGES = ("django", "djangorestframework", "granian", "orjson", "psycopg")


@dataclass(frozen=True, slots=True)
class Machine:
    """The surroundings of a run."""

    moment: datetime
    commit: str
    processor: str
    cores: int
    memory: int
    load: float
    database: str
    tool: str
    versions: Mapping[str, str]

    @classmethod
    def now(cls) -> "Machine":
        """Look around."""
        info = Path("/proc/cpuinfo").read_text()
        names = [
            line.partition(":")[2].strip()
            for line in info.splitlines()
            if line.startswith("model name")
        ]
        commit = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"],  # noqa: S607  of the path
            cwd=HERE,
            capture_output=True,
            check=False,
            text=True,
        )
        return cls(
            moment=timezone.now(),
            commit=commit.stdout.strip(),
            processor=names[0] if names else platform.machine(),
            cores=os.cpu_count() or 1,
            memory=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
            load=os.getloadavg()[0],
            database=_database(),
            tool=TOOL,
            versions={
                "Python": platform.python_version(),
                **{name: version(name) for name in _PACKAGES},
            },
        )


def _database() -> str:
    shown = {"postgresql": "SHOW server_version", "sqlite": "SELECT sqlite_version()"}
    with connection.cursor() as cursor:
        cursor.execute(shown[connection.vendor])
        (found,) = cursor.fetchone() or ("",)
    name = "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"
    return f"{name} {str(found).partition(' ')[0]}"


def disk_use() -> dict[str, tuple[int, int]]:
    """Return the bytes of each table and of its indexes; on SQLite of the file."""
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            path = Path(str(connection.settings_dict["NAME"]))
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return {"the whole file": (path.stat().st_size, 0)}
        found = {}
        for table in (INSTANCE, ELEMENT, EVENT):
            cursor.execute("SELECT pg_table_size(%s), pg_indexes_size(%s)", [table] * 2)
            heap, indexes = cursor.fetchone() or (0, 0)
            found[table] = (int(heap), int(indexes))
        return found
