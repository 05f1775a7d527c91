"""How people sign in by OpenID Connect: which provider, and which claim gives what."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.conf import settings

from common.errors import Invalid, Issue
from parties.choices import OrgRole

_ORG = re.compile(r"[a-zæøå][a-zæøå0-9]{0,39}")
_RULE_MEMBERS = {"claim", "value", "org", "role"}


class OidcConfigInvalid(Invalid):
    """Signing in by OpenID Connect is not configured as it must be; all is listed."""

    code = "oidc-config-invalid"
    detail = "Signing in by OpenID Connect has {count} error(s): {summary}"

    def __init__(self, issues: list[Issue]) -> None:
        """Put every finding into the detail too: at start, that is all that is seen."""
        summary = " ".join(f"{issue.pointer}: {issue.detail}" for issue in issues)
        super().__init__(issues=tuple(issues), count=len(issues), summary=summary)


@dataclass(frozen=True, slots=True)
class MembershipRule:
    """Who has this value of this claim has this role in this organisation."""

    claim: str
    value: str
    org: str
    role: OrgRole


@dataclass(frozen=True, slots=True)
class OidcConfig:
    """The provider, by its exact issuer, and what its claims mean here."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    scopes: str
    name: str
    rules: tuple[MembershipRule, ...]

    @property
    def is_secure(self) -> bool:
        """Whether the issuer, and so all that belongs to it, is asked over TLS."""
        return urlsplit(self.issuer).scheme == "https"

    def memberships(self, claims: Mapping[str, object]) -> set[tuple[str, OrgRole]]:
        """Return the organisations and roles that the claims give.

        A claim is a text or a list of texts; only an exact value counts.
        """
        return {
            (rule.org, rule.role)
            for rule in self.rules
            if rule.value in _texts(claims.get(rule.claim))
        }


def configured() -> OidcConfig | None:
    """Return the configuration, None without an issuer; raises OidcConfigInvalid."""
    if not settings.ALTINN_OIDC_ISSUER:
        return None
    issues: list[Issue] = []
    _check_issuer(issues)
    for name in ("ALTINN_OIDC_CLIENT_ID", "ALTINN_OIDC_CLIENT_SECRET"):
        value = getattr(settings, name)
        if not value.isascii() or (not value and name.endswith("ID")):
            text = "Give it as the provider has it, in ASCII."
            issues.append(Issue(name, "value-invalid", text))
    if "openid" not in settings.ALTINN_OIDC_SCOPES.split():
        text = "The scopes are separated by spaces, and openid is one of them."
        issues.append(Issue("ALTINN_OIDC_SCOPES", "value-invalid", text))
    rules = _rules(settings.ALTINN_OIDC_MEMBERSHIPS, issues)
    if issues:
        raise OidcConfigInvalid(issues)
    return OidcConfig(
        issuer=settings.ALTINN_OIDC_ISSUER,
        client_id=settings.ALTINN_OIDC_CLIENT_ID,
        client_secret=settings.ALTINN_OIDC_CLIENT_SECRET,
        scopes=settings.ALTINN_OIDC_SCOPES,
        name=settings.ALTINN_OIDC_NAME or urlsplit(settings.ALTINN_OIDC_ISSUER).netloc,
        rules=rules,
    )


def _check_issuer(issues: list[Issue]) -> None:
    parts = urlsplit(settings.ALTINN_OIDC_ISSUER)
    plain = parts.scheme == "http" and settings.ALTINN_ENVIRONMENT != "production"
    fits = parts.hostname and not (parts.username or parts.query or parts.fragment)
    if not fits or not (parts.scheme == "https" or plain):
        text = (
            "Give the provider's exact issuer: https (http outside production), a host"
            " and perhaps a path, without user, query or fragment."
        )
        issues.append(Issue("ALTINN_OIDC_ISSUER", "value-invalid", text))


def _rules(text: str, issues: list[Issue]) -> tuple[MembershipRule, ...]:
    name = "ALTINN_OIDC_MEMBERSHIPS"
    try:
        entries = json.loads(text)
    except ValueError as error:
        issues.append(Issue(name, "json-malformed", f"It is no JSON: {error}."))
        return ()
    if not isinstance(entries, list) or not entries:
        hint = "Give a JSON list of rules; without one nobody could sign in."
        issues.append(Issue(name, "rules-missing", hint))
        return ()
    read = [_rule(entry, f"{name}/{i}", issues) for i, entry in enumerate(entries)]
    return tuple(rule for rule in read if rule is not None)


def _rule(entry: object, pointer: str, issues: list[Issue]) -> MembershipRule | None:
    if not isinstance(entry, dict) or entry.keys() != _RULE_MEMBERS:
        text = f"A rule has the members {', '.join(sorted(_RULE_MEMBERS))}, no others."
        issues.append(Issue(pointer, "rule-invalid", text))
        return None
    if not all(isinstance(value, str) and value for value in entry.values()):
        text = "Each member of a rule is a text, and none is empty."
        issues.append(Issue(pointer, "rule-invalid", text))
        return None
    if not _ORG.fullmatch(entry["org"]):
        text = f"{entry['org']!r} is no org code: lower case letters and digits."
        issues.append(Issue(f"{pointer}/org", "org-invalid", text))
        return None
    if entry["role"] not in OrgRole.values:
        text = f"{entry['role']!r} is none of {', '.join(OrgRole.values)}."
        issues.append(Issue(f"{pointer}/role", "role-unknown", text))
        return None
    return MembershipRule(
        entry["claim"], entry["value"], entry["org"], OrgRole(entry["role"])
    )


def _texts(claim: object) -> list[str]:
    values = claim if isinstance(claim, list) else [claim]
    return [value for value in values if isinstance(value, str)]
