"""The embedded issuer's own signing keys: made at first use, in a folder of their own.

``signing-key.pem`` signs. Beside it may lie a key that will, ``next-TIME.pem``, which
is published before it signs, and keys that did, ``previous-TIME-KID.pem``, which verify
until the last token of theirs has expired. What a key is for stands in its name alone,
and names change atomically, so every process sees a whole ring at every moment.
"""

import os
import re
import secrets
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from common.errors import Unavailable

KEY_FILE = "signing-key.pem"
SANDBOX_MARK = "used-by-a-sandbox"
_KEY_BITS = 2048
_TIME_FORMAT = "%Y%m%dT%H%M%SZ"
_OTHERS = re.compile(r"(next|previous)-([0-9]{8}T[0-9]{6}Z)(?:-[\w-]{1,64})?\.pem")
_ATTEMPTS = 3
_SETTLED = 2.0  # seconds; file systems tell times apart by less


class SigningKeyUnusable(Unavailable):
    """The file that holds the server's signing key does not hold one that can be used.

    Restore the file from a backup. Or remove it: the server then makes a new key, and
    every token that the old key signed stops being valid. Where none can be made, see
    to the folder (``ALTINN_KEYS_DIR``): its disk may be full, or not be writable.
    """

    code = "signing-key-unusable"
    detail = "The server's signing key cannot be used: {reason}."


@dataclass(frozen=True, slots=True, eq=False)
class SigningKeys:
    """The key that signs, the public half that verifies, and the name of both."""

    kid: str
    private: RSAKey = field(repr=False)
    public: RSAKey = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class OtherKey:
    """A key beside the one that signs: it signs from ``at``, or verifies until then.

    ``at`` is in UTC; ``path`` is its file.
    """

    keys: SigningKeys
    at: datetime
    path: Path


@dataclass(frozen=True, slots=True, eq=False)
class KeyRing:
    """All keys of an issuer: the one that signs, those that will, and those that did.

    ``upcoming`` begins with the one that may sign first.
    """

    current: SigningKeys
    upcoming: tuple[OtherKey, ...] = ()
    previous: tuple[OtherKey, ...] = ()

    def published(self, now: float | None = None) -> tuple[SigningKeys, ...]:
        """Return every key that somebody may need to verify with, each once."""
        moment = datetime.fromtimestamp(time.time() if now is None else now, UTC)
        still = [one.keys for one in self.previous if moment < one.at]
        every = [self.current, *(one.keys for one in self.upcoming), *still]
        return tuple({one.kid: one for one in every}.values())


