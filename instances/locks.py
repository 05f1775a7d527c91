"""The lock of an instance: while it is held, nobody but its holder writes.

It serves whoever does a step in several calls, as the backend of an application does.
The holder's own writes pass, and those of whoever shows the token; all others are
refused (decisions D-25). A lock ends by itself, so a holder that crashed blocks nobody
for longer than it asked for.
"""

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil
from typing import Final, Self

import orjson
import structlog
from django.db import Error
from django.db.models import F, Q
from django.utils import timezone

from common.errors import DomainError, Phrase, PreconditionFailed
from common.times import wire_time
from common.transactions import atomic
from instances.errors import (
    InstanceChanged,
    InstanceLocked,
    LockExpired,
    LockHeld,
    LockHolderUnknown,
    LockNotFound,
    LockTokenInvalid,
    LockTokenMalformed,
)
from instances.models import Instance
from instances.querysets import InstanceQuerySet
from parties.identity import Principal, PrincipalKind

log = structlog.get_logger()

MOST_SECONDS: Final = 24 * 60 * 60
_SECRET_BYTES = 20
_MOST_CHARACTERS = 512
_LARGEST_NUMBER = 2**63 - 1


@dataclass(frozen=True, slots=True)
class LockToken:
    """What its bearer proves with that the lock is his: its number and its secret."""

    number: int
    secret: bytes

    @classmethod
    def read(cls, text: str) -> Self:
        """Read a token as it was answered; raises LockTokenMalformed."""
        if not text.isascii() or len(text) > _MOST_CHARACTERS:
            raise LockTokenMalformed
        try:
            padded = text + "=" * (-len(text) % 4)
            document = orjson.loads(urlsafe_b64decode(padded))
            number = document["id"]
            secret = b64decode(document["secret"], validate=True)
        except (ValueError, TypeError, KeyError):
            raise LockTokenMalformed from None
        if type(number) is not int or not 0 < number <= _LARGEST_NUMBER or not secret:
            raise LockTokenMalformed
        return cls(number, secret)

    @property
    def digest(self) -> bytes:
        """What the database keeps of the secret."""
        return hashlib.sha256(self.secret).digest()

    def __str__(self) -> str:
        document = {"id": self.number, "secret": b64encode(self.secret).decode()}
        return urlsafe_b64encode(orjson.dumps(document)).decode().rstrip("=")


def acquire(
    principal: Principal, *, instance: Instance, seconds: int, now: datetime
) -> LockToken:
    """Take the lock; raises LockHeld while there is one, also to its own holder.

    It is no change of the instance, and no event. Raises LockHolderUnknown for a caller
    without a name.
    """
    holder = _name_of(principal)
    if not holder:
        raise LockHolderUnknown
    return _take(holder, instance=instance, seconds=seconds, now=now)


@contextmanager
def held_for_step(
    principal: Principal, *, instance: Instance, seconds: int
) -> Iterator[Principal]:
    """Keep every other call from changing the instance for the length of a block.

    Those of the same caller too: what the block writes, it writes as the principal that
    it is given. Raises LockHeld. Whoever dies in the block leaves a lock that ends by
    itself.
    """
    token = _take(
        f"{_name_of(principal)} in a step",
        instance=instance,
        seconds=seconds,
        now=timezone.now(),
    )
    try:
        yield replace(principal, lock_token=str(token))
    finally:
        try:
            extend(token, instance=instance, seconds=0, now=timezone.now())
        except (LockExpired, Error) as error:
            # It ends by itself; what the block raises is what the caller must hear.
            log.warning(
                "step_lock_not_given_back",
                instance=str(instance.pk),
                reason=type(error).__name__,
            )


@atomic()
def _take(holder: str, *, instance: Instance, seconds: int, now: datetime) -> LockToken:
    secret = secrets.token_bytes(_SECRET_BYTES)
    rows = Instance.objects.filter(pk=instance.pk)
    values = {
        "lock_secret": hashlib.sha256(secret).digest(),
        "lock_holder": holder,
        "locked_until": now + timedelta(seconds=seconds),
    }
    # Conditional update: of several callers at once exactly one gets it.
    taken = rows.filter(Q(*_not_held(now), _connector=Q.OR)).update(
        lock_number=F("lock_number") + 1, **values
    )
    if not taken:
        raise LockHeld
    number = rows.values_list("lock_number", flat=True).get()
    for name, value in {"lock_number": number, **values}.items():
        setattr(instance, name, value)
    log.info("instance_locked", instance=str(instance.pk), seconds=seconds)
    return LockToken(number, secret)


