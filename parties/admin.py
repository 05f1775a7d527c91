"""The register in the admin: read only, because it comes from an import."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from common.admin import LongListAdmin
from parties.models import Party, Profile, User
from parties.numbers import mask_ssn

admin.site.register(User, UserAdmin)


class _FromTheRegister(LongListAdmin):
    """Rows that only an import writes; there can be millions."""

    ordering = ["id"]


@admin.register(Party)
class PartyAdmin(_FromTheRegister):
    """Persons and organisations; a national identity number is never shown in full."""

    list_display = ["id", "name", "type", "org_number", "unit_type", "is_deleted"]
    list_filter = ["type", "is_deleted"]
    # Not by national identity number: a search stands in the address, and that in logs.
    search_fields = ["id__exact", "name", "org_number__exact"]
    search_help_text = "A party id, an organisation number, or a part of the name."
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
    search_fields = ["id__exact", "user_name", "party__name"]
    search_help_text = "A user id, or a part of the user's name."
