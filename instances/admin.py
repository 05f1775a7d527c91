"""Instances in the admin: found, shown, and acted on by the services alone."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from apps_registry.models import Application
from common.admin import (
    OrgFilter,
    ReadOnlyAdmin,
    as_json,
    number_or_none,
    uuid_or_none,
)
from common.confirmed_admin import ConfirmedActsAdmin
from instances import owner_acts
from instances.application_admin import ApplicationDeskAdmin
from instances.history_admin import InstanceEventAdmin, name_of_actor
from instances.models import AppStatistics, Instance, InstanceEvent
from instances.owner_acts import OwnerAct
from instances.party_admin import InstanceOwnerAdmin
from instances.queue_admin import QueueLeaseAdmin
from parties.numbers import mask_ssn

__all__ = [
    "ApplicationDeskAdmin",
    "InstanceEventAdmin",
    "InstanceOwnerAdmin",
    "QueueLeaseAdmin",
]

_Rows = QuerySet[Instance]
_MOST_EVENTS = 200
_DAY_LENGTH = len("2026-11-26")
_ACTS = {  # by the names of the actions below
    "confirm": owner_acts.CONFIRM,
    "soft_delete": owner_acts.SOFT_DELETE,
    "restore": owner_acts.RESTORE,
}
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
        """Offer every application that the account may look at."""
        page = model_admin.admin_site.get_model_admin(Application)  # type: ignore[attr-defined]  # a page
        ids = page.get_queryset(request).values_list("app_id", flat=True)
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
class InstanceAdmin(ConfirmedActsAdmin):
    """Instances; a national identity number is never shown in full."""

    org_path = "org"
    personal = True
    acts = _ACTS
    actions = list(_ACTS)
    list_display = [
        "instance_id",
        "app_id",
        "current_task",
        "state",
        "confirmed",
        "created",
        "last_changed",
    ]
    list_filter = [OrgFilter, ApplicationFilter, StateFilter, "confirmed", "created"]
    search_fields = ["id"]
    search_help_text = (
        "A guid, {party id}/{guid}, a party id, org/app in full, or the day it was"
        " made (2026-11-26)."
    )
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
        return instance.state

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
        """Draw the first events as a line of time, with links to all of them."""
        events = InstanceEvent.objects.of(instance.pk)[:_MOST_EVENTS]
        lines = format_html_join(
            "",
            '<li><time>{}</time> <a href="{}">{}</a>{} {} <span>by {}</span></li>',
            (
                (
                    event.created.strftime("%Y-%m-%d %H:%M:%S"),
                    reverse("admin:instances_instanceevent_change", args=[event.pk]),
                    event.event_type,
                    _element_of(event),
                    _task_of(event),
                    name_of_actor(event) or "the server",
                )
                for event in events
            ),
        )
        every = reverse("admin:instances_instanceevent_changelist")
        return format_html(
            '<ol class="timeline">{}</ol><a href="{}?q={}">All events</a>',
            lines,
            every,
            instance.pk,
        )

    # --- acting -----------------------------------------------------------------------
    @admin.action(permissions=["work"], description=owner_acts.CONFIRM.offer)
    def confirm(self, request: HttpRequest, rows: _Rows) -> HttpResponse:
        """Confirm, in the organisation's name, that the instances are received."""
        return self.act(request, rows, owner_acts.CONFIRM)

    @admin.action(permissions=["work"], description=owner_acts.SOFT_DELETE.offer)
    def soft_delete(self, request: HttpRequest, rows: _Rows) -> HttpResponse:
        """Delete the instances so that they can be restored."""
        return self.act(request, rows, owner_acts.SOFT_DELETE)

    @admin.action(permissions=["work"], description=owner_acts.RESTORE.offer)
    def restore(self, request: HttpRequest, rows: _Rows) -> HttpResponse:
        """Take soft deletions back."""
        return self.act(request, rows, owner_acts.RESTORE)

    def fits(self, act: OwnerAct, row: Instance) -> bool:
        """Whether the state and the policy let it be done now."""
        return owner_acts.fits(act, row)

    def perform(self, act: OwnerAct, row: Instance) -> None:
        """Do it in the organisation's name."""
        owner_acts.perform(act, row)

    def told(self, row: Instance) -> str:
        """Name the instance, and where it stands in its life."""
        return f"{row.app_id}, instance {row.instance_id}, {row.state}"

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        """Order by the last change where an index of the organisation or app does.

        Over all organisations only the key has an index; it is the time of making.
        """
        narrowed = {"org", "app"} & request.GET.keys()
        if narrowed or not self.reach(request).everywhere:
            return ["-last_changed", "-id"]
        return ["-id"]


@admin.register(AppStatistics)
class AppStatisticsAdmin(ReadOnlyAdmin):
    """What the dashboards read, which members look at instead."""

    list_display = ["app_id", "active", "archived", "unconfirmed", "as_of"]


def _named_by(term: str) -> dict[str, object]:
    """Return the columns that a search term speaks of."""
    day = _day_or_none(term)
    if day is not None:
        return {"created__gte": day, "created__lt": day + timedelta(days=1)}
    party, slash, rest = term.strip().rpartition("/")
    guid = uuid_or_none(rest)
    if guid is not None:
        owner = {"owner_party_id": number_or_none(party)} if slash else {}
        return {"pk": guid, **owner}
    if slash:
        return {"app_id": term.strip()}
    number = number_or_none(term)
    return {"pk__in": []} if number is None else {"owner_party_id": number}


def _day_or_none(term: str) -> datetime | None:
    try:
        day = date.fromisoformat(term.strip())
    except ValueError:
        return None
    if len(term.strip()) != _DAY_LENGTH or day == date.max:
        return None  # also eight digits are a date, and may be a party's id
    return datetime.combine(day, time(), tzinfo=UTC)


def _element_of(event: InstanceEvent) -> str:
    """Name the data element that it is about, if it is about one."""
    return f" data element {event.data_id}" if event.data_id else ""


def _task_of(event: InstanceEvent) -> str:
    """Name the task in which it happened, as the wire has it."""
    process = event.process if isinstance(event.process, dict) else {}
    task = process.get("currentTask")
    element = task.get("elementId") if isinstance(task, dict) else None
    return f"in {element}" if element else ""
