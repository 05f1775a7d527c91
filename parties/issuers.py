"""Whose tokens are believed: issuers by exact name, each with its keys and rules."""

import enum
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, RSAKey

from common.errors import Invalid, Issue
from parties.claims import ClaimInvalid, parse_object
from parties.keys import SigningKeys

Key = RSAKey | ECKey

# HS* and none are in no list, so no issuer can be configured to use them.
KEY_TYPES: Mapping[str, str] = MappingProxyType(
    {"RS256": "RSA", "PS256": "RSA", "ES256": "EC"}
)
DEFAULT_ALGORITHMS = frozenset({"RS256"})
DEFAULT_MAX_LIFETIME = timedelta(hours=1)
LONGEST_MAX_LIFETIME = timedelta(days=1)
MAX_KID_LENGTH = 128

_MAX_DOCUMENT_BYTES = 256 * 1024
_MAX_DOCUMENT_DEPTH = 16
_RSA_BITS = range(2048, 8193)
_ES256_CURVE = "P-256"
_KEY_MEMBERS = {"RSA": ("n", "e"), "EC": ("x", "y")}
_PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_TO_URL_SAFE = str.maketrans("+/", "-_")


class IssuerConfigInvalid(Invalid):
    """The trusted issuers are not configured as they must be, so none is trusted.

    Every finding names the entry and what is wrong with it; mend them all.
    """

    code = "issuer-config-invalid"
    detail = "The trusted issuers have {count} error(s): {summary}"

    def __init__(self, issues: Iterable[Issue]) -> None:
        """Put every finding into the detail too: at start, that is all that is seen."""
        found = tuple(issues)
        summary = " ".join(f"{issue.pointer}: {issue.detail}" for issue in found)
        super().__init__(issues=found, count=len(found), summary=summary)


class IssuerKind(enum.StrEnum):
    """What sort of tokens an issuer issues, which decides what they may say."""

    EMBEDDED = "embedded"
    ALTINN = "altinn"
    MASKINPORTEN = "maskinporten"
    IDPORTEN = "idporten"
    PLATFORM = "platform"
    STUDIO = "studio"


@dataclass(frozen=True, slots=True)
class Issuer:
    """An issuer: its exact ``iss``, what its tokens must be like, and its keys by kid.

    An empty ``audiences`` asks for none. ``trailing_slash_tolerant`` lets a token's
    ``iss`` have one final slash more or less.
    """

    iss: str
    kind: IssuerKind
    keys: Mapping[str, Key] = field(repr=False, hash=False)
    algorithms: frozenset[str] = DEFAULT_ALGORITHMS
    audiences: frozenset[str] = frozenset()
    max_lifetime: timedelta = DEFAULT_MAX_LIFETIME
    trailing_slash_tolerant: bool = False

    @classmethod
    def embedded(
        cls,
        iss: str,
        keys: SigningKeys,
        *,
        max_lifetime: timedelta = LONGEST_MAX_LIFETIME,
    ) -> "Issuer":
        """Return the server's own issuer."""
        return cls(
            iss=iss,
            kind=IssuerKind.EMBEDDED,
            keys=MappingProxyType({keys.kid: keys.public}),
            max_lifetime=max_lifetime,
        )

    @property
    def names(self) -> frozenset[str]:
        """The values of ``iss`` that mean this issuer."""
        if not self.trailing_slash_tolerant:
            return frozenset({self.iss})
        bare = self.iss.removesuffix("/")
        return frozenset({bare, f"{bare}/"})


def issuers_by_name(issuers: Iterable[Issuer]) -> Mapping[str, Issuer]:
    """Return each issuer under every name it has; no name may mean two of them."""
    by_name: dict[str, Issuer] = {}
    issues: list[Issue] = []
    for index, issuer in enumerate(issuers):
        for name in sorted(issuer.names):
            if name in by_name:
                text = f"The issuer {name!r} is configured twice; keep one entry."
                issues.append(Issue(f"/issuers/{index}/iss", "iss-ambiguous", text))
            by_name[name] = issuer
    if issues:
        raise IssuerConfigInvalid(issues)
    return MappingProxyType(by_name)


