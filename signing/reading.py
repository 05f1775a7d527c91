"""The signatures that an instance has, and whether they still hold."""

from collections.abc import Iterable, Sequence

import structlog

from data_elements import blobs
from data_elements.models import DataElement
from signing import documents
from signing.documents import Signature

log = structlog.get_logger()


def signatures_among(
    elements: Iterable[DataElement], *, types: Iterable[str]
) -> list[Signature]:
    """Read the signatures of these data types; what is none is left out.

    What somebody has uploaded is none, whatever it says.
    """
    return [signature for _, signature in stored_among(elements, types=types)]


def stored_among(
    elements: Iterable[DataElement], *, types: Iterable[str]
) -> list[tuple[DataElement, Signature]]:
    """Return the same, each with the element that holds it."""
    wanted = frozenset(types)
    found: list[tuple[DataElement, Signature]] = []
    for element in elements:
        if element.data_type not in wanted or element.deleted_at is not None:
            continue
        if not element.made_by_server or element.size > documents.MOST_BYTES:
            continue
        try:
            with blobs.open_blob(element.blob_key) as content:
                signature = documents.read(content.read(documents.MOST_BYTES))
                found.append((element, signature))
        except (OSError, ValueError) as error:
            log.warning(
                "signature_unreadable", element=str(element.pk), reason=str(error)
            )
    return found


def hold(signatures: Iterable[Signature], elements: Sequence[DataElement]) -> bool:
    """Whether everything that was signed is there, as it was when it was signed."""
    hashes = {
        one.pk: bytes(one.sha256 or b"") for one in elements if one.deleted_at is None
    }
    return all(
        hashes.get(one.element_id) == one.sha256
        for signature in signatures
        for one in signature.elements
        if one.signed
    )