def extend(
    token: LockToken, *, instance: Instance, seconds: int, now: datetime
) -> None:
    """Let the lock end so many seconds from now; none gives it back.

    Whoever bears the token may. Raises LockNotFound, LockTokenInvalid and LockExpired.
    """
    if token.number > instance.lock_number:
        raise LockNotFound
    if token.number < instance.lock_number:
        raise LockExpired  # it ended, for another was taken after it
    if not _opens(token, instance):
        raise LockTokenInvalid
    rows = Instance.objects.filter(
        pk=instance.pk, lock_number=token.number, locked_until__gt=now
    )
    if not rows.update(locked_until=now + timedelta(seconds=seconds)):
        raise LockExpired
    log.info("instance_lock_extended", instance=str(instance.pk), seconds=seconds)


def open_to(principal: Principal, *, instance: Instance, now: datetime) -> Q:
    """Say in SQL that no lock keeps the caller from writing.

    It goes into the condition of the write, so that a lock taken meanwhile wins.
    """
    # In one piece: each | of two conditions calls twenty functions, at every write.
    ways = _not_held(now)
    if holder := _name_of(principal):
        ways.append(("lock_holder", holder))
    if _shows_token(principal, instance):
        ways.append(("lock_number", instance.lock_number))
    return Q(*ways, _connector=Q.OR)


def ensure_open(principal: Principal, *, instance: Instance) -> None:
    """Raise InstanceLocked if a lock keeps the caller from writing, as far as is known.

    It spares the caller work that would be refused in the end: the write asks again.
    """
    _ensure_open(principal, instance, now=timezone.now())


def hold_open(principal: Principal, *, instance: Instance) -> None:
    """Keep others from taking the lock until the transaction ends.

    It is for writes that do not touch the instance's row. Raises InstanceLocked.
    """
    now = timezone.now()
    held = held_open(principal, instance=instance, now=now)
    if not held.values_list("pk", flat=True):
        raise refusal(principal, instance=instance, now=now)


def held_open(
    principal: Principal, *, instance: Instance, now: datetime
) -> InstanceQuerySet:
    """Return the row as it is now, which reading keeps so until the transaction ends.

    There is none while a lock keeps the caller from writing.
    """
    rows = Instance.objects.select_for_update(of=("self",), no_key=True)
    free = open_to(principal, instance=instance, now=now)
    return rows.filter(free, pk=instance.pk)


def is_held(instance: Instance) -> bool:
    """Whether somebody holds the lock, as far as is known."""
    return instance.locked_until is not None and instance.locked_until > timezone.now()


def refusal(principal: Principal, *, instance: Instance, now: datetime) -> DomainError:
    """Return why a conditional write found no row: a lock, or another's change.

    Who had stated what he read is told so as he stated it.
    """
    row = Instance.objects.filter(pk=instance.pk).first()
    if row is not None:
        try:
            _ensure_open(principal, row, now=now)
        except InstanceLocked as error:
            return error
    if instance.unless_changed:
        thing = Phrase("instance {id}", id=instance.instance_id)
        return PreconditionFailed(thing=thing)
    return InstanceChanged(instance_id=instance.instance_id)


def _ensure_open(principal: Principal, instance: Instance, *, now: datetime) -> None:
    until = instance.locked_until
    if (
        until is None
        or until <= now
        or instance.lock_holder == _name_of(principal)
        or _shows_token(principal, instance)
    ):
        return
    raise InstanceLocked(
        instance_id=instance.instance_id,
        until=wire_time(until),
        retry_after=max(1, ceil((until - now).total_seconds())),
    )


def _not_held(now: datetime) -> list[tuple[str, object]]:
    """Return the conditions of which one holds where nobody holds the lock."""
    return [("locked_until__isnull", True), ("locked_until__lte", now)]


def _shows_token(principal: Principal, instance: Instance) -> bool:
    if not principal.lock_token:
        return False
    try:
        token = LockToken.read(principal.lock_token)
    except LockTokenMalformed:
        return False  # it opens nothing
    return token.number == instance.lock_number and _opens(token, instance)


def _opens(token: LockToken, instance: Instance) -> bool:
    return instance.lock_secret is not None and hmac.compare_digest(
        token.digest, bytes(instance.lock_secret)
    )


def _name_of(principal: Principal) -> str:
    """Return the caller as the holder of a lock, empty for one without a name.

    The kind is part of it: an organisation number may be somebody's user id.
    """
    names = {
        PrincipalKind.USER: principal.user_id,
        PrincipalKind.SYSTEM_USER: principal.system_user_id,
        PrincipalKind.SERVICE_OWNER: principal.org,
        PrincipalKind.ORGANISATION: principal.org_number,
    }
    name = names.get(principal.kind)
    return f"{principal.kind.value} {name}" if name else ""
