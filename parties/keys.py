"""The embedded issuer's own signing key: made at first use, in a folder of its own."""

import os
import secrets
import threading
from dataclasses import dataclass, field
from pathlib import Path

from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from common.errors import Unavailable

KEY_FILE = "signing-key.pem"
_KEY_BITS = 2048


class SigningKeyUnusable(Unavailable):
    """The file that holds the server's signing key does not hold one that can be used.

    Restore the file from a backup. Or remove it: the server then makes a new key, and
    every token that the old key signed stops being valid.
    """

    code = "signing-key-unusable"
    detail = "The server's signing key cannot be used: {reason}."


@dataclass(frozen=True, slots=True, eq=False)
class SigningKeys:
    """The key that signs, the public half that verifies, and the name of both."""

    kid: str
    private: RSAKey = field(repr=False)
    public: RSAKey = field(repr=False)


_FileVersion = tuple[int, int, int]

_lock = threading.Lock()
_loaded: dict[Path, tuple[_FileVersion, SigningKeys]] = {}


def signing_keys(directory: Path) -> SigningKeys:
    """Return the signing key kept in ``directory``; the first caller makes it.

    Of several processes that start at once, one makes the key and all return that one.
    A file that is replaced is read again. Raises SigningKeyUnusable.
    """
    path = directory.absolute() / KEY_FILE
    try:
        version = _version(path)
    except FileNotFoundError:
        _make(path)
        version = _version(path)
    known = _loaded.get(path)
    if known is not None and known[0] == version:
        return known[1]
    with _lock:
        keys = _load(path)
        _loaded[path] = version, keys
    return keys


def public_jwks(keys: SigningKeys) -> dict[str, list[dict[str, str]]]:
    """Return the JWKS document (RFC 7517) that others verify our tokens with."""
    members = keys.public.as_dict(private=False)
    return {
        "keys": [
            {
                "kty": "RSA",
                "use": "sig",
                "kid": keys.kid,
                "alg": "RS256",
                "n": str(members["n"]),
                "e": str(members["e"]),
            }
        ]
    }


def _version(path: Path) -> _FileVersion:
    status = path.stat()
    return status.st_mtime_ns, status.st_ino, status.st_size


def _make(path: Path) -> None:
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


def _load(path: Path) -> SigningKeys:
    try:
        private = RSAKey.import_key(path.read_bytes())
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
