"""Exports in the admin: shown, never changed."""

from django.contrib import admin

from common.admin import LongListAdmin
from exports.models import Export, ExportPart


@admin.register(Export)
class ExportAdmin(LongListAdmin):
    """What owners ordered, how far it has come, and why it does not go on."""

    org_path = "org"
    list_display = [
        "created",
        "org",
        "state",
        "instances_written",
        "contents_written",
        "due_at",
        "last_error",
    ]
    list_filter = ["created"]
    fields = [
        "id",
        "org",
        "state",
        ("created", "finished_at", "expires_at"),
        ("cancelled_at", "discarded_at", "dead_at"),
        "app_ids",
        "query",
        "with_content",
        "estimated",
        "instances_written",
        ("contents_written", "contents_left_out"),
        "parts_written",
        ("due_at", "leased_until", "attempts"),
        "last_error",
    ]


@admin.register(ExportPart)
class ExportPartAdmin(LongListAdmin):
    """The parts that exports are written in."""

    org_path = "export__org"
    list_select_related = ["export"]
    list_display = ["export", "number", "files", "size"]
    fields = ["export", "number", "files", "size", "blob_key"]
