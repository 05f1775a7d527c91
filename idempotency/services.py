"""Claiming a key, keeping its answer, and giving it back.

A claim is committed at once, so that others see it. The answer is written in the
transaction of the work, on the condition that the claim is still one's own: a run that
was believed dead and is not cannot commit what another run does.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import structlog
from django.utils import timezone

from idempotency.errors import IdempotencyKeyInUse
from idempotency.models import KeptAnswer

log = structlog.get_logger()

KEPT_FOR: Final = timedelta(hours=24)
LEASE: Final = timedelta(seconds=30)
LARGEST_BODY: Final = 256 * 1024
_SOON: Final = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call was answered; ``body`` is None if it was too large to be kept."""

    status: int
    headers: Mapping[str, str]
    body: bytes | None


@dataclass(frozen=True, slots=True)
class Kept:
    """The answer of an earlier call, and the fingerprint of what was asked.

    ``rights`` are those that the call took, as whoever kept it names them.
    """

    fingerprint: str
    answer: Answer
    rights: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """This run's right to carry the call out."""

    key_hash: str
    holder: UUID


def claim(*, caller: str, address: str, key: str) -> Claim | Kept:
    """Claim the key for a run of the call, or return what an earlier one was answered.

    Raises IdempotencyKeyInUse while another runs. It must not run inside the
    transaction of the work: others have to see the claim at once.
    """
    mine = Claim(_hash(caller, address, key), uuid4())
    now = timezone.now()
    rows = KeptAnswer.objects.filter(key_hash=mine.key_hash)
    row = rows.first()
    if row is None:
        row = _first(mine, now)
    if row.holder != mine.holder and (row.expires_at <= now or _is_abandoned(row, now)):
        # Of several that find it so, one takes it over.
        over = rows.expired(now) | rows.abandoned(now)
        over.filter(holder=row.holder).update(**_fresh(mine, now))
        row = rows.first() or _first(mine, now)
    if row.holder == mine.holder:
        return mine
    if row.status is None:
        left = (row.leased_until - now).total_seconds()
        raise IdempotencyKeyInUse(retry_after=max(1, min(_SOON, round(left))))
    body = None if row.body is None else bytes(row.body)
    answer = Answer(row.status, row.headers, body)
    return Kept(row.fingerprint, answer, tuple(row.rights or ()))


def renew(claim: Claim) -> None:
    """Tell that the run is alive, while a long body comes in."""
    rows = KeptAnswer.objects.filter(key_hash=claim.key_hash).run_by(claim.holder)
    rows.update(leased_until=timezone.now() + LEASE)


def keep(
    claim: Claim,
    *,
    fingerprint: str,
    answer: Answer,
    rights: Sequence[Mapping[str, Any]] = (),
) -> None:
    """Keep the answer, in the transaction of the work that it tells of.

    Raises IdempotencyKeyInUse when another run has taken the key over: then this one's
    work must be rolled back.
    """
    body = answer.body
    if body is not None and len(body) > LARGEST_BODY:
        body = None
    rows = KeptAnswer.objects.filter(key_hash=claim.key_hash).run_by(claim.holder)
    kept = rows.update(
        fingerprint=fingerprint,
        status=answer.status,
        headers=dict(answer.headers),
        rights=list(rights) or None,
        body=body,
        expires_at=timezone.now() + KEPT_FOR,
    )
    if not kept:
        log.warning("idempotency_key_taken_over")
        raise IdempotencyKeyInUse(retry_after=_SOON)


def release(claim: Claim) -> None:
    """Give the key back: the call did nothing, so it may be sent again as it likes."""
    KeptAnswer.objects.filter(key_hash=claim.key_hash).run_by(claim.holder).delete()


def _first(mine: Claim, now: datetime) -> KeptAnswer:
    """Return the row of the key, made now unless another was faster."""
    own = KeptAnswer(key_hash=mine.key_hash, **_fresh(mine, now))
    KeptAnswer.objects.bulk_create([own], ignore_conflicts=True)
    # It is gone again if the faster one gave it back meanwhile: then that one ran.
    return KeptAnswer.objects.filter(key_hash=mine.key_hash).first() or KeptAnswer(
        key_hash=mine.key_hash, **_fresh(Claim(mine.key_hash, uuid4()), now)
    )


def _fresh(mine: Claim, now: datetime) -> dict[str, object]:
    return {
        "holder": mine.holder,
        "began_at": now,
        "leased_until": now + LEASE,
        # Longer than any run: until the answer is kept, the lease alone counts.
        "expires_at": now + KEPT_FOR,
        "fingerprint": "",
        "status": None,
        "headers": {},
        "rights": None,
        "body": None,
    }


def _is_abandoned(row: KeptAnswer, now: datetime) -> bool:
    return row.status is None and row.leased_until <= now


def _hash(*parts: str) -> str:
    digest = hashlib.sha256()
    for part in parts:
        encoded = part.encode()
        digest.update(len(encoded).to_bytes(4) + encoded)
    return digest.hexdigest()
