"""Addresses below ``/authorization/api/v1``."""

from api.platform.authorization.representation import (
    RepresentationViewSet,
    RoleViewSet,
)
from api.routes import path

app_name = "authorization"

urlpatterns = [
    path("parties", RepresentationViewSet.as_view({"get": "list"}), name="parties"),
    path(
        "parties/<party:party>/validate",
        RepresentationViewSet.as_view({"get": "validate"}),
        name="validate",
    ),
    path("roles", RoleViewSet.as_view({"get": "list"}), name="roles"),
]
