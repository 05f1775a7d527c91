"""The outbox in the admin: shown, never changed."""

from collections.abc import Collection
from typing import Any

from django.contrib import admin
from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Concat
from django.http import HttpRequest

from apps_registry.models import Application
from common.admin import LongListAdmin, number_or_none, uuid_or_none
from events.delivery_admin import (
    DeliveryAdmin,
    DeliveryStatisticsAdmin,
    OutboxAdmin,
    SubscriptionAdmin,
)
from events.models import CloudEvent, DailyCount

__all__ = [
    "DeliveryAdmin",
    "DeliveryStatisticsAdmin",
    "OutboxAdmin",
    "SubscriptionAdmin",
]


@admin.register(CloudEvent)
class CloudEventAdmin(LongListAdmin):
    """Events as they were published; the subject's identity number is left out."""

    list_display = ["time", "type", "resource", "resource_instance"]
    list_filter = ["time"]
    search_fields = ["id"]
    search_help_text = (
        "The id of an event, {party id}/{guid} of an instance, a party id, or a"
        " resource in full (urn:altinn:resource:app_…)."
    )
    fields = [
        "id",
        "time",
        "type",
        "source",
        "subject",
        "resource",
        "resource_instance",
    ]

    def rows_of(self, orgs: Collection[str]) -> Q:
        """Say which events are of the organisations' applications."""
        named = Concat(
            Value("urn:altinn:resource:app_"),
            F("org__code"),
            Value("_"),
            F("name"),
            output_field=CharField(),
        )
        apps = Application.objects.filter(org__code__in=sorted(orgs))
        return Q(resource__in=apps.order_by().values_list(named, flat=True))

    def get_search_results(
        self,
        request: HttpRequest,
        queryset: QuerySet[Any],
        search_term: str,
    ) -> tuple[QuerySet[Any], bool]:
        """Find by a whole name, never by a part."""
        if search_term.strip():
            queryset = queryset.filter(**_named_by(search_term.strip()))
        return queryset, False


@admin.register(DailyCount)
class DailyCountAdmin(LongListAdmin):
    """What the dashboards draw, which members look at instead."""

    list_display = ["day", "app_id", "type", "count"]


def _named_by(term: str) -> dict[str, object]:
    """Return the column that a search term speaks of."""
    if "/" in term:
        return {"resource_instance": term}
    guid = uuid_or_none(term)
    if guid is not None:
        return {"pk": guid}
    party = number_or_none(term)
    return {"resource": term} if party is None else {"subject": f"/party/{party}"}
