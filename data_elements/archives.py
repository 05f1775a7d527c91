"""All content of an instance as one archive, with a manifest of what is in it."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Final

import orjson
import structlog
from django.utils import timezone

from common.times import wire_time
from common.transactions import atomic
from data_elements import blobs
from data_elements.choices import FileScanResult
from data_elements.models import DataElement
from data_elements.rules import extension_of
from data_elements.zip_stream import Names, ZipStream
from instances.choices import InstanceEventType
from instances.history import HistoryEntry, record
from instances.models import Instance
from parties.identity import Principal

log = structlog.get_logger()
FOLDER: Final = "data/"
MANIFEST: Final = "manifest.json"
INFECTED: Final = "infected"
MISSING: Final = "content-missing"
_ATTEMPTS = 3


class ContentBroken(Exception):
    """The store gave fewer or more bytes than were stored: the archive must not end."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An element, and why its content is left out; nothing when it is not."""

    element: DataElement
    left_out: str = ""


def archive(
    instance: Instance, choices: Sequence[Choice], *, now: datetime
) -> Iterator[bytes]:
    """Yield a zip archive of the content, and at its end the manifest of all elements.

    An element whose content is replaced while this runs comes with the new content or
    the old, and the manifest says which by its hash. Raises ContentBroken, in the
    middle, rather than end an archive whose content is not what it says.
    """
    stream, names = ZipStream(), Names()
    lines: list[dict[str, object]] = []
    for choice in choices:
        element, reason = choice.element, choice.left_out or _infected(choice.element)
        content = None
        if not reason:
            element, content = open_current(element)
            reason = _infected(element) or ("" if content else MISSING)
        name = None
        if content is not None:
            with closing(content):
                if not reason:
                    name = FOLDER + name_of(element, names)
                    pieces = checked_pieces(content, element)
                    yield from stream.add(name, pieces, size=element.size)
        lines.append(_line(element, name, reason))
    manifest = _manifest(instance, lines, now=now)
    yield from stream.add(MANIFEST, [manifest], size=len(manifest))
    yield from stream.end()


@atomic()
def record_downloads(
    principal: Principal, *, instance: Instance, elements: Sequence[DataElement]
) -> None:
    """Log that the owner downloads the elements, each as ``record_download`` does."""
    now = timezone.now()
    stored = DataElement.objects.select_for_update(of=("self",)).filter(
        pk__in=[element.pk for element in elements]
    )
    # In the order of the keys: two downloads at once wait and never for each other.
    locked = {row.pk: row for row in stored.order_by("pk")}
    fetched = [
        locked[element.pk]
        for element in elements
        # Replaced meanwhile, it is recorded with the call that fetches the new content.
        if element.pk in locked and locked[element.pk].blob_key == element.blob_key
    ]
    for row in fetched:
        row.owner_downloads = row.downloads_with(now)
        row.first_downloaded_at = row.first_downloaded_at or now
    DataElement.objects.bulk_update(fetched, ["owner_downloads", "first_downloaded_at"])
    event = InstanceEventType.DOWNLOADED_BY_OWNER
    entries = [HistoryEntry(event, data_id=row.pk) for row in fetched]
    record(principal, instance=instance, entries=entries, now=now)
    log.info("archive_downloaded", instance=str(instance.pk), elements=len(fetched))


def mark_all_read(elements: Sequence[DataElement]) -> None:
    """Note that the instance owner has seen the elements; nothing else changes."""
    unread = [element.pk for element in elements if not element.is_read]
    if unread:
        DataElement.objects.filter(pk__in=unread).update(is_read=True)


def name_of(element: DataElement, names: Names) -> str:
    """Return the element's name in a folder of an archive."""
    otherwise = element.data_type + extension_of(element.content_type)
    return names.name(element.filename, otherwise=otherwise)


def told_hash(element: DataElement, reason: str) -> str | None:
    """Return the hash that a manifest tells; ``reason`` is why content is left out.

    None of what the caller may not read: a guess could be held against it.
    """
    if reason not in ("", INFECTED, MISSING):
        return None
    return bytes(element.sha256 or b"").hex() or None


def _infected(element: DataElement) -> str:
    return INFECTED if element.scan_result == FileScanResult.INFECTED else ""


def open_current(element: DataElement) -> tuple[DataElement, IO[bytes] | None]:
    """Open the content, that of the row as it is now if it was replaced meanwhile."""
    for _ in range(_ATTEMPTS):
        try:
            return element, blobs.open_blob(element.blob_key)
        except FileNotFoundError:
            row = DataElement.objects.filter(pk=element.pk).first()
            if row is None:
                return element, None  # deleted meanwhile, so nothing is lost
            if row.blob_key == element.blob_key:
                break
            element = row
    log.error("content_missing", element=str(element.pk))
    return element, None


def checked_pieces(content: IO[bytes], element: DataElement) -> Iterator[bytes]:
    """Yield the content; raises ContentBroken when it is not as long as it was."""
    length = 0
    while piece := content.read(blobs.CHUNK):
        length += len(piece)
        yield piece
    if length != element.size:
        log.error("content_broken", element=str(element.pk), length=length)
        raise ContentBroken(f"{element.pk} has {length} bytes, not {element.size}")


def _line(element: DataElement, name: str | None, reason: str) -> dict[str, object]:
    return {
        "id": str(element.pk),
        "dataType": element.data_type,
        "path": name,
        "filename": element.filename,
        "contentType": element.content_type,
        "size": element.size,
        "sha256": told_hash(element, reason),
        "created": wire_time(element.created),
        "lastChanged": wire_time(element.last_changed),
        "leftOut": reason or None,
    }


def _manifest(
    instance: Instance, lines: Sequence[dict[str, object]], *, now: datetime
) -> bytes:
    document = {
        "instance": instance.instance_id,
        "appId": instance.app_id,
        "archived": wire_time(now),
        "elements": lines,
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2)
