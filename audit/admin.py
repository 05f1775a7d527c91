"""The audit trail in the admin: for administrators of an organisation, its own rows."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from audit.choices import Act
from audit.models import AuditEntry
from common.admin import LongListAdmin, as_json


class ActFilter(admin.SimpleListFilter):
    """What was done; the choices are known without reading the trail."""

    title = "what was done"
    parameter_name = "act"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[Any]:
        """Offer every act."""
        return list(Act.choices)

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[AuditEntry]
    ) -> QuerySet[AuditEntry]:
        """Keep the chosen act."""
        return queryset.filter(act=self.value()) if self.value() else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(LongListAdmin):
    """Who did or saw what, when, and from where."""

    org_path = "org"
    seen_by = "managed"
    list_display = ["at", "account", "act", "thing", "thing_id", "org", "address"]
    list_filter = [ActFilter, "at"]
    search_fields = ["thing_id"]
    search_help_text = "The key of a row (the guid of an instance), or an account."
    fields = [
        "at",
        ("account", "account_id"),
        "act",
        ("thing", "thing_id"),
        "org",
        ("address", "trace_id"),
        "details_document",
    ]

    def get_search_results(
        self,
        request: HttpRequest,
        queryset: QuerySet[Any],
        search_term: str,
    ) -> tuple[QuerySet[Any], bool]:
        """Find by what indexes know."""
        term = search_term.strip()
        if not term or "\0" in term:
            return queryset, False
        found = queryset.filter(thing_id=term)
        return found if found.exists() else queryset.filter(account=term), False

    @admin.display(description="details")
    def details_document(self, entry: AuditEntry) -> SafeString:
        """Show which fields changed."""
        return as_json(entry.details)
