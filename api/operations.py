"""The table of operations that the OpenAPI documents are made from.

One line an operation: what the body is, what the answer is, and which problems it may be
refused with besides those that every call has.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers

from api.everywhere import problem_kinds
from api.problems import status_of_class
from api.serializers.applications import ApplicationSerializer
from api.serializers.data_elements import (
    DataElementListSerializer,
    DataElementMetadataSerializer,
    DataElementSerializer,
)
from api.serializers.history import (
    InstanceEventListSerializer,
    InstanceEventSerializer,
)
from api.serializers.instances import (
    InstanceSerializer,
    InstanceTemplateSerializer,
    QueryResponseSerializer,
    SubstatusSerializer,
)
from api.serializers.process import (
    AppProcessStateSerializer,
    ProcessHistorySerializer,
    ProcessNextSerializer,
)


class IssueSerializer(serializers.Serializer[object]):
    """One finding inside a problem, at a place in the input."""

    pointer = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()


class ProblemSerializer(serializers.Serializer[object]):
    """Why a call was refused and what to do (RFC 9457)."""

    type = serializers.URLField(help_text="The page about this problem.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    instance = serializers.CharField(help_text="The path that was called.")
    traceId = serializers.CharField(help_text="Stands in the server's log too.")
    code = serializers.CharField(
        help_text="Stable; programs tell problems apart by it."
    )
    issues = IssueSerializer(many=True, required=False)
    errors = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()), required=False
    )


class DataDeletedSerializer(serializers.Serializer[object]):
    """What remains after a data element was deleted."""

    instance = InstanceSerializer()
    validationIssues = serializers.ListField(child=serializers.JSONField())
    newDataModels = serializers.ListField(child=serializers.JSONField())


CONTENT = {"*/*": OpenApiTypes.BINARY}
TEMPLATE = {
    "application/json": InstanceTemplateSerializer,
    "multipart/form-data": {"type": "object", "additionalProperties": True},
}


@dataclass(frozen=True, slots=True)
class Operation:
    """What the documents say of an operation."""

    id: str
    tag: str
    responses: Mapping[object, object]
    request: object = None
    problems: tuple[str, ...] = ()
    anonymous: bool = False


_EVERY_CALL = ("token-missing", "invalid-token", "parameter-invalid")
_ON_INSTANCE = ("not-permitted", "authentication-level-too-low", "instance-not-found")
_ON_ELEMENT = (*_ON_INSTANCE, "data-element-not-found", "data-type-unknown")
_WITH_JSON = (
    "json-malformed",
    "body-missing",
    "validation-failed",
    "content-type-unsupported",
)
_UPLOAD = (
    "content-empty",
    "content-too-large",
    "content-cut-short",
    "multipart-malformed",
    "file-name-too-long",
)
_APP_UPLOAD = (
    *_UPLOAD,
    "file-refused",
    "form-content-type-unsupported",
    "xml-malformed",
    "xml-doctype-refused",
    "json-malformed",
    "instance-not-active",
    "instance-changed",
    "no-current-task",
    "contributor-not-allowed",
)
_NEXT = (
    "process-next-not-permitted",
    "task-not-complete",
    "instance-changed",
    "service-task-unsupported",
)

_PAGE = {200: QueryResponseSerializer}
_INSTANCE_OK = {200: InstanceSerializer}
_INSTANCE_MADE = {201: InstanceSerializer}
_ELEMENT_OK = {200: DataElementSerializer}
_ELEMENT_MADE = {201: DataElementSerializer}
_BYTES = {
    (200, "*/*"): OpenApiTypes.BINARY,
    (206, "*/*"): OpenApiTypes.BINARY,
    304: None,
}
_STATE = {200: AppProcessStateSerializer}
_ANY = {200: OpenApiTypes.OBJECT}

# (module below api, view class, action) → what the documents say
_TABLE: dict[tuple[str, str], dict[str, Operation]] = {
    ("api.application.instances", "InstanceViewSet"): {
        "create": Operation(
            "instances_create",
            "Instances",
            _INSTANCE_MADE,
            TEMPLATE,
            (
                "app-not-found",
                "not-permitted",
                "authentication-level-too-low",
                "instance-owner-missing",
                "instance-owner-twice",
                "instance-owner-empty",
                "party-not-found",
                "party-type-not-allowed",
                "multipart-malformed",
                "multipart-part-refused",
                "json-malformed",
                "validation-failed",
            ),
        ),
        "retrieve": Operation(
            "instances_retrieve", "Instances", _INSTANCE_OK, None, _ON_INSTANCE
        ),
        "destroy": Operation(
            "instances_destroy",
            "Instances",
            _INSTANCE_OK,
            None,
            (*_ON_INSTANCE, "deletion-prevented"),
        ),
        "complete": Operation(
            "instances_complete", "Instances", _INSTANCE_OK, None, _ON_INSTANCE
        ),
        "substatus": Operation(
            "instances_substatus",
            "Instances",
            _INSTANCE_OK,
            SubstatusSerializer,
            (*_ON_INSTANCE, *_WITH_JSON, "owner-only"),
        ),
    },
    ("api.application.data", "DataViewSet"): {
        "create": Operation(
            "data_create",
            "Data",
            _ELEMENT_MADE,
            CONTENT,
            (*_ON_INSTANCE, *_APP_UPLOAD, "data-type-missing", "max-count-exceeded"),
        ),
        "retrieve": Operation(
            "data_retrieve",
            "Data",
            _BYTES,
            None,
            (
                *_ON_ELEMENT,
                "content-missing",
                "data-element-infected",
                "range-not-satisfiable",
            ),
        ),
        "update": Operation(
            "data_update",
            "Data",
            _ELEMENT_MADE,
            CONTENT,
            (*_ON_ELEMENT, *_APP_UPLOAD, "data-element-locked"),
        ),
        "destroy": Operation(
            "data_destroy",
            "Data",
            {200: DataDeletedSerializer},
            None,
            (
                *_ON_ELEMENT,
                "data-element-locked",
                "main-element-kept",
                "instance-not-active",
                "user-delete-disallowed",
            ),
        ),
    },
    ("api.application.process", "ProcessViewSet"): {
        "retrieve": Operation(
            "process_retrieve", "Process", _STATE, None, _ON_INSTANCE
        ),
        "start": Operation("process_start", "Process", _STATE, None, _ON_INSTANCE),
        "next_elements": Operation(
            "process_next_elements",
            "Process",
            {200: serializers.ListSerializer(child=serializers.CharField())},
            None,
            (*_ON_INSTANCE, "no-current-task"),
        ),
        "advance": Operation(
            "process_advance",
            "Process",
            _STATE,
            ProcessNextSerializer,
            (*_ON_INSTANCE, *_NEXT),
        ),
        "complete": Operation(
            "process_complete", "Process", _STATE, None, (*_ON_INSTANCE, *_NEXT)
        ),
        "history": Operation(
            "process_history",
            "Process",
            {200: ProcessHistorySerializer},
            None,
            _ON_INSTANCE,
        ),
    },
    ("api.application.metadata", "MetadataViewSet"): {
        "retrieve": Operation(
            "application_retrieve",
            "Application",
            {200: ApplicationSerializer},
            None,
            ("app-not-found",),
            anonymous=True,
        ),
    },
    ("api.platform.storage.instances", "InstanceViewSet"): {
        "list": Operation(
            "instances_list",
            "Instances",
            _PAGE,
            None,
            (
                "scope-missing",
                "org-or-app-missing",
                "app-id-missing",
                "instance-owner-missing",
                "caller-cannot-list",
                "continuation-token-invalid",
                "not-permitted",
            ),
        ),
        "create": Operation(
            "instances_create",
            "Instances",
            _INSTANCE_MADE,
            InstanceTemplateSerializer,
            (
                *_WITH_JSON,
                "instance-owner-invalid",
                "app-id-invalid",
                "app-not-found",
                "not-permitted",
            ),
        ),
        "retrieve": Operation(
            "instances_retrieve", "Instances", _INSTANCE_OK, None, _ON_INSTANCE
        ),
        "destroy": Operation(
            "instances_destroy",
            "Instances",
            _INSTANCE_OK,
            None,
            (*_ON_INSTANCE, "deletion-prevented"),
        ),
        "complete": Operation(
            "instances_complete", "Instances", _INSTANCE_OK, None, _ON_INSTANCE
        ),
        "read_status": Operation(
            "instances_read_status",
            "Instances",
            _INSTANCE_OK,
            None,
            (*_ON_INSTANCE, "read-status-invalid"),
        ),
        "substatus": Operation(
            "instances_substatus",
            "Instances",
            _INSTANCE_OK,
            SubstatusSerializer,
            (*_ON_INSTANCE, *_WITH_JSON, "owner-only"),
        ),
    },
    ("api.platform.storage.data", "DataViewSet"): {
        "create": Operation(
            "data_create",
            "Data",
            _ELEMENT_MADE,
            CONTENT,
            (*_ON_INSTANCE, *_UPLOAD, "data-type-missing", "data-type-unknown"),
        ),
        "retrieve": Operation(
            "data_retrieve",
            "Data",
            _BYTES,
            None,
            (
                *_ON_ELEMENT,
                "content-missing",
                "data-element-infected",
                "range-not-satisfiable",
            ),
        ),
        "update": Operation(
            "data_update",
            "Data",
            _ELEMENT_OK,
            CONTENT,
            (*_ON_ELEMENT, *_UPLOAD, "data-element-locked", "replacement-empty"),
        ),
        "destroy": Operation(
            "data_destroy",
            "Data",
            _ELEMENT_OK,
            None,
            (*_ON_ELEMENT, "data-element-locked", "delayed-deletion-unsupported"),
        ),
        "list": Operation(
            "data_list", "Data", {200: DataElementListSerializer}, None, _ON_INSTANCE
        ),
        "describe": Operation(
            "data_describe",
            "Data",
            _ELEMENT_OK,
            DataElementMetadataSerializer,
            (
                *_ON_ELEMENT,
                *_WITH_JSON,
                "element-address-mismatch",
                "data-element-locked",
            ),
        ),
    },
    ("api.platform.storage.events", "InstanceEventViewSet"): {
        "list": Operation(
            "events_list",
            "Events",
            {200: InstanceEventListSerializer},
            None,
            _ON_INSTANCE,
        ),
        "retrieve": Operation(
            "events_retrieve",
            "Events",
            {200: InstanceEventSerializer},
            None,
            (*_ON_INSTANCE, "instance-event-not-found"),
        ),
        "create": Operation(
            "events_create",
            "Events",
            {201: InstanceEventSerializer},
            InstanceEventSerializer,
            (
                *_ON_INSTANCE,
                *_WITH_JSON,
                "event-type-unknown",
                "event-instance-mismatch",
            ),
        ),
    },
}
_TABLE |= {
    ("api.application.v0", "ProposalDataViewSet"): {
        "create": Operation(
            "data_create",
            "Data",
            _INSTANCE_MADE,
            CONTENT,
            (*_ON_INSTANCE, *_APP_UPLOAD, "data-type-missing", "max-count-exceeded"),
        ),
        "downloaded": Operation(
            "data_downloaded",
            "Data",
            _ELEMENT_OK,
            None,
            (*_ON_ELEMENT, "owner-only", "not-downloaded-yet"),
        ),
    },
    ("api.application.v0", "ProposalProcessViewSet"): {
        "move_to": Operation(
            "process_move_to",
            "Process",
            _STATE,
            ProcessNextSerializer,
            (
                *_ON_INSTANCE,
                *_NEXT,
                "workflow-state-unknown",
                "flow-does-not-lead-there",
            ),
        ),
    },
    ("api.platform.v0", "ApplicationViewSet"): {
        "retrieve": Operation(
            "application_retrieve",
            "Application",
            {200: ApplicationSerializer},
            None,
            ("app-not-found",),
            anonymous=True,
        ),
    },
    ("api.platform.authentication.openid", "OpenIdViewSet"): {
        "discovery": Operation(
            "openid_discovery", "Authentication", _ANY, anonymous=True
        ),
        "keys": Operation("openid_keys", "Authentication", _ANY, anonymous=True),
    },
}

PARAMETERS: dict[str, tuple[str, dict[str, object], bool]] = {
    "instanceOwnerPartyId": (
        "Party id of the instance owner.",
        {"type": "integer"},
        False,
    ),
    "language": ("Language of texts: nb, nn or en.", {"type": "string"}, False),
    "hard": ("Delete for good instead of restorably.", {"type": "boolean"}, False),
    "ignoredValidators": ("Validators to leave out.", {"type": "string"}, False),
    "includeRowId": ("Accepted and without effect.", {"type": "boolean"}, False),
    "startEvent": ("Id of the start event.", {"type": "string"}, False),
    "elementId": ("Accepted and ignored.", {"type": "string"}, False),
    "status": ("Unread, Read or UpdatedSinceLastReview.", {"type": "string"}, False),
    "refs": ("Guids of elements that the content refers to.", {"type": "string"}, True),
    "generatedFromTask": ("Task that made the content.", {"type": "string"}, False),
    "delay": (
        "Mark for the purge and keep the bytes until then.",
        {"type": "boolean"},
        False,
    ),
    "eventTypes": ("Types of events to list.", {"type": "string"}, True),
    "from": ("Beginning of the span; only with `to`.", {"type": "string"}, False),
    "to": ("End of the span; only with `from`.", {"type": "string"}, False),
    "size": (
        "Instances in a page: 1 to 1000, 100 by default.",
        {"type": "integer"},
        False,
    ),
    "order": (
        "desc:lastChanged (default) or asc:lastChanged.",
        {"type": "string"},
        False,
    ),
    "sortBy": ("The same as `order`.", {"type": "string"}, False),
    "includeDataElements": ("false leaves `data` empty.", {"type": "boolean"}, False),
    "mainVersionInclude": ("3, the only generation here.", {"type": "integer"}, False),
    "continuationToken": (
        "Where the last page ended; stands in `next`.",
        {"type": "string"},
        False,
    ),
}


def operation_of(view: type, action: str) -> Operation:
    """Return what the documents say of a view's action; raises KeyError for none."""
    for ancestor in view.__mro__:
        found = _TABLE.get((ancestor.__module__, ancestor.__name__), {}).get(action)
        if found is not None:
            return found
    raise KeyError(f"{view.__name__}.{action} is not in the table of operations.")


def problems_of(operation: Operation) -> dict[int, list[str]]:
    """Return the codes of the problems that an operation may answer, by status."""
    codes = (
        operation.problems
        if operation.anonymous
        else (*_EVERY_CALL, *operation.problems)
    )
    kinds = {kind.code: kind for kind in problem_kinds()}
    by_status: defaultdict[int, list[str]] = defaultdict(list)
    for code in dict.fromkeys(codes):
        by_status[int(status_of_class(kinds[code]))].append(code)
    return {status: sorted(found) for status, found in sorted(by_status.items())}
