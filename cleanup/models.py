"""The table of what recurs."""

from django.db import models
from django.db.models import Q

from common.models import Leased


class RecurringTask(Leased):
    """Work that comes round again, wherever a worker runs: one row a kind.

    The row of the embedded worker is no work: who has its lease is the one process
    among several that works.
    """

    name = models.CharField(primary_key=True, max_length=64)
    last_run_at = models.DateTimeField(null=True, blank=True)
    last_outcome = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["name"]
        indexes = [
            # What a worker may take now.
            models.Index(
                fields=["due_at"],
                name="recurringtask_due",
                condition=Q(dead_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name
