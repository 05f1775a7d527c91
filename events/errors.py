"""Problems of subscriptions and of reading events."""

from common.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated


class SubscriptionInvalid(Invalid):
    """The subscription cannot be made as it is asked for; each member is listed.

    Leave a filter out rather than send it empty: an empty one would match nothing.
    """

    code = "subscription-invalid"
    title = "One or more validation errors occurred."
    detail = "{reasons}"


class SubscriptionNotFound(NotFound):
    """There is no such subscription, or it has ended; the list has those in use."""

    code = "subscription-not-found"
    detail = "There is no subscription {subscription_id}."


class SubscriptionOfAnother(Unauthenticated):
    """The subscription was made by somebody else, and only he reads and ends it.

    Send a token of who made it.
    """

    code = "subscription-of-another"
    detail = "The subscription {subscription_id} was made by another caller."


class SourceNotServed(Forbidden):
    """Events are those of applications of this server; there are no other sources.

    Name the application as ``resourceFilter`` (``urn:altinn:resource:app_{org}_{app}``)
    or its address as ``sourceFilter``.
    """

    code = "event-source-not-served"
    detail = "{source} is no application of this server, so nobody may subscribe to it."


class TooManySubscriptions(Conflict):
    """The caller has as many subscriptions as one may have; end one that is idle."""

    code = "too-many-subscriptions"
    detail = "{consumer} has {count} subscriptions; {most} are allowed."


class EventsOfOwnerOnly(Unauthenticated):
    """The events of an application are read by its service owner alone.

    Send a token of that owner.
    """

    code = "events-of-owner-only"
    detail = "The events of {org}/{app} are read by the service owner {org} alone."


class EventUnknown(Invalid):
    """There is no event of this id to go on from: it may have been removed since.

    Begin anew with ``from``, and leave out what you have.
    """

    code = "event-unknown"
    detail = "There is no event {event_id}; begin with the parameter from instead."


class DeliveryHasEnded(Conflict):
    """What has ended is not given up once more, and what is delivered not retried."""

    code = "delivery-has-ended"
    detail = "The delivery {delivery_id} is {outcome}."
