"""What the application API's document says of each operation."""

from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework import serializers

from api.application.actions import ActionViewSet
from api.application.active import ActiveInstanceSerializer, ActiveInstanceViewSet
from api.application.archives import InstanceArchiveViewSet
from api.application.copies import CopyViewSet, SimplifiedInstantiationSerializer
from api.application.data import DataViewSet
from api.application.description_operations import DESCRIPTION_OPERATIONS
from api.application.file_operations import FILE_OPERATIONS
from api.application.form_operations import (
    ADDING,
    BEGINNING,
    BY_APP,
    CHANGING,
    CONTRIBUTING,
    EVALUATED,
    FORM_OPERATIONS,
    MODELLED,
    WRITING,
    ElementChangedSerializer,
)
from api.application.instances import InstanceViewSet
from api.application.payment_operations import PAYING, PAYMENT_OPERATIONS
from api.application.people_operations import PEOPLE_OPERATIONS
from api.application.process import ProcessViewSet
from api.application.receipts import ReceiptSerializer, ReceiptViewSet
from api.application.signing_operations import SIGNING, SIGNING_OPERATIONS
from api.application.v0 import ProposalDataViewSet, ProposalProcessViewSet
from api.application.validation_operations import VALIDATION_OPERATIONS
from api.operations import (
    BYTES,
    CONTENT,
    DOWNLOAD_HEADERS,
    ELEMENT,
    ELEMENT_MADE,
    FORM_DATA,
    INSTANCE,
    INSTANCE_MADE,
    INSTANCE_READ,
    JSON_BODY,
    KNOWN_HEADERS,
    ON_DOWNLOAD,
    UPLOAD_HEADERS,
    ZIP,
    Answers,
    Operation,
    Table,
)
from api.serializers.actions import (
    UserActionRequestSerializer,
    UserActionResponseSerializer,
)
from api.serializers.instances import (
    InstanceSerializer,
    InstanceTemplateSerializer,
    SubstatusSerializer,
)
from api.serializers.issues import SourceIssuesSerializer
from api.serializers.plans import PlanSerializer
from api.serializers.process import (
    AppProcessStateSerializer,
    ProcessHistorySerializer,
    ProcessNextSerializer,
)

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
_STATE: Answers = {200: AppProcessStateSerializer}
_STATE_OR_PLAN: Answers = {
    200: PolymorphicProxySerializer(
        "StateOrPlan", [AppProcessStateSerializer, PlanSerializer], None
    )
}

# What the app's own code answers of actions (process/hook_calls.py).
_ACTION_BY_APP = (
    "app-refused-action",
    "app-refused-action-input",
    "app-refused-action-caller",
    "data-element-locked",
    "data-element-changed",
)

_MOVING = (
    "process-not-started",
    "process-ended",
    "process-next-not-permitted",
    "task-not-complete",
    "task-not-in-deployment",
    "service-task-unsupported",
    "service-task-failed",
    "service-task-takes-no-action",
    "transition-running",
    "task-type-unknown",
    "pdf-unavailable",
    "pdf-failed",
    "user-action-unsupported",
    "gateway-condition-not-evaluable",
    "form-not-evaluable",
    "process-leads-nowhere",
    "process-ambiguous",
    "process-loop",
    "instance-changed",
    *BY_APP,
    *BEGINNING,
    "app-refused-data",
    "app-refused-step",
    *_ACTION_BY_APP,
    *SIGNING,
    *PAYING,
    "sign-on-behalf-of-not-permitted",
)


_MAKING = (
    "not-permitted",
    "authentication-level-too-low",
    "user-instantiation-disabled",
    "instance-owner-empty",
    "instance-owner-contradictory",
    "party-id-invalid",
    "party-not-found",
    "look-ups-exhausted",
    "party-type-not-allowed",
    "external-reference-taken",
    "start-event-not-found",
    "task-type-unknown",
    *BY_APP,
    *BEGINNING,
    "app-refused-instantiation",
    "file-invalid",
    "app-refused-data",
    "app-refused-step",
)
_COPYING = ("copying-disabled", "copy-source-not-archived", "data-not-copyable")


class DataDeletedSerializer(serializers.Serializer[object]):
    """What remains after a data element was deleted."""

    instance = InstanceSerializer()
    validationIssues = SourceIssuesSerializer(many=True)
    newDataModels = serializers.ListField(child=serializers.JSONField())


