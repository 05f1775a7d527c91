"""App configuration of the faces: their static files and templates."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The faces."""

    name = "api"
