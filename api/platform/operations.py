"""What the platform API's document says of each operation."""

from drf_spectacular.types import OpenApiTypes

from api.operations import (
    APP,
    BYTES,
    CONTENT,
    DOWNLOAD_HEADERS,
    ELEMENT,
    ELEMENT_MADE,
    INSTANCE,
    INSTANCE_MADE,
    ON_DOWNLOAD,
    UPLOAD,
    UPLOAD_HEADERS,
    Answers,
    Operation,
    Table,
)
from api.platform.authentication.openid import (
    DiscoverySerializer,
    KeySetSerializer,
    OpenIdViewSet,
)
from api.platform.authentication.session import LogoutViewSet, SessionViewSet
from api.platform.authorization.representation import (
    RepresentationViewSet,
    RoleSerializer,
    RoleViewSet,
)
from api.platform.profile.users import UserViewSet
from api.platform.register.parties import PartyViewSet
from api.platform.storage.components import ComponentViewSet
from api.platform.storage.data import DataViewSet
from api.platform.storage.events import InstanceEventViewSet
from api.platform.storage.instances import InstanceViewSet
from api.platform.v0 import ApplicationViewSet, ProposalInstanceViewSet
from api.serializers.applications import ApplicationSerializer
from api.serializers.data_elements import (
    DataElementListSerializer,
    DataElementMetadataSerializer,
    FileScanStatusSerializer,
)
from api.serializers.history import (
    InstanceEventListSerializer,
    InstanceEventSerializer,
)
from api.serializers.instances import (
    InstanceTemplateSerializer,
    QueryResponseSerializer,
    SubstatusSerializer,
)
from api.serializers.parties import PartySerializer
from api.serializers.process import ProcessInfoSerializer
from api.serializers.profiles import UserProfileSerializer

_TOKEN = {"type": "string"}
_PARTY: Answers = {200: PartySerializer}
_PROFILE: Answers = {200: UserProfileSerializer}
_PAGE: Answers = {200: QueryResponseSerializer}
_LISTING = (
    "scope-missing",
    "caller-cannot-list",
    "continuation-token-invalid",
    "not-permitted",
    "authentication-level-too-low",
)
# The app that an element's type is declared in may be gone from the registry.
_TYPED = (*APP, "data-type-unknown")

