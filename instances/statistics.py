"""Counting the instances, for pages that must not: three statements over all of them.

One application more is one statement more, for its oldest instance to confirm.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Min, Q
from django.utils import timezone

from apps_registry.models import Application
from instances.models import AppStatistics, Instance

_NOT_DELETED = Q(soft_deleted_at__isnull=True)
_ACTIVE = _NOT_DELETED & Q(archived_at__isnull=True)
_ARCHIVED = _NOT_DELETED & Q(archived_at__isnull=False)
_UNCONFIRMED = _ARCHIVED & Q(confirmed=False)
_COUNTED = {
    "active": Count("pk", filter=_ACTIVE),
    "archived": Count("pk", filter=_ARCHIVED),
    "soft_deleted": Count(
        "pk", filter=Q(soft_deleted_at__isnull=False, hard_deleted_at__isnull=True)
    ),
    "hard_deleted": Count("pk", filter=Q(hard_deleted_at__isnull=False)),
    "unconfirmed": Count("pk", filter=_UNCONFIRMED),
    "oldest_unconfirmed": Min("archived_at", filter=_UNCONFIRMED),
}
_NONE = dict.fromkeys(_COUNTED, 0) | {"oldest_unconfirmed": None}


def refresh() -> int:
    """Count the instances of every application anew; return of how many.

    Two at once are no harm: the later one's rows stay.
    """
    now = timezone.now()
    rows = Instance.objects.order_by()
    apps = dict(Application.objects.values_list("app_id", "org__code"))
    counted: dict[str, Mapping[str, Any]] = {}
    by_app: Iterable[Any] = rows.values("app_id", "org").annotate(**_COUNTED)
    for row in by_app:
        apps.setdefault(row["app_id"], row["org"])
        counted[row["app_id"]] = {name: row[name] for name in _COUNTED}
    tasks = _by_app(
        rows.filter(_ACTIVE, current_task__isnull=False)
        .values_list("app_id", "current_task")
        .annotate(Count("pk"))
    )
    statistics = [
        AppStatistics(
            app_id=app_id,
            org=org,
            oldest_unconfirmed_id=_oldest(app_id, counted.get(app_id, _NONE)),
            per_task=tasks[app_id],
            as_of=now,
            **counted.get(app_id, _NONE),
        )
        for app_id, org in apps.items()
    ]
    _store(statistics)
    return len(statistics)


@transaction.atomic
def _store(statistics: list[AppStatistics]) -> None:
    fields = [f.name for f in AppStatistics._meta.concrete_fields if not f.primary_key]
    AppStatistics.objects.bulk_create(
        statistics,
        update_conflicts=True,
        unique_fields=["app_id"],
        update_fields=fields,
    )
    gone = AppStatistics.objects.exclude(app_id__in=[row.app_id for row in statistics])
    gone.delete()


def _oldest(app_id: str, counted: Mapping[str, Any]) -> UUID | None:
    moment = counted["oldest_unconfirmed"]
    if moment is None:
        return None
    rows = Instance.objects.filter(_UNCONFIRMED, app_id=app_id, archived_at=moment)
    return rows.values_list("pk", flat=True).first()


def _by_app(rows: Iterable[Any]) -> defaultdict[str, dict[str, int]]:
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for app_id, key, count in rows:
        found[app_id][str(key)] = count
    return found
