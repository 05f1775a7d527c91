"""Roles, system users and delegations in the admin."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from authorization.models import Delegation, RoleAssignment, SystemUser
from common.admin import LongList, uuid_or_none


class RoleAssignmentForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """Takes a role code in any case."""

    class Meta:
        model = RoleAssignment
        fields = ["user", "party", "role_code"]

    def clean_role_code(self) -> str:
        """Return the code as the table stores it."""
        return str(self.cleaned_data["role_code"]).strip().casefold()


@admin.register(RoleAssignment)
class RoleAssignmentAdmin(LongList):
    """Who may act for whom."""

    form = RoleAssignmentForm
    list_display = ["user", "party", "role_code"]
    list_select_related = ["user", "party"]
    search_fields = [
        "user__id__exact",
        "user__user_name",
        "party__id__exact",
        "party__name",
        "role_code__exact",
    ]
    search_help_text = "A user or party by id or a part of the name, or a role code."
    autocomplete_fields = ["user", "party"]


@admin.register(SystemUser)
class SystemUserAdmin(LongList):
    """Whose system may act for whom."""

    list_display = ["id", "name", "system_id", "party"]
    list_select_related = ["party"]
    search_fields = ["system_id", "name", "party__id__exact"]
    search_help_text = "A system user by id, system, title or party id."
    autocomplete_fields = ["party"]

    def get_search_results(
        self,
        request: HttpRequest,
        queryset: QuerySet[Any],
        search_term: str,
    ) -> tuple[QuerySet[Any], bool]:
        """Find by a guid too, which each database stores in its own way."""
        if (guid := uuid_or_none(search_term)) is not None:
            return queryset.filter(pk=guid), False
        return super().get_search_results(request, queryset, search_term)


@admin.register(Delegation)
class DelegationAdmin(LongList):
    """Who was given which right; deleting one revokes it."""

    list_display = [
        "system_user",
        "from_party",
        "app_id",
        "action",
        "instance_guid",
        "expires",
    ]
    list_select_related = ["system_user", "from_party"]
    search_fields = ["from_party__id__exact", "app_id__exact", "action__exact"]
    search_help_text = "A delegation by system user, party id, org/app, action or guid."
    autocomplete_fields = ["system_user", "from_party"]

    def get_search_results(
        self,
        request: HttpRequest,
        queryset: QuerySet[Any],
        search_term: str,
    ) -> tuple[QuerySet[Any], bool]:
        """Find by a guid too, which each database stores in its own way."""
        if (guid := uuid_or_none(search_term)) is not None:
            return queryset.filter(Q(system_user=guid) | Q(instance_guid=guid)), False
        return super().get_search_results(request, queryset, search_term)
