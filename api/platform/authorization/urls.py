"""Addresses below ``/authorization/api/v1``."""

from api.platform.authorization.decision import DecisionViewSet
from api.platform.authorization.explain import ExplainViewSet
from api.platform.authorization.policies import PolicyViewSet
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
    path("decision", DecisionViewSet.as_view({"post": "decide"}), name="decision"),
    path("authorize", DecisionViewSet.as_view({"post": "authorize"}), name="authorize"),
    path("explain", ExplainViewSet.as_view({"post": "explain"}), name="explain"),
    path("policies", PolicyViewSet.as_view({"post": "replace"}), name="policies"),
    path(
        "policies/roleswithaccess/<org:org>/<app:app>",
        PolicyViewSet.as_view({"get": "roles_with_access"}),
        name="roles-with-access",
    ),
    path(
        "policies/<org:org>/<app:app>",
        PolicyViewSet.as_view({"get": "current"}),
        name="policy",
    ),
    path(
        "policies/<org:org>/<app:app>/versions",
        PolicyViewSet.as_view({"get": "versions"}),
        name="policy-versions",
    ),
    path(
        "policies/<org:org>/<app:app>/<version:version>",
        PolicyViewSet.as_view({"get": "version"}),
        name="policy-version",
    ),
    path("roles", RoleViewSet.as_view({"get": "list"}), name="roles"),
]
