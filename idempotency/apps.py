"""App configuration of this room."""

from django.apps import AppConfig


class IdempotencyConfig(AppConfig):
    """Calls that are carried out once."""

    name = "idempotency"
    verbose_name = "Idempotency"