OPERATIONS: Table = {
    **PEOPLE_OPERATIONS,
    **FILE_OPERATIONS,
    **DESCRIPTION_OPERATIONS,
    **FORM_OPERATIONS,
    **SIGNING_OPERATIONS,
    **PAYMENT_OPERATIONS,
    ReceiptViewSet: {
        "retrieve": Operation(
            "receipts_retrieve",
            "Instances",
            {200: ReceiptSerializer},
            problems=("receipt-not-found", "receipt-not-permitted"),
        ),
    },
    **VALIDATION_OPERATIONS,
    InstanceViewSet: {
        "create": Operation(
            "instances_create",
            "Instances",
            {**INSTANCE_MADE, 200: PlanSerializer},
            _TEMPLATE,
            (
                *JSON_BODY,
                *FORM_DATA,
                *MODELLED,
                *CONTRIBUTING,
                *_MAKING,
                "instance-owner-missing",
                "instance-owner-twice",
                "multipart-malformed",
                "multipart-part-refused",
                "file-name-too-long",
                "content-type-malformed",
                "content-type-too-long",
                "content-too-large",
                "user-create-disallowed",
            ),
        ),
        "create_simply": Operation(
            "instances_create_simply",
            "Instances",
            INSTANCE_MADE,
            SimplifiedInstantiationSerializer,
            (
                *_MAKING,
                *_COPYING,
                "prefill-refused",
                "copy-of-another-owner",
                "copy-source-unavailable",
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
            problems=("deletion-prevented", "instance-changed"),
        ),
        "complete": Operation("instances_complete", "Instances", INSTANCE),
        "substatus": Operation(
            "instances_substatus",
            "Instances",
            INSTANCE,
            SubstatusSerializer,
            ("owner-only", "instance-changed", "substatus-invalid"),
        ),
    },
    ActiveInstanceViewSet: {
        "list": Operation(
            "instances_active",
            "Instances",
            {200: ActiveInstanceSerializer(many=True)},
            problems=(
                "scope-missing",
                "not-permitted",
                "authentication-level-too-low",
                "caller-cannot-list",
                "continuation-token-invalid",
            ),
        ),
    },
    CopyViewSet: {
        "copy": Operation(
            "instances_copy",
            "Instances",
            {302: None},
            problems=(*_MAKING, *_COPYING, "user-only", "cross-site-navigation"),
        ),
    },
    InstanceArchiveViewSet: {
        "archive": Operation("instances_archive", "Instances", ZIP, problems=BY_APP),
    },
    DataViewSet: {
        "create": Operation(
            "data_create", "Data", ELEMENT_MADE, CONTENT, ADDING, UPLOAD_HEADERS
        ),
        "retrieve": Operation(
            "data_retrieve",
            "Data",
            BYTES,
            problems=(
                *ON_DOWNLOAD,
                *BY_APP,
                "app-refused-read",
                *MODELLED,
            ),
            headers=DOWNLOAD_HEADERS,
        ),
        "update": Operation(
            "data_update",
            "Data",
            {**ELEMENT_MADE, 200: ElementChangedSerializer},
            CONTENT,
            (*WRITING, "data-element-locked"),
            UPLOAD_HEADERS,
        ),
        "destroy": Operation(
            "data_destroy",
            "Data",
            {200: DataDeletedSerializer},
            problems=(
                *CHANGING,
                "data-element-locked",
                "main-element-kept",
                "user-delete-disallowed",
            ),
        ),
    },
    ProcessViewSet: {
        "retrieve": Operation(
            "process_retrieve",
            "Process",
            {**_STATE, 304: None},
            headers=KNOWN_HEADERS,
        ),
        "start": Operation(
            "process_start",
            "Process",
            _STATE,
            problems=(
                "process-already-started",
                "start-event-not-found",
                "instance-changed",
                *BY_APP,
                *BEGINNING,
                "app-refused-data",
                "app-refused-step",
            ),
        ),
        "next_elements": Operation(
            "process_next_elements",
            "Process",
            {200: {"type": "array", "items": {"type": "string"}}},
            problems=("no-current-task",),
        ),
        "advance": Operation(
            "process_advance", "Process", _STATE_OR_PLAN, ProcessNextSerializer, _MOVING
        ),
        "complete": Operation("process_complete", "Process", _STATE, problems=_MOVING),
        "history": Operation(
            "process_history", "Process", {200: ProcessHistorySerializer}
        ),
    },
    ActionViewSet: {
        "perform": Operation(
            "actions_perform",
            "Process",
            {200: UserActionResponseSerializer},
            UserActionRequestSerializer,
            (
                "user-action-missing",
                "user-action-caller",
                "user-action-not-permitted",
                "user-action-unknown",
                "process-not-started",
                "process-ended",
                "task-not-in-deployment",
                "instance-changed",
                *EVALUATED,
                *BY_APP,
                *_ACTION_BY_APP,
                "app-refused-step",
                *SIGNING,
                *PAYING,
                "user-action-on-behalf-of",
            ),
        ),
    },
    ProposalDataViewSet: {
        "create": Operation(
            "data_create", "Data", INSTANCE_MADE, CONTENT, ADDING, UPLOAD_HEADERS
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
