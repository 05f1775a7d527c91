"""Ordering and cancelling exports; the worker writes them (``running.py``)."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final

import orjson
import structlog
from django.db import IntegrityError
from django.db.models import F, Sum
from django.utils import timezone

from common import leases
from common.transactions import atomic
from exports.errors import ExportNotFailed, TooManyExports
from exports.models import Export
from instances.models import AppStatistics
from parties.identity import Principal
from parties.kept import kept, principal_from

log = structlog.get_logger()
MOST_UNFINISHED: Final = 20


def order(
    principal: Principal,
    *,
    app_ids: Sequence[str],
    query: Mapping[str, Sequence[str]],
    with_content: bool,
) -> Export:
    """Order an export; the same that is not finished yet is that one.

    Nothing is counted: the estimate is what was counted last for the dashboards, and
    an upper bound where filters narrow it. Raises TooManyExports.
    """
    digest = _digest(principal, app_ids, query, with_content=with_content)
    same = Export.objects.of(principal.org).filter(digest=digest)
    existing = same.unfinished().first()
    if existing is not None:
        return existing
    _ensure_room(principal)
    try:
        with atomic():
            export = Export.objects.create(
                org=principal.org,
                ordered_by=kept(principal),
                app_ids=list(app_ids),
                query={name: list(values) for name, values in query.items()},
                digest=digest,
                with_content=with_content,
                created=timezone.now(),
                estimated=_estimate(app_ids),
            )
    except IntegrityError:  # ordered by another call at this moment, and maybe over now
        return same.latest("pk")
    log.info("export_ordered", export=str(export.pk), org=export.org)
    return export


@atomic()
def cancel(*, export: Export) -> None:
    """Stop the export and let the worker remove what it has; repeating changes nothing.

    A worker that has it in hand loses it: what it is writing is not kept.
    """
    now = timezone.now()
    rows = Export.objects.filter(
        pk=export.pk, cancelled_at__isnull=True, discarded_at__isnull=True
    )
    taken_away = {"due_at": now, "leased_until": None, "attempts": 0, "dead_at": None}
    if rows.update(cancelled_at=now, **taken_away):
        log.info("export_cancelled", export=str(export.pk), org=export.org)
    export.refresh_from_db()


@atomic()
def retry(*, export: Export) -> None:
    """Let an export that was given up go on where it was; raises ExportNotFailed.

    Its owner may have ordered the same anew meanwhile: then that one goes on.
    """
    if export.discarded_at is not None or export.cancelled_at is not None:
        raise ExportNotFailed(export_id=export.pk, state=export.state)
    try:
        with atomic():
            revived = leases.revive(export, now=timezone.now())
    except IntegrityError:
        revived = False
    if not revived:
        raise ExportNotFailed(export_id=export.pk, state=export.state)
    log.info("export_retried", export=str(export.pk), org=export.org)
    export.refresh_from_db()


def principal_of(export: Export) -> Principal:
    """Return who ordered it, as the caller that decisions are made for."""
    return principal_from(export.ordered_by)


def _digest(
    principal: Principal,
    app_ids: Sequence[str],
    query: Mapping[str, Sequence[str]],
    *,
    with_content: bool,
) -> str:
    """Return a name for what is asked for: of one caller, as it would be answered."""
    asked = [kept(principal), list(app_ids), sorted(query.items()), with_content]
    return hashlib.sha256(orjson.dumps(asked)).hexdigest()


def _ensure_room(principal: Principal) -> None:
    """Keep one owner from filling the store; two at once may come to one more."""
    keys = Export.objects.of(principal.org).unfinished().values_list("pk", flat=True)
    count = len(keys[:MOST_UNFINISHED])
    if count >= MOST_UNFINISHED:
        raise TooManyExports(org=principal.org, count=count, most=MOST_UNFINISHED)


def _estimate(app_ids: Sequence[str]) -> int | None:
    """Return how many instances the apps had when they were counted last."""
    rows = AppStatistics.objects.filter(app_id__in=list(app_ids))
    total = F("active") + F("archived") + F("soft_deleted") + F("hard_deleted")
    counted: int | None = rows.aggregate(total=Sum(total))["total"]
    return counted
