"""A new signing key: published first, signing later, and the old one kept meanwhile.

Others fetch our key set now and then, so a key is published for a day before it signs;
and tokens outlive the key that signed them, so it is published for a day after, too.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from parties.issuers import LONGEST_MAX_LIFETIME
from parties.keys import KEY_FILE, KeyRing, OtherKey, key_ring, make_key, stamp

# How long others may keep our key set, and how long a token of ours may live at most.
PUBLISHED_BEFORE_USE = timedelta(hours=24)
KEPT_AFTER_USE = LONGEST_MAX_LIFETIME + timedelta(minutes=1)

_KID_IN_NAME = 8


class KeyTooNew(Exception):
    """The next key has not been published for long enough to sign."""

    def __init__(self, key: OtherKey) -> None:
        super().__init__(key.keys.kid)
        self.key = key


class NoNextKey(Exception):
    """There is no next key: none was published, or another rotation has used it."""


def publish_next(directory: Path, *, now: datetime) -> OtherKey:
    """Make and publish the next key; return the one that is published already, if any.

    It may sign a day later.
    """
    with _alone(directory):
        return _publish(directory, signs_from=now + PUBLISHED_BEFORE_USE)


def sign_with_next(
    directory: Path, *, now: datetime, too_early: bool = False
) -> KeyRing:
    """Let the next key sign from now on, and keep the old one for its tokens.

    It must be published already: raises NoNextKey, as to the second of two rotations at
    the same moment, and KeyTooNew. If ``too_early`` is meant, a key is made where there
    is none. Removes the files of old keys that nobody needs any more.
    """
    with _alone(directory):
        ring = key_ring(directory)
        if too_early:
            upcoming = _publish(directory, signs_from=now)
        elif not ring.upcoming:
            raise NoNextKey
        else:
            upcoming = ring.upcoming[0]
            if now < upcoming.at:
                raise KeyTooNew(upcoming)
        until = stamp(now + KEPT_AFTER_USE)
        kept = f"previous-{until}-{ring.current.kid[:_KID_IN_NAME]}.pem"
        # First one more name for the old key, then the new key in its place: whoever
        # looks in between finds both, and there is never a moment without a key.
        with suppress(FileExistsError):  # of a run that was ended in the middle
            os.link(directory / KEY_FILE, directory / kept)
        upcoming.path.replace(directory / KEY_FILE)
        _remove_expired(directory, now)
        return key_ring(directory)


def utc_now() -> datetime:
    """Return the present, to the second: names of files have no more."""
    return datetime.now(UTC).replace(microsecond=0)


def _publish(directory: Path, *, signs_from: datetime) -> OtherKey:
    if published := key_ring(directory).upcoming:
        return published[0]
    make_key(directory / f"next-{stamp(signs_from)}.pem")
    return key_ring(directory).upcoming[0]


def _remove_expired(directory: Path, now: datetime) -> None:
    for old in key_ring(directory).previous:
        if old.at <= now:
            old.path.unlink(missing_ok=True)


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """Keep other rotations out; whoever only reads is not kept waiting."""
    key_ring(directory)  # makes the folder, and the first key
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
