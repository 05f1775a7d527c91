"""App configuration of the parties room."""

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    """Parties, the users of the register, and accounts for the admin."""

    name = "parties"
    verbose_name = "Parties"
