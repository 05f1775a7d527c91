"""Whose tokens are believed: issuers by exact name, each with its keys and rules."""

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from urllib.parse import urlsplit

from common.errors import Invalid, Issue
from parties.key_sets import Key
from parties.keys import SigningKeys

DEFAULT_ALGORITHMS = frozenset({"RS256"})
DEFAULT_MAX_LIFETIME = timedelta(hours=1)
LONGEST_MAX_LIFETIME = timedelta(days=1)
ENVIRONMENTS = ("development", "test", "production")

# Where Norway's agencies let anybody be anybody: Altinn's, Maskinporten's and
# ID-porten's environments for tests.
_TEST_HOSTS = (
    "test.maskinporten.no",
    "ver2.maskinporten.no",
    "test.idporten.no",
    "ver2.idporten.no",
    "oidc-ver2.difi.no",
    "tt02.altinn.no",
    "altinn.cloud",
    "localhost",
    "127.0.0.1",
    "::1",
)


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

    Where ``discovery_url`` or ``jwks_url`` says where the keys are fetched, ``keys`` is
    empty. An empty ``audiences`` asks for none. ``partner_scopes`` are scopes that let
    a person's token in besides those that begin with ``altinn:``.
    ``trailing_slash_tolerant`` lets a token's ``iss`` have one final slash more or
    less. ``enabled_in`` lists the environments in which it is trusted.
    """

    iss: str
    kind: IssuerKind
    keys: Mapping[str, Key] = field(repr=False, hash=False, default_factory=dict)
    discovery_url: str = ""
    jwks_url: str = ""
    algorithms: frozenset[str] = DEFAULT_ALGORITHMS
    audiences: frozenset[str] = frozenset()
    partner_scopes: frozenset[str] = frozenset()
    max_lifetime: timedelta = DEFAULT_MAX_LIFETIME
    trailing_slash_tolerant: bool = False
    enabled_in: frozenset[str] = frozenset(ENVIRONMENTS)

    @classmethod
    def embedded(
        cls,
        iss: str,
        keys: SigningKeys,
        *others: SigningKeys,
        max_lifetime: timedelta = LONGEST_MAX_LIFETIME,
    ) -> "Issuer":
        """Return the server's own issuer, with the key that signs and all others."""
        return cls(
            iss=iss,
            kind=IssuerKind.EMBEDDED,
            keys=MappingProxyType({one.kid: one.public for one in (keys, *others)}),
            max_lifetime=max_lifetime,
        )

    @property
    def names(self) -> frozenset[str]:
        """The values of ``iss`` that mean this issuer."""
        if not self.trailing_slash_tolerant:
            return frozenset({self.iss})
        bare = self.iss.removesuffix("/")
        return frozenset({bare, f"{bare}/"})

    @property
    def key_source(self) -> str:
        """Where its keys are fetched, empty for an issuer that is configured whole."""
        return self.discovery_url or self.jwks_url

    @property
    def host(self) -> str:
        """The host in its name, empty where the name is no URL."""
        return _host(self.iss)

    @property
    def is_for_tests(self) -> bool:
        """Whether its tokens prove nothing, because it gives them to anybody."""
        hosts = {self.host, _host(self.jwks_url), _host(self.discovery_url)}
        return self.kind is IssuerKind.EMBEDDED or any(
            host == test or host.endswith(f".{test}")
            for host in hosts
            for test in _TEST_HOSTS
        )


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


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
