"""The outbox table."""

from django.db import models

from common.ids import uuid7
from events.querysets import CloudEventQuerySet


class CloudEvent(models.Model):
    """Something that happened, written in the transaction that made it happen.

    Append only: no code updates a row.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    type = models.CharField(max_length=255)
    source = models.CharField(max_length=512, help_text="Address of what it is about.")
    subject = models.CharField(max_length=255, help_text="/party/{id}")
    alternative_subject = models.CharField(max_length=255, blank=True, default="")
    resource = models.CharField(max_length=255, help_text="urn:altinn:resource:app_…")
    resource_instance = models.CharField(max_length=64, help_text="{party}/{guid}")
    time = models.DateTimeField()

    objects = CloudEventQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [
            # An app owner reads the events of one app from the last id on.
            models.Index(fields=["resource", "id"], name="cloudevent_resource_id"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.id}"
