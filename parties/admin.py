"""The register in the admin: read only, because it comes from an import."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db import models
from django.http import HttpRequest

from parties.models import Party, Profile, User
from parties.numbers import mask_ssn

admin.site.register(User, UserAdmin)


class _FromTheRegister(admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    """Rows that only an import writes."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: the register makes them."""
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: models.Model | None = None
    ) -> bool:
        """Refuse: the next import would undo it."""
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: models.Model | None = None
    ) -> bool:
        """Refuse: instances name their party for good."""
        return False


@admin.register(Party)
class PartyAdmin(_FromTheRegister):
    """Persons and organisations; a national identity number is never shown in full."""

    list_display = [
        "id",
        "name",
        "type",
        "org_number",
        "masked_ssn",
        "unit_type",
        "is_deleted",
    ]
    list_filter = ["type", "is_deleted"]
    # Not by national identity number: a search stands in the address, and that in logs.
    search_fields = ["=id", "name", "=org_number"]
    fields = [
        "id",
        "uuid",
        "type",
        "name",
        "org_number",
        "masked_ssn",
        "unit_type",
        "parent",
        "is_deleted",
        "external_urn",
    ]
    show_full_result_count = False

    @admin.display(description="national identity number")
    def masked_ssn(self, party: Party) -> str:
        """Show the first six digits."""
        return mask_ssn(party.ssn)


@admin.register(Profile)
class ProfileAdmin(_FromTheRegister):
    """Users of the register."""

    list_display = ["id", "user_name", "user_type", "party", "language"]
    list_filter = ["user_type"]
    list_select_related = ["party"]
    search_fields = ["=id", "user_name", "party__name"]
    show_full_result_count = False
