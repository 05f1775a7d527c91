"""Writing an export piece by piece, keeping it for its time, and removing it.

A piece is a blob and a row; the row commits with the progress, on the condition that
the lease is still held. Killed before that, a worker leaves a blob that the sweep
finds; killed after it, nothing at all.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import orjson
import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan
from django.utils import timezone

from common.leases import LeaseLost
from common.times import wire_time
from common.work import Hold, Work
from data_elements import blobs
from data_elements.blobs import Incoming, StoredBlob
from data_elements.errors import StorageUnavailable
from data_elements.models import DataElement
from data_elements.zip_stream import ZipStream
from exports.models import Export, ExportPart
from exports.packing import Packer, Reader
from exports.services import principal_of
from instances.models import Instance

log = structlog.get_logger()
_INSTANCES = 200  # in a part, at the most
_ROOM = 64 * 2**20  # for documents, names, and content that is replaced meanwhile
MANIFEST: Final = "manifest.json"


def work(reader: Reader) -> tuple[Work, ...]:
    """Return the work of this room; ``reader`` is what the faces know."""

    def handle(export: Export, hold: Hold) -> datetime | None:
        return step(export, hold, reader=reader)

    return (
        Work(
            name="exports",
            rows=Export.objects.all,
            handle=handle,
            lease=timedelta(minutes=5),
            prepare=release_dead,
        ),
    )


def step(export: Export, hold: Hold, *, reader: Reader) -> datetime | None:
    """Do the next piece, and return when the export is due again.

    Raises LeaseLost when another has the export by now, or its owner cancelled it.
    """
    now = timezone.now()
    if export.is_over(now):
        discard(export)
        release_dead()
        return None
    if export.finished_at is not None:
        return export.expires_at
    for app_id in export.app_ids:
        if app_id < export.at_app:
            continue
        found = list(_following(export, app_id, reader)[:_INSTANCES])
        if found:
            _write_part(export, hold, reader, found)
            return timezone.now()
    _finish(export, hold)
    return export.expires_at


def discard(export: Export) -> None:
    """Remove what the export has: the rows, and then the bytes."""
    with transaction.atomic():
        parts = ExportPart.objects.select_for_update(of=("self",)).filter(
            export_id=export.pk
        )
        keys = list(parts.values_list("blob_key", flat=True))
        ExportPart.objects.filter(export_id=export.pk).delete()
        Export.objects.filter(pk=export.pk, discarded_at__isnull=True).update(
            discarded_at=timezone.now()
        )
    for key in keys:
        with suppress(StorageUnavailable):  # the sweep finds what stays
            blobs.discard(key)
    log.info("export_discarded", export=str(export.pk), parts=len(keys))


def release_dead() -> None:
    """Remove what exports have that were given up long ago; nobody takes those.

    Done when a worker starts, and whenever another export is over.
    """
    long_ago = timezone.now() - _kept()
    for export in Export.objects.filter(
        dead_at__lte=long_ago, discarded_at__isnull=True
    ):
        discard(export)


def _following(export: Export, app_id: str, reader: Reader) -> QuerySet[Instance]:
    """Return what of the app is still to be written, as the policy permits it now."""
    rows = reader.rows(principal_of(export), app_id, export.query)
    rows = rows.filter(app_id=app_id, created__lte=export.created)
    if app_id == export.at_app:
        place = (export.at_created, export.at_id)
        rows = rows.filter(TupleGreaterThan(Tuple(F("created"), F("id")), place))
    return rows.order_by("created", "id")


def _write_part(
    export: Export, hold: Hold, reader: Reader, found: list[Instance]
) -> None:
    packer = Packer(
        number=export.parts_written + 1,
        principal=principal_of(export),
        reader=reader,
        with_content=export.with_content,
        go_on=lambda: not hold.stopping(),
    )
    with _stored(packer.pack(found), hold, _at_most(export, found)) as blob:
        last = packer.packed[-1]
        _commit(
            export,
            ExportPart(
                export=export,
                number=packer.number,
                blob_key=blob.key,
                size=blob.size,
                files_size=packer.files_size,
                files=packer.files,
            ),
            at_app=last.app_id,
            at_created=last.created,
            at_id=last.pk,
            instances_written=export.instances_written + len(packer.packed),
            contents_written=export.contents_written + packer.contents,
            contents_left_out=export.contents_left_out + packer.left_out,
        )
    log.info(
        "export_part_written",
        export=str(export.pk),
        part=packer.number,
        instances=len(packer.packed),
        size=blob.size,
    )


def _at_most(export: Export, found: list[Instance]) -> int:
    """Return how many bytes the part may come to, which some stores want to know."""
    if not export.with_content:
        return _ROOM
    elements = DataElement.objects.of([instance.pk for instance in found])
    return _ROOM + 2 * sum(elements.values_list("size", flat=True))


def _finish(export: Export, hold: Hold) -> None:
    """Write the last part, which says what the whole is."""
    now = timezone.now()
    manifest = orjson.dumps(
        {
            "export": str(export.pk),
            "query": export.query,
            "apps": export.app_ids,
            "ordered": wire_time(export.created),
            "finished": wire_time(now),
            "instances": export.instances_written,
            "contents": export.contents_written,
            "contentsLeftOut": export.contents_left_out,
        },
        option=orjson.OPT_INDENT_2,
    )
    stream = ZipStream()
    files = b"".join(stream.add(MANIFEST, [manifest], size=len(manifest)))
    with _stored(iter([files, *stream.end()]), hold, _ROOM) as blob:
        _commit(
            export,
            ExportPart(
                export=export,
                number=export.parts_written + 1,
                blob_key=blob.key,
                size=blob.size,
                files_size=len(files),
                files=1,
            ),
            finished_at=now,
            expires_at=now + _kept(),
        )
    log.info(
        "export_finished", export=str(export.pk), instances=export.instances_written
    )


@transaction.atomic
def _commit(export: Export, part: ExportPart, **progress: object) -> None:
    """Write the part and the progress, if the export is still in this hand."""
    held = Q(leased_until=export.leased_until, cancelled_at__isnull=True)
    rows = Export.objects.filter(held, pk=export.pk, parts_written=export.parts_written)
    progress["parts_written"] = part.number
    if not rows.update(**progress):
        raise LeaseLost
    part.save(force_insert=True)
    for name, value in progress.items():
        setattr(export, name, value)


@contextmanager
def _stored(pieces: Iterator[bytes], hold: Hold, at_most: int) -> Iterator[StoredBlob]:
    """Store the pieces for the length of a block; take them back if the lease is lost.

    After any other failure nobody can know whether the row was committed.
    """
    incoming = Incoming(_Pieces(pieces, hold), max_bytes=at_most)
    with blobs.stored(incoming) as blob:
        try:
            yield blob
        except LeaseLost:
            with suppress(StorageUnavailable):
                blobs.discard(blob.key)
            raise


@dataclass
class _Pieces:
    """Pieces as a stream that is read once, keeping the lease meanwhile."""

    pieces: Iterator[bytes]
    hold: Hold
    _rest: bytes = field(default=b"")

    def read(self, size: int, /) -> bytes:
        """Return up to ``size`` bytes; none at the end."""
        self.hold.renew()
        while not self._rest:
            piece = next(self.pieces, None)
            if piece is None:
                return b""
            self._rest = piece
        taken, self._rest = self._rest[:size], self._rest[size:]
        return taken


def _kept() -> timedelta:
    return timedelta(days=settings.ALTINN_EXPORTS_KEPT_DAYS)
