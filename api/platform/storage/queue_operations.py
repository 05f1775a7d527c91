"""What the document says of an owner's queue."""

from api.operations import APP, Operation, Table
from api.platform.storage.queues import QueueViewSet
from api.serializers.queues import (
    QueueBatchSerializer,
    QueueOutcomeSerializer,
    QueueSelectionSerializer,
    StuckPageSerializer,
)

_TAG = "Queues"
_OWNER = (*APP, "owner-only", "scope-missing")
_OF_LEASE = (*_OWNER, "queue-lease-lost")

QUEUE_OPERATIONS: Table = {
    QueueViewSet: {
        "lease": Operation(
            "queue_lease", _TAG, {200: QueueBatchSerializer}, problems=_OWNER
        ),
        "complete": Operation(
            "queue_complete",
            _TAG,
            {200: QueueOutcomeSerializer},
            QueueSelectionSerializer,
            (
                *_OF_LEASE,
                "not-permitted",
                "authentication-level-too-low",
                "instance-locked",
                "instance-changed",
            ),
        ),
        "release": Operation(
            "queue_release",
            _TAG,
            {200: QueueOutcomeSerializer},
            QueueSelectionSerializer,
            _OF_LEASE,
        ),
        "renew": Operation(
            "queue_renew",
            _TAG,
            {200: QueueOutcomeSerializer},
            QueueSelectionSerializer,
            _OF_LEASE,
        ),
        "stuck": Operation(
            "queue_stuck",
            _TAG,
            {200: StuckPageSerializer},
            problems=(*_OWNER, "continuation-token-invalid"),
        ),
        "reset": Operation(
            "queue_reset",
            _TAG,
            {200: QueueOutcomeSerializer},
            QueueSelectionSerializer,
            _OWNER,
        ),
    },
}
