"""Role assignments in the admin."""

from django import forms
from django.contrib import admin

from authorization.models import RoleAssignment
from common.admin import ShortPaginator


class RoleAssignmentForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """Takes a role code in any case."""

    class Meta:
        model = RoleAssignment
        fields = ["user", "party", "role_code"]

    def clean_role_code(self) -> str:
        """Return the code as the table stores it."""
        return str(self.cleaned_data["role_code"]).strip().casefold()


@admin.register(RoleAssignment)
class RoleAssignmentAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
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
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    sortable_by = ()
    paginator = ShortPaginator
