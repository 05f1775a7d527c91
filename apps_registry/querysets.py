"""Reads of the registry."""

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from apps_registry.models import Application


class ApplicationQuerySet(models.QuerySet["Application"]):
    """Applications."""

    def served(self) -> "ApplicationQuerySet":
        """Those with a current deployment."""
        return self.filter(current__isnull=False)
