"""What the process tells the world."""

from datetime import datetime
from weakref import WeakKeyDictionary

from django.conf import settings

from apps_registry import addresses, catalogue
from apps_registry.app_settings import publishes_events
from apps_registry.definition import AppDefinition
from events.cloudevents import (
    PROCESS_COMPLETED,
    SUBSTATUS_CHANGED,
    Envelope,
    app_resource,
    moved_to,
)
from instances.models import Instance

_told: WeakKeyDictionary[AppDefinition, bool] = WeakKeyDictionary()


def envelope(
    instance: Instance, event_type: str, now: datetime, *, is_quiet: bool = False
) -> Envelope:
    """Return the envelope of an event about an instance (app-api.md §17.6)."""
    return Envelope(
        type=event_type,
        source=addresses.instance_source(
            org=instance.org,
            app=instance.app,
            party_id=instance.owner_party_id,
            guid=str(instance.id),
        ),
        subject=f"/party/{instance.owner_party_id}",
        alternative_subject=_alternative_subject(instance),
        resource=app_resource(instance.org, instance.app),
        resource_instance=instance.instance_id,
        time=now,
        is_quiet=is_quiet,
    )


def of_event(instance: Instance, event_type: str, *, now: datetime) -> list[Envelope]:
    """Return what is told of an event; quietly, where the application says so.

    Its setting is ``RegisterEventsWithEventsComponent``; read once a deployment.
    """
    definition = catalogue.definition_of(instance.org, instance.app)
    told = _told.get(definition)
    if told is None:
        environment = settings.ALTINN_ENVIRONMENT
        told = publishes_events(definition, environment=environment)
        _told[definition] = told
    return [envelope(instance, event_type, now, is_quiet=not told)]


def of_move(instance: Instance, *, entered: str, now: datetime) -> list[Envelope]:
    """Return what is told of a move into a task, or to the end."""
    event_type = moved_to(entered) if entered else PROCESS_COMPLETED
    return of_event(instance, event_type, now=now)


def _alternative_subject(instance: Instance) -> str:
    if instance.owner_org_no:
        return f"/org/{instance.owner_org_no}"
    if instance.owner_person_no:
        return f"/person/{instance.owner_person_no}"
    return instance.owner_external_id or ""


def of_substatus(instance: Instance, *, now: datetime) -> list[Envelope]:
    """Return what is told of a new substatus."""
    return of_event(instance, SUBSTATUS_CHANGED, now=now)
