"""What a call asks the database: its statements, and the plans of those that read."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.generate import INSTANCE
from bench.load import Call

_NOT_COUNTED = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK")
_READS = ("SELECT", "WITH", "(SELECT")
# Also inside of a WITH, where several go together.
_WRITE = re.compile(r"(?:^|\()(?:INSERT INTO|UPDATE|DELETE FROM) ")
_TRIES = 5
_POLL = "apps_registry_registryversion"  # read at most once a second


@dataclass(frozen=True, slots=True)
class Asked:
    """What one call takes.

    ``buffers`` are pages of 8 KiB that the reading statements touch, ``sorts`` whether
    one of them sorts instances.
    """

    status: int
    statements: int
    buffers: int | None
    indexes: tuple[str, ...]
    sorts: bool


def ask(call: Call, *, before: Call | None = None) -> Asked:
    """Make the call in this process, and look at its statements.

    ``before`` is made first, by default the same: what a process reads once is read
    then.
    """
    client = Client(raise_request_exception=True)
    _call(client, before or call)
    with CaptureQueriesContext(connection) as captured:
        status = _call(client, call)
    found = [
        query["sql"]
        for query in captured.captured_queries
        if not query["sql"].startswith(_NOT_COUNTED) and _POLL not in query["sql"]
    ]
    if connection.vendor != "postgresql":
        return Asked(status, len(found), None, (), sorts=False)
    reads = [
        sql
        for sql in found
        if sql.lstrip().startswith(_READS) and not _WRITE.search(sql)
    ]
    plans = [plan_of(sql) for sql in reads]
    nodes = [node for plan in plans for node in nodes_of(plan)]
    return Asked(
        status=status,
        statements=len(found),
        buffers=sum(map(buffers_of, plans)),
        indexes=tuple(
            sorted({node["Index Name"] for node in nodes if "Index Name" in node})
        ),
        sorts=any(map(sorts_instances, plans)),
    )


def plan_of(sql: str) -> Mapping[str, Any]:
    """Return what PostgreSQL did for a statement."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}")
        return _plan_in(cursor)


def _plan_in(cursor: Any) -> Mapping[str, Any]:
    (document,) = cursor.fetchone()
    plans = json.loads(document) if isinstance(document, str) else document
    plan: Mapping[str, Any] = plans[0]["Plan"]
    return plan


def nodes_of(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield a plan's nodes, from the top."""
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes_of(below)


def sorts_instances(plan: Mapping[str, Any]) -> bool:
    """Whether a statement about instances sorts what it has found."""
    nodes = list(nodes_of(plan))
    tables = {node.get("Relation Name") for node in nodes}
    return INSTANCE in tables and any("Sort" in node["Node Type"] for node in nodes)


def wal_of(call: Call) -> int:
    """Return the bytes of WAL that the writing statements of a call make.

    They are run some times, each in a transaction that is rolled back, and the least
    counts: the first run after a checkpoint writes whole pages, and one that happens to
    split a page of an index half of it, which says nothing of the call.
    """
    client = Client(raise_request_exception=True)
    with _undone(), CaptureQueriesContext(connection) as captured:
        _call(client, call)
    found = [query["sql"] for query in captured.captured_queries]
    writes = [sql for sql in found if _WRITE.search(sql)]
    sizes = []
    for _ in range(_TRIES):
        with _undone(), connection.cursor() as cursor:
            plans = []
            for sql in writes:
                cursor.execute(f"EXPLAIN (ANALYZE, WAL, FORMAT JSON) {sql}")
                plans.append(_plan_in(cursor))
        changes = [one for plan in plans for one in _changes_in(plan)]
        if not any(one["WAL FPI"] for one in changes):
            sizes.append(sum(int(one["WAL Bytes"]) for one in changes))
    if not sizes:
        raise AssertionError("PostgreSQL writes whole pages each time.")
    return min(sizes)


@contextmanager
def _undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _changes_in(plan: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the nodes that change tables, one for each that a statement changes."""
    return [one for one in nodes_of(plan) if one["Node Type"] == "ModifyTable"]


def buffers_of(plan: Mapping[str, Any]) -> int:
    """Return how many pages a plan has touched, wherever they lay."""
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


def _call(client: Client, call: Call) -> int:
    headers = {"Host": "localhost", **call.headers}
    answer = client.generic(
        call.method,
        call.path,
        call.body,
        content_type=headers.get("Content-Type", "application/octet-stream"),
        headers=headers,
    )
    b"".join(answer)  # streamed answers are made while they are read
    return int(answer.status_code)
