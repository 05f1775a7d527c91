"""The table of the audit trail."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from audit.choices import Act
from audit.querysets import AuditEntryQuerySet
from common.ids import uuid7


class AuditEntry(models.Model):
    """Somebody did something with a row, or looked at it.

    Append only. Account and row are named by plain ids: both may be gone one day.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField("time", default=timezone.now, help_text="When.")
    account_id = models.BigIntegerField(
        null=True,
        blank=True,
        help_text="Who: the key of the account, where it is one of the admin.",
    )
    account = models.CharField(
        max_length=150,
        help_text="Its name then, or who called the API or ran the command.",
    )
    act = models.CharField(max_length=16, choices=Act.choices, help_text="What.")
    thing = models.CharField(
        "table", max_length=100, help_text="Of which table: instances.instance."
    )
    thing_id = models.CharField("row", max_length=255, help_text="Its key.")
    org = models.CharField(
        max_length=40,
        blank=True,
        default="",
        help_text="The organisation whose row it is; empty for nobody's.",
    )
    address = models.CharField(
        max_length=45, help_text="From where: an address, or a machine's name."
    )
    trace_id = models.CharField(
        max_length=32,
        blank=True,
        default="",
        help_text="The request, as the log names it; empty for a command.",
    )
    details = models.JSONField(
        null=True,
        blank=True,
        help_text="Which fields changed, never their values; which deployment.",
    )

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "audit entries"
        constraints = [
            models.CheckConstraint(
                name="audit_entry_act_known",
                condition=Q(act__in=Act.values),
                violation_error_message="There is no such act.",
            ),
        ]
        indexes = [
            # An administrator's list: the organisation's rows, the newest first.
            models.Index(fields=["org", "id"], name="audit_org"),
            # Who saw or changed this row.
            models.Index(fields=["thing_id", "id"], name="audit_thing"),
            # What this account did.
            models.Index(fields=["account", "id"], name="audit_account"),
        ]

    def __str__(self) -> str:
        return f"{self.account}: {self.act} {self.thing} {self.thing_id}"
