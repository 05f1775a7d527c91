"""App configuration of this room."""

from django.apps import AppConfig


class CleanupConfig(AppConfig):
    """Cleanup."""

    name = "cleanup"
    verbose_name = "Cleanup"
