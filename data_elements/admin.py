"""Data elements in the admin, and on their instance's page: shown and downloaded."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString

from common import leases
from common.admin import (
    LongList,
    LongListAdmin,
    ReadOnlyAdmin,
    ReadOnlyInline,
    as_json,
    number_or_none,
    uuid_or_none,
)
from common.errors import DomainError
from common.untrusted import let_nothing_run
from data_elements.desk import content_for_owner
from data_elements.models import DataElement, FileScan
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
        "download",
    ]
    ordering = ["created", "id"]

    @admin.display(description="content")
    def download(self, element: DataElement) -> SafeString:
        """Link to the content."""
        return _download_link(element)


admin.site.unregister(Instance)


@admin.register(Instance)
class InstanceWithDataAdmin(InstanceAdmin):
    """An instance with its data elements, which its own room does not know."""

    inlines = [DataElementInline]


@admin.register(DataElement)
class DataElementAdmin(LongListAdmin):
    """What describes data elements; their bytes are a download away."""

    org_path = "instance__org"
    personal = True

    list_display = [
        "id",
        "data_type",
        "of_instance",
        "content_type",
        "size",
        "is_locked",
        "is_deleted",
        "download",
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
                    "download",
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

    def get_urls(self) -> list[URLPattern]:
        """Add the address of the content."""
        view = self.admin_site.admin_view(self.content)
        name = "data_elements_dataelement_content"
        return [path("<uuid:pk>/content/", view, name=name), *super().get_urls()]

    def content(self, request: HttpRequest, pk: UUID) -> HttpResponseBase:
        """Stream the content out, for saving, and write down who took it.

        The owner's own list of downloads stays as it is: a look at the desk must not
        keep the owner's systems from fetching the element.
        """
        element = self.get_object(request, str(pk))
        if not self.has_view_permission(request, element):
            raise PermissionDenied
        try:
            file = content_for_owner(element)
        except DomainError as error:
            self.message_user(request, error.detail, messages.ERROR)
            return HttpResponseRedirect(_page_of(element))
        self.record(request, "download", element)
        answer = FileResponse(file, content_type="application/octet-stream")
        answer["Content-Length"] = str(element.size)
        answer["Content-Disposition"] = (
            content_disposition_header(True, element.filename or "") or "attachment"
        )
        let_nothing_run(answer)
        return answer

    @admin.display(description="content")
    def download(self, element: DataElement) -> SafeString:
        """Link to the content."""
        return _download_link(element)

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


def _page_of(element: DataElement) -> str:
    return reverse("admin:data_elements_dataelement_change", args=[element.pk])


def _download_link(element: DataElement) -> SafeString:
    address = reverse("admin:data_elements_dataelement_content", args=[element.pk])
    return format_html('<a href="{}">download</a>', address)


@admin.register(FileScan)
class FileScanAdmin(LongList, ReadOnlyAdmin):
    """Malware scans: what waits, and what was given up and why."""

    list_display = [
        "element_id",
        "state",
        "attempts",
        "due_at",
        "dead_at",
        "last_error",
    ]
    list_filter = [("dead_at", admin.EmptyFieldListFilter)]
    ordering = ["-element_id"]
    fields = [
        "element_id",
        "state",
        ("due_at", "leased_until", "attempts"),
        "dead_at",
        "last_error",
    ]
    actions = ["scan_again"]

    @admin.action(description="Scan again what was given up")
    def scan_again(self, request: HttpRequest, rows: QuerySet[FileScan]) -> None:
        """Let the dead ones among the rows be tried anew."""
        now = timezone.now()
        revived = sum(leases.revive(row, now=now) for row in rows)
        for row in rows:
            self.record(request, "retry", row)
        messages.success(request, f"{revived} scan(s) will be tried again.")
