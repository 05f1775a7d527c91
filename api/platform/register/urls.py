"""Addresses below ``/register/api/v1``."""

from api.platform.register.parties import PartyViewSet
from api.routes import path

app_name = "register"

urlpatterns = [
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
]
