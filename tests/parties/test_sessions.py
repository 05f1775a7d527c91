"""Refreshing a token: the same caller, and never for longer than is allowed."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine

from parties.identity import Principal, PrincipalKind
from parties.issued_claims import (
    claims_of,
    organisation_claims,
    service_owner_claims,
    system_user_claims,
    user_claims,
)
from parties.issuers import Issuer, IssuerKind
from parties.keys import SigningKeys, signing_keys
from parties.sessions import SessionEnded, refresh
from parties.tokens import TokenIssuer, TokenVerifier, stated_claims

NOW = 1_800_000_000
OURS = "https://altinn.example/authentication/api/v1/openid/"
THEIRS = "https://platform.example/authentication/api/v1/openid/"
HALF_AN_HOUR = timedelta(minutes=30)
SYSTEM_USER = "d111dbab-d619-4f15-bf29-58fe570a9ae6"
CALLERS: dict[str, Mapping[str, object]] = {
    "user": user_claims(user_id=1337, party_id=501337, username="sophie", level=3),
    "self-identified": user_claims(
        user_id=1004, party_id=510004, username="fjelltrost", level=0
    ),
    "enterprise user": {
        **user_claims(user_id=1, party_id=2, username="bedrift", level=3),
        "urn:altinn:orgNumber": "310000000",
        "urn:altinn:authenticatemethod": "virksomhetsbruker",
    },
    "service owner": service_owner_claims(
        org="ttd", org_number="405003309", scope="altinn:serviceowner altinn:x"
    ),
    "organisation": organisation_claims(org_number="310000000", scope="altinn:x"),
    "system user": system_user_claims(
        system_user_id=SYSTEM_USER,
        system_id="913312465_sbs",
        org_number="950474084",
        vendor_number="913312465",
        scope="altinn:instances.read",
    ),
    "unknown": {"scope": "altinn:x"},
}


class House:
    """A server that trusts its own issuer and another one of Altinn's kind."""

    def __init__(self, folder: Path) -> None:
        self.keys: SigningKeys = signing_keys(folder)
        self.issuer = TokenIssuer(OURS, self.keys, lifetime=HALF_AN_HOUR)
        foreign = Issuer(
            iss=THEIRS,
            kind=IssuerKind.ALTINN,
            keys={self.keys.kid: self.keys.public},
        )
        own = Issuer.embedded(OURS, self.keys)
        self.verifier = TokenVerifier([own, foreign])

    def refresh(self, token: str) -> str:
        principal = self.verifier.verify(token)
        return refresh(token, principal=principal, issuer=self.issuer)

    def foreign(self, claims: Mapping[str, object], minutes: int = 30) -> str:
        lifetime = timedelta(minutes=minutes)
        return TokenIssuer(THEIRS, self.keys, lifetime=lifetime).issue(claims)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return House(tmp_path_factory.mktemp("keys"))


def without_session(principal: Principal) -> Principal:
    return replace(principal, session_id="")


@pytest.mark.parametrize("kind", CALLERS)
@pytest.mark.parametrize("own", [True, False], ids=["own", "foreign"])
def test_the_new_token_is_the_same_callers(house: House, kind: str, own: bool) -> None:
    """Z-014, Z-005"""
    claims = CALLERS[kind]
    token = house.issuer.issue(claims) if own else house.foreign(claims)
    fresh = house.refresh(token)
    assert fresh != token
    assert stated_claims(fresh)["iss"] == OURS
    before, after = house.verifier.verify(token), house.verifier.verify(fresh)
    assert without_session(after) == without_session(before)


def test_claims_of_another_issuer_are_not_copied(house: House) -> None:
    """Z-016, D-04, T-09"""
    injected = {"urn:altinn:rolecode": "DAGL", "urn:altinn:accesspackage": "x"}
    fresh = house.refresh(house.foreign({**CALLERS["user"], **injected}))
    assert stated_claims(fresh).keys() & injected.keys() == set()


def test_a_session_ends_after_twelve_hours(house: House) -> None:
    """Z-014, Z-019, §1.8: however often it is refreshed"""
    ends = NOW + 720 * 60
    with time_machine.travel(NOW, tick=False) as clock:
        token = house.issuer.issue(CALLERS["user"])
        for _ in range(28):
            clock.shift(timedelta(minutes=25))
            token = house.refresh(token)
            assert stated_claims(token)["auth_time"] == NOW
            assert int(str(stated_claims(token)["exp"])) <= ends
        clock.shift(timedelta(minutes=19, seconds=55))
        assert stated_claims(house.refresh(token))["exp"] == ends
        clock.shift(timedelta(seconds=10))
        with pytest.raises(SessionEnded):
            house.refresh(token)


def test_a_refreshed_token_lives_as_long_as_a_new_one(house: House) -> None:
    """Z-014"""
    with time_machine.travel(NOW, tick=False) as clock:
        token = house.issuer.issue(CALLERS["user"], lifetime=timedelta(minutes=5))
        clock.shift(timedelta(minutes=4))
        assert stated_claims(house.refresh(token))["exp"] == NOW + 34 * 60


def test_what_another_issuer_granted_is_not_prolonged(house: House) -> None:
    """Z-018, Z-014: nor by refreshing once more"""
    with time_machine.travel(NOW, tick=False) as clock:
        token = house.foreign(CALLERS["organisation"], minutes=10)
        first = house.refresh(token)
        assert stated_claims(first)["exp"] == NOW + 600
        clock.shift(timedelta(minutes=9))
        assert stated_claims(house.refresh(first))["exp"] == NOW + 600
        clock.shift(timedelta(seconds=65))  # within the skew of verification
        with pytest.raises(SessionEnded):
            house.refresh(first)


def test_the_session_of_a_login_is_prolonged(house: House) -> None:
    """§1.2: a portal session names its upstream issuer too"""
    login = {**CALLERS["user"], "originaliss": "https://idporten.no", "sid": "s" * 32}
    with time_machine.travel(NOW, tick=False) as clock:
        token = house.issuer.issue(login)
        clock.shift(timedelta(minutes=20))
        fresh = house.refresh(token)
    assert stated_claims(fresh)["exp"] == NOW + 50 * 60
    assert stated_claims(fresh)["sid"] == stated_claims(fresh)["jti"] == "s" * 32


def test_the_claims_of_a_principal_name_no_vendor() -> None:
    """§1.2: the vendor's number gives no rights, and is not made up"""
    claims = claims_of(
        Principal(
            PrincipalKind.SYSTEM_USER,
            level=3,
            org_number="950474084",
            system_user_id=SYSTEM_USER,
            system_id="913312465_sbs",
        )
    )
    assert "urn:altinn:orgNumber" not in claims
    assert "consumer" not in claims
