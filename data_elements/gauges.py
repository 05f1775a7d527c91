"""What waits for a malware scan, in figures."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Min

from common.gauges import AT_MOST, MOST, Gauge, seconds_since
from data_elements.models import DataElement, FileScan


def gauges(now: datetime) -> Iterator[Gauge]:
    """Read the figures of scans, whoever scans: the worker or the platform."""
    found = (
        DataElement.objects.scan_pending()
        .order_by("id")[:MOST]
        .aggregate(count=Count("pk"), oldest=Min("last_changed"))
    )
    yield Gauge.of(
        "altinn_file_scans_pending",
        "Data elements whose content waits for a malware scan, the worker's or"
        f" another's, {AT_MOST}. Their tasks cannot be left.",
        found["count"],
    )
    yield Gauge.of(
        "altinn_file_scans_oldest_pending_age_seconds",
        "How long ago the data element that waits the longest for a malware scan was"
        " changed last; 0 while none waits.",
        seconds_since(found["oldest"], now),
    )
    yield Gauge.of(
        "altinn_file_scans_dead",
        f"Malware scans that nobody tries any more, {AT_MOST}; the admin has them done"
        " again.",
        FileScan.objects.filter(dead_at__isnull=False)
        .order_by("dead_at")[:MOST]
        .count(),
    )
