"""Problems of instances."""

from common.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Phrase,
    Unprocessable,
)


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


class InstancePurged(NotFound):
    """The instance was hard deleted: nothing brings it back."""

    code = "instance-purged"
    detail = "Instance was permanently deleted and cannot be restored."


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
        " address; make them equal."
    )


class QueueLeaseLost(Conflict):
    """The lease does not hold these instances.

    It never did, or it ended and somebody else has them now, or they were put back.
    Nothing was changed. Take another batch; what was confirmed before stays confirmed.
    """

    code = "queue-lease-lost"
    detail = "Lease {lease_id} does not hold {instances}; nothing was changed."


class InstanceLocked(Conflict):
    """Another caller holds the lock of the instance, so nobody else changes it.

    Wait until the lock ends, which is at the time stated at the latest, or send its
    token in the header ``Altinn-Storage-Lock-Token``.
    """

    code = "instance-locked"
    detail = (
        "Instance {instance_id} is locked by another caller until {until}; wait, or"
        " send the lock's token in the header Altinn-Storage-Lock-Token."
    )


class LockHeld(Conflict):
    """The instance has a lock that has not ended. Not even its holder takes another."""

    code = "instance-lock-held"
    detail = "Lock is already held for this instance."


class LockHolderUnknown(Forbidden):
    """The token is valid and does not say whose lock it would be."""

    code = "lock-holder-unknown"
    detail = "User identity could not be determined."


class LockTokenMalformed(Invalid):
    """The token is none that this server gave. Send it as it was answered."""

    code = "lock-token-malformed"
    detail = "Could not parse lock token."


class LockNotFound(NotFound):
    """The token is of a lock that this instance never had."""

    code = "instance-lock-not-found"
    detail = "Lock not found."


class LockTokenInvalid(Forbidden):
    """The token has not the secret of the lock that it names."""

    code = "lock-token-invalid"
    detail = "Lock token is invalid."


class LockExpired(Unprocessable):
    """The lock has ended, or was given back. Take it anew."""

    code = "instance-lock-expired"
    detail = "Lock has expired."


class TooManyValues(Invalid):
    """Presentation texts and data values are few. Remove some by setting them to null.

    Nothing was changed.
    """

    code = "too-many-values"
    detail = "An instance may have 100 {what}; it would have {count}."


class ExternalReferenceTaken(Conflict):
    """An instance with this externalReference exists for the app and the owner party.

    Nothing was made. The existing one is named to who may read it: read it and go on
    with it, or send another reference.
    """

    code = "external-reference-taken"
    detail = (
        "{existing} of {app_id} has the externalReference {reference!r} already; go on"
        " with that one, or send another reference."
    )

    def unnamed(self) -> "ExternalReferenceTaken":
        """Return the same for who may not know which instance it is."""
        return ExternalReferenceTaken(
            existing=Phrase("An instance"),
            app_id=self.context["app_id"],
            reference=self.context["reference"],
        )
