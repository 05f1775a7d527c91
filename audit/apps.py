"""App configuration of this room."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The audit trail."""

    name = "audit"
    verbose_name = "Audit"
