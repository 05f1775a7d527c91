"""Parties in the admin, shown to the organisations whose applications they used."""

from collections.abc import Collection

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q

from instances.models import Instance
from parties.admin import PartyAdmin
from parties.models import Party

admin.site.unregister(Party)


@admin.register(Party)
class InstanceOwnerAdmin(PartyAdmin):
    """A party is shown to whom it has an instance with, which parties do not know."""

    def rows_of(self, orgs: Collection[str]) -> Q:
        """Say which parties own an instance of the organisations' applications."""
        rows = Instance.objects.filter(owner_party_id=OuterRef("pk"))
        return Q(Exists(rows.filter(org__in=sorted(orgs))))
