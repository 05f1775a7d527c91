"""App configuration of this room."""

from django.apps import AppConfig


class ProcessConfig(AppConfig):
    """Process."""

    name = "process"
    verbose_name = "Process"
