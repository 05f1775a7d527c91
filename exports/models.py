"""Tables of exports and the parts that they are written in."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from common.ids import uuid7
from common.models import Leased
from exports.querysets import FAILED, UNFINISHED, ExportPartQuerySet, ExportQuerySet


class Export(Leased):
    """A query that an owner wants answered as one file, and how far that has come.

    The apps are gone through in their order, and the instances of each by when they
    were made: ``at_app``, ``at_created`` and ``at_id`` are the last one written. That
    never changes, so each instance that was there when the export was ordered is
    written once, as it is when its turn comes.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    org = models.CharField(max_length=40)
    ordered_by = models.JSONField(help_text="The caller, as decisions need him.")
    app_ids = models.JSONField(help_text="The apps that it goes through, in order.")
    query = models.JSONField(help_text="The filters, as the list has them.")
    digest = models.CharField(max_length=64, help_text="Of what is asked for.")
    with_content = models.BooleanField(help_text="The data elements' content too.")
    created = models.DateTimeField()
    estimated = models.BigIntegerField(
        null=True, blank=True, help_text="Instances at the most, as counted last."
    )
    at_app = models.CharField(max_length=121, blank=True, default="")
    at_created = models.DateTimeField(null=True, blank=True)
    at_id = models.UUIDField(null=True, blank=True)
    parts_written = models.PositiveIntegerField(default=0)
    instances_written = models.BigIntegerField(default=0)
    contents_written = models.BigIntegerField(default=0)
    contents_left_out = models.BigIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    discarded_at = models.DateTimeField(null=True, blank=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="export_ordered_once",
                fields=["org", "digest"],
                condition=UNFINISHED,
                violation_error_message="The same export is not finished yet.",
            ),
            models.CheckConstraint(
                name="export_finished_expires",
                condition=Q(finished_at__isnull=True) | Q(expires_at__isnull=False),
                violation_error_message="A finished export says until when it is kept.",
            ),
        ]
        indexes = [
            # What a worker may take now.
            models.Index(
                fields=["due_at"], name="export_due", condition=Q(dead_at__isnull=True)
            ),
            # What was given up and is still kept.
            models.Index(fields=["dead_at"], name="export_failed", condition=FAILED),
            # GET exports: an owner's, the newest first.
            models.Index(fields=["org", "id"], name="export_org"),
        ]

    def __str__(self) -> str:
        return f"{self.org} {self.id}"

    @property
    def state(self) -> str:
        """Where the export stands in its life."""
        if self.cancelled_at is not None:
            return "cancelled"
        if self.discarded_at is not None:
            return "expired"
        if self.finished_at is not None:
            return "completed"
        if self.dead_at is not None:
            return "failed"
        begun = self.parts_written or self.leased_until is not None
        return "running" if begun else "waiting"

    def is_over(self, now: datetime) -> bool:
        """Whether nothing is to be kept of it any more."""
        expired = self.expires_at is not None and self.expires_at <= now
        return self.cancelled_at is not None or expired


class ExportPart(models.Model):
    """A piece of an export: a zip archive of its own, up to where its directory begins.

    Written with the export's progress in one transaction.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    export = models.ForeignKey(Export, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    blob_key = models.CharField(max_length=80, unique=True)
    size = models.BigIntegerField(help_text="Bytes, its directory among them.")
    files_size = models.BigIntegerField(help_text="Bytes before its directory.")
    files = models.PositiveIntegerField(help_text="How many files are in it.")

    objects = ExportPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="exportpart_number",
                fields=["export", "number"],
                violation_error_message="The part is written already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.export_id} part {self.number}"
