"""Tables of receipts, of the chains that they are in, and of the keys that sign them.

No receipt refers to its instance by a key of the database: it outlives the instance.
"""

from django.db import models
from django.db.models import Q

from common.ids import uuid7


class Receipt(models.Model):
    """A signed receipt, and its place in the chain of its application.

    An instance has one for each end of its process: an application's own backend may
    state that a process which has ended goes on.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    app_id = models.CharField(max_length=121, help_text="The application as org/app.")
    sequence = models.BigIntegerField(help_text="From 1, without a gap.")
    instance_id = models.UUIDField(db_index=True)
    jws = models.TextField(help_text="The receipt: a JWS in compact form.")
    digest = models.BinaryField(
        max_length=32, help_text="SHA-256 of it, which the next receipt states."
    )
    disclosures = models.JSONField(
        null=True,
        blank=True,
        help_text="What it commits to, each with the types whose rights open it.",
    )
    created = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="receipt_chain_has_no_fork",
                fields=["app_id", "sequence"],
                violation_error_message="The chain has a receipt of this number.",
            ),
            models.CheckConstraint(
                name="receipt_sequence_from_one",
                condition=Q(sequence__gte=1),
                violation_error_message="Receipts are numbered from 1.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.app_id} {self.sequence}"


class ChainHead(models.Model):
    """The last receipt of an application: whoever makes the next locks this row."""

    app_id = models.CharField(primary_key=True, max_length=121)
    sequence = models.BigIntegerField(default=0)
    digest = models.BinaryField(max_length=32, default=bytes(32))
    kid = models.CharField(
        max_length=64, blank=True, default="", help_text="The key of the last receipt."
    )

    def __str__(self) -> str:
        return f"{self.app_id} {self.sequence}"


class ReceiptKey(models.Model):
    """The public half of a key that has signed receipts; kept for good."""

    kid = models.CharField(primary_key=True, max_length=64)
    public = models.JSONField(help_text="The key as RFC 7517 writes it.")
    created = models.DateTimeField()

    def __str__(self) -> str:
        return self.kid
