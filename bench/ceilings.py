"""The ceiling: what PostgreSQL does with the least SQL for the same, by pgbench.

Prepared statements, one round trip, no web server and no Python. A write writes the
same rows as the server does: instance, history, outbox.
"""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.db import connection

from bench.generate import EVENT, INSTANCE
from bench.world import Written

CLIENTS = 8
OUTBOX = "events_cloudevent"
_TPS = re.compile(r"^tps = ([\d.]+)", re.MULTILINE)
_SAMPLE = 100_000  # instances that are read and moved
# A UUIDv7, so that the index grows at its end as it does for the server's rows.
_UUID7 = (
    "(lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0')"
    " || '7' || substr(md5(random()::text), 1, 3) || '8'"
    " || substr(md5(random()::text), 1, 15))::uuid"
)
# The values are our own; statements that make tables take no parameters.
_SETUP = f"""
CREATE TABLE bench_ids AS SELECT row_number() OVER () AS n, id, org, app_id,
  last_changed FROM (SELECT * FROM {INSTANCE} WHERE app_id = '{{app}}' AND confirmed
  LIMIT {_SAMPLE}) AS sample;
CREATE UNIQUE INDEX ON bench_ids (n);
CREATE TABLE bench_instance AS SELECT * FROM {INSTANCE} WHERE id = '{{create}}';
CREATE TABLE bench_created AS SELECT * FROM {EVENT} WHERE instance_id = '{{create}}';
CREATE TABLE bench_moved AS SELECT * FROM {EVENT} WHERE instance_id = '{{next}}'
  ORDER BY id DESC LIMIT {{moves}};
CREATE TABLE bench_outbox AS SELECT * FROM {OUTBOX}
  WHERE resource_instance LIKE '%{{create}}' LIMIT 1;
ANALYZE bench_ids, bench_instance, bench_created, bench_moved, bench_outbox;
"""  # noqa: S608  our own names
_TABLES = ("ids", "instance", "created", "moved", "outbox")
_ONE_OF = "(SELECT {} FROM bench_ids WHERE n = :n)"
_PAGE = """WITH page AS (SELECT * FROM {table} WHERE app_id = '{app}'{after}
  ORDER BY last_changed DESC, id DESC LIMIT 100)
SELECT row_to_json(page), (SELECT json_agg(e) FROM data_elements_dataelement e
  WHERE e.instance_id = page.id) FROM page;"""


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What is known of a database that ceilings are measured on."""

    url: str
    app_id: str
    count: int

    @classmethod
    @contextmanager
    def prepared(cls, url: str, app_id: str, written: Written) -> Iterator["Ceiling"]:
        """Make the tables that ceilings read from, for the length of a block."""
        with connection.cursor() as cursor:
            cursor.execute(
                _SETUP.format(
                    app=app_id,
                    create=written.of_create,
                    next=written.of_next,
                    moves=written.moves,
                )
            )
            cursor.execute("SELECT count(*) FROM bench_ids")
            (count,) = cursor.fetchone() or (0,)
        try:
            yield cls(url, app_id, int(count))
        finally:
            with connection.cursor() as cursor:
                cursor.execute(
                    "DROP TABLE " + ", ".join(f"bench_{name}" for name in _TABLES)
                )

    def tps(self, name: str, *, seconds: float) -> float:
        """Run a ceiling for some seconds; return its transactions a second."""
        address = urlsplit(self.url)
        with tempfile.TemporaryDirectory() as folder:
            script = Path(folder) / f"{name}.sql"
            script.write_text(f"\\set n random(1, {self.count})\n{self.sql(name)}\n")
            done = subprocess.run(  # noqa: S603  our own script
                [
                    *(PGBENCH or "pgbench", "--no-vacuum", "--protocol=prepared"),
                    *(f"--client={CLIENTS}", "--jobs=1"),
                    *(f"--time={max(1, round(seconds))}", f"--file={script}"),
                    f"--host={address.hostname}",
                    f"--port={address.port or 5432}",
                    *([f"--username={address.username}"] if address.username else []),
                    address.path.lstrip("/"),
                ],
                capture_output=True,
                check=False,
                text=True,
            )
        found = _TPS.search(done.stdout)
        if done.returncode or not found:
            raise RuntimeError(f"pgbench {name}: {done.stderr[-600:]}")
        return float(found.group(1))

    def sql(self, name: str) -> str:
        """Return the SQL of a ceiling."""
        return {
            "get": self._get,
            "list": self._list,
            "deep": self._deep,
            "create": self._create,
            "next": self._next,
        }[name]()

    def _get(self) -> str:
        return (
            f"SELECT i.*, (SELECT json_agg(e) FROM data_elements_dataelement e"  # noqa: S608
            f" WHERE e.instance_id = i.id) FROM {INSTANCE} i"
            f" WHERE i.id = {_ONE_OF.format('id')};"
        )

    def _list(self) -> str:
        return _PAGE.format(table=INSTANCE, app=self.app_id, after="")

    def _deep(self) -> str:
        place = f"({_ONE_OF.format('last_changed')}, {_ONE_OF.format('id')})"
        after = f" AND (last_changed, id) < {place}"
        return _PAGE.format(table=INSTANCE, app=self.app_id, after=after)

    def _create(self) -> str:
        instance = {"id": _UUID7, "created": "now()", "last_changed": "now()"}
        history = {"id": _UUID7, "instance_id": "i.id", "created": "now()"}
        return (
            f"WITH i AS ({_copied(INSTANCE, 'bench_instance', instance)} RETURNING id),"
            f" h AS ({_copied(EVENT, 'bench_created', history, beside='i')})"
            f" {_copied(OUTBOX, 'bench_outbox', {'id': _UUID7, 'time': 'now()'})};"
        )

    def _next(self) -> str:
        history = {"id": _UUID7, "instance_id": "i.id", "created": "now()"}
        return (
            f"WITH i AS (UPDATE {INSTANCE} SET last_changed = now(),"  # noqa: S608
            " process = process || '{}', last_changed_by = '1337'"
            f" WHERE id = {_ONE_OF.format('id')} RETURNING id),"
            " e AS (UPDATE data_elements_dataelement SET locked_at = now(),"
            " locked_by = 'bench' WHERE instance_id = (SELECT id FROM i)),"
            f" h AS ({_copied(EVENT, 'bench_moved', history, beside='i')})"
            f" {_copied(OUTBOX, 'bench_outbox', {'id': _UUID7, 'time': 'now()'})};"
        )


PGBENCH = shutil.which("pgbench")


def _copied(
    table: str, source: str, replaced: Mapping[str, str], *, beside: str = ""
) -> str:
    """Return an INSERT of the rows of a template, some columns replaced."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}" LIMIT 0')  # noqa: S608  our names
        columns = [str(one[0]) for one in cursor.description or ()]
    names = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join(replaced.get(column, f'r."{column}"') for column in columns)
    sources = f"{source} r" + (f", {beside}" if beside else "")
    return f'INSERT INTO "{table}" ({names}) SELECT {values} FROM {sources}'  # noqa: S608
