"""Tokens of our own: what the embedded issuer writes, and which key verifies it."""

import dataclasses
from collections.abc import Mapping
from datetime import timedelta

import pytest
import time_machine
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from parties.identity import Principal, PrincipalKind
from parties.issued_claims import service_owner_claims, user_claims
from parties.issuers import Issuer, IssuerConfigInvalid, IssuerKind
from parties.keys import (
    SigningKeys,
    public_jwks,
    signing_keys,
)
from parties.openid import discovery_document
from parties.tokens import TokenIssuer, TokenRefused, TokenVerifier

NOW = 1_800_000_000
ISS = "http://localhost:8000/authentication/api/v1/openid/"
LIFETIME = timedelta(minutes=30)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> SigningKeys:
    return signing_keys(tmp_path_factory.mktemp("issuer"))


@pytest.fixture
def issuer(keys: SigningKeys) -> TokenIssuer:
    return TokenIssuer(ISS, keys, lifetime=LIFETIME)


def claims_of(token: str, keys: SigningKeys) -> Mapping[str, object]:
    """Read a token as a stranger would: with the published key set alone."""
    published = KeySet.import_key_set({"keys": [dict(public_jwks(keys)["keys"][0])]})
    return jwt.decode(token, published, algorithms=["RS256"]).claims


USER = user_claims(
    user_id=1337,
    party_id=501337,
    username="sophie",
    level=3,
    party_uuid="f58fe166-bc22-4899-beb7-c3e8e3332f43",
)
OWNER = service_owner_claims(
    org="ttd", org_number="405003309", scope="altinn:serviceowner/instances.read"
)
USER_PRINCIPAL = Principal(
    kind=PrincipalKind.USER,
    level=3,
    method="NotDefined",
    user_id=1337,
    party_id=501337,
    party_uuid="f58fe166-bc22-4899-beb7-c3e8e3332f43",
    username="sophie",
    scopes=frozenset(
        {
            "openid",
            "digdir:dialogporten.noconsent",
            "altinn:portal/enduser",
            "altinn:instances.read",
        }
    ),
    session_id="session-1",
)
OWNER_PRINCIPAL = Principal(
    kind=PrincipalKind.SERVICE_OWNER,
    level=3,
    method="maskinporten",
    org="ttd",
    org_number="405003309",
    scopes=frozenset({"altinn:serviceowner/instances.read"}),
    session_id="session-1",
)


@pytest.mark.parametrize(
    ("claims", "principal"), [(USER, USER_PRINCIPAL), (OWNER, OWNER_PRINCIPAL)]
)
def test_token_that_is_issued_is_verified_into_the_same_caller(
    issuer: TokenIssuer,
    keys: SigningKeys,
    claims: dict[str, object],
    principal: Principal,
) -> None:
    """Z-003, Z-030"""
    verifier = TokenVerifier([Issuer.embedded(ISS, keys)])
    assert verifier.verify(issuer.issue({**claims, "sid": "session-1"})) == principal


def test_claims_of_a_user_are_those_of_the_catalogue() -> None:
    """Z-030"""
    assert USER == {
        "nameid": "1337",
        "urn:altinn:userid": 1337,
        "urn:altinn:username": "sophie",
        "urn:altinn:partyid": 501337,
        "urn:altinn:party:uuid": "f58fe166-bc22-4899-beb7-c3e8e3332f43",
        "urn:altinn:authenticatemethod": "NotDefined",
        "urn:altinn:authlevel": 3,
        "scope": "openid digdir:dialogporten.noconsent altinn:portal/enduser"
        " altinn:instances.read",
    }
    weakest = user_claims(user_id=1, party_id=2, username="epost", level=0)
    assert weakest["urn:altinn:authenticatemethod"] == "SelfIdentified"
    assert "urn:altinn:party:uuid" not in weakest


def test_scope_of_a_service_owner_stands_under_both_names() -> None:
    """Z-030, Z-034"""
    assert OWNER == {
        "urn:altinn:org": "ttd",
        "urn:altinn:orgNumber": "405003309",
        "urn:altinn:authenticatemethod": "maskinporten",
        "urn:altinn:authlevel": 3,
        "consumer": {"authority": "iso6523-actorid-upis", "ID": "0192:405003309"},
        "scope": "altinn:serviceowner/instances.read",
        "urn:altinn:scope": "altinn:serviceowner/instances.read",
    }


def test_issuer_and_times_are_the_issuers_own(
    issuer: TokenIssuer, keys: SigningKeys
) -> None:
    """Z-011, Z-019"""
    forged = {"iss": "x", "iat": 1, "nbf": 2, "exp": 9e9, "jti": "used", "x": "kept"}
    token = issuer.issue(forged, now=NOW + 0.9)
    claims = dict(claims_of(token, keys))
    assert len(str(claims.pop("jti"))) == 32
    times = {"iat": NOW, "nbf": NOW, "exp": NOW + 1800}
    assert claims == {"iss": ISS, "x": "kept", **times}
    header = jwt.decode(token, keys.public, algorithms=["RS256"]).header
    assert header == {"alg": "RS256", "kid": keys.kid, "typ": "JWT"}


