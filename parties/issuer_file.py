"""The file of trusted issuers: read whole, with every finding at its place."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

from common.egress import EgressRefused, target_of
from common.errors import Issue
from parties.claims import ClaimInvalid, parse_object
from parties.issuers import (
    DEFAULT_ALGORITHMS,
    DEFAULT_MAX_LIFETIME,
    ENVIRONMENTS,
    LONGEST_MAX_LIFETIME,
    Issuer,
    IssuerConfigInvalid,
    IssuerKind,
    issuers_by_name,
)
from parties.key_sets import (
    KEY_TYPES,
    MAX_DOCUMENT_BYTES,
    MAX_DOCUMENT_DEPTH,
    Key,
    read_key_set,
)

_KEY_SOURCES = ("jwks", "jwks_file", "jwks_url", "discovery_url")


def load_issuers(
    path: Path, *, internal_hosts: Collection[str] = ()
) -> tuple[Issuer, ...]:
    """Read a JSON file ``{"issuers": [...]}``; docs/settings.md describes its entries.

    Its URLs must be such as the server calls, given these internal hosts; none is
    called yet. Raises IssuerConfigInvalid with every finding.
    """
    issues: list[Issue] = []
    document = _read(path, "", issues)
    entries = None if document is None else document.get("issuers")
    if document is not None and not isinstance(entries, list):
        issues.append(Issue("/issuers", "issuers-missing", "Give a list of issuers."))
    issuers: list[Issuer] = []
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        reader = _EntryReader(entry, f"/issuers/{index}", path.parent, internal_hosts)
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
        *_KEY_SOURCES,
        "algorithms",
        "audiences",
        "partner_scopes",
        "max_lifetime",
        "trailing_slash_tolerant",
        "enabled_in",
    )

    def __init__(
        self,
        entry: object,
        pointer: str,
        folder: Path,
        internal_hosts: Collection[str],
    ) -> None:
        self.issues: list[Issue] = []
        self._pointer = pointer
        self._folder = folder
        self._internal_hosts = internal_hosts
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
        partner_scopes = self._texts("partner_scopes", frozenset())
        lifetime = self._max_lifetime()
        tolerant = self._entry.get("trailing_slash_tolerant", False)
        if not isinstance(tolerant, bool):
            text = "trailing_slash_tolerant is true or false."
            self._find("/trailing_slash_tolerant", "not-a-boolean", text)
        enabled_in = self._enabled_in()
        keys = self._keys(algorithms)
        discovery_url, jwks_url = self._url("discovery_url"), self._url("jwks_url")
        if self.issues or kind is None:
            return None
        issuer = Issuer(
            iss=iss,
            kind=kind,
            keys=MappingProxyType(keys),
            discovery_url=discovery_url,
            jwks_url=jwks_url,
            algorithms=algorithms,
            audiences=audiences,
            partner_scopes=partner_scopes,
            max_lifetime=lifetime,
            trailing_slash_tolerant=tolerant is True,
            enabled_in=enabled_in,
        )
        if discovery_url and not issuer.host:
            text = "Discovery is for an iss that is a URL; give jwks_url instead."
            self._find("/discovery_url", "discovery-impossible", text)
            return None
        return issuer

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

    def _enabled_in(self) -> frozenset[str]:
        enabled = self._texts("enabled_in", frozenset(ENVIRONMENTS))
        if not enabled or not enabled <= set(ENVIRONMENTS):
            text = f"enabled_in lists some of {', '.join(ENVIRONMENTS)}."
            self._find("/enabled_in", "environment-unknown", text)
        return enabled

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

    def _url(self, name: str) -> str:
        if name not in self._entry:
            return ""
        url = self._entry[name]
        try:
            if not isinstance(url, str):
                raise EgressRefused("it is no string")
            target_of(url, internal_hosts=self._internal_hosts)
        except EgressRefused as error:
            text = f"{name} cannot be used: {error.reason}."
            self._find(f"/{name}", "url-not-allowed", text)
            return ""
        return url

    def _keys(self, algorithms: frozenset[str]) -> dict[str, Key]:
        given = [name for name in _KEY_SOURCES if name in self._entry]
        if len(given) != 1:
            text = f"Say once where the public keys are: {', '.join(_KEY_SOURCES)}."
            self._find("/jwks", "keys-missing", text)
            return {}
        (source,) = given
        if source.endswith("_url"):
            return {}
        document = self._entry["jwks"] if source == "jwks" else self._key_file()
        if source == "jwks_file" and document is None:
            return {}
        found = read_key_set(document, algorithms, pointer=f"{self._pointer}/{source}")
        # Where the algorithms are wrong already, no key can be right.
        told = bool(self.issues)
        self.issues += [
            one for one in found.issues if not (told and one.code == "keys-missing")
        ]
        return found.keys

    def _key_file(self) -> Mapping[str, object] | None:
        name = self._entry["jwks_file"]
        if isinstance(name, str) and name:
            path = self._folder / name
            return _read(path, f"{self._pointer}/jwks_file", self.issues)
        self._find("/jwks_file", "file-unreadable", "jwks_file is the path of a file.")
        return None


def _read(path: Path, pointer: str, issues: list[Issue]) -> dict[str, object] | None:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_DOCUMENT_BYTES + 1)
        if len(content) > MAX_DOCUMENT_BYTES:
            raise ValueError(f"it is larger than {MAX_DOCUMENT_BYTES} bytes")
        return parse_object(content, max_depth=MAX_DOCUMENT_DEPTH)
    except (OSError, ValueError, ClaimInvalid) as error:
        issues.append(
            Issue(pointer, "file-unreadable", f"{path} cannot be read: {error}.")
        )
        return None
