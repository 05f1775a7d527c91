"""Reads of the outbox."""

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from events.models import CloudEvent


class CloudEventQuerySet(models.QuerySet["CloudEvent"]):
    """Events, oldest first: a UUIDv7 orders by the time it was made."""

    def of_instance(self, instance_id: str) -> "CloudEventQuerySet":
        """Those about ``{party}/{guid}``."""
        return self.filter(resource_instance=instance_id)