def test_lifetime_can_be_given_for_one_token(
    issuer: TokenIssuer, keys: SigningKeys
) -> None:
    """Z-019"""
    with time_machine.travel(NOW, tick=False):
        token = issuer.issue({}, lifetime=timedelta(seconds=90))
    assert claims_of(token, keys)["exp"] == NOW + 90
    for none in (timedelta(0), timedelta(seconds=-1), timedelta(milliseconds=999)):
        with pytest.raises(ValueError, match="lives"):
            issuer.issue({}, lifetime=none)


def test_each_token_has_an_id_which_is_the_sessions_if_there_is_one(
    issuer: TokenIssuer, keys: SigningKeys
) -> None:
    """Z-009"""
    assert len({claims_of(issuer.issue({}), keys)["jti"] for _ in range(5)}) == 5
    assert claims_of(issuer.issue({"sid": "session"}), keys)["jti"] == "session"


def test_discovery_document_has_the_members_that_clients_read() -> None:
    """Z-011"""
    document = discovery_document(
        ISS,
        jwks_uri="https://a/jwks",
        authorization_endpoint="https://a/authorize",
        token_endpoint="https://a/token",
        end_session_endpoint="https://a/logout",
    )
    assert document == {
        "issuer": ISS,
        "jwks_uri": "https://a/jwks",
        "authorization_endpoint": "https://a/authorize",
        "token_endpoint": "https://a/token",
        "end_session_endpoint": "https://a/logout",
        "response_types_supported": ["token"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
    }


# --- which key verifies ---------------------------------------------------------------
def pair() -> SigningKeys:
    private = RSAKey.generate_key(2048)
    return SigningKeys("one", private, RSAKey.import_key(private.public_key))


def issued_by(keys: SigningKeys, iss: str = ISS) -> str:
    return TokenIssuer(iss, keys, lifetime=LIFETIME).issue(USER)


def refusal(verifier: TokenVerifier, refused: str) -> str:
    with pytest.raises(TokenRefused) as error:
        verifier.verify(refused)
    return error.value.reason


def test_key_of_one_issuer_verifies_nothing_of_another_with_the_same_kid() -> None:
    """Z-022, T-07"""
    mine, theirs, them = pair(), pair(), "https://other.example/"
    verifier = TokenVerifier(
        [Issuer.embedded(ISS, mine), Issuer.embedded(them, theirs)]
    )
    assert verifier.verify(issued_by(mine)).user_id == 1337
    assert verifier.verify(issued_by(theirs, them)).user_id == 1337
    assert "signature" in refusal(verifier, issued_by(theirs))
    assert "signature" in refusal(verifier, issued_by(mine, them))


def test_token_without_kid_needs_an_issuer_with_one_key() -> None:
    """Z-022"""
    one, two = pair(), pair()
    claims = claims_of(issued_by(one), one)
    bare = jwt.encode({"alg": "RS256"}, dict(claims), one.private)
    assert TokenVerifier([Issuer.embedded(ISS, one)]).verify(bare).user_id == 1337
    both = Issuer(ISS, IssuerKind.ALTINN, {"one": one.public, "two": two.public})
    assert "no kid" in refusal(TokenVerifier([both]), bare)


def test_kid_longer_than_any_key_is_named_is_refused() -> None:
    """T-06"""
    for length, accepted in ((128, True), (129, False)):
        keys = dataclasses.replace(pair(), kid="k" * length)
        verifier = TokenVerifier([Issuer.embedded(ISS, keys)])
        if accepted:
            assert verifier.verify(issued_by(keys)).user_id == 1337
        else:
            assert "no such key" in refusal(verifier, issued_by(keys))


def test_key_that_does_not_fit_the_algorithm_is_refused() -> None:
    """Z-021, T-05"""
    keys = pair()
    every = frozenset({"RS256", "ES256", "PS256"})
    for unfit in (
        ECKey.generate_key("P-256"),
        RSAKey.import_key(keys.private.public_key, {"use": "enc"}),
        RSAKey.import_key(keys.private.public_key, {"alg": "PS256"}),
    ):
        trusted = Issuer(ISS, IssuerKind.ALTINN, {"one": unfit}, algorithms=every)
        assert "does not fit" in refusal(TokenVerifier([trusted]), issued_by(keys))


def test_what_one_verifier_remembers_no_other_believes() -> None:
    """Z-013, T-39: a server whose keys change makes a new one"""
    keys = pair()
    verifier = TokenVerifier([Issuer.embedded(ISS, keys)])
    assert verifier.verify(token := issued_by(keys)).user_id == 1337
    other = TokenVerifier([Issuer.embedded(ISS, pair())])
    assert "signature" in refusal(other, token)


def test_two_issuers_of_one_name_are_refused() -> None:
    """Z-024, T-07"""
    with pytest.raises(IssuerConfigInvalid):
        TokenVerifier([Issuer.embedded(ISS, pair()), Issuer.embedded(ISS, pair())])
