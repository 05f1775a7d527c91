"""The history of an instance."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from api.platform.storage.base import StorageViewSet
from api.serializers.history import (
    StatedEventSerializer,
    event_document,
    related_user,
)
from api.serializers.process import as_stored
from common.errors import Forbidden, Invalid
from common.times import parse_time
from data_elements.errors import DataElementNotFound
from data_elements.models import DataElement
from instances import stated_events
from instances.choices import InstanceEventType
from instances.errors import InstanceEventNotFound
from instances.history import HistoryEntry
from instances.models import Instance, InstanceEvent


class EventTypeUnknown(Invalid):
    """The history knows a fixed set of event types."""

    code = "event-type-unknown"
    detail = "The eventType {event_type!r} is unknown; known are: {known}."


class EventInstanceMissing(Invalid):
    """An event names the instance that it is of, as ``{partyId}/{guid}``."""

    code = "event-instance-missing"
    detail = (
        "Missing parameter values: instance event must exist and instanceId must be set"
    )


class EventSpanInvalid(Invalid):
    """The ends of the span are ISO 8601 times, in UTC unless they say otherwise."""

    code = "event-span-invalid"
    detail = (
        "Unable to perform query. Invalid format for time span. Use string format of"
        " UTC."
    )


class EventTypeReserved(Forbidden):
    """The server itself records events of this type, when they happen.

    Only the service owner may add one, whose own history it is.
    """

    code = "event-type-reserved"
    detail = (
        "Events of type {event_type} are recorded by the server; you may add: {open}."
    )


_OPEN = frozenset(
    {
        InstanceEventType.SENT_TO_SIGN,
        InstanceEventType.SENT_TO_PAYMENT,
        InstanceEventType.SENT_TO_SEND_IN,
        InstanceEventType.SENT_TO_FORM_FILL,
        InstanceEventType.INSTANCE_FORWARDED,
        InstanceEventType.INSTANCE_RIGHT_REVOKED,
        InstanceEventType.NOTIFICATION_SENT_SMS,
        InstanceEventType.MESSAGE_ARCHIVED,
        InstanceEventType.MESSAGE_READ,
    }
)


class InstanceEventViewSet(StorageViewSet):
    """What happened to an instance, oldest first."""

    actions = {"list": "read", "create": "read", "retrieve": "read"}
    parameters = {"list": ("eventTypes", "from", "to")}
    beside_lock = frozenset({"create"})  # what happened, happened

    def list(self, request: Request, **kwargs: object) -> Response:
        """List the events, of some types or of a span of time."""
        instance = self.get_instance()
        rows = InstanceEvent.objects.of(instance.pk)
        if types := self.query.texts("eventTypes"):
            rows = rows.filter(event_type__in=types)
        since, until = self.query.text("from"), self.query.text("to")
        if since and until:
            rows = rows.filter(created__range=_span(since, until))
        return Response({"instanceEvents": [event_document(event) for event in rows]})

    def retrieve(self, request: Request, **kwargs: object) -> Response:
        """Read one event of the instance."""
        instance = self.get_instance()
        event_id = self.kwargs["event"]
        event = InstanceEvent.objects.of(instance.pk).filter(pk=event_id).first()
        if event is None:
            raise InstanceEventNotFound(
                instance_id=instance.instance_id, event_id=event_id
            )
        return Response(event_document(event))

    def create(self, request: Request, **kwargs: object) -> Response:
        """Add an event; who and when are the server's word."""
        instance = self.get_instance()
        body = self.read_input(StatedEventSerializer)
        if not (stated := body.get("instanceId")):
            raise EventInstanceMissing
        event_type = body["eventType"]
        known_type(event_type)
        if event_type not in _OPEN and not self.is_owner(instance):
            raise EventTypeReserved(
                event_type=event_type, open=", ".join(sorted(_OPEN))
            )
        event = stated_events.record_event(
            self.principal,
            instance=instance,
            stated_instance_id=stated,
            entry=HistoryEntry(
                event_type,
                data_id=_element_of(instance, body.get("dataId")),
                process=self._process_of(instance, body.get("processInfo")),
                additional_info=body.get("additionalInfo"),
                related_user=related_user(body),
            ),
        )
        location = f"{self.links.instance(instance)['platform']}/events/{event.id}"
        return Response(
            event_document(event), status=201, headers={"Location": location}
        )

    def _process_of(
        self, instance: Instance, stated: Mapping[str, Any] | None
    ) -> dict[str, object] | None:
        """Return where the process stood, as its owner says; nobody else says it."""
        return as_stored(stated) if stated and self.is_owner(instance) else None


def _span(since: str, until: str) -> tuple[datetime, datetime]:
    try:
        return parse_time(since), parse_time(until)
    except ValueError:
        raise EventSpanInvalid from None


def known_type(event_type: str) -> None:
    """Raise EventTypeUnknown unless the history knows events of this type."""
    if event_type not in InstanceEventType.values:
        known = ", ".join(InstanceEventType.values)
        raise EventTypeUnknown(event_type=event_type, known=known)


def _element_of(instance: Instance, stated: UUID | None) -> UUID | None:
    """Return the id that the event states, if it is of an element of the instance."""
    if stated is None:
        return None
    elements = DataElement.objects.filter(pk=stated, instance_id=instance.pk)
    if not elements.exists():
        raise DataElementNotFound(element_id=stated)
    return stated
