"""The table of keys and answers."""

from django.db import models
from django.db.models import Q

from common.ids import uuid7
from idempotency.querysets import KeptAnswerQuerySet


class KeptAnswer(models.Model):
    """A key that a caller used at an address, and what the call was answered.

    There is no answer while the call runs. Caller, address and key are one hash: nobody
    looks a key up without having it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key_hash = models.CharField(
        max_length=64, unique=True, help_text="SHA-256 of caller, address and key."
    )
    holder = models.UUIDField(help_text="Which run of the call may end it.")
    began_at = models.DateTimeField(help_text="When the call began.")
    leased_until = models.DateTimeField(
        help_text="Until when a run that is not heard of is believed to be alive."
    )
    expires_at = models.DateTimeField(help_text="When the key may be used anew.")
    fingerprint = models.CharField(
        max_length=64,
        blank=True,
        default="",
        help_text="SHA-256 of query, content type and body.",
    )
    status = models.SmallIntegerField(
        null=True, blank=True, help_text="HTTP status of the answer."
    )
    headers = models.JSONField(
        default=dict, blank=True, help_text="Headers of the answer."
    )
    rights = models.JSONField(
        null=True,
        blank=True,
        help_text="What is asked again before the answer is repeated.",
    )
    body = models.BinaryField(
        null=True, blank=True, help_text="None of a large answer, which is not kept."
    )

    objects = KeptAnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="kept_answer_is_of_a_known_call",
                condition=Q(status__isnull=True, body__isnull=True)
                | (Q(status__isnull=False) & ~Q(fingerprint="")),
                violation_error_message="An answer is kept with what was asked.",
            ),
        ]
        indexes = [
            # The prune of what has expired, in cleanup/pruning.py.
            models.Index(fields=["expires_at"], name="kept_answer_expiry"),
        ]

    def __str__(self) -> str:
        return f"{self.status or 'running'} since {self.began_at:%Y-%m-%dT%H:%M:%SZ}"
