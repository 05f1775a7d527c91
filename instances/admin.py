"""Instances and their history in the admin: shown, never changed."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from apps_registry.models import Application
from common.admin import LongListAdmin, as_json, number_or_none, uuid_or_none
from instances.choices import InstanceEventType
from instances.models import Instance, InstanceEvent
from parties.numbers import mask_ssn

_Rows = QuerySet[Instance]
_MOST_EVENTS = 200
_STATES: dict[str, Callable[[_Rows], _Rows]] = {
    "active": lambda rows: rows.filter(archived_at=None, soft_deleted_at=None),
    "archived": lambda rows: rows.filter(
        archived_at__isnull=False, soft_deleted_at=None
    ),
    "soft deleted": lambda rows: rows.filter(
        soft_deleted_at__isnull=False, hard_deleted_at=None
    ),
    "hard deleted": lambda rows: rows.filter(hard_deleted_at__isnull=False),
}


class ApplicationFilter(admin.SimpleListFilter):
    """The application; its choices come from the registry, not from the instances."""

    title = "application"
    parameter_name = "app"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[Any]:
        """Offer every application."""
        ids = Application.objects.values_list("app_id", flat=True)
        return [(app_id, app_id) for app_id in ids]

    def queryset(self, request: HttpRequest, queryset: _Rows) -> _Rows:
        """Keep the instances of the application."""
        return queryset.filter(app_id=self.value()) if self.value() else queryset


class StateFilter(admin.SimpleListFilter):
    """Where an instance stands in its life."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[Any]:
        """Offer every state."""
        return [(state, state) for state in _STATES]

    def queryset(self, request: HttpRequest, queryset: _Rows) -> _Rows:
        """Keep the instances in the state."""
        keep = _STATES.get(self.value() or "")
        return keep(queryset) if keep else queryset


@admin.register(Instance)
class InstanceAdmin(LongListAdmin):
    """Instances; a national identity number is never shown in full."""

    list_display = [
        "instance_id",
        "app_id",
        "current_task",
        "state",
        "confirmed",
        "created",
        "last_changed",
    ]
    list_filter = [ApplicationFilter, StateFilter, "confirmed", "created"]
    search_fields = ["id"]
    search_help_text = "A guid, {party id}/{guid}, a party id, or org/app in full."
    fieldsets = [
        (None, {"fields": ["instance_id", "app_id", "state", "read_status"]}),
        (
            "Instance owner",
            {
                "fields": [
                    "owner_party_id",
                    "masked_person_no",
                    "owner_org_no",
                    "owner_username",
                    "owner_external_id",
                ]
            },
        ),
        (
            "Process",
            {
                "fields": [
                    "current_task",
                    "process_ended",
                    "end_event",
                    "process_document",
                ]
            },
        ),
        (
            "Times",
            {
                "fields": [
                    ("created", "created_by"),
                    ("last_changed", "last_changed_by"),
                    ("due_before", "visible_after"),
                    ("archived_at", "soft_deleted_at", "hard_deleted_at"),
                ]
            },
        ),
        (
            "Owner's own",
            {
                "fields": [
                    "confirmed",
                    "confirmations",
                    "substatus",
                    "presentation_texts",
                    "data_values",
                ]
            },
        ),
        ("History", {"fields": ["history"]}),
    ]

    def get_search_results(
        self,
        request: HttpRequest,
        queryset: QuerySet[Any],
        search_term: str,
    ) -> tuple[QuerySet[Any], bool]:
        """Find by what indexes know; a part of anything would read every row."""
        if search_term.strip():
            queryset = queryset.filter(**_named_by(search_term))
        return queryset, False

    @admin.display(description="id")
    def instance_id(self, instance: Instance) -> str:
        """Show the id on the wire."""
        return instance.instance_id

    @admin.display
    def state(self, instance: Instance) -> str:
        """Say where the instance stands in its life."""
        if instance.hard_deleted_at:
            return "hard deleted"
        if instance.soft_deleted_at:
            return "soft deleted"
        return "archived" if instance.archived_at else "active"

    @admin.display(description="owner person no")
    def masked_person_no(self, instance: Instance) -> str:
        """Show the first six digits."""
        return mask_ssn(instance.owner_person_no or "")

    @admin.display(description="process")
    def process_document(self, instance: Instance) -> SafeString:
        """Show the process state as the wire has it."""
        return as_json(instance.process)

    @admin.display(description="events")
    def history(self, instance: Instance) -> SafeString:
        """List the first events, with links to all of them."""
        events = InstanceEvent.objects.of(instance.pk)[:_MOST_EVENTS]
        lines = format_html_join(
            "",
            '{} <a href="{}">{}</a> by {}<br>',
            (
                (
                    event.created.strftime("%Y-%m-%d %H:%M:%S"),
                    reverse("admin:instances_instanceevent_change", args=[event.pk]),
                    event.event_type,
                    _name(event),
                )
                for event in events
            ),
        )
        every = reverse("admin:instances_instanceevent_changelist")
        return format_html(
            '{}<a href="{}?q={}">All events</a>', lines, every, instance.pk
        )


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
        return _name(event)

    @admin.display(description="actor")
    def actor_document(self, event: InstanceEvent) -> SafeString:
        """Show who did it as the wire has it."""
        return as_json(event.actor)

    @admin.display(description="process")
    def process_document(self, event: InstanceEvent) -> SafeString:
        """Show the process state of then as the wire has it."""
        return as_json(event.process)


def _named_by(term: str) -> dict[str, object]:
    """Return the columns that a search term speaks of."""
    party, slash, rest = term.strip().rpartition("/")
    guid = uuid_or_none(rest)
    if guid is not None:
        owner = {"owner_party_id": number_or_none(party)} if slash else {}
        return {"pk": guid, **owner}
    if slash:
        return {"app_id": term.strip()}
    number = number_or_none(term)
    return {"pk__in": []} if number is None else {"owner_party_id": number}


def _name(event: InstanceEvent) -> str:
    actor = event.actor
    user = actor.get("userId")
    if user:
        return f"user {user}"
    return str(actor.get("orgId") or actor.get("systemUserOwnerOrgNo") or "")
