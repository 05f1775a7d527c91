"""The dashboard of an organisation: its applications in numbers, counted beforehand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from django.http import Http404, HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone

from apps_registry.models import Application, Org
from common.charts import columns
from common.owner_admin import OwnersSite
from events import daily_counts
from events.models import DeliveryStatistics
from instances.models import AppStatistics

_DAYS: Final = 30

_TILES = [
    ("active", "active"),
    ("archived", "archived"),
    ("unconfirmed", "to confirm"),
    ("soft_deleted", "soft deleted"),
    ("hard_deleted", "hard deleted"),
]
# What of the list each tile leads to.
_LISTED: Mapping[str, Mapping[str, object]] = {
    "active": {"state": "active"},
    "archived": {"state": "archived"},
    "unconfirmed": {"state": "archived", "confirmed__exact": "0"},
    "soft_deleted": {"state": "soft deleted"},
    "hard_deleted": {"state": "hard deleted"},
}


@dataclass(frozen=True, slots=True)
class Row:
    """An application in the table; ``counted`` is None for one that came since."""

    application: Application
    counted: AppStatistics | None


def overview(request: HttpRequest, site: OwnersSite) -> list[dict[str, object]]:
    """Return the sums of each organisation that the account may look at."""
    counted: dict[str, list[AppStatistics]] = {
        code: [] for code in site.orgs_offered(request)
    }
    rows = AppStatistics.objects.filter(org__in=list(counted))
    for row in rows.defer("per_task"):
        counted[row.org].append(row)
    return [
        {
            "org": code,
            "apps": len(own),
            "active": _sum(own, "active"),
            "unconfirmed": _sum(own, "unconfirmed"),
        }
        for code, own in counted.items()
    ]


def dashboard(request: HttpRequest, site: OwnersSite, code: str) -> TemplateResponse:
    """Show an organisation's dashboard to its members; 404 for any other."""
    org = Org.objects.filter(code=code).first()
    if org is None or not site.reach_of(request).covers(code, "viewed"):
        raise Http404
    counted = {row.app_id: row for row in AppStatistics.objects.filter(org=code)}
    applications = Application.objects.filter(org=org).select_related("current")
    rows = [Row(app, counted.get(app.app_id)) for app in applications]
    as_of = min((row.as_of for row in counted.values()), default=None)
    context = {
        **site.each_context(request),
        "deliveries": DeliveryStatistics.objects.filter(org=code).first(),
        "title": org.name.get("en") or org.name.get("nb") or code,
        "org": org,
        "rows": rows,
        "as_of": as_of,
        "tiles": [
            (
                label,
                _sum(counted.values(), name),
                urlencode({"org": code, **_LISTED[name]}),
            )
            for name, label in _TILES
        ],
        "oldest": _oldest(counted.values()),
        "chart": _chart(code, timezone.now().astimezone(UTC)) if as_of else "",
    }
    return TemplateResponse(request, "admin/dashboard.html", context)


def _sum(counted: Iterable[AppStatistics], name: str) -> int:
    return sum(getattr(row, name) for row in counted)


def _oldest(counted: Iterable[AppStatistics]) -> AppStatistics | None:
    waiting = [
        (row.oldest_unconfirmed, row) for row in counted if row.oldest_unconfirmed
    ]
    return min(waiting, key=lambda pair: pair[0])[1] if waiting else None


def _chart(code: str, now: datetime) -> str:
    """Draw how many instances were made on each day, also of those that are gone."""
    days = [now.date() - timedelta(days=n) for n in reversed(range(_DAYS))]
    made = daily_counts.made(code, since=days[0])
    values = [(day.isoformat(), made.get(day, 0)) for day in days]
    return columns(values, title=f"Instances made a day, the last {_DAYS} days")
