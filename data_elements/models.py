"""The table of data elements; their bytes lie in the blob store."""

from django.db import models
from django.db.models import Q

from common.ids import uuid7
from common.models import CreatedAndChanged
from data_elements.choices import FileScanResult
from data_elements.querysets import DataElementQuerySet
from instances.models import Instance


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
    owner_downloads = models.JSONField(
        default=list, blank=True, help_text="When the owner downloaded it."
    )
    first_downloaded_at = models.DateTimeField(null=True, blank=True)
    owner_confirmed_at = models.DateTimeField(null=True, blank=True)

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

    @property
    def etag(self) -> str:
        """The strong entity tag: the SHA-256 of the content."""
        return f'"{bytes(self.sha256 or b"").hex()}"'
