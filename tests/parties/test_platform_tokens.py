"""Platform access tokens: what is asked of them, and that they are nothing else."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

import pytest
import time_machine

from parties.issued_claims import platform_claims, user_claims
from parties.issuers import Issuer, IssuerKind
from parties.keys import SigningKeys, signing_keys
from parties.tokens import TokenIssuer, TokenRefused, TokenVerifier

NOW = 1_800_000_000
OURS = "https://altinn.example/authentication/api/v1/openid/"
USER = user_claims(user_id=1337, party_id=501337, username="sophie", level=2)
MINUTES = timedelta(minutes=5)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> SigningKeys:
    return signing_keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def org_keys(tmp_path_factory: pytest.TempPathFactory) -> SigningKeys:
    return signing_keys(tmp_path_factory.mktemp("org-keys"))


def platform_issuer(
    iss: str, keys: SigningKeys, *, audiences: frozenset[str] = frozenset()
) -> Issuer:
    trusted = {keys.kid: keys.public}
    kind = IssuerKind.PLATFORM
    return Issuer(iss=iss, kind=kind, keys=trusted, audiences=audiences)


@pytest.fixture
def verifier(keys: SigningKeys, org_keys: SigningKeys) -> Iterator[TokenVerifier]:
    audiences = frozenset({"platform.altinn.no"})
    trusted = [
        Issuer.embedded(OURS, keys),
        platform_issuer("platform", keys),
        platform_issuer("ttd", org_keys, audiences=audiences),
    ]
    with time_machine.travel(NOW, tick=False):
        yield TokenVerifier(trusted)


def issued(
    iss: str,
    keys: SigningKeys,
    claims: Mapping[str, object] | None = None,
    *,
    lifetime: timedelta = MINUTES,
    now: int = NOW,
) -> str:
    issuer = TokenIssuer(iss, keys, lifetime=lifetime)
    return issuer.issue(
        platform_claims(app="pdf") if claims is None else claims, now=now
    )


def test_the_identity_is_issuer_and_app(
    verifier: TokenVerifier, keys: SigningKeys, org_keys: SigningKeys
) -> None:
    """Z-032"""
    assert str(verifier.verify_platform(issued("platform", keys))) == "platform/pdf"
    assert str(verifier.verify_platform(issued("ttd", org_keys))) == "ttd/pdf"


def test_the_key_is_the_issuers_own(
    verifier: TokenVerifier, keys: SigningKeys, org_keys: SigningKeys
) -> None:
    """Z-032, Z-022, T-07: an app's key does not make it the platform"""
    for iss, wrong in (("platform", org_keys), ("ttd", keys)):
        with pytest.raises(TokenRefused):
            verifier.verify_platform(issued(iss, wrong))


@pytest.mark.parametrize("iss", ["skd", "Platform", "platform/", "platform ", "", OURS])
def test_another_issuer_is_refused(
    verifier: TokenVerifier, keys: SigningKeys, iss: str
) -> None:
    """Z-032, Z-024: an exact list, and no issuer of another kind"""
    with pytest.raises(TokenRefused):
        verifier.verify_platform(issued(iss, keys))


@pytest.mark.parametrize(
    ("lifetime", "age", "refused"),
    [(300, 0, False), (301, 0, True), (300, 309, False), (300, 310, True)],
)
def test_it_lives_for_five_minutes(
    verifier: TokenVerifier, keys: SigningKeys, lifetime: int, age: int, refused: bool
) -> None:
    """Z-032, Z-026: whatever its issuer is configured with; ten seconds of skew"""
    span = timedelta(seconds=lifetime)
    token = issued("platform", keys, lifetime=span, now=NOW - age)
    if refused:
        with pytest.raises(TokenRefused):
            verifier.verify_platform(token)
    else:
        assert verifier.verify_platform(token).app == "pdf"


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "platform.altinn.no"},
        {"aud": "platform.altinn.no", "urn:altinn:app": ""},
        {"aud": "platform.altinn.no", "urn:altinn:app": ["pdf"]},
        {"aud": "platform.altinn.no", "urn:altinn:app": "pdf", "urn:altinn:userid": []},
        {"aud": "elsewhere", "urn:altinn:app": "pdf"},
        {"urn:altinn:app": "pdf"},
    ],
)
def test_claims_that_are_not_those_of_a_component_are_refused(
    verifier: TokenVerifier, org_keys: SigningKeys, claims: dict[str, object]
) -> None:
    """Z-032, Z-025, Z-002"""
    with pytest.raises(TokenRefused):
        verifier.verify_platform(issued("ttd", org_keys, claims))


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "æ.b.c", "x" * 20_000])
def test_what_is_no_token_is_refused(verifier: TokenVerifier, token: str) -> None:
    """Z-032, Z-020"""
    with pytest.raises(TokenRefused):
        verifier.verify_platform(token)


def test_neither_token_is_taken_for_the_other(
    verifier: TokenVerifier, keys: SigningKeys
) -> None:
    """T-08"""
    with pytest.raises(TokenRefused):
        verifier.verify(issued("platform", keys, USER))
    with pytest.raises(TokenRefused):
        verifier.verify_platform(issued(OURS, keys))
