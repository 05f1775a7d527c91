"""The history of instances in the admin: shown, never changed."""

from collections.abc import Collection
from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from common.admin import LongListAdmin, as_json, uuid_or_none
from instances.choices import InstanceEventType
from instances.models import Instance, InstanceEvent


class EventTypeFilter(admin.SimpleListFilter):
    """The type of an event; its choices are known without reading the events."""

    title = "event type"
    parameter_name = "type"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[Any]:
        """Offer every type."""
        return [(name, name) for name in InstanceEventType.values]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[InstanceEvent]
    ) -> QuerySet[InstanceEvent]:
        """Keep the events of the type."""
        return queryset.filter(event_type=self.value()) if self.value() else queryset


@admin.register(InstanceEvent)
class InstanceEventAdmin(LongListAdmin):
    """The history of instances."""

    personal = True

    list_display = ["created", "event_type", "instance", "data_id", "performed_by"]
    list_filter = [EventTypeFilter]
    search_fields = ["instance_id"]
    search_help_text = "The guid of an instance or of an event."
    fields = [
        "id",
        "created",
        "event_type",
        "instance",
        "data_id",
        "actor_document",
        "process_document",
        "additional_info",
    ]

    def rows_of(self, orgs: Collection[str]) -> Q:
        """Say which events are of the organisations' instances, while those exist."""
        rows = Instance.objects.filter(pk=OuterRef("instance_id"))
        return Q(Exists(rows.filter(org__in=sorted(orgs))))

    def org_of(self, row: InstanceEvent) -> str:
        """Return the organisation of the instance, empty when that is gone."""
        rows = Instance.objects.filter(pk=row.instance_id)
        return rows.values_list("org", flat=True).first() or ""

    def get_search_results(
        self,
        request: HttpRequest,
        queryset: QuerySet[Any],
        search_term: str,
    ) -> tuple[QuerySet[Any], bool]:
        """Find the events of an instance, or one event."""
        if search_term.strip():
            guid = uuid_or_none(search_term.rpartition("/")[2])
            found = queryset.filter(instance_id=guid)
            queryset = found if found.exists() else queryset.filter(pk=guid)
        return queryset, False

    @admin.display
    def instance(self, event: InstanceEvent) -> SafeString:
        """Link to the instance, which may be gone."""
        address = reverse("admin:instances_instance_change", args=[event.instance_id])
        name = f"{event.owner_party_id}/{event.instance_id}"
        return format_html('<a href="{}">{}</a>', address, name)

    @admin.display(description="by")
    def performed_by(self, event: InstanceEvent) -> str:
        """Name who did it."""
        return name_of_actor(event)

    @admin.display(description="actor")
    def actor_document(self, event: InstanceEvent) -> SafeString:
        """Show who did it as the wire has it."""
        return as_json(event.actor)

    @admin.display(description="process")
    def process_document(self, event: InstanceEvent) -> SafeString:
        """Show the process state of then as the wire has it."""
        return as_json(event.process)


def name_of_actor(event: InstanceEvent) -> str:
    """Name who did it: a user, an organisation or a system."""
    actor = event.actor
    user = actor.get("userId")
    if user:
        return f"user {user}"
    return str(actor.get("orgId") or actor.get("systemUserOwnerOrgNo") or "")
