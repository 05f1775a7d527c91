"""Problems of instances."""

from common.errors import Conflict, Forbidden, Invalid, NotFound


class InstanceNotFound(NotFound):
    """No instance has this id at this address.

    Check the guid, and that the party id in the address is the instance owner's.
    """

    code = "instance-not-found"
    detail = "Unable to find any instance with id: {instance_id}."


class InstanceEventNotFound(NotFound):
    """The instance has no event of this id."""

    code = "instance-event-not-found"
    detail = "Instance {instance_id} has no event {event_id}."


class InstanceChanged(Conflict):
    """The instance was changed by somebody else between reading and writing it.

    Nothing was written. Read the instance again, and repeat the call if it still
    applies.
    """

    code = "instance-changed"
    detail = (
        "Instance {instance_id} was changed by another call meanwhile; read it again."
    )


class DeletionPrevented(Forbidden):
    """The application keeps archived instances for a number of days.

    Delete it later.
    """

    code = "deletion-prevented"
    detail = "Instance cannot be deleted yet due to application restrictions."


class InstanceNotActive(Conflict):
    """The instance is archived or deleted: its data cannot change in the app's API."""

    code = "instance-not-active"
    title = "Instance Not Active"
    detail = "Cannot update data element of archived or deleted instance {instance_id}"


class EventInstanceMismatch(Invalid):
    """The event in the body names another instance than the address."""

    code = "event-instance-mismatch"
    detail = (
        "The event's instanceId {stated!r} is not the instance {instance_id} of the"
        " address; leave it out or make them equal."
    )
