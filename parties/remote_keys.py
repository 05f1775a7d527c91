"""Keys of other issuers, fetched from where they publish them, and kept.

A set counts for an hour, and for a day while its issuer is out of reach. It lies in a
table that every process of the installation shares, so that a server starts without the
issuer. However many tokens with unknown keys come, an issuer is asked once in five
minutes at most.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from urllib.parse import urlsplit

import structlog
from django.utils import timezone

from common.egress import TIMEOUT_SECONDS, EgressClient
from parties.issuers import Issuer
from parties.key_sets import Key
from parties.models import IssuerKeySet
from parties.published import (
    DocumentUnusable,
    fetch_discovery,
    fetch_document,
    usable_keys,
)

log = structlog.get_logger()

FRESH = timedelta(hours=1)
STALE = timedelta(hours=24)
COOLDOWN = timedelta(minutes=5)

_NO_KEYS: Mapping[str, Key] = MappingProxyType({})
# A fetch is two requests at most; whoever waits for another's waits no longer.
_LONGEST_FETCH = timedelta(seconds=2 * TIMEOUT_SECONDS + 1)
_LOOK_AGAIN_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class _Known:
    keys: Mapping[str, Key] = field(default_factory=dict)
    fetched_at: datetime | None = None

    def counts(self, span: timedelta) -> bool:
        """Whether the set is not older than that, nor from the future."""
        if self.fetched_at is None:
            return False
        return -COOLDOWN < timezone.now() - self.fetched_at < span

    def has(self, kid: str | None) -> bool:
        return kid in self.keys if kid is not None else len(self.keys) == 1


class RemoteKeys:
    """The keys of issuers that say where theirs are. Thread-safe; one a process."""

    def __init__(self, client: EgressClient) -> None:
        self._client = client
        self._known: dict[str, _Known] = {}
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def keys(self, issuer: Issuer, kid: str | None) -> Mapping[str, Key]:
        """Return the issuer's keys; those with ``kid`` among them, if it has any such.

        Empty when no set of the last day is known.
        """
        known = self._known.get(issuer.iss, _Known())
        if known.counts(FRESH) and known.has(kid):
            return known.keys
        lock = self._locks[issuer.iss]
        # Whoever has a key that still counts does not wait for a newer set.
        if not lock.acquire(blocking=not (known.counts(STALE) and known.has(kid))):
            return known.keys
        try:
            known = self._looked_up(issuer, kid)
        finally:
            lock.release()
        return known.keys if known.counts(STALE) else _NO_KEYS

    def refresh(self, issuer: Issuer) -> Mapping[str, Key]:
        """Fetch the set now, whenever that was last tried; raises DocumentUnusable."""
        IssuerKeySet.objects.update_or_create(
            iss=issuer.iss,
            defaults={"attempted_at": timezone.now(), "is_pending": True},
        )
        return self._fetched(issuer).keys

    def _looked_up(self, issuer: Issuer, kid: str | None) -> _Known:
        row = IssuerKeySet.objects.filter(iss=issuer.iss).first()
        known = self._remembered(issuer, row)
        if known.counts(FRESH) and known.has(kid):
            return known
        if self._may_fetch(issuer, row):
            try:
                return self._fetched(issuer)
            except DocumentUnusable as error:
                log.warning(
                    "issuer_keys_unavailable", iss=issuer.iss, reason=error.reason
                )
                return known
        return self._remembered(issuer, _when_settled(issuer))

    def _may_fetch(self, issuer: Issuer, row: IssuerKeySet | None) -> bool:
        """Whether this caller, of all callers in all processes, is the one to fetch."""
        now = timezone.now()
        if row is None:
            row, _ = IssuerKeySet.objects.get_or_create(iss=issuer.iss)
        elif row.attempted_at and abs(now - row.attempted_at) < COOLDOWN:
            return False
        claimed = (
            IssuerKeySet.objects.filter(pk=row.pk)
            .due(now, cooldown=COOLDOWN)
            .update(attempted_at=now, is_pending=True)
        )
        return claimed == 1

    def _fetched(self, issuer: Issuer) -> _Known:
        rows = IssuerKeySet.objects.filter(iss=issuer.iss)
        try:
            source, document = fetch_key_set(issuer, self._client)
        except DocumentUnusable as error:
            rows.update(is_pending=False, failure=error.reason[:500])
            raise
        rows.update(
            source=source,
            document=document,
            fetched_at=timezone.now(),
            is_pending=False,
            failure="",
        )
        return self._remembered(issuer, rows.get())

    def _remembered(self, issuer: Issuer, row: IssuerKeySet | None) -> _Known:
        """Take over what the table has, when it is newer than what is known here."""
        known = self._known.get(issuer.iss, _Known())
        if row is None or row.fetched_at in (None, known.fetched_at):
            return known
        if row.source != issuer.key_source:
            return known
        try:
            keys = usable_keys(row.document, issuer.algorithms)
        except DocumentUnusable:
            return known  # algorithms were configured otherwise since
        known = _Known(MappingProxyType(keys), row.fetched_at)
        self._known[issuer.iss] = known
        return known


def fetch_key_set(issuer: Issuer, client: EgressClient) -> tuple[str, str]:
    """Fetch a key set; return where that is configured to be, and its text.

    Raises DocumentUnusable, also for one without a key that can be used.
    """
    url = issuer.jwks_url or _jwks_uri(issuer, client)
    document = fetch_document(url, client)
    usable_keys(document, issuer.algorithms)
    return issuer.key_source, document


def _jwks_uri(issuer: Issuer, client: EgressClient) -> str:
    """Return where the issuer's own document says that its keys are."""
    document = fetch_discovery(issuer.discovery_url, client, iss=issuer.iss)
    uri = document.get("jwks_uri")
    host = _host_of(uri) if isinstance(uri, str) and uri.isascii() else ""
    # A document that sends us elsewhere for its keys is not believed.
    if not host or not (host == issuer.host or host.endswith(f".{issuer.host}")):
        raise DocumentUnusable(
            f"the discovery document names keys at {uri!r:.200}, which is not at"
            f" {issuer.host}"
        )
    return str(uri)


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _when_settled(issuer: Issuer) -> IssuerKeySet | None:
    """Return the row, when whoever is fetching the set just now is done."""
    rows = IssuerKeySet.objects.filter(iss=issuer.iss)
    while True:
        row = rows.first()
        if row is None or not row.is_pending or row.attempted_at is None:
            return row
        if not timedelta(0) <= timezone.now() - row.attempted_at < _LONGEST_FETCH:
            return row  # who fetched it was ended meanwhile
        time.sleep(_LOOK_AGAIN_SECONDS)
