"""Problems of data elements and their content."""

from common.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    TooLarge,
    Unavailable,
    Unprocessable,
)


class DataElementNotFound(NotFound):
    """The instance has no data element of this id.

    Read the instance: its ``data`` lists the elements that it has.
    """

    code = "data-element-not-found"
    detail = "Unable to find any data element with id: {element_id}."


class BlobMissing(NotFound):
    """The element is known, and its content is not in the store; tell the operator."""

    code = "content-missing"
    detail = "Unable to read data element from blob storage for {element_id}"


class DataElementChanged(Conflict):
    """Another write came between reading the element and changing part of it.

    Read it again, and send the change anew.
    """

    code = "data-element-changed"
    detail = (
        "The content of data element {element_id} was changed by another call since it"
        " was read."
    )


class StorageUnavailable(Unavailable):
    """The store of contents is out of reach or out of order; nothing was changed.

    Send the same request again after as many seconds as ``Retry-After`` says.
    """

    code = "storage-unavailable"
    detail = (
        "The store of contents cannot be used just now; try again in {retry_after}"
        " seconds."
    )


class DataElementLocked(Conflict):
    """The element is locked, as it is after its task was completed.

    Go back to the task (``reject``), or unlock the element, before changing it.
    """

    code = "data-element-locked"
    detail = "Data element {element_id} is locked and cannot be updated"


class DataElementInfected(Forbidden):
    """The malware scan found the content infected, so it is not handed out."""

    code = "data-element-infected"
    detail = "Data element {element_id} is infected; its content is not handed out."


class NotDownloadedYet(Conflict):
    """The owner confirms a download that never happened. Download the element first."""

    code = "not-downloaded-yet"
    detail = (
        "Data element {element_id} was never downloaded by {org}; download it before"
        " confirming."
    )


class ContentEmpty(Invalid):
    """The request has no content to store. Send the bytes in the body."""

    code = "content-empty"
    detail = "Empty stream provided. Cannot persist data."


class ReplacementEmpty(Unprocessable):
    """The request has no content to replace the old with; the old was kept."""

    code = "replacement-empty"
    detail = "Could not process attached file"


class ContentCutShort(Invalid):
    """The body ended before the length that the request announced; send it again."""

    code = "content-cut-short"
    detail = (
        "The body ended after {received} bytes; Content-Length announced {announced}."
    )


class UploadTooSlow(Invalid):
    """The body took longer than an upload may; send it again over a faster line."""

    code = "upload-too-slow"
    detail = "The body did not come to its end in {hours} hours."


class ScannedContentGone(Conflict):
    """The content that was scanned is not the element's any more: it was replaced.

    What the scan found was not noted. Scan the present content.
    """

    code = "scanned-content-gone"
    detail = (
        "The contentHash is not that of the present content of data element"
        " {element_id}; scan it again."
    )


class ContentTooLarge(TooLarge):
    """The content is larger than the data type or the server allows."""

    code = "content-too-large"
    title = "Request too large"
    detail = (
        "The request body is too large. The content length is {length} bytes, which"
        " exceeds the limit of {limit} MB"
    )


class MaxCountExceeded(Conflict):
    """The instance has as many elements of this type as the application allows.

    Replace or delete one of them instead of adding another.
    """

    code = "max-count-exceeded"
    title = "Max Count Exceeded"
    detail = "Cannot create more than {max_count} data elements of type {data_type}"


class DelayedDeletionUnsupported(Invalid):
    """Only types with ``autoDeleteOnProcessEnd`` can be deleted with ``delay=true``."""

    code = "delayed-deletion-unsupported"
    detail = "DataType {data_type} does not support delayed deletion"


class ElementAddressMismatch(Invalid):
    """The ids in the body are not those of the address; make them equal."""

    code = "element-address-mismatch"
    detail = "Mismatch between path and dataElement content"
