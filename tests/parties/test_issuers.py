"""Trusted issuers: what tokens of each kind may say."""

import time

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from parties.identity import PrincipalKind
from parties.issued_claims import service_owner_claims, user_claims
from parties.issuers import Issuer, IssuerKind
from parties.tokens import TokenRefused, TokenVerifier

ISS = "https://platform.altinn.example/authentication/api/v1/openid/"
RSA = RSAKey.generate_key(2048)
USER = user_claims(user_id=1337, party_id=501337, username="sophie", level=4)
OWNER = service_owner_claims(org="ttd", org_number="405003309", scope="altinn:x")
DETAILS = {
    "type": "urn:altinn:systemuser",
    "systemuser_id": ["a7f1c2d3-0000-4abc-8def-0123456789ab"],
    "systemuser_org": {"authority": "iso6523-actorid-upis", "ID": "0192:310000009"},
    "system_id": "991825827_tax",
}
SYSTEM_USER: dict[str, object] = {
    "authorization_details": [DETAILS],
    "scope": "altinn:x",
}


def issuer(kind: str, **rules: object) -> Issuer:
    whole = {"iss": ISS, "kind": IssuerKind(kind), "keys": {"one": RSA}, **rules}
    return Issuer(**whole)  # type: ignore[arg-type]  # made wrong on purpose


def token(claims: dict[str, object], *, typ: str = "at+jwt", iss: str = ISS) -> str:
    whole = {"iss": iss, "exp": int(time.time()) + 60, **claims}
    return jwt.encode({"alg": "RS256", "kid": "one", "typ": typ}, whole, RSA)


def refusal(trusted: Issuer, refused: str) -> str:
    with pytest.raises(TokenRefused) as error:
        TokenVerifier([trusted]).verify(refused)
    return error.value.reason


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("maskinporten", "without a consumer"),
        ("idporten", "without pid"),
        ("studio", "must be exchanged first"),
    ],
)
@pytest.mark.parametrize(
    "claims",
    [
        USER,
        {n: v for n, v in OWNER.items() if n != "consumer"},
        {"scope": "altinn:instances.read"},
        {"scope": "altinn:x", "urn:altinn:orgNumber": "310000000"},
    ],
)
def test_whoever_is_not_altinn_names_nobody_in_altinns_words(
    kind: str, reason: str, claims: dict[str, object]
) -> None:
    """Z-003, Z-016, T-09"""
    given = {"aud": "client", **claims}
    trusted = issuer(kind, audiences=frozenset({"client"}))
    assert reason in refusal(trusted, token(given))


@pytest.mark.parametrize("kind", ["maskinporten", "altinn", "embedded"])
def test_system_user_needs_no_exchange(kind: str) -> None:
    """Z-003"""
    principal = TokenVerifier([issuer(kind)]).verify(token(SYSTEM_USER))
    assert principal.kind is PrincipalKind.SYSTEM_USER
    assert (principal.org_number, principal.level) == ("310000009", 3)


def test_maskinporten_does_not_set_the_level_of_a_system_user() -> None:
    """Z-016, T-09"""
    claims = {**SYSTEM_USER, "urn:altinn:authlevel": 4, "urn:altinn:scope": "altinn:y"}
    principal = TokenVerifier([issuer("maskinporten")]).verify(token(claims))
    assert principal.level == 3
    assert principal.scopes == {"altinn:x"}


@pytest.mark.parametrize(
    ("kind", "reason"),
    [("idporten", "without pid"), ("studio", "must be exchanged first")],
)
def test_system_user_named_by_anybody_else_is_refused(kind: str, reason: str) -> None:
    """T-09"""
    trusted = issuer(kind, audiences=frozenset({"client"}))
    refused = token({**SYSTEM_USER, "aud": "client"})
    assert reason in refusal(trusted, refused)


@pytest.mark.parametrize(
    ("claims", "typ", "reason"),
    [
        ({"scope": "openid"}, "JWT", "id token"),
        ({"token_type": "Bearer"}, "JWT", "id token"),
        ({}, "at+jwt", "id token"),
        ({"scope": "openid", "token_type": "Bearer"}, "JWT", "no scope of Altinn"),
        ({"scope": "openid"}, "at+jwt", "no scope of Altinn"),
    ],
)
def test_id_token_is_told_from_an_access_token(
    claims: dict[str, object], typ: str, reason: str
) -> None:
    """Z-025, T-08"""
    trusted = issuer("idporten", audiences=frozenset({"client"}))
    assert reason in refusal(trusted, token({**claims, "aud": "client"}, typ=typ))


def test_audience_is_enforced_where_there_is_one() -> None:
    """Z-025"""
    trusted = issuer("altinn", audiences=frozenset({"one", "two"}))
    for audience in ("one", ["x", "two"]):
        assert TokenVerifier([trusted]).verify(token({**USER, "aud": audience}))
    for other in ("x", "", [], ["x"], "one two", "ONE"):
        assert "another audience" in refusal(trusted, token({**USER, "aud": other}))
    assert "another audience" in refusal(trusted, token(USER))
    assert "aud is neither" in refusal(trusted, token({**USER, "aud": {"one": 1}}))
    for_many = issuer("idporten")  # built without the audiences that its kind needs
    assert "another audience" in refusal(for_many, token({"aud": "one", "scope": "a"}))


@pytest.mark.parametrize("iss", [ISS, ISS[:-1]])
def test_one_final_slash_may_differ_where_that_is_tolerated(iss: str) -> None:
    """Z-024"""
    tolerant = issuer("altinn", iss=iss, trailing_slash_tolerant=True)
    for same in (ISS, ISS[:-1]):
        assert TokenVerifier([tolerant]).verify(token(USER, iss=same)).user_id == 1337
    for other in (f"{ISS}/", ISS[:-2], f"{ISS}x"):
        assert "not trusted" in refusal(tolerant, token(USER, iss=other))
