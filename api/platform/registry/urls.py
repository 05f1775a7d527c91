"""Addresses below ``/registry/api/v1``."""

from api.platform.registry.deployments import DeploymentViewSet
from api.routes import path

app_name = "registry"

_DEPLOYMENTS = "apps/<org:org>/<app:app>/deployments"

urlpatterns = [
    path(
        _DEPLOYMENTS,
        DeploymentViewSet.as_view({"get": "list", "post": "create"}),
        name="deployments",
    ),
    path(
        f"{_DEPLOYMENTS}/<version:version>",
        DeploymentViewSet.as_view({"get": "retrieve"}),
        name="deployment",
    ),
    path(
        f"{_DEPLOYMENTS}/<version:version>/activate",
        DeploymentViewSet.as_view({"post": "activate"}),
        name="deployment-activate",
    ),
    path(
        f"{_DEPLOYMENTS}/<version:version>/compare/<version:other>",
        DeploymentViewSet.as_view({"get": "compare"}),
        name="deployment-compare",
    ),
]
