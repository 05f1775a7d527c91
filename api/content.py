"""Content of data elements in and out, the same on both faces."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from django.http.response import HttpResponseBase

from api import downloads
from api.downloads import Download
from api.uploads import Upload, incoming
from api.views import FaceViewSet
from apps_registry.definition import DataType
from common.errors import DomainError
from data_elements import blobs, marks
from data_elements import services as data_elements
from data_elements.choices import FileScanResult
from data_elements.errors import (
    BlobMissing,
    ContentEmpty,
    DataElementInfected,
    DataElementNotFound,
)
from data_elements.models import DataElement
from data_elements.services import Content

log = structlog.get_logger()

_ATTEMPTS = 3


class ContentViewSet(FaceViewSet):
    """A view that hands content out and takes it in, streaming."""

    def download(self) -> HttpResponseBase:
        """Answer with the content at the address, as it was uploaded.

        The owner's download is logged, a user's marks it read. Raises
        DataElementInfected and BlobMissing.
        """
        instance = self.get_instance()
        element = self.get_element(instance)
        self.require_read(instance, self.readable_type_of(element))
        if element.scan_result == FileScanResult.INFECTED:
            raise DataElementInfected(element_id=element.id)
        self.check_download(element)
        if downloads.is_not_modified(self.request, element):
            return downloads.not_modified(element)
        found = self._content_response(element)
        if self.is_owner(instance):
            if self.request.method == "GET" and found.has_first_byte:
                data_elements.record_download(self.principal, element=element)
        else:
            marks.mark_read(element=element)
        return found.answer

    def check_download(self, element: DataElement) -> None:
        """Refuse a download for reasons of the face's own; there are none here."""

    @contextmanager
    def stored(
        self,
        upload: Upload,
        *,
        max_bytes: int | None = None,
        well_formed: bool = False,
        refs: tuple[str, ...] = (),
        generated_from_task: str = "",
        empty: DomainError | None = None,
    ) -> Iterator[Content]:
        """Store an upload for the length of a block; take it back if that fails."""
        limits = incoming(upload, max_bytes=max_bytes, well_formed=well_formed)
        with blobs.stored(limits) as blob:
            if blob.size == 0:
                raise empty or ContentEmpty()
            yield Content(
                blob=blob,
                content_type=upload.content_type,
                filename=upload.filename,
                refs=refs,
                generated_from_task=generated_from_task,
            )

    def type_of(self, element: DataElement) -> DataType:
        """Return the element's data type; raises DataTypeUnknown."""
        return self.definition(element.instance).data_type(element.data_type)

    def _content_response(self, element: DataElement) -> Download:
        for _ in range(_ATTEMPTS):
            key = element.blob_key
            try:
                return downloads.content_response(self.request, element)
            except BlobMissing:
                # New content may have come, and the old gone, since the row was read.
                row = DataElement.objects.filter(pk=element.pk).first()
                if row is None:  # deleted meanwhile, so nothing is lost
                    raise DataElementNotFound(element_id=element.pk) from None
                if row.blob_key == key:
                    log.error("blob_missing", element=str(element.id), key=key)
                    raise
                if row.scan_result == FileScanResult.INFECTED:
                    raise DataElementInfected(element_id=row.pk) from None
                row.instance = element.instance
                element = row
        raise BlobMissing(element_id=element.id)
