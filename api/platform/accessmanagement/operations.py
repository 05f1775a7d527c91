"""What the platform API's document says of access management."""

from api.operations import Answers, Operation, Table
from api.platform.accessmanagement.instance_delegations import InstanceDelegationViewSet
from api.serializers.delegations import (
    InstanceDelegationResultSerializer,
    InstanceDelegationSerializer,
)

_DELEGATED: Answers = {
    200: InstanceDelegationResultSerializer,
    206: InstanceDelegationResultSerializer,
}
_DELEGATION = (
    "own-app-only",
    "instance-not-found",
    "right-elsewhere",
    "delegator-not-owner",
    "recipient-unknown",
    "self-delegation",
)

OPERATIONS: Table = {
    InstanceDelegationViewSet: {
        "delegate": Operation(
            "instance_rights_delegate",
            "Access management",
            _DELEGATED,
            InstanceDelegationSerializer,
            (*_DELEGATION, "agent-given-directly", "nothing-delegable"),
        ),
        "revoke": Operation(
            "instance_rights_revoke",
            "Access management",
            _DELEGATED,
            InstanceDelegationSerializer,
            _DELEGATION,
        ),
    },
}
