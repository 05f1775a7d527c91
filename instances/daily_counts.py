"""How many instances of each application were archived on a day."""

from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Count

from apps_registry.models import Org
from common import parquet
from instances.models import Instance


def as_parquet(day: date) -> bytes:
    """Return the counts of a day (UTC) as a file, the applications in order."""
    start = datetime.combine(day, time(), tzinfo=UTC)
    counted = list(
        Instance.objects.filter(
            archived_at__gte=start, archived_at__lt=start + timedelta(days=1)
        )
        .order_by("app_id")
        .values_list("org", "app_id")
        .annotate(Count("pk"))
    )
    numbers = dict(Org.objects.values_list("code", "org_number"))
    names = [app_id.partition("/")[2] for _, app_id, _ in counted]
    orgs = [org for org, _, _ in counted]
    resources = [f"app_{org}_{name}" for org, name in zip(orgs, names, strict=True)]
    return parquet.table(
        {
            "instanceCount": (int, [count for _, _, count in counted]),
            "serviceOwnerCode": (str, orgs),
            "serviceOwnerOrgNumber": (str, [numbers.get(org, "") for org in orgs]),
            "resourceId": (str, resources),
            "resourceTitle": (str, names),
            "dateTime": (datetime, [start] * len(counted)),
        }
    )
