"""What the application API's document says of each operation."""

from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers

from api.application.authentication import SessionViewSet
from api.application.data import DataViewSet
from api.application.instances import InstanceViewSet
from api.application.metadata import MetadataViewSet
from api.application.parties import (
    CurrentPartyViewSet,
    InstantiationValidationSerializer,
    PartyViewSet,
)
from api.application.process import ProcessViewSet
from api.application.profile import ProfileViewSet
from api.application.v0 import ProposalDataViewSet, ProposalProcessViewSet
from api.operations import (
    BYTES,
    CONTENT,
    DOWNLOAD_HEADERS,
    ELEMENT,
    ELEMENT_MADE,
    FORM_DATA,
    INSTANCE,
    INSTANCE_MADE,
    JSON_BODY,
    ON_DOWNLOAD,
    UPLOAD,
    UPLOAD_HEADERS,
    Answers,
    Operation,
    Table,
)
from api.serializers.applications import ApplicationSerializer
from api.serializers.instances import (
    InstanceSerializer,
    InstanceTemplateSerializer,
    SubstatusSerializer,
)
from api.serializers.parties import PartySerializer
from api.serializers.process import (
    AppProcessStateSerializer,
    ProcessHistorySerializer,
    ProcessNextSerializer,
)
from api.serializers.profiles import UserProfileSerializer

_TEMPLATE = {
    "application/json": InstanceTemplateSerializer,
    "multipart/form-data": {
        "type": "object",
        "description": "`instance` is the template; each other part is named after its"
        " data type and becomes a data element.",
        "properties": {
            "instance": {"$ref": "#/components/schemas/InstanceTemplateRequest"}
        },
        "additionalProperties": {"type": "string", "format": "binary"},
    },
}
_PARTY_OR_ID = {"oneOf": [{"type": "integer"}, {"$ref": "#/components/schemas/Party"}]}
_STATE: Answers = {200: AppProcessStateSerializer}

# What data elements of one's own are held to (data_elements/rules.py).
_CONTRIBUTING = ("data-type-generated", "contributor-not-allowed")
_CHANGING = (
    *_CONTRIBUTING,
    "data-type-unknown",
    "instance-not-active",
    "instance-changed",
    "no-current-task",
)
_WRITING = (*_CHANGING, *UPLOAD, *FORM_DATA, "file-refused")
_ADDING = (
    *_WRITING,
    "data-type-missing",
    "max-count-exceeded",
    "user-create-disallowed",
)
_MOVING = (
    "process-not-started",
    "process-ended",
    "process-next-not-permitted",
    "task-not-complete",
    "task-not-in-deployment",
    "service-task-unsupported",
    "user-action-unsupported",
    "gateway-condition-not-evaluable",
    "process-leads-nowhere",
    "process-ambiguous",
    "process-loop",
    "instance-changed",
)


class DataDeletedSerializer(serializers.Serializer[object]):
    """What remains after a data element was deleted."""

    instance = InstanceSerializer()
    validationIssues = serializers.ListField(child=serializers.JSONField())
    newDataModels = serializers.ListField(child=serializers.JSONField())