OPERATIONS: Table = {
    InstanceViewSet: {
        "list": Operation(
            "instances_list",
            "Instances",
            _PAGE,
            problems=(
                *_LISTING,
                "org-or-app-missing",
                "app-id-missing",
                "instance-owner-missing",
            ),
            headers=("X-Ai-InstanceOwnerIdentifier",),
        ),
        "create": Operation(
            "instances_create",
            "Instances",
            INSTANCE_MADE,
            InstanceTemplateSerializer,
            (
                "instance-owner-invalid",
                "app-id-invalid",
                *APP,
                "not-permitted",
                "authentication-level-too-low",
            ),
        ),
        "retrieve": Operation("instances_retrieve", "Instances", INSTANCE),
        "destroy": Operation(
            "instances_destroy",
            "Instances",
            INSTANCE,
            problems=(*APP, "deletion-prevented", "instance-changed"),
        ),
        "complete": Operation("instances_complete", "Instances", INSTANCE),
        "read_status": Operation(
            "instances_read_status",
            "Instances",
            INSTANCE,
            problems=("read-status-invalid",),
        ),
        "substatus": Operation(
            "instances_substatus",
            "Instances",
            INSTANCE,
            SubstatusSerializer,
            ("owner-only", "instance-changed"),
        ),
    },
    ProposalInstanceViewSet: {
        "list": Operation("instances_list", "Instances", _PAGE, problems=_LISTING),
    },
    DataViewSet: {
        "create": Operation(
            "data_create",
            "Data",
            ELEMENT_MADE,
            CONTENT,
            (*UPLOAD, *_TYPED, "data-type-missing", "instance-changed"),
            UPLOAD_HEADERS,
        ),
        "retrieve": Operation(
            "data_retrieve",
            "Data",
            BYTES,
            problems=(*ON_DOWNLOAD, *APP),
            headers=DOWNLOAD_HEADERS,
        ),
        "update": Operation(
            "data_update",
            "Data",
            ELEMENT,
            CONTENT,
            (
                *UPLOAD,
                *_TYPED,
                "data-element-locked",
                "replacement-empty",
                "instance-changed",
            ),
            UPLOAD_HEADERS,
        ),
        "destroy": Operation(
            "data_destroy",
            "Data",
            ELEMENT,
            problems=(
                *_TYPED,
                "data-element-locked",
                "delayed-deletion-unsupported",
                "instance-changed",
            ),
        ),
        "list": Operation("data_list", "Data", {200: DataElementListSerializer}),
        "describe": Operation(
            "data_describe",
            "Data",
            ELEMENT,
            DataElementMetadataSerializer,
            (
                *_TYPED,
                "element-address-mismatch",
                "data-element-locked",
                "instance-changed",
            ),
        ),
    },
    ComponentViewSet: {
        "file_scan_status": Operation(
            "data_file_scan_status",
            "Platform components",
            {200: None},
            FileScanStatusSerializer,
            ("instance-not-found", "data-element-not-found"),
        ),
        "element_exists": Operation(
            "data_exists", "Platform components", {200: {"type": "boolean"}}
        ),
        "process_info": Operation(
            "process_info",
            "Platform components",
            {200: ProcessInfoSerializer},
            problems=("instance-not-found",),
        ),
    },
    InstanceEventViewSet: {
        "list": Operation("events_list", "Events", {200: InstanceEventListSerializer}),
        "retrieve": Operation(
            "events_retrieve",
            "Events",
            {200: InstanceEventSerializer},
            problems=("instance-event-not-found",),
        ),
        "create": Operation(
            "events_create",
            "Events",
            {201: InstanceEventSerializer},
            InstanceEventSerializer,
            (
                "event-type-unknown",
                "event-type-reserved",
                "event-instance-mismatch",
                "data-element-not-found",
            ),
        ),
    },
    ApplicationViewSet: {
        "retrieve": Operation(
            "application_retrieve",
            "Application",
            {200: ApplicationSerializer, 304: None},
            headers=("If-None-Match",),
            anonymous=True,
        ),
    },
    SessionViewSet: {
        "refresh": Operation(
            "session_refresh",
            "Authentication",
            {(200, "text/plain"): _TOKEN, (200, "application/json"): _TOKEN},
            problems=("session-ended",),
        ),
    },
    LogoutViewSet: {
        "logout": Operation(
            "session_logout", "Authentication", {302: None}, anonymous=True
        ),
    },
    PartyViewSet: {
        "retrieve": Operation(
            "parties_retrieve",
            "Register",
            _PARTY,
            problems=("party-not-found", "party-not-represented"),
        ),
        "by_uuid": Operation(
            "parties_by_uuid",
            "Register",
            _PARTY,
            problems=("party-not-found", "party-not-represented"),
        ),
    },
    UserViewSet: {
        "retrieve": Operation(
            "users_retrieve",
            "Profile",
            _PROFILE,
            problems=("own-user-only", "profile-not-found"),
        ),
        "current": Operation(
            "users_current",
            "Profile",
            _PROFILE,
            problems=("user-only", "profile-not-found"),
        ),
    },
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
    OpenIdViewSet: {
        "discovery": Operation(
            "openid_discovery",
            "Authentication",
            {200: DiscoverySerializer, 304: None},
            headers=("If-None-Match",),
            anonymous=True,
        ),
        "keys": Operation(
            "openid_keys",
            "Authentication",
            {200: KeySetSerializer, 304: None},
            headers=("If-None-Match",),
            anonymous=True,
        ),
    },
}
