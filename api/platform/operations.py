"""What the platform API's document says of each operation.

Each service's package keeps the lines of its views; here they come together with
those of the original proposal's calls.
"""

from api.operations import Operation, Table
from api.platform.accessmanagement.operations import OPERATIONS as ACCESS_MANAGEMENT
from api.platform.authentication.operations import OPERATIONS as AUTHENTICATION
from api.platform.authorization.operations import OPERATIONS as AUTHORIZATION
from api.platform.events.operations import OPERATIONS as EVENTS
from api.platform.profile.operations import OPERATIONS as PROFILE
from api.platform.register.operations import OPERATIONS as REGISTER
from api.platform.registry.operations import OPERATIONS as REGISTRY
from api.platform.storage.application_operations import APPLICATION_OPERATIONS
from api.platform.storage.export_operations import EXPORT_OPERATIONS
from api.platform.storage.message_box_operations import MESSAGE_BOX_OPERATIONS
from api.platform.storage.operations import LISTING, PAGE
from api.platform.storage.operations import OPERATIONS as STORAGE
from api.platform.storage.queue_operations import QUEUE_OPERATIONS
from api.platform.storage.statistics_operations import STATISTICS_OPERATIONS
from api.platform.storage.step_operations import STEP_OPERATIONS
from api.platform.storage.studio_operations import STUDIO_OPERATIONS
from api.platform.v0 import ApplicationViewSet, ProposalInstanceViewSet
from api.serializers.applications import ApplicationSerializer

_PROPOSAL: Table = {
    ProposalInstanceViewSet: {
        "list": Operation("instances_list", "Instances", PAGE, problems=LISTING),
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
}

OPERATIONS: Table = {
    **STORAGE,
    **STEP_OPERATIONS,
    **APPLICATION_OPERATIONS,
    **MESSAGE_BOX_OPERATIONS,
    **STUDIO_OPERATIONS,
    **QUEUE_OPERATIONS,
    **STATISTICS_OPERATIONS,
    **EXPORT_OPERATIONS,
    **_PROPOSAL,
    **AUTHENTICATION,
    **REGISTER,
    **PROFILE,
    **AUTHORIZATION,
    **ACCESS_MANAGEMENT,
    **REGISTRY,
    **EVENTS,
}