OPERATIONS: Table = {
    InstanceViewSet: {
        "create": Operation(
            "instances_create",
            "Instances",
            INSTANCE_MADE,
            _TEMPLATE,
            (
                *JSON_BODY,
                *FORM_DATA,
                *_CONTRIBUTING,
                "not-permitted",
                "authentication-level-too-low",
                "user-instantiation-disabled",
                "instance-owner-missing",
                "instance-owner-twice",
                "instance-owner-empty",
                "party-id-invalid",
                "party-not-found",
                "party-type-not-allowed",
                "multipart-malformed",
                "multipart-part-refused",
                "file-name-too-long",
                "content-type-malformed",
                "content-type-too-long",
                "content-too-large",
                "user-create-disallowed",
                "start-event-not-found",
            ),
        ),
        "retrieve": Operation("instances_retrieve", "Instances", INSTANCE),
        "destroy": Operation(
            "instances_destroy",
            "Instances",
            INSTANCE,
            problems=("deletion-prevented", "instance-changed"),
        ),
        "complete": Operation("instances_complete", "Instances", INSTANCE),
        "substatus": Operation(
            "instances_substatus",
            "Instances",
            INSTANCE,
            SubstatusSerializer,
            ("owner-only", "instance-changed"),
        ),
    },
    DataViewSet: {
        "create": Operation(
            "data_create", "Data", ELEMENT_MADE, CONTENT, _ADDING, UPLOAD_HEADERS
        ),
        "retrieve": Operation(
            "data_retrieve",
            "Data",
            BYTES,
            problems=ON_DOWNLOAD,
            headers=DOWNLOAD_HEADERS,
        ),
        "update": Operation(
            "data_update",
            "Data",
            ELEMENT_MADE,
            CONTENT,
            (*_WRITING, "data-element-locked"),
            UPLOAD_HEADERS,
        ),
        "destroy": Operation(
            "data_destroy",
            "Data",
            {200: DataDeletedSerializer},
            problems=(
                *_CHANGING,
                "data-element-locked",
                "main-element-kept",
                "user-delete-disallowed",
            ),
        ),
    },
    ProcessViewSet: {
        "retrieve": Operation("process_retrieve", "Process", _STATE),
        "start": Operation(
            "process_start",
            "Process",
            _STATE,
            problems=(
                "process-already-started",
                "start-event-not-found",
                "instance-changed",
            ),
        ),
        "next_elements": Operation(
            "process_next_elements",
            "Process",
            {200: {"type": "array", "items": {"type": "string"}}},
            problems=("no-current-task",),
        ),
        "advance": Operation(
            "process_advance", "Process", _STATE, ProcessNextSerializer, _MOVING
        ),
        "complete": Operation("process_complete", "Process", _STATE, problems=_MOVING),
        "history": Operation(
            "process_history", "Process", {200: ProcessHistorySerializer}
        ),
    },
    SessionViewSet: {
        "keep_alive": Operation(
            "session_keep_alive",
            "Authentication",
            {200: None},
            problems=("caller-unidentified", "session-not-prolonged"),
        ),
        "invalidate_cookie": Operation(
            "session_invalidate_cookie", "Authentication", {200: None}
        ),
    },
    MetadataViewSet: {
        "retrieve": Operation(
            "application_retrieve",
            "Application",
            {200: ApplicationSerializer, 304: None},
            problems=("parameter-invalid",),
            headers=("If-None-Match",),
            anonymous=True,
        ),
    },
    PartyViewSet: {
        "list": Operation(
            "parties_list",
            "Parties",
            {200: PartySerializer(many=True)},
            problems=("caller-unidentified",),
        ),
        "select": Operation(
            "parties_select",
            "Parties",
            {(200, "text/plain"): OpenApiTypes.STR},
            problems=("caller-unidentified", "party-not-selectable"),
        ),
        "validate_instantiation": Operation(
            "parties_validate_instantiation",
            "Parties",
            {200: InstantiationValidationSerializer},
            problems=("caller-unidentified",),
        ),
    },
    CurrentPartyViewSet: {
        "retrieve": Operation(
            "parties_current",
            "Parties",
            {200: _PARTY_OR_ID},
            problems=("caller-unidentified", "party-not-found"),
        ),
    },
    ProfileViewSet: {
        "retrieve": Operation(
            "profile_retrieve",
            "Profile",
            {200: UserProfileSerializer},
            problems=(
                "caller-unidentified",
                "caller-without-profile",
                "profile-not-found",
            ),
        ),
    },
    ProposalDataViewSet: {
        "create": Operation(
            "data_create", "Data", INSTANCE_MADE, CONTENT, _ADDING, UPLOAD_HEADERS
        ),
        "downloaded": Operation(
            "data_downloaded",
            "Data",
            ELEMENT,
            problems=("owner-only", "not-downloaded-yet"),
        ),
    },
    ProposalProcessViewSet: {
        "move_to": Operation(
            "process_move_to",
            "Process",
            _STATE,
            ProcessNextSerializer,
            (*_MOVING, "workflow-state-unknown", "flow-does-not-lead-there"),
        ),
    },
}
