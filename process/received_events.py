"""Events that somebody sends to an application: known by a code, for its own code."""

from collections.abc import Mapping
from typing import Final

from django.conf import settings
from django.utils.crypto import constant_time_compare

from apps_registry.definition import AppDefinition
from common.errors import Invalid, TooEarly, Unauthenticated
from events.cloudevents import VALIDATE_SUBSCRIPTION
from process import hook_calls
from process.hook_refusals import DataRefusedByApp
from process.hooks import EventReceived

_LONGEST: Final = 200


class EventCodeWrong(Unauthenticated):
    """The code is none of the application's, or the application has none.

    The server's operator sets it in ``ALTINN_EVENT_CODES``.
    """

    code = "event-code-wrong"
    detail = "The code is none of {app_id}'s."


class EventTypeMissing(Invalid):
    """A CloudEvent has a type."""

    code = "event-type-missing"
    detail = "The event has no type."


class EventUnsupported(Invalid):
    """The application's own code names no such type in ``event_types``."""

    code = "event-unsupported"
    detail = "No eventhandler found that supports {type}"


class EventNotYetHandled(TooEarly):
    """The application's own code cannot deal with it yet; send it again later."""

    code = "event-not-yet-handled"
    detail = "The event {id} of type {type} is not dealt with yet; send it again later."


def receive(
    definition: AppDefinition, *, code: str, event: Mapping[str, object]
) -> None:
    """Hand an event to the application's own code.

    Raises EventCodeWrong, EventTypeMissing, EventUnsupported, EventNotYetHandled,
    DataRefusedByApp and HookFailed.
    """
    app_id = definition.app_id
    if not any(constant_time_compare(code, one) for one in _codes(app_id)):
        raise EventCodeWrong(app_id=app_id)
    kind = event.get("type")
    if not isinstance(kind, str) or not kind:
        raise EventTypeMissing
    if kind == VALIDATE_SUBSCRIPTION:
        return
    if kind not in hook_calls.all_named(definition, "event_types"):
        raise EventUnsupported(type=kind[:_LONGEST])
    received = EventReceived(
        id=str(event.get("id") or ""),
        type=kind,
        source=str(event.get("source") or ""),
        subject=str(event.get("subject") or ""),
        members=dict(event),
    )
    handled = hook_calls.call(
        definition,
        "handle_event",
        lambda: received,
        refusal=DataRefusedByApp,
        accept=hook_calls.truth,
    )
    if not handled:
        raise EventNotYetHandled(id=received.id[:_LONGEST], type=kind[:_LONGEST])


def _codes(app_id: str) -> list[str]:
    """Return the application's codes; an empty one opens nothing."""
    stated = (entry.partition("=") for entry in settings.ALTINN_EVENT_CODES)
    return [code for name, _, code in stated if name == app_id and code]
