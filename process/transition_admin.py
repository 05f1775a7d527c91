"""Transitions in the admin: shown, and begun anew where they have failed."""

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from common.admin import LongListAdmin
from common.errors import DomainError
from instances.models import Transition
from process import transitions


class FailedFilter(admin.SimpleListFilter):
    """Those that were given up."""

    title = "state"
    parameter_name = "state"

    def lookups(
        self, request: HttpRequest, model_admin: object
    ) -> list[tuple[str, str]]:
        """Offer those that have failed."""
        return [("failed", "Failed")]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Transition]
    ) -> QuerySet[Transition]:
        """Keep those that have failed."""
        if self.value() != "failed":
            return queryset
        return queryset.filter(dead_at__isnull=False)


@admin.register(Transition)
class TransitionAdmin(LongListAdmin):
    """Which instances stand in a service task, and why they do not go on."""

    org_path = "instance__org"
    list_select_related = ["instance"]
    list_display = ["instance", "app_id", "task", "state", "attempts", "last_error"]
    list_filter = [FailedFilter]
    fields = [
        "instance",
        "app_id",
        "task",
        "state",
        ("created", "due_at", "leased_until", "dead_at"),
        "attempts",
        "last_error",
    ]
    actions = ["retry"]

    @admin.action(permissions=["work"], description="Retry")
    def retry(self, request: HttpRequest, rows: QuerySet[Transition]) -> HttpResponse:
        """Let the worker begin anew, once that was asked and answered."""
        chosen = list(rows.select_related("instance")[: self.list_per_page])
        if "sure" not in request.POST:
            context = {
                **self.admin_site.each_context(request),
                "title": f"Retry {len(chosen)} transition(s)?",
                "rows": chosen,
                "opts": self.opts,
                "chosen_name": ACTION_CHECKBOX_NAME,
            }
            template = "admin/instances/transition/confirm_retry.html"
            return TemplateResponse(request, template, context)
        done = sum(self._retry(request, row) for row in chosen)
        if done:
            told = f"{done} transition(s) will be tried again."
            self.message_user(request, told, messages.SUCCESS)
        return HttpResponseRedirect(request.get_full_path())

    def _retry(self, request: HttpRequest, row: Transition) -> bool:
        """Retry one, together with its entry in the trail; tell why it was refused."""
        if not self.may(request, "worked", row):
            reason = f"You are no case worker of {row.instance.org}."
            self.message_user(request, reason, messages.ERROR)
            return False
        try:
            with transaction.atomic():
                transitions.retry(row)
                self.record(request, "change", row, "begun anew")
        except DomainError as error:
            self.message_user(request, error.detail, messages.ERROR)
            return False
        return True
