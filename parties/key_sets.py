"""Key sets (RFC 7517): which public keys of one verify signatures, by kid."""

import warnings
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, RSAKey

from common.errors import Issue

Key = RSAKey | ECKey

# HS* and none are in no list, so no issuer can be configured to use them.
KEY_TYPES: Mapping[str, str] = MappingProxyType(
    {"RS256": "RSA", "PS256": "RSA", "ES256": "EC"}
)
MAX_KID_LENGTH = 128
MAX_DOCUMENT_BYTES = 256 * 1024
MAX_DOCUMENT_DEPTH = 16
RSA_BITS = range(2048, 8193)

_ES256_CURVE = "P-256"
_KEY_MEMBERS = {"RSA": ("n", "e"), "EC": ("x", "y")}
_PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_TO_URL_SAFE = str.maketrans("+/", "-_")


@dataclass(slots=True)
class KeySet:
    """The keys of a set that can be used, and what is wrong with the others.

    ``repeated`` are names that several keys have; ``keys`` has the first of each.
    """

    keys: dict[str, Key] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    repeated: set[str] = field(default_factory=set)


def read_key_set(
    document: object, algorithms: Collection[str], *, pointer: str = ""
) -> KeySet:
    """Read a key set; ``pointer`` is where it stands, for the findings.

    Keys for other uses than signatures of the algorithms are passed over, as RFC 7517
    allows. A set without a usable key has at least one finding.
    """
    found = KeySet()
    listed = document.get("keys") if isinstance(document, Mapping) else None
    if not isinstance(listed, list):
        text = "A key set is an object with a list of keys."
        found.issues.append(Issue(pointer, "keys-missing", text))
        return found
    for index, member in enumerate(listed):
        _add_key(member, f"{pointer}/keys/{index}", algorithms, found)
    if not found.keys and not found.issues:
        text = f"None of the keys verifies {', '.join(sorted(algorithms))}."
        found.issues.append(Issue(pointer, "keys-missing", text))
    return found


def _add_key(
    member: object, place: str, algorithms: Collection[str], found: KeySet
) -> None:
    if not isinstance(member, dict):
        found.issues.append(Issue(place, "key-invalid", "A key is an object."))
        return
    if not _verifies(member, algorithms):
        return
    try:
        key = _public_key(member)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        text = f"This is no public key of a kind that can be used: {error}."
        found.issues.append(Issue(place, "key-invalid", text))
        return
    kid = member.get("kid", key.thumbprint())
    if not isinstance(kid, str) or len(kid) > MAX_KID_LENGTH:
        text = f"A kid is a string of at most {MAX_KID_LENGTH} characters."
        found.issues.append(Issue(f"{place}/kid", "kid-invalid", text))
    elif kid in found.keys:
        found.repeated.add(kid)
        text = f"The kid {kid!r} is given to two keys."
        found.issues.append(Issue(f"{place}/kid", "kid-ambiguous", text))
    else:
        found.keys[kid] = key


def _verifies(member: Mapping[str, object], algorithms: Collection[str]) -> bool:
    """Whether a key is meant for signatures of one of the algorithms."""
    types = [KEY_TYPES[name] for name in algorithms if name in KEY_TYPES]
    return (
        member.get("kty") in types
        and member.get("use", "sig") == "sig"
        and ("alg" not in member or member["alg"] in list(algorithms))
    )


def _public_key(member: Mapping[str, object]) -> Key:
    """Import a public key; Altinn writes its numbers in the standard alphabet."""
    if not _PRIVATE_MEMBERS.isdisjoint(member):
        raise ValueError("it has private members, which belong in no trusted key set")
    kty = str(member["kty"])
    public: dict[str, str | list[str]] = {"kty": kty}
    for name in ("crv", "alg"):
        if name in member:
            public[name] = str(member[name])
    for name in _KEY_MEMBERS[kty]:
        public[name] = str(member[name]).translate(_TO_URL_SAFE).rstrip("=")
    if kty == "EC":
        if public.get("crv") != _ES256_CURVE:
            raise ValueError(f"ES256 needs the curve {_ES256_CURVE}")
        return ECKey.import_key(public)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)  # its length is checked below
        key = RSAKey.import_key(public)
    if key.public_key.key_size not in RSA_BITS:
        raise ValueError("an RSA key has from 2048 to 8192 bits")
    return key
