"""How many instances a query finds, for who asks; no page counts by itself."""

from collections.abc import Collection

import orjson
from django.db import connection
from django.db.models import F, Sum

from instances.models import AppStatistics
from instances.querysets import InstanceQuerySet

_COUNTED = 10_000  # rows that SQLite counts for an estimate


def exact(rows: InstanceQuerySet) -> int:
    """Count every row; the caller bounds how long that may take."""
    return rows.order_by().count()


def estimated(rows: InstanceQuerySet, *, app_ids: Collection[str] | None) -> int:
    """Guess, at a cost that does not grow with the table.

    PostgreSQL's planner says what it expects. SQLite's has no such figure: there the
    first rows are counted, and where there are more, what the dashboard's statistics
    have of these apps stands for the rest.
    """
    if connection.vendor == "postgresql":
        plan = rows.order_by().explain(format="json")
        # Where no row could match, Django asks nothing, and explains nothing.
        return int(orjson.loads(plan)[0]["Plan"]["Plan Rows"]) if plan else 0
    found = len(rows.order_by().values_list("pk")[: _COUNTED + 1])
    return found if found <= _COUNTED else max(found, _known(app_ids))


def _known(app_ids: Collection[str] | None) -> int:
    statistics = AppStatistics.objects.all()
    if app_ids is not None:
        statistics = statistics.filter(app_id__in=sorted(app_ids))
    states = F("active") + F("archived") + F("soft_deleted") + F("hard_deleted")
    total = statistics.aggregate(total=Sum(states))["total"]
    return int(total or 0)
