"""App configurations of the house."""

from axes.apps import AppConfig as AxesConfig
from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class AltinnConfig(AppConfig):
    """The house: system checks and commands."""

    name = "altinn"

    def ready(self) -> None:
        """Register the system checks, and what rooms check of applications' folders."""
        # Importing registers them.
        from altinn import (  # noqa: F401
            blob_checks,
            callback_checks,
            checks,
            metrics_checks,
            payment_checks,
        )
        from apps_registry.app_check import also_check
        from forms.folder_check import check_forms
        from signing.folder_check import check_signing

        also_check(check_forms)
        also_check(check_signing)


class AltinnAdminConfig(AdminConfig):
    """Django's admin with the house's own site."""

    default_site = "altinn.admin.AltinnAdminSite"


class SignInGuardConfig(AxesConfig):  # type: ignore[misc]  # it has no types
    """django-axes, under a name that says what it shows."""

    verbose_name = "Refused sign-ins"
