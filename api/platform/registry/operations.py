"""What the platform API's document says of the registry's operations."""

from drf_spectacular.types import OpenApiTypes

from api.operations import Operation, Table
from api.platform.registry.archives import ZIP
from api.platform.registry.deployments import DeploymentViewSet
from api.platform.registry.documents import (
    ComparisonSerializer,
    DeploymentListSerializer,
    DeploymentReportSerializer,
    DeploymentSerializer,
)

_TAG = "Registry"
_OWNER = ("owner-only", "app-not-found")
_CHANGE = (*_OWNER, "scope-missing", "instances-stranded")
_ONE = (*_OWNER, "deployment-not-found")

OPERATIONS: Table = {
    DeploymentViewSet: {
        "list": Operation(
            "deployments_list", _TAG, {200: DeploymentListSerializer}, problems=_OWNER
        ),
        "create": Operation(
            "deployments_create",
            _TAG,
            {200: DeploymentReportSerializer, 201: DeploymentReportSerializer},
            {ZIP: OpenApiTypes.BINARY, "multipart/form-data": OpenApiTypes.BINARY},
            (
                *_CHANGE,
                "app-folder-refused",
                "deployment-conflict",
                "deployment-too-large",
                "content-type-unsupported",
                "content-empty",
                "content-cut-short",
                "content-too-large",
                "content-type-malformed",
                "content-type-too-long",
                "multipart-malformed",
                "file-name-too-long",
            ),
        ),
        "retrieve": Operation(
            "deployments_retrieve", _TAG, {200: DeploymentSerializer}, problems=_ONE
        ),
        "activate": Operation(
            "deployments_activate",
            _TAG,
            {200: DeploymentSerializer},
            problems=(*_CHANGE, "deployment-not-found", "deployment-unreadable"),
        ),
        "compare": Operation(
            "deployments_compare", _TAG, {200: ComparisonSerializer}, problems=_ONE
        ),
    },
}
