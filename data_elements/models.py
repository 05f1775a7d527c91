"""The table of data elements; their bytes lie in the blob store."""

from datetime import datetime
from typing import Final

from django.db import models
from django.db.models import Q

from common.ids import uuid7
from common.models import CreatedAndChanged, Leased
from common.times import wire_time
from data_elements.choices import FileScanResult
from data_elements.querysets import DataElementQuerySet
from instances.models import Instance

# Every document of the element has its downloads; the history has all there were.
MOST_DOWNLOADS: Final = 100


class DataElement(CreatedAndChanged):
    """A file or form that belongs to an instance.

    ``blob_key`` is random and belongs to one content: new content gets a new key.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    instance = models.ForeignKey(
        Instance, on_delete=models.CASCADE, related_name="data_elements"
    )
    data_type = models.CharField(max_length=128)
    content_type = models.CharField(max_length=255, null=True, blank=True)
    filename = models.CharField(max_length=255, null=True, blank=True)
    size = models.BigIntegerField(help_text="Bytes.")
    sha256 = models.BinaryField(max_length=32, null=True, blank=True)
    blob_key = models.CharField(max_length=80, unique=True)
    locked_at = models.DateTimeField(null=True, blank=True)
    locked_by = models.CharField(max_length=64, blank=True, default="")
    is_read = models.BooleanField(default=True)
    scan_result = models.SmallIntegerField(
        choices=FileScanResult.choices, default=FileScanResult.NOT_APPLICABLE
    )
    tags = models.JSONField(default=list, blank=True)
    refs = models.JSONField(null=True, blank=True)
    references = models.JSONField(null=True, blank=True)
    metadata = models.JSONField(null=True, blank=True)
    user_defined_metadata = models.JSONField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    created_by_owner = models.BooleanField(
        default=False, help_text="Made by the app's org."
    )
    made_by_server = models.BooleanField(
        default=False,
        db_default=False,
        help_text="A proof that the server wrote itself: a signature, or a payment.",
    )
    owner_downloads = models.JSONField(
        default=list, blank=True, help_text="When the owner downloaded it."
    )
    first_downloaded_at = models.DateTimeField(null=True, blank=True)
    owner_confirmed_at = models.DateTimeField(null=True, blank=True)

    # Of a row as it was read: every write is refused if the stored one differs now.
    unless_changed = False

    objects = DataElementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="dataelement_locked_by_someone",
                condition=Q(locked_at=None, locked_by="")
                | (Q(locked_at__isnull=False) & ~Q(locked_by="")),
                violation_error_message="A locked data element says who locked it.",
            ),
            models.CheckConstraint(
                name="dataelement_confirmed_after_download",
                condition=Q(owner_confirmed_at=None)
                | Q(first_downloaded_at__isnull=False),
                violation_error_message="A download is confirmed after it happened.",
            ),
            models.CheckConstraint(
                name="dataelement_has_content",
                condition=Q(size__gt=0),
                violation_error_message="A data element has content.",
            ),
        ]
        indexes = [
            # What waits for a scan, when a worker that can scan begins.
            models.Index(
                fields=["id"],
                name="dataelement_scan_pending",
                condition=Q(scan_result=FileScanResult.PENDING),
            ),
            # The purge of what was deleted with delay.
            models.Index(
                fields=["deleted_at"],
                name="dataelement_purge",
                condition=Q(deleted_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.data_type} {self.id}"

    @property
    def is_locked(self) -> bool:
        """Whether the content may not change."""
        return self.locked_at is not None

    def downloads_with(self, moment: datetime) -> list[str]:
        """Return when the owner downloaded it, with this time: the first and newest."""
        known = [*self.owner_downloads, wire_time(moment)]
        return [known[0], *known[1:][1 - MOST_DOWNLOADS :]]

    @property
    def etag(self) -> str:
        """The strong entity tag: the SHA-256 of the content."""
        return f'"{bytes(self.sha256 or b"").hex()}"'


class FileScan(Leased):
    """The malware scan that a data element's present content waits for, or has had.

    It has no foreign key: deleting elements would look for it every time, and most have
    none. One of an element that is gone is put down and pruned.
    """

    element_id = models.UUIDField(primary_key=True, editable=False)

    class Meta:
        indexes = [
            # What a worker may take now.
            models.Index(
                fields=["due_at"],
                name="filescan_due",
                condition=Q(dead_at__isnull=True, due_at__isnull=False),
            ),
            # How many were given up.
            models.Index(
                fields=["dead_at"],
                name="filescan_dead",
                condition=Q(dead_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"file scan of {self.element_id}"

    @property
    def state(self) -> str:
        """Where the scan stands."""
        if self.dead_at is not None:
            return "dead"
        if self.due_at is None:
            return "done"
        return "running" if self.leased_until is not None else "waiting"
