"""Addresses below ``/register/api/v1``."""

from api.platform.register.lookups import OrganizationViewSet, PartyLookupViewSet
from api.platform.register.parties import PartyViewSet
from api.platform.register.persons import PersonViewSet
from api.routes import path

app_name = "register"

urlpatterns = [
    path(
        "parties/lookup",
        PartyLookupViewSet.as_view({"post": "lookup"}),
        name="party-lookup",
    ),
    path(
        "parties/nameslookup",
        PartyLookupViewSet.as_view({"post": "names"}),
        name="party-names",
    ),
    path(
        "parties/partylist",
        PartyLookupViewSet.as_view({"post": "list_by_id"}),
        name="party-list",
    ),
    path(
        "parties/partylistbyuuid",
        PartyLookupViewSet.as_view({"post": "list_by_uuid"}),
        name="party-list-by-uuid",
    ),
    path(
        "parties/identifiers",
        PartyLookupViewSet.as_view({"get": "identifiers"}),
        name="party-identifiers",
    ),
    path(
        "parties/<party:party>",
        PartyViewSet.as_view({"get": "retrieve"}),
        name="party",
    ),
    path(
        "parties/byuuid/<guid:uuid>",
        PartyViewSet.as_view({"get": "by_uuid"}),
        name="party-by-uuid",
    ),
    path(
        "organizations/<orgnumber:orgNr>",
        OrganizationViewSet.as_view({"get": "retrieve"}),
        name="organization",
    ),
    path("persons", PersonViewSet.as_view({"get": "retrieve"}), name="person"),
]
