"""App configuration of this room."""

from django.apps import AppConfig


class InstancesConfig(AppConfig):
    """Instances."""

    name = "instances"
    verbose_name = "Instances"
