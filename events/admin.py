"""The outbox in the admin: shown, never changed."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from common.admin import LongListAdmin, number_or_none, uuid_or_none
from events.models import CloudEvent


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


def _named_by(term: str) -> dict[str, object]:
    """Return the column that a search term speaks of."""
    if "/" in term:
        return {"resource_instance": term}
    guid = uuid_or_none(term)
    if guid is not None:
        return {"pk": guid}
    party = number_or_none(term)
    return {"resource": term} if party is None else {"subject": f"/party/{party}"}
