"""App configurations of the house."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class AltinnConfig(AppConfig):
    """The house: system checks and commands."""

    name = "altinn"

    def ready(self) -> None:
        """Register the system checks."""
        from altinn import checks  # noqa: F401  registering is what importing does


class AltinnAdminConfig(AdminConfig):
    """Django's admin with the house's own site."""

    default_site = "altinn.admin.AltinnAdminSite"
