"""Changes of a data element that meet another change on its way."""

from io import BytesIO
from pathlib import Path

import pytest

from data_elements import blobs
from data_elements import services as data_elements
from data_elements.blobs import Incoming
from data_elements.models import MOST_DOWNLOADS, DataElement
from tests.cast import OWNER_PRINCIPAL, SOPHIE_PRINCIPAL
from tests.factories import reread

pytestmark = pytest.mark.usefixtures("sandbox")


def replaced_meanwhile(element: DataElement) -> str:
    """Give the row new bytes behind the back of who has read it; return their key."""
    with blobs.stored(Incoming(BytesIO(b"<new/>"), max_bytes=100)) as blob:
        DataElement.objects.filter(pk=element.pk).update(blob_key=blob.key)
    return blob.key


def test_a_download_of_what_was_replaced_is_none_of_the_new(
    element: DataElement,
) -> None:
    """seed-api.md V6: the owner has not got the content that is there now"""
    replaced_meanwhile(element)
    data_elements.record_download(OWNER_PRINCIPAL, element=element)
    assert reread(element).owner_downloads == []


@pytest.mark.django_db(transaction=True)
def test_deleting_takes_the_bytes_that_are_there(
    element: DataElement, own_blobs: Path
) -> None:
    """D-10: not those that were there when the row was read"""
    key = replaced_meanwhile(element)
    data_elements.delete(SOPHIE_PRINCIPAL, element=element)
    with pytest.raises(FileNotFoundError):
        blobs.open_blob(key)


def test_a_document_tells_of_the_first_download_and_the_newest(
    element: DataElement,
) -> None:
    """Owners who fetch it day after day do not make every list of it longer"""
    first = "2026-01-01T00:00:00Z"
    known = [first, *["2026-01-02T00:00:00Z"] * (MOST_DOWNLOADS - 1)]
    DataElement.objects.filter(pk=element.pk).update(owner_downloads=known)
    data_elements.record_download(OWNER_PRINCIPAL, element=reread(element))
    found = reread(element).owner_downloads
    assert len(found) == MOST_DOWNLOADS
    assert found[:-1] == known[:1] + known[2:]
    assert found[-1] > known[-1]
