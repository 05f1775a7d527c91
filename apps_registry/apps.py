"""App configuration of the registry."""

from django.apps import AppConfig


class AppsRegistryConfig(AppConfig):
    """The application registry."""

    name = "apps_registry"
    verbose_name = "Application registry"
