"""Leases of the owners' queues in the admin: shown, never changed."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from common.admin import LongListAdmin
from instances.choices import MOST_LEASES
from instances.models import QueueLease


class StuckFilter(admin.SimpleListFilter):
    """Those that were leased too often, which nobody is given any more."""

    title = "stuck"
    parameter_name = "stuck"

    def lookups(
        self, request: HttpRequest, model_admin: object
    ) -> list[tuple[str, str]]:
        """Offer those that are stuck."""
        return [("yes", f"Leased {MOST_LEASES} times")]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[QueueLease]
    ) -> QuerySet[QueueLease]:
        """Keep those that are stuck."""
        if self.value() != "yes":
            return queryset
        # Literal, as in the partial index.
        return queryset.filter(leases__gte=MOST_LEASES, instance__confirmed=False)


@admin.register(QueueLease)
class QueueLeaseAdmin(LongListAdmin):
    """Which ended instances an owner's systems have in hand, and how often."""

    org_path = "instance__org"
    ordering = ["-instance_id"]
    list_select_related = ["instance"]
    list_display = ["instance", "app_id", "leased_until", "leases", "is_confirmed"]
    list_filter = [StuckFilter]
    fields = [
        "instance",
        "app_id",
        "lease_id",
        "leased_until",
        "leases",
        "is_confirmed",
    ]

    @admin.display(boolean=True, description="confirmed")
    def is_confirmed(self, lease: QueueLease) -> bool:
        """Tell whether it is out of the queue."""
        return lease.instance.confirmed
