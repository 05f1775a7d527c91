"""App configuration of this room."""

from django.apps import AppConfig


class ReceiptsConfig(AppConfig):
    """Receipts."""

    name = "receipts"
    verbose_name = "Receipts"
