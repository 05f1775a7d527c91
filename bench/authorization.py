"""Decisions, tokens and policies: what every call pays for, or every deployment."""

import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from lxml import etree

from apps_registry.xacml import parse_policy
from authorization import pdp
from authorization.compiler import CompiledPolicy, compile_policy
from authorization.resources import Resource
from bench.timing import Comparison, alternate
from parties.identity import Principal, PrincipalKind
from parties.issued_claims import user_claims
from parties.issuers import Issuer
from parties.keys import signing_keys
from parties.tokens import TokenIssuer, TokenVerifier

_USER = Principal(PrincipalKind.USER, level=4, user_id=1337, party_id=501337)
_ROLES = frozenset({"dagl", "utinn", "regna"})
_GUID = "0b7c9e2e-52d4-4c0a-9f6e-2d0a6f1c3e55"
_ID = re.compile(r'"id"\s*:\s*"([a-z0-9]+)/([a-z0-9-]+)"')
_ISS = "https://bench.example/"


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """A policy of an application, as it lies on the disk."""

    org: str
    app: str
    content: bytes

    @classmethod
    def read(cls, path: Path) -> "PolicyFile":
        """Read a policy, and in the metadata beside it which application it is of."""
        metadata = path.parents[1] / "applicationmetadata.json"
        found = _ID.search(metadata.read_text("utf-8-sig"))
        org, app = found.groups() if found else ("ttd", path.parents[3].name.lower())
        return cls(org, app, path.read_bytes())

    def compiled(self) -> CompiledPolicy:
        """Read and compile it, as a deployment does."""
        policy = parse_policy(
            self.content, org=self.org, app=self.app, semantics="altinn"
        )
        return compile_policy(policy, org=self.org, app=self.app)


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to measure: ``rounds`` of about ``seconds`` for each way."""

    rounds: int
    seconds: float


def policies(folder: Path) -> list[PolicyFile]:
    """Return the policies of the applications below a folder, the largest first."""
    found = [
        PolicyFile.read(path)
        for path in sorted(folder.glob("**/config/authorization/policy.xml"))
    ]
    return sorted(found, key=lambda policy: len(policy.content), reverse=True)


def compare(files: Sequence[PolicyFile], effort: Effort) -> Iterator[Comparison]:
    """Measure everything, one comparison after another."""
    largest, smallest = files[0], files[-1]
    yield _decision(largest, _USER, "a user by role", effort, at_least=20)
    owner = Principal(
        PrincipalKind.SERVICE_OWNER, level=4, org=largest.org, org_number="310000000"
    )
    yield _decision(largest, owner, "the service owner", effort, at_least=20)
    if smallest is not largest:
        yield _decision(smallest, _USER, "a user by role, smallest policy", effort)
    yield _token(effort)
    yield _policy(largest, effort)


def _decision(
    file: PolicyFile,
    who: Principal,
    name: str,
    effort: Effort,
    *,
    at_least: float | None = None,
) -> Comparison:
    """Compare a decision from the table with one by full evaluation."""
    table = file.compiled()
    task = min(table.tasks, default="Task_1")
    resource = Resource(
        org=file.org,
        app=file.app,
        party_id=500000,
        instance_id=f"500000/{_GUID}",
        task=task,
    )

    def decide(compiled: CompiledPolicy) -> pdp.Decision:
        return pdp.decide(
            compiled,
            principal=who,
            resource=resource,
            action="read",
            roles=lambda: _ROLES,
        )

    evaluated = replace(table, slow=True)
    if decide(table) != decide(evaluated):
        raise AssertionError(f"both ways must decide alike on {file.app}")
    fast, slow = alternate(
        lambda: decide(table),
        lambda: decide(evaluated),
        rounds=effort.rounds,
        seconds=effort.seconds,
    )
    outcome = decide(table).reason.value
    note = f"{file.app}, {len(file.content):,} bytes, {outcome}"
    return Comparison(
        f"decision: {name}", "compiled", fast, "evaluated", slow, at_least, note=note
    )


def _token(effort: Effort) -> Comparison:
    """Compare a token that was seen before with one that was not."""
    with tempfile.TemporaryDirectory() as folder:
        keys = signing_keys(Path(folder))
    issuer = TokenIssuer(_ISS, keys, lifetime=timedelta(minutes=30))
    token = issuer.issue(
        user_claims(
            user_id=1337,
            party_id=501337,
            username="bench",
            level=3,
            scope="altinn:portal/enduser altinn:instances.read",
        )
    )
    trusted = [Issuer.embedded(_ISS, keys)]
    remembering = TokenVerifier(trusted)
    forgetful = TokenVerifier(trusted, cache_size=0)
    fast, slow = alternate(
        lambda: remembering.verify(token),
        lambda: forgetful.verify(token),
        rounds=effort.rounds,
        seconds=effort.seconds,
    )
    note = f"RS256, 2048 bits, {len(token)} characters"
    return Comparison("token", "remembered", fast, "verified", slow, 8, note=note)


def _policy(file: PolicyFile, effort: Effort) -> Comparison:
    """Compare reading a policy with what lxml needs for its XML alone."""
    fast, slow = alternate(
        lambda: etree.fromstring(file.content),
        file.compiled,
        rounds=effort.rounds,
        seconds=effort.seconds,
    )
    note = f"{file.app}, {len(file.content):,} bytes"
    return Comparison(
        "policy", "lxml alone", fast, "parsed, compiled", slow, at_most=3, note=note
    )
