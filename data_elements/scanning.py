"""Content that waits for a malware scan: a row for each, which the worker takes.

The row is written with the content that it is for, in one transaction. What was found
is noted against the content's hash, so content that came meanwhile is not marked. While
the scanner is away content stays pending, and never becomes clean by itself; after the
last attempt the row is dead and stands in the admin.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import IO, Final
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from common.work import Hold, Work
from data_elements import blobs, marks
from data_elements.choices import FileScanResult
from data_elements.errors import DataElementNotFound, ScannedContentGone
from data_elements.models import DataElement, FileScan
from data_elements.scanners.clamav import ClamAV
from data_elements.scanners.port import Scanner, ScannerMisconfigured

log = structlog.get_logger()
_SCHEME: Final = "clamav"
_LEASE: Final = timedelta(minutes=5)
_MOST_ATTEMPTS: Final = 20  # the last after about half a day
_BATCH: Final = 1000


def scanner_of(address: str) -> Scanner | None:
    """Return the scanner that a setting names, None for none.

    ``clamav://host:port``, or ``clamav:///path`` or a bare path to a socket. Raises
    ScannerMisconfigured.
    """
    if not address:
        return None
    if address.startswith("/"):
        return ClamAV(path=address)
    parts = urlsplit(address)
    if parts.scheme != _SCHEME:
        raise ScannerMisconfigured(f"the scheme is {parts.scheme!r}, not {_SCHEME!r}")
    if not parts.netloc and parts.path.startswith("/"):
        return ClamAV(path=parts.path)
    try:
        port = parts.port
    except ValueError:
        port = None
    if not parts.hostname or port is None or parts.path not in ("", "/"):
        raise ScannerMisconfigured("it is neither host and port nor a path")
    return ClamAV(host=parts.hostname, port=port)


def order(elements: Iterable[DataElement], *, now: datetime) -> None:
    """Let the content of those that wait for a scan be scanned, from the beginning.

    It is part of the caller's transaction. Who is just scanning what was there before
    loses the row.
    """
    waiting = [
        FileScan(element_id=one.pk, due_at=now)
        for one in elements
        if one.scan_result == FileScanResult.PENDING
    ]
    if waiting:
        FileScan.objects.bulk_create(
            waiting,
            update_conflicts=True,
            unique_fields=["element_id"],
            update_fields=[
                "due_at",
                "attempts",
                "leased_until",
                "dead_at",
                "last_error",
            ],
        )


def settle(element: DataElement) -> None:
    """Scan no more what somebody else has scanned."""
    FileScan.objects.filter(pk=element.pk).update(
        due_at=None, leased_until=None, dead_at=None, last_error=""
    )


def scan(row: FileScan, hold: Hold) -> datetime | None:
    """Scan the content that the element has now; raises ScanFailed.

    A content that is replaced meanwhile has a turn of its own.
    """
    scanner = scanner_of(settings.ALTINN_FILE_SCAN)
    element = DataElement.objects.filter(pk=row.element_id).first()
    waits = element is not None and element.scan_result == FileScanResult.PENDING
    if scanner is None or element is None or not waits:
        return None
    try:
        with blobs.open_blob(element.blob_key) as content:
            verdict = scanner.scan(_pieces(content, hold))
        hold.renew()
        found = FileScanResult.CLEAN if verdict.is_clean else FileScanResult.INFECTED
        marks.record_scan_result(
            element=element, result=found, sha256=bytes(element.sha256 or b"")
        )
    except (ScannedContentGone, DataElementNotFound):
        return timezone.now()
    except FileNotFoundError:
        current = DataElement.objects.filter(pk=element.pk).first()
        if current is None or current.blob_key != element.blob_key:
            return timezone.now()  # replaced or deleted, and its bytes are gone
        raise
    if not verdict.is_clean:
        log.error("malware_found", element=str(element.pk), malware=verdict.malware)
    return None


def find_unordered() -> None:
    """Order the scans of what waits without one: from before there was a scanner."""
    pending = DataElement.objects.filter(scan_result=FileScanResult.PENDING)
    known = FileScan.objects.values("element_id")
    rows = pending.exclude(pk__in=known).order_by("pk")
    while found := list(rows[:_BATCH]):
        order(found, now=timezone.now())
        log.info("file_scans_ordered", count=len(found))


def _rows() -> QuerySet[FileScan]:
    """Return what may be scanned: nothing where there is no scanner."""
    if not settings.ALTINN_FILE_SCAN:
        return FileScan.objects.none()
    return FileScan.objects.all()


def _prepare() -> None:
    if settings.ALTINN_FILE_SCAN:
        find_unordered()


def _pieces(content: IO[bytes], hold: Hold) -> Iterator[bytes]:
    while piece := content.read(blobs.CHUNK):
        hold.checkpoint()
        yield piece


WORK: Final = (
    Work(
        name="file scans",
        rows=_rows,
        handle=scan,
        lease=_LEASE,
        most_attempts=_MOST_ATTEMPTS,
        prepare=_prepare,
        apart=True,
    ),
)