def load_issuers(path: Path) -> tuple[Issuer, ...]:
    """Read a JSON file ``{"issuers": [...]}``.

    An entry has iss, kind, and its public keys as ``jwks`` (inline) or ``jwks_file`` (a
    path relative to the file). It may have algorithms, audiences, max_lifetime (in
    seconds) and trailing_slash_tolerant. Raises IssuerConfigInvalid with every finding.
    """
    issues: list[Issue] = []
    document = _read(path, "", issues)
    entries = None if document is None else document.get("issuers")
    if document is not None and not isinstance(entries, list):
        issues.append(Issue("/issuers", "issuers-missing", "Give a list of issuers."))
    issuers: list[Issuer] = []
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        reader = _EntryReader(entry, f"/issuers/{index}", path.parent)
        if (issuer := reader.issuer()) is not None:
            issuers.append(issuer)
        issues.extend(reader.issues)
    if issues:
        raise IssuerConfigInvalid(issues)
    issuers_by_name(issuers)
    return tuple(issuers)


class _EntryReader:
    """Reads one entry of the file, and collects what is wrong with it."""

    _MEMBERS = (
        "iss",
        "kind",
        "jwks",
        "jwks_file",
        "algorithms",
        "audiences",
        "max_lifetime",
        "trailing_slash_tolerant",
    )

    def __init__(self, entry: object, pointer: str, folder: Path) -> None:
        self.issues: list[Issue] = []
        self._pointer = pointer
        self._folder = folder
        self._entry: Mapping[str, object] = {}
        if isinstance(entry, dict):
            self._entry = entry
        else:
            self._find("", "not-an-object", "An issuer is an object.")

    def issuer(self) -> Issuer | None:
        """Return the issuer, or None where something is wrong with its entry."""
        if self.issues:
            return None
        self._refuse_unknown_members()
        iss = self._iss()
        kind = self._kind()
        algorithms = self._algorithms()
        audiences = self._texts("audiences", frozenset())
        if kind is IssuerKind.IDPORTEN and not audiences:
            text = "An idporten issuer needs audiences: its tokens are for many."
            self._find("/audiences", "audiences-missing", text)
        lifetime = self._max_lifetime()
        tolerant = self._entry.get("trailing_slash_tolerant", False)
        if not isinstance(tolerant, bool):
            text = "trailing_slash_tolerant is true or false."
            self._find("/trailing_slash_tolerant", "not-a-boolean", text)
        keys = self._keys(algorithms)
        if self.issues or kind is None:
            return None
        return Issuer(
            iss=iss,
            kind=kind,
            keys=MappingProxyType(keys),
            algorithms=algorithms,
            audiences=audiences,
            max_lifetime=lifetime,
            trailing_slash_tolerant=tolerant is True,
        )

    def _find(self, place: str, code: str, text: str) -> None:
        self.issues.append(Issue(f"{self._pointer}{place}", code, text))

    def _refuse_unknown_members(self) -> None:
        for name in self._entry:
            if name not in self._MEMBERS:
                # A rule that is not understood must not look as if it were in force.
                known = ", ".join(self._MEMBERS)
                text = f"{name!r} is no member of an issuer; those are {known}."
                self._find(f"/{name}", "member-unknown", text)

    def _iss(self) -> str:
        iss = self._entry.get("iss")
        if isinstance(iss, str) and iss and iss == iss.strip():
            return iss
        self._find("/iss", "iss-missing", "Give the exact iss of the tokens.")
        return ""

    def _kind(self) -> IssuerKind | None:
        kind = self._entry.get("kind")
        if isinstance(kind, str) and kind in list(IssuerKind):
            return IssuerKind(kind)
        known = ", ".join(IssuerKind)
        self._find("/kind", "kind-unknown", f"{kind!r} is none of {known}.")
        return None

    def _algorithms(self) -> frozenset[str]:
        algorithms = self._texts("algorithms", DEFAULT_ALGORITHMS)
        if not algorithms or not algorithms <= KEY_TYPES.keys():
            known = ", ".join(KEY_TYPES)
            text = f"Only {known} can be used, and at least one must be."
            self._find("/algorithms", "algorithm-not-allowed", text)
        return algorithms

    def _max_lifetime(self) -> timedelta:
        longest = int(LONGEST_MAX_LIFETIME.total_seconds())
        seconds = self._entry.get("max_lifetime")
        if seconds is None:
            return DEFAULT_MAX_LIFETIME
        if type(seconds) is int and 0 < seconds <= longest:
            return timedelta(seconds=seconds)
        text = f"max_lifetime is a number of seconds from 1 to {longest}."
        self._find("/max_lifetime", "lifetime-invalid", text)
        return DEFAULT_MAX_LIFETIME

    def _texts(self, name: str, default: frozenset[str]) -> frozenset[str]:
        listed = self._entry.get(name)
        if listed is None:
            return default
        if not isinstance(listed, list) or not all(
            isinstance(text, str) and text for text in listed
        ):
            self._find(f"/{name}", "not-a-list-of-strings", f"{name} lists strings.")
            return default
        return frozenset(listed)

    def _keys(self, algorithms: frozenset[str]) -> dict[str, Key]:
        if ("jwks" in self._entry) == ("jwks_file" in self._entry):
            text = "Give the public keys once: as jwks or as jwks_file."
            self._find("/jwks", "keys-missing", text)
            return {}
        document = self._entry.get("jwks")
        place = "/jwks"
        if "jwks_file" in self._entry:
            place = "/jwks_file"
            document = self._key_file(place)
        listed = document.get("keys") if isinstance(document, dict) else None
        if not isinstance(listed, list):
            if not self.issues:
                text = "A key set is an object with a list of keys."
                self._find(place, "keys-missing", text)
            return {}
        keys: dict[str, Key] = {}
        for index, member in enumerate(listed):
            self._add_key(member, f"{place}/keys/{index}", algorithms, keys)
        if not keys and not self.issues:
            text = f"None of the keys verifies {', '.join(sorted(algorithms))}."
            self._find(place, "keys-missing", text)
        return keys

    def _key_file(self, place: str) -> Mapping[str, object] | None:
        name = self._entry["jwks_file"]
        if isinstance(name, str) and name:
            return _read(self._folder / name, f"{self._pointer}{place}", self.issues)
        self._find(place, "file-unreadable", "jwks_file is the path of a file.")
        return None

    def _add_key(
        self,
        member: object,
        place: str,
        algorithms: frozenset[str],
        keys: dict[str, Key],
    ) -> None:
        if not isinstance(member, dict):
            self._find(place, "key-invalid", "A key is an object.")
            return
        if not _verifies(member, algorithms):
            return  # key sets list keys for other uses too, as RFC 7517 allows
        try:
            key = _public_key(member)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            text = f"This is no public key of a kind that can be used: {error}."
            self._find(place, "key-invalid", text)
            return
        kid = member.get("kid", key.thumbprint())
        if not isinstance(kid, str) or len(kid) > MAX_KID_LENGTH:
            text = f"A kid is a string of at most {MAX_KID_LENGTH} characters."
            self._find(f"{place}/kid", "kid-invalid", text)
        elif kid in keys:
            text = f"The kid {kid!r} is given to two keys."
            self._find(f"{place}/kid", "kid-ambiguous", text)
        else:
            keys[kid] = key


def _read(path: Path, pointer: str, issues: list[Issue]) -> dict[str, object] | None:
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_DOCUMENT_BYTES + 1)
        if len(content) > _MAX_DOCUMENT_BYTES:
            raise ValueError(f"it is larger than {_MAX_DOCUMENT_BYTES} bytes")
        return parse_object(content, max_depth=_MAX_DOCUMENT_DEPTH)
    except (OSError, ValueError, ClaimInvalid) as error:
        issues.append(
            Issue(pointer, "file-unreadable", f"{path} cannot be read: {error}.")
        )
        return None


def _verifies(member: Mapping[str, object], algorithms: frozenset[str]) -> bool:
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
    if key.public_key.key_size not in _RSA_BITS:
        raise ValueError("an RSA key has from 2048 to 8192 bits")
    return key
