"""App configuration of this room."""

from django.apps import AppConfig


class DataElementsConfig(AppConfig):
    """Data elements."""

    name = "data_elements"
    verbose_name = "Data elements"
