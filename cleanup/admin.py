"""What recurs, in the admin: when it ran last, and what came of it; never changed."""

from django.contrib import admin

from cleanup.models import RecurringTask
from common.admin import ReadOnlyAdmin


@admin.register(RecurringTask)
class RecurringTaskAdmin(ReadOnlyAdmin):
    """Belongs to no organisation, so superusers alone see it."""

    list_display = ["name", "last_run_at", "last_outcome", "due_at", "last_error"]
    fields = [
        "name",
        "last_run_at",
        "last_outcome",
        "due_at",
        "leased_until",
        "attempts",
        "dead_at",
        "last_error",
    ]
