"""Reads of keys and their answers."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models

if TYPE_CHECKING:
    from idempotency.models import KeptAnswer


class KeptAnswerQuerySet(models.QuerySet["KeptAnswer"]):
    """Keys that were used."""

    def expired(self, now: datetime) -> "KeptAnswerQuerySet":
        """Keep those whose time is over: their keys may be used anew."""
        return self.filter(expires_at__lte=now)

    def abandoned(self, now: datetime) -> "KeptAnswerQuerySet":
        """Keep those whose call neither ended nor was heard of lately."""
        return self.filter(status__isnull=True, leased_until__lte=now)

    def run_by(self, holder: UUID) -> "KeptAnswerQuerySet":
        """Keep the one whose call this holder runs, if nobody has taken it over."""
        return self.filter(status__isnull=True, holder=holder)
