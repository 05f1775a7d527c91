"""How the database answers a query: which indexes it goes by, and how much it reads."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from django.db import connection
from django.db.models import Model

from instances.models import Instance
from instances.querysets import InstanceQuerySet

_INDEX = re.compile(r"USING (?:COVERING )?INDEX (\S+)")
_PRIMARY = re.compile(r"USING (?:INTEGER )?PRIMARY KEY")
_WHOLE = re.compile(r"SCAN (\S+)(?! USING)\s*$")
_SORT = "USE TEMP B-TREE FOR"
_SORTS = frozenset({"Sort", "Incremental Sort"})
_REMOVED = ("Rows Removed by Filter", "Rows Removed by Index Recheck")


@dataclass(frozen=True, slots=True)
class Explained:
    """How a query is answered.

    ``reads_all`` says that the instances are read one after the other, without an
    index. SQLite tells neither how many rows it read nor how long that took.
    """

    indexes: tuple[str, ...]
    reads_all: bool
    sorts: bool
    rows_read: int | None
    milliseconds: float | None


def explain(rows: InstanceQuerySet) -> Explained:
    """Explain a query; on PostgreSQL it is carried out for that."""
    if connection.vendor == "postgresql":
        (told,) = orjson.loads(rows.explain(format="json", analyze=True))
        return _of_postgresql(told)
    return _of_sqlite(rows.explain())


def _of_postgresql(told: Mapping[str, Any]) -> Explained:
    steps = list(_steps(told["Plan"]))
    of_instances = [step for step in steps if _is_of(step, Instance)]
    return Explained(
        indexes=tuple(
            dict.fromkeys(step["Index Name"] for step in steps if "Index Name" in step)
        ),
        reads_all=any(step["Node Type"] == "Seq Scan" for step in of_instances),
        sorts=any(step["Node Type"] in _SORTS for step in steps),
        rows_read=sum(map(_rows_of, of_instances)),
        milliseconds=round(told["Execution Time"], 3),
    )


def _steps(step: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield a step of a plan and all that it is made of."""
    yield step
    for part in step.get("Plans", ()):
        yield from _steps(part)


def _is_of(step: Mapping[str, Any], model: type[Model]) -> bool:
    return bool(step.get("Relation Name") == model._meta.db_table)


def _rows_of(step: Mapping[str, Any]) -> int:
    """Return how many rows a step read, those that it left out among them."""
    read = step["Actual Rows"] + sum(step.get(name, 0) for name in _REMOVED)
    return int(read * step["Actual Loops"])


def _of_sqlite(plan: str) -> Explained:
    lines = [line.strip() for line in plan.splitlines()]
    named = [found.group(1) for line in lines if (found := _INDEX.search(line))]
    if any(_PRIMARY.search(line) for line in lines):
        named.append("primary key")
    whole = [found.group(1) for line in lines if (found := _WHOLE.search(line))]
    return Explained(
        indexes=tuple(dict.fromkeys(named)),
        reads_all=Instance._meta.db_table in whole,
        sorts=any(_SORT in line for line in lines),
        rows_read=None,
        milliseconds=None,
    )
