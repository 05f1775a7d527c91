"""Reads of exports and their parts."""

from collections.abc import Collection
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models

# What waits or runs; the unique constraint of the table has the same condition.
UNFINISHED = models.Q(
    finished_at__isnull=True, cancelled_at__isnull=True, dead_at__isnull=True
)
# A cancelled one is nobody's failure, and dead no more.
FAILED = models.Q(dead_at__isnull=False, discarded_at__isnull=True)

if TYPE_CHECKING:
    from exports.models import Export, ExportPart


class ExportQuerySet(models.QuerySet["Export"]):
    """Exports."""

    def of(self, org: str) -> "ExportQuerySet":
        """Those that the organisation ordered."""
        return self.filter(org=org)

    def unfinished(self) -> "ExportQuerySet":
        """Those that wait or run."""
        return self.filter(UNFINISHED)

    def failed(self) -> "ExportQuerySet":
        """Those that were given up and still have their parts."""
        return self.filter(FAILED)

    def before(self, export_id: UUID) -> "ExportQuerySet":
        """Those that were ordered before one: ids follow the time."""
        return self.filter(pk__lt=export_id)


class ExportPartQuerySet(models.QuerySet["ExportPart"]):
    """Parts."""

    def keys_among(self, keys: Collection[str]) -> list[str]:
        """Return those of the keys that a part points to."""
        rows = self.filter(blob_key__in=list(keys))
        return list(rows.values_list("blob_key", flat=True))
