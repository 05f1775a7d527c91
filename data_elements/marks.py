"""What is noted of an element and changes nothing of it: seen, and scanned."""

import structlog

from data_elements.choices import FileScanResult
from data_elements.errors import DataElementNotFound, ScannedContentGone
from data_elements.models import DataElement

log = structlog.get_logger()


def mark_read(*, element: DataElement) -> None:
    """Note that the instance owner has seen the element; that changes nothing else."""
    if not element.is_read:
        DataElement.objects.filter(pk=element.pk).update(is_read=True)
        element.is_read = True


def record_scan_result(
    *, element: DataElement, result: FileScanResult, sha256: bytes | None = None
) -> None:
    """Note what the malware scan found; that is no change of the element's own.

    ``sha256`` is that of the content scanned, where the scanner says so. Raises
    DataElementNotFound, or ScannedContentGone when the content is another by now.
    """
    rows = DataElement.objects.filter(pk=element.pk)
    scanned = rows if sha256 is None else rows.filter(sha256=sha256)
    if not scanned.update(scan_result=result):
        if sha256 is not None and rows.exists():
            raise ScannedContentGone(element_id=element.pk)
        raise DataElementNotFound(element_id=element.pk)
    element.scan_result = result
    log.info("file_scan_recorded", element=str(element.pk), result=result.label)
