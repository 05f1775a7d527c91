"""Roles and system users in the admin; the modules below have what is given."""

import re
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from authorization.choices import KEY_ROLES, KNOWN_ROLES
from authorization.given_admin import DelegationAdmin
from authorization.models import RoleAssignment, SystemUser
from authorization.package_admin import ClientDelegationAdmin, PackageAssignmentAdmin
from common.admin import LongList, uuid_or_none

__all__ = ["ClientDelegationAdmin", "DelegationAdmin", "PackageAssignmentAdmin"]

_CODE = re.compile(r"[a-zæøå0-9]+([-:][a-zæøå0-9]+)*")


class KeyRoleFilter(admin.SimpleListFilter):
    """Key roles, or all others."""

    title = "kind of role"
    parameter_name = "key"

    def lookups(
        self, request: HttpRequest, model_admin: object
    ) -> list[tuple[str, str]]:
        """Offer both."""
        return [("yes", "Key role"), ("no", "Other role")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the chosen kind."""
        if self.value() == "yes":
            return queryset.filter(role_code__in=KEY_ROLES)
        if self.value() == "no":
            return queryset.exclude(role_code__in=KEY_ROLES)
        return queryset


class RoleAssignmentForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """Takes a role code in any case."""

    class Meta:
        model = RoleAssignment
        fields = ["user", "party", "role_code"]

    def clean_role_code(self) -> str:
        """Return the code as the table stores it; refuse what can be no code."""
        code = str(self.cleaned_data["role_code"]).strip().casefold()
        if code not in KNOWN_ROLES and not _CODE.fullmatch(code):
            raise forms.ValidationError(
                f"{code!r} is no role code; write one such as dagl or regna."
            )
        return code


@admin.register(RoleAssignment)
class RoleAssignmentAdmin(LongList):
    """Who may act for whom."""

    form = RoleAssignmentForm
    list_display = ["user", "party", "role_code", "is_key_role"]
    list_filter = [KeyRoleFilter]
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

    @admin.display(boolean=True, description="key role")
    def is_key_role(self, row: RoleAssignment) -> bool:
        """Whether its holder acts with all rights of the organisation."""
        return row.role_code in KEY_ROLES


@admin.register(SystemUser)
class SystemUserAdmin(LongList):
    """Whose system may act for whom."""

    list_display = ["id", "name", "system_id", "party", "kind"]
    list_filter = ["kind"]
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
