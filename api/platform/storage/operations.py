"""What the platform API's document says of storage."""

from api.operations import (
    APP,
    BYTES,
    CONTENT,
    DOWNLOAD_HEADERS,
    ELEMENT,
    ELEMENT_MADE,
    INSTANCE,
    INSTANCE_MADE,
    INSTANCE_READ,
    KNOWN_HEADERS,
    ON_DOWNLOAD,
    UPLOAD,
    UPLOAD_HEADERS,
    ZIP,
    Answers,
    Operation,
    Table,
)
from api.platform.storage.archives import InstanceArchiveViewSet
from api.platform.storage.cleanup import CleanupViewSet
from api.platform.storage.components import ComponentViewSet
from api.platform.storage.data import DataViewSet
from api.platform.storage.events import InstanceEventViewSet
from api.platform.storage.instances import InstanceViewSet
from api.search_body import SearchSerializer
from api.serializers.data_elements import (
    DataElementListSerializer,
    DataElementMetadataSerializer,
    DataElementSerializer,
    FileScanStatusSerializer,
)
from api.serializers.history import (
    InstanceEventListSerializer,
    InstanceEventSerializer,
    StatedEventSerializer,
)
from api.serializers.instances import (
    InstanceTemplateSerializer,
    QueryResponseSerializer,
    SubstatusSerializer,
)
from api.serializers.process import ProcessInfoSerializer

PAGE: Answers = {200: QueryResponseSerializer}
LISTING = (
    "scope-missing",
    "caller-cannot-list",
    "continuation-token-invalid",
    "not-permitted",
    "authentication-level-too-low",
    "query-too-slow",
    "owner-only",
)
_QUERY = (
    *LISTING,
    "org-or-app-missing",
    "app-id-missing",
    "app-id-invalid",
    "instance-owner-missing",
    "look-ups-exhausted",
)
# The app that an element's type is declared in may be gone from the registry.
_TYPED = (*APP, "data-type-unknown")

OPERATIONS: Table = {
    InstanceViewSet: {
        "list": Operation(
            "instances_list",
            "Instances",
            PAGE,
            problems=_QUERY,
            headers=("X-Ai-InstanceOwnerIdentifier",),
        ),
        "search": Operation(
            "instances_search",
            "Instances",
            PAGE,
            SearchSerializer,
            (*_QUERY, "search-invalid"),
            ("X-Ai-InstanceOwnerIdentifier",),
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
                "external-reference-taken",
            ),
        ),
        "retrieve": Operation(
            "instances_retrieve",
            "Instances",
            INSTANCE_READ,
            headers=KNOWN_HEADERS,
        ),
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
            ("owner-only", "instance-changed", "substatus-invalid"),
        ),
    },
    InstanceArchiveViewSet: {
        "archive": Operation("instances_archive", "Instances", ZIP, problems=APP),
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
            problems=(*ON_DOWNLOAD, *APP, "owner-party-missing"),
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
        "list": Operation(
            "data_list",
            "Data",
            {200: DataElementListSerializer},
            problems=("owner-party-missing",),
        ),
        "metadata_of_one": Operation(
            "data_metadata",
            "Data",
            {200: DataElementSerializer, 304: None},
            problems=APP,
            headers=KNOWN_HEADERS,
        ),
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
            ("instance-not-found", "data-element-not-found", "scanned-content-gone"),
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
    CleanupViewSet: {
        "instances": Operation("cleanup_instances", "Platform components", {200: None}),
        "data_elements": Operation(
            "cleanup_data_elements", "Platform components", {200: None}
        ),
        "instances_for_app": Operation(
            "cleanup_app",
            "Platform components",
            {200: None},
            problems=("app-not-found", "app-unreadable", "app-purge-refused"),
        ),
    },
    InstanceEventViewSet: {
        "list": Operation(
            "events_list",
            "Events",
            {200: InstanceEventListSerializer},
            problems=("event-span-invalid",),
        ),
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
            StatedEventSerializer,
            (
                "event-instance-missing",
                "event-type-unknown",
                "event-type-reserved",
                "event-instance-mismatch",
                "data-element-not-found",
            ),
        ),
    },
}
