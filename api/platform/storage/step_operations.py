"""What the platform API's document says of steps of a process, and of locks."""

from api.operations import APP, ELEMENT, ELEMENT_MADE, INSTANCE, Operation, Table
from api.platform.storage.locks import DataLockViewSet, InstanceLockViewSet
from api.platform.storage.process import ProcessViewSet
from api.platform.storage.signing import SignViewSet
from api.platform.storage.values import ValueViewSet
from api.serializers.history import ProcessStepSerializer
from api.serializers.instances import DataValuesSerializer, PresentationTextsSerializer
from api.serializers.locks import InstanceLockSerializer, LockTokenSerializer
from api.serializers.process import ProcessHistorySerializer, StatedProcessSerializer
from api.serializers.signing import SignRequestSerializer
from api.views import LOCK_HEADER

_MOVE = (*APP, "no-task-to-leave", "flow-not-judged", "instance-changed")
_VALUES = ("values-missing", "too-many-values", "instance-changed")

STEP_OPERATIONS: Table = {
    ProcessViewSet: {
        "replace": Operation(
            "process_replace", "Process", INSTANCE, StatedProcessSerializer, _MOVE
        ),
        "step": Operation(
            "process_step",
            "Process",
            INSTANCE,
            ProcessStepSerializer,
            (
                *_MOVE,
                "event-user-invalid",
                "event-instance-missing",
                "event-of-another-instance",
                "event-type-unknown",
                "event-type-reserved",
                "process-state-missing",
                "data-element-not-found",
            ),
        ),
        "history": Operation(
            "process_history", "Process", {200: ProcessHistorySerializer}
        ),
    },
    ValueViewSet: {
        "presentation_texts": Operation(
            "instances_presentation_texts",
            "Instances",
            INSTANCE,
            PresentationTextsSerializer,
            _VALUES,
        ),
        "data_values": Operation(
            "instances_data_values",
            "Instances",
            INSTANCE,
            DataValuesSerializer,
            _VALUES,
        ),
    },
    DataLockViewSet: {
        "lock": Operation(
            "data_lock",
            "Data",
            {**ELEMENT, **ELEMENT_MADE},
            problems=("instance-changed",),
        ),
        "unlock": Operation(
            "data_unlock", "Data", ELEMENT, problems=("instance-changed",)
        ),
    },
    InstanceLockViewSet: {
        "acquire": Operation(
            "lock_acquire",
            "Locks",
            {200: LockTokenSerializer},
            InstanceLockSerializer,
            (
                "lock-not-permitted",
                "lock-holder-unknown",
                "lock-time-negative",
                "instance-lock-held",
            ),
        ),
        "extend": Operation(
            "lock_extend",
            "Locks",
            {204: None},
            InstanceLockSerializer,
            (
                "lock-token-missing",
                "lock-token-malformed",
                "lock-token-invalid",
                "lock-time-negative",
                "instance-lock-not-found",
                "instance-lock-expired",
            ),
            (LOCK_HEADER,),
        ),
    },
    SignViewSet: {
        "sign": Operation(
            "signatures_create",
            "Signing",
            {201: {"type": "string"}},
            SignRequestSerializer,
            (
                *APP,
                "signee-missing",
                "signee-not-the-caller",
                "data-type-unknown",
                "signature-type-unfit",
                "signed-element-not-found",
                "signed-content-unreadable",
                "instance-changed",
            ),
            located=False,
        ),
    },
}
