"""What a member of the owner's organisation may take from the desk."""

from typing import IO

from apps_registry import catalogue
from data_elements import blobs
from data_elements.choices import FileScanResult
from data_elements.errors import BlobMissing, DataElementInfected
from data_elements.models import DataElement
from instances.owner_acts import ensure_permitted, principal_of

_READ = "read"


def content_for_owner(element: DataElement) -> IO[bytes]:
    """Open the content, if the policy lets the organisation read elements of the type.

    Raises NotForTheOwner, DataTypeUnknown, DataElementInfected and BlobMissing.
    """
    instance = element.instance
    definition = catalogue.definition_of(instance.org, instance.app)
    own_right = definition.data_type(element.data_type).action_required_to_read
    principal = principal_of(instance.org)
    for action in filter(None, (_READ, own_right)):
        ensure_permitted(principal, instance, action)
    if element.scan_result == FileScanResult.INFECTED:
        raise DataElementInfected(element_id=element.id)
    try:
        return blobs.open_blob(element.blob_key)
    except FileNotFoundError:
        raise BlobMissing(element_id=element.id) from None
