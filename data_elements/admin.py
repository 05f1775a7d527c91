"""Data elements in the admin, and on their instance's page: shown, never changed."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from common.admin import (
    LongListAdmin,
    ReadOnlyInline,
    as_json,
    number_or_none,
    uuid_or_none,
)
from data_elements.models import DataElement
from instances.admin import InstanceAdmin
from instances.models import Instance


class DataElementInline(ReadOnlyInline):
    """The data elements of an instance."""

    model = DataElement
    fields = [
        "data_type",
        "content_type",
        "filename",
        "size",
        "locked_at",
        "deleted_at",
        "owner_confirmed_at",
    ]
    ordering = ["created", "id"]


admin.site.unregister(Instance)


@admin.register(Instance)
class InstanceWithDataAdmin(InstanceAdmin):
    """An instance with its data elements, which its own room does not know."""

    inlines = [DataElementInline]


@admin.register(DataElement)
class DataElementAdmin(LongListAdmin):
    """What describes data elements; their bytes are handed out by the API alone."""

    list_display = [
        "id",
        "data_type",
        "of_instance",
        "content_type",
        "size",
        "is_locked",
        "is_deleted",
        "created",
    ]
    list_filter = ["scan_result", "created_by_owner", "created"]
    list_select_related = ["instance"]
    search_fields = ["id"]
    search_help_text = "The guid of an element or of its instance, or a party id."
    fieldsets = [
        (None, {"fields": ["id", "of_instance", "data_type", "is_read", "tags"]}),
        (
            "Content",
            {
                "fields": [
                    "content_type",
                    "filename",
                    "size",
                    "sha256_hex",
                    "blob_key",
                    "scan_result",
                ]
            },
        ),
        (
            "Description",
            {"fields": ["refs", "references", "metadata", "user_defined_metadata"]},
        ),
        (
            "Times",
            {
                "fields": [
                    ("created", "created_by", "created_by_owner"),
                    ("last_changed", "last_changed_by"),
                    ("locked_at", "locked_by"),
                    "deleted_at",
                    ("first_downloaded_at", "owner_confirmed_at"),
                    "downloads",
                ]
            },
        ),
    ]

    def get_search_results(
        self,
        request: HttpRequest,
        queryset: QuerySet[Any],
        search_term: str,
    ) -> tuple[QuerySet[Any], bool]:
        """Find by what indexes know; a part of anything would read every row."""
        if not search_term.strip():
            return queryset, False
        guid = uuid_or_none(search_term.rpartition("/")[2])
        if guid is not None:
            found = queryset.filter(pk=guid)
            elements = found if found.exists() else queryset.filter(instance_id=guid)
        else:
            party = number_or_none(search_term)
            elements = queryset.filter(instance__owner_party_id=party)
        return elements, False

    @admin.display(description="instance")
    def of_instance(self, element: DataElement) -> SafeString:
        """Link to the instance."""
        address = reverse("admin:instances_instance_change", args=[element.instance_id])
        return format_html('<a href="{}">{}</a>', address, element.instance.instance_id)

    @admin.display(description="locked", boolean=True)
    def is_locked(self, element: DataElement) -> bool:
        """Whether the content may not change."""
        return element.is_locked

    @admin.display(description="deleted", boolean=True)
    def is_deleted(self, element: DataElement) -> bool:
        """Whether it waits for the purge."""
        return element.deleted_at is not None

    @admin.display(description="SHA-256")
    def sha256_hex(self, element: DataElement) -> str:
        """Show the hash of the content."""
        return bytes(element.sha256 or b"").hex()

    @admin.display(description="downloaded by the owner")
    def downloads(self, element: DataElement) -> SafeString:
        """List when the owner downloaded it."""
        return as_json(element.owner_downloads)
