"""App configuration of this room."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """Events."""

    name = "events"
    verbose_name = "Events"
