"""What the platform API's document says of authorization."""

from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers

from api.operations import APP, Answers, Operation, Table
from api.platform.authorization.decision import DecisionViewSet
from api.platform.authorization.explain import (
    ExplainedDecisionSerializer,
    ExplainViewSet,
    HypotheticalSerializer,
)
from api.platform.authorization.policies import (
    PolicyReportSerializer,
    PolicyVersionListSerializer,
    PolicyViewSet,
)
from api.platform.authorization.representation import (
    RepresentationViewSet,
    RoleSerializer,
    RoleViewSet,
)
from api.serializers.decisions import (
    DecisionRequestSerializer,
    DecisionResponseSerializer,
)
from api.serializers.parties import PartySerializer

_POLICY: Answers = {(200, "application/xml"): OpenApiTypes.BINARY}
_DECISION = (
    "decision-body-too-large",
    "decision-request-too-large",
    "content-type-unsupported",
)

OPERATIONS: Table = {
    RepresentationViewSet: {
        "list": Operation(
            "representable_parties_list",
            "Authorization",
            {200: PartySerializer(many=True)},
            problems=("own-user-only", "nobody-represented"),
        ),
        "validate": Operation(
            "representable_parties_validate",
            "Authorization",
            {200: OpenApiTypes.BOOL},
            problems=("own-user-only",),
        ),
    },
    RoleViewSet: {
        "list": Operation(
            "roles_list",
            "Authorization",
            {200: RoleSerializer(many=True)},
            problems=("own-user-only", "no-roles"),
        ),
    },
    DecisionViewSet: {
        "decide": Operation(
            "decisions_decide",
            "Authorization",
            {
                (200, "application/json"): DecisionResponseSerializer,
                (200, "application/xml"): OpenApiTypes.BINARY,
            },
            {
                "application/json": DecisionRequestSerializer,
                "application/xml": OpenApiTypes.BINARY,
            },
            _DECISION,
        ),
        "authorize": Operation(
            "decisions_authorize",
            "Authorization",
            {200: DecisionResponseSerializer},
            {"application/json": DecisionRequestSerializer},
            (*_DECISION, "scope-missing", "owner-only"),
        ),
    },
    ExplainViewSet: {
        "explain": Operation(
            "decisions_explain",
            "Authorization",
            {200: ExplainedDecisionSerializer},
            HypotheticalSerializer,
            ("owner-only", *APP),
        ),
    },
    PolicyViewSet: {
        "replace": Operation(
            "policies_replace",
            "Authorization",
            {200: PolicyReportSerializer},
            {"application/xml": OpenApiTypes.BINARY},
            (
                "app-not-found",
                "app-folder-refused",
                "deployment-conflict",
                "policy-too-large",
                "content-type-unsupported",
            ),
        ),
        "current": Operation(
            "policies_current", "Authorization", _POLICY, problems=("owner-only",)
        ),
        "versions": Operation(
            "policies_versions",
            "Authorization",
            {200: PolicyVersionListSerializer},
            problems=("owner-only",),
        ),
        "version": Operation(
            "policies_version",
            "Authorization",
            _POLICY,
            problems=("owner-only", "deployment-not-found"),
        ),
        "roles_with_access": Operation(
            "policies_roles",
            "Authorization",
            {200: serializers.ListSerializer(child=serializers.CharField())},
        ),
    },
}
