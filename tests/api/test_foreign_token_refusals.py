"""Tokens in other issuers' names that are refused, and change nothing."""

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import LazySettings
from joserfc.jwk import RSAKey

from api import issuer
from apps_registry.models import Org
from instances.models import Instance
from parties.tokens import TokenRefused
from tests.api.foreign_tokens import (
    CREATE,
    EXCHANGE,
    NAVS_NUMBER,
    OWNERS,
    SIGNE,
    bearer,
    stored,
)
from tests.client import APP_HOST, PLATFORM_HOST, Api, assert_problem
from tests.foreign_issuer import ForeignIssuer, serving, signed, trust

pytestmark = pytest.mark.usefixtures("sandbox", "no_calls_yet")


OTHER_KEY = RSAKey.generate_key(2048)
ORGANISATION = ForeignIssuer.organisation(NAVS_NUMBER, OWNERS)
NESTED: object = "x"
for _ in range(100):
    NESTED = [NESTED]
BAD_HEADERS: Mapping[str, Mapping[str, object]] = {
    "alg none": {"alg": "none"},
    "alg nOnE": {"alg": "nOnE"},
    "HS256 with the public key": {"alg": "HS256"},
    "PS256": {"alg": "PS256"},
    "foreign kid": {"kid": "another"},
    "path as kid": {"kid": "../../../../dev/null"},
    "SQL as kid": {"kid": "' or 1=1; drop table parties_issuerkeyset; --"},
    "URL as kid": {"kid": "https://attacker.example/key"},
    "kid with NUL": {"kid": "\0"},
    "long kid": {"kid": "k" * 129},
    "kid no text": {"kid": ["x"]},
    "crit": {"crit": ["exp"]},
    "type": {"typ": "JWE"},
}
BAD_CLAIMS: Mapping[str, Mapping[str, object]] = {
    "no exp": {"exp": None},
    "exp text": {"exp": "tomorrow"},
    "no iss": {"iss": None},
    "iss within": {"iss": "https://attacker.example/?http://127.0.0.1/"},
    "nbf in future": {"nbf": 2**33},
    "eternal": {"exp": 2**40},
    "level 5": {"urn:altinn:authlevel": 5},
    "level text": {"urn:altinn:authlevel": "high"},
    "scope a list": {"scope": OWNERS.split()},
    "scope an object": {"scope": {"scope": OWNERS}},
    "consumer text": {"consumer": NAVS_NUMBER},
    "consumer a list of two": {"consumer": [ORGANISATION["consumer"]] * 2},
    "consumer of another authority": {
        "consumer": {"authority": "x", "ID": f"0192:{NAVS_NUMBER}"}
    },
    "consumer with a longer number": {
        "consumer": {"authority": "iso6523-actorid-upis", "ID": "0192:3089262810"}
    },
    "consumer within a text, twice": {
        "consumer": '{"authority":"iso6523-actorid-upis","ID":"0192:308926281",'
        '"ID":"0192:310000000"}'
    },
    "nested consumer": {"consumer": NESTED},
    "no consumer": {"consumer": None},
    "nested claim": {"x": NESTED},
    "oversize": {"x": "x" * 16_384},
}


def refuse(token: str) -> None:
    """Call as a service owner would, and assert that nothing comes of it."""
    before = stored()
    for host, method, path in (
        (PLATFORM_HOST, "GET", "/storage/api/v1/instances?org=nav"),
        (APP_HOST, "POST", CREATE),
        (PLATFORM_HOST, "GET", f"{EXCHANGE}/maskinporten"),
    ):
        answer: Any = Api(host).call(method, path, headers=bearer(token))
        problem = assert_problem(answer, 401, code="invalid-token")
        assert problem["detail"] == TokenRefused.detail  # whatever the reason
        assert "WWW-Authenticate" in answer
    assert stored() == before
    assert Org.objects.filter(code="nav").exists()


@pytest.mark.parametrize("name", BAD_HEADERS)
def test_header_that_no_token_may_have(maskinporten: ForeignIssuer, name: str) -> None:
    """Z-020, Z-021, Z-022, Z-023, T-05, T-06"""
    refuse(maskinporten.token(ORGANISATION, header=BAD_HEADERS[name]))
    assert maskinporten.fetches() <= 2


@pytest.mark.parametrize("name", BAD_CLAIMS)
def test_claims_that_no_token_may_have(maskinporten: ForeignIssuer, name: str) -> None:
    """Z-001, Z-002, Z-020, Z-024, Z-026, T-09"""
    refuse(maskinporten.token({**ORGANISATION, **BAD_CLAIMS[name]}))