_Status = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read of a folder, and what it looked like right before."""

    ring: KeyRing
    status: _Status
    names: list[str]
    at: float = field(default_factory=time.monotonic)

    def holds(self, folder: str, status: _Status) -> bool:
        """Whether the folder is as it was.

        Every change of a name leaves its time on the folder. While it may be so short
        after that two changes have the same time, the names are compared as well.
        """
        if status != self.status:
            return False
        is_settled = time.monotonic() - self.at > _SETTLED
        return is_settled or os.listdir(folder) == self.names


_lock = threading.Lock()
_known: dict[str, _Read] = {}
_marked: set[str] = set()


def signing_keys(directory: Path) -> SigningKeys:
    """Return the key in ``directory`` that signs; see ``key_ring``."""
    return key_ring(directory).current


def key_ring(directory: Path, *, sandbox: bool = False) -> KeyRing:
    """Return the keys kept in ``directory``; the first caller makes the first.

    Of several processes that start at once, one makes the key and all return that one.
    What changes in the folder is read again. A ``sandbox`` leaves a mark there: its
    keys have signed for anybody. Raises SigningKeyUnusable.
    """
    # Called for every request, so that it is spared paths and patterns.
    folder = str(directory)
    try:
        status = _status(folder)
    except OSError as error:
        status = _with_first_key(directory, error)
    if sandbox and folder not in _marked:
        (directory / SANDBOX_MARK).touch(mode=0o600)
        _marked.add(folder)
    known = _known.get(folder)
    if known is not None and known.holds(folder, status):
        return known.ring
    with _lock:
        names = os.listdir(folder)
        known = _known[folder] = _Read(_read_ring(directory), status, names)
    return known.ring


def public_jwks(*keys: SigningKeys) -> dict[str, list[dict[str, str]]]:
    """Return the JWKS document (RFC 7517) that others verify our tokens with."""
    return {"keys": [_entry(one) for one in keys]}


def stamp(moment: datetime) -> str:
    """Return a time as names of files have it."""
    return moment.astimezone(UTC).strftime(_TIME_FORMAT)


def make_key(path: Path) -> None:
    """Make a key; where there is one at that path already, keep it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    pem = RSAKey.generate_key(_KEY_BITS).as_pem(private=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        # A link is refused where the name is taken, and never shows half a file:
        # the first process wins, and the others read what it wrote.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)


def _entry(keys: SigningKeys) -> dict[str, str]:
    members = keys.public.as_dict(private=False)
    return {
        "kty": "RSA",
        "use": "sig",
        "kid": keys.kid,
        "alg": "RS256",
        "n": str(members["n"]),
        "e": str(members["e"]),
    }


def _status(folder: str) -> _Status:
    """Return what changes when a key does: names, and the file of the one that signs.

    The other files are never written again under their names.
    """
    changed = os.stat(folder).st_mtime_ns
    signing = os.stat(f"{folder}/{KEY_FILE}")
    return changed, signing.st_mtime_ns, signing.st_ino, signing.st_size


def _with_first_key(directory: Path, missing: OSError) -> _Status:
    """Make the first key where there is none; a disk that is full says so."""
    try:
        if not isinstance(missing, FileNotFoundError):
            raise missing
        make_key(directory / KEY_FILE)
        return _status(str(directory))
    except OSError as error:
        reason = f"none can be made or read in its folder ({error.strerror})"
        raise SigningKeyUnusable(reason=reason) from None


def _read_ring(folder: Path) -> KeyRing:
    for _ in range(_ATTEMPTS):
        try:
            others = list(_others(folder))
            current = _load(folder / KEY_FILE)
        except FileNotFoundError:
            continue  # it was given another name meanwhile: look again
        upcoming = sorted((one for is_next, one in others if is_next), key=_time)
        previous = sorted((one for is_next, one in others if not is_next), key=_time)
        return KeyRing(current, tuple(upcoming), tuple(previous))
    raise SigningKeyUnusable(reason="the folder of keys does not come to rest")


def _others(folder: Path) -> Iterator[tuple[bool, OtherKey]]:
    for name in os.listdir(folder):
        if (match := _OTHERS.fullmatch(name)) is None:
            continue
        try:
            at = datetime.strptime(match[2], _TIME_FORMAT).replace(tzinfo=UTC)
        except ValueError:
            raise SigningKeyUnusable(reason=f"{name} names no time") from None
        yield match[1] == "next", OtherKey(_load(folder / name), at, folder / name)


def _time(key: OtherKey) -> datetime:
    return key.at


def _load(path: Path) -> SigningKeys:
    try:
        private = RSAKey.import_key(path.read_bytes())
    except FileNotFoundError:
        raise
    except OSError as error:
        raise SigningKeyUnusable(
            reason=f"the file cannot be read ({error.strerror})"
        ) from error
    except (JoseError, ValueError, TypeError) as error:
        raise SigningKeyUnusable(
            reason="the file holds no RSA key in PEM form"
        ) from error
    if not private.is_private:
        raise SigningKeyUnusable(reason="the file holds a public key only")
    if private.public_key.key_size < _KEY_BITS:
        raise SigningKeyUnusable(reason=f"the key is shorter than {_KEY_BITS} bits")
    return SigningKeys(
        kid=private.thumbprint(),
        private=private,
        public=RSAKey.import_key(private.public_key),
    )
