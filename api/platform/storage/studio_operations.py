"""What the document says of the calls of Altinn Studio and of metrics."""

from drf_spectacular.types import OpenApiTypes

from api.operations import Operation, Table
from api.platform.storage.metrics import FailureViewSet, MetricsViewSet
from api.platform.storage.studio import StudioInstanceViewSet
from api.serializers.studio import (
    SimpleInstanceDetailsSerializer,
    SimpleInstancePageSerializer,
)

_MISSING = "org-and-app-missing"

STUDIO_OPERATIONS: Table = {
    StudioInstanceViewSet: {
        "list": Operation(
            "studio_instances_list",
            "Studio",
            {200: SimpleInstancePageSerializer},
            problems=(_MISSING, "continuation-token-invalid"),
        ),
        "retrieve": Operation(
            "studio_instances_retrieve",
            "Studio",
            {200: SimpleInstanceDetailsSerializer},
            problems=(_MISSING, "instance-not-found"),
        ),
        "destroy": Operation(
            "studio_instances_destroy",
            "Studio",
            {204: None},
            problems=(
                _MISSING,
                "instance-not-found",
                "deletion-prevented",
                "instance-changed",
                "org-number-unknown",
            ),
        ),
    },
    MetricsViewSet: {
        "instances": Operation(
            "metrics_instances",
            "Metrics",
            {(200, "application/octet-stream"): OpenApiTypes.BINARY},
            problems=("api-key-refused", "metrics-unavailable"),
            anonymous=True,
            keyed=True,
        ),
    },
    FailureViewSet: {
        "fail": Operation(
            "error_fail", "Metrics", {}, problems=("internal-error",), anonymous=True
        ),
    },
}