def test_claim_given_twice(maskinporten: ForeignIssuer) -> None:
    """Z-001, T-09"""
    now = int(time.time())
    claims = {**ORGANISATION, "iss": maskinporten.iss, "iat": now, "exp": now + 60}
    other = '{"authority":"iso6523-actorid-upis","ID":"0192:310000000"}'
    twice = f'{json.dumps(claims)[:-1]},"consumer":{other}}}'.encode()
    key = maskinporten.keys[0]
    refuse(signed({"alg": "RS256", "kid": key.kid}, twice, key))


def test_key_of_somebody_else(maskinporten: ForeignIssuer) -> None:
    """Z-022, T-07: under the issuer's kid, and in the header itself"""
    refuse(maskinporten.token(ORGANISATION, key=OTHER_KEY))
    own = {"jwk": OTHER_KEY.as_dict(private=False), "jku": "https://attacker.example/"}
    refuse(maskinporten.token(ORGANISATION, key=OTHER_KEY, header=own))
    assert maskinporten.fetches() == 1


def test_expired_by_a_second_past_the_skew(maskinporten: ForeignIssuer) -> None:
    """Z-026"""
    with time_machine.travel(int(time.time()), tick=False) as clock:
        now = int(time.time())
        token = maskinporten.token({**ORGANISATION, "exp": now + 1})
        path = "/storage/api/v1/instances?org=nav"
        clock.shift(10)
        assert Api(PLATFORM_HOST).get(path, headers=bearer(token)).status_code == 200
        clock.shift(1)
        refuse(token)


def test_issuer_of_the_same_kind_with_the_same_kid(
    settings: LazySettings, tmp_path: Path
) -> None:
    """Z-022, T-07: each issuer's keys are its own"""
    with serving() as one, serving() as other:
        trust(settings, tmp_path, one, other)
        refuse(one.token(ORGANISATION, key=other.keys[0]))
        refuse(other.token({**ORGANISATION, "iss": one.iss}))
        path = "/storage/api/v1/instances?org=nav"
        for good in (one, other):
            headers = bearer(good.token(ORGANISATION))
            assert Api(PLATFORM_HOST).get(path, headers=headers).status_code == 200


def test_audience_is_asked_for_where_one_is_configured(
    settings: LazySettings, tmp_path: Path
) -> None:
    """Z-025"""
    with serving() as foreign:
        foreign.trust(settings, tmp_path, audiences=["https://altinn.test"])
        for wrong in (None, "https://other.test", [], ["x"], {"a": "b"}):
            refuse(foreign.token({**ORGANISATION, "aud": wrong}))
        good = foreign.token({**ORGANISATION, "aud": ["x", "https://altinn.test"]})
        path = "/storage/api/v1/instances?org=nav"
        assert Api(PLATFORM_HOST).get(path, headers=bearer(good)).status_code == 200


def test_issuer_that_is_not_enabled_here(
    settings: LazySettings, tmp_path: Path
) -> None:
    """Z-028, T-07"""
    with serving() as foreign:
        foreign.trust(settings, tmp_path, enabled_in=["production"])
        refuse(foreign.token(ORGANISATION))
        assert foreign.calls == []


@pytest.mark.parametrize(
    "changes",
    [{"token_type": None}, {"scope": None}, {"aud": None}, {"aud": "client-of-others"}],
    ids=str,
)
def test_id_token_is_no_access_token(
    idporten: ForeignIssuer, changes: dict[str, object]
) -> None:
    """Z-025, T-08"""
    refuse(idporten.token({**idporten.person(SIGNE), **changes}))


def test_injected_claims_give_no_right(
    maskinporten: ForeignIssuer, instance: Instance
) -> None:
    """Z-016, T-09, D-04: an organisation that calls itself a director"""
    before = stored()
    forged = {
        **maskinporten.organisation("310000000", OWNERS),
        "urn:altinn:rolecode": "DAGL",
        "urn:altinn:accesspackage": "x",
        "urn:altinn:userid": 1337,
        "urn:altinn:partyid": 501337,
        "urn:altinn:org": "nav",
        "urn:altinn:orgNumber": NAVS_NUMBER,
        "urn:altinn:authlevel": 4,
        "urn:altinn:authenticatemethod": "BankID",
    }
    token = maskinporten.token(forged)
    principal = issuer.token_verifier().verify(token)
    assert (principal.user_id, principal.org, principal.level) == (None, "", 3)
    assert principal.org_number == "310000000"
    path = f"/storage/api/v1/instances/{instance.owner_party_id}/{instance.pk}"
    answer = Api(PLATFORM_HOST).get(path, headers=bearer(token))
    assert_problem(answer, 403, code="not-permitted")
    answer = Api(APP_HOST).post(CREATE, headers=bearer(token))
    assert answer.status_code == 403
    assert stored() == before
