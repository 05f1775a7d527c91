"""Whose tokens are believed: issuers by exact name, each with its own keys and rules."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from common.errors import Invalid, Issue
from parties.keys import SigningKeys

Key = RSAKey | ECKey

KINDS = frozenset(
    ["embedded", "altinn", "maskinporten", "idporten", "platform", "studio"]
)
# HS* and none are in no list, so no issuer can be configured to use them.
KEY_TYPES = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC"}
DEFAULT_LIFETIME = 24 * 3600


class IssuerConfigInvalid(Invalid):
    """The file of trusted issuers has errors; the server does not start with it.

    Every finding names the entry; docs/settings.md shows the form.
    """

    code = "issuer-config-invalid"
    detail = "The file of trusted issuers has {count} error(s)."


@dataclass(frozen=True, slots=True)
class Issuer:
    """An issuer: its exact ``iss``, what its tokens must be like, and its keys by kid.

    ``max_lifetime`` is in seconds. An empty ``audiences`` asks for none.
    """

    iss: str
    kind: str
    keys: Mapping[str, Key] = field(repr=False)
    algorithms: frozenset[str] = frozenset({"RS256"})
    audiences: frozenset[str] = frozenset()
    max_lifetime: int = DEFAULT_LIFETIME
    trailing_slash_tolerant: bool = False

    @classmethod
    def embedded(cls, iss: str, keys: SigningKeys) -> "Issuer":
        """Return the server's own issuer."""
        return cls(iss=iss, kind="embedded", keys={keys.kid: keys.public})

    def names(self, iss: str) -> bool:
        """Whether ``iss`` is this issuer; one final slash may differ where that is set."""
        if self.trailing_slash_tolerant:
            return iss.removesuffix("/") == self.iss.removesuffix("/")
        return iss == self.iss


def load_issuers(path: Path) -> tuple[Issuer, ...]:
    """Read a JSON file ``{"issuers": [...]}``; raises IssuerConfigInvalid with every finding.

    An entry has iss, kind, and its keys as ``jwks`` (inline) or ``jwks_file`` (a path
    relative to the file); algorithms, audiences, max_lifetime and
    trailing_slash_tolerant are optional.
    """
    issues: list[Issue] = []
    entries = _entries(path, issues)
    issuers = [
        issuer
        for index, entry in enumerate(entries)
        if (issuer := _issuer(entry, f"/issuers/{index}", path, issues)) is not None
    ]
    if issues:
        raise IssuerConfigInvalid(issues=issues, count=len(issues))
    return tuple(issuers)


def _entries(path: Path, issues: list[Issue]) -> list[object]:
    try:
        document = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        issues.append(Issue("", "file-unreadable", f"{path} cannot be read: {error}"))
        return []
    entries = document.get("issuers") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        issues.append(
            Issue("/issuers", "issuers-missing", "There is no list of issuers.")
        )
        return []
    return entries


def _issuer(
    entry: object, pointer: str, path: Path, issues: list[Issue]
) -> Issuer | None:
    before = len(issues)
    if not isinstance(entry, dict):
        issues.append(Issue(pointer, "not-an-object", "An issuer is an object."))
        return None
    iss, kind = entry.get("iss"), entry.get("kind")
    if not isinstance(iss, str) or not iss:
        issues.append(Issue(f"{pointer}/iss", "iss-missing", "Give the exact iss."))
    if kind not in KINDS:
        known = ", ".join(sorted(KINDS))
        issues.append(
            Issue(f"{pointer}/kind", "kind-unknown", f"{kind!r} is none of {known}.")
        )
    algorithms = entry.get("algorithms", ["RS256"])
    unknown = [a for a in algorithms if a not in KEY_TYPES]
    if unknown or not algorithms:
        known = ", ".join(KEY_TYPES)
        text = f"{unknown} are not allowed; use {known}."
        issues.append(Issue(f"{pointer}/algorithms", "algorithm-not-allowed", text))
    audiences = frozenset(entry.get("audiences", []))
    if kind == "idporten" and not audiences:
        text = "An idporten issuer needs audiences: its tokens are for many."
        issues.append(Issue(f"{pointer}/audiences", "audiences-missing", text))
    lifetime = entry.get("max_lifetime", DEFAULT_LIFETIME)
    if not isinstance(lifetime, int) or lifetime <= 0:
        text = "max_lifetime is a number of seconds greater than 0."
        issues.append(Issue(f"{pointer}/max_lifetime", "lifetime-invalid", text))
    keys = _keys(entry, pointer, path, issues)
    if len(issues) > before:
        return None
    return Issuer(
        iss=str(iss),
        kind=str(kind),
        keys=keys,
        algorithms=frozenset(algorithms),
        audiences=audiences,
        max_lifetime=lifetime,
        trailing_slash_tolerant=entry.get("trailing_slash_tolerant") is True,
    )


def _keys(
    entry: Mapping[str, object], pointer: str, path: Path, issues: list[Issue]
) -> dict[str, Key]:
    document = entry.get("jwks")
    if isinstance(entry.get("jwks_file"), str):
        file = path.parent / str(entry["jwks_file"])
        try:
            document = json.loads(file.read_text("utf-8"))
        except (OSError, ValueError) as error:
            text = f"{file} cannot be read: {error}"
            issues.append(Issue(f"{pointer}/jwks_file", "file-unreadable", text))
            return {}
    listed = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(listed, list) or not listed:
        text = "Give the public keys as jwks or jwks_file."
        issues.append(Issue(f"{pointer}/jwks", "keys-missing", text))
        return {}
    keys: dict[str, Key] = {}
    for index, member in enumerate(listed):
        try:
            key = _key(member)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            text = f"This is no public RSA or EC key: {error}"
            issues.append(Issue(f"{pointer}/jwks/keys/{index}", "key-invalid", text))
            continue
        keys[str(member.get("kid") or key.thumbprint())] = key
    return keys


def _key(member: Mapping[str, str]) -> Key:
    """Import a public key; Altinn writes n and e in the standard base64 alphabet."""
    public = {
        name: member[name]
        for name in ("kty", "n", "e", "crv", "x", "y")
        if name in member
    }
    for name in ("n", "e", "x", "y"):
        if name in public:
            public[name] = public[name].translate(_TO_URL_SAFE).rstrip("=")
    return (
        ECKey.import_key(public)
        if public.get("kty") == "EC"
        else RSAKey.import_key(public)
    )


_TO_URL_SAFE = str.maketrans("+/", "-_")
