"""Tokens of other issuers, sent to the APIs as they are."""

from dataclasses import replace

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from api import issuer
from instances.models import Instance
from parties.identity import Principal
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
from tests.cast import SYSTEM_USER
from tests.client import APP_HOST, PLATFORM_HOST, Api, assert_problem
from tests.foreign_issuer import ForeignIssuer, raw_claims

pytestmark = pytest.mark.usefixtures("sandbox", "no_calls_yet")


# --- accepted by the APIs -------------------------------------------------------------
def test_service_owner_reads_what_was_sent_in(
    maskinporten: ForeignIssuer, submitted: Instance
) -> None:
    """Z-029"""
    token = maskinporten.token(maskinporten.organisation(NAVS_NUMBER, OWNERS))
    path = "/storage/api/v1/instances?org=nav"
    answer = Api(PLATFORM_HOST).get(path, headers=bearer(token))
    assert answer.status_code == 200
    assert [one["id"] for one in answer.json()["instances"]] == [
        f"{submitted.owner_party_id}/{submitted.pk}"
    ]


def test_organisation_that_is_no_service_owner_reads_nothing(
    maskinporten: ForeignIssuer, submitted: Instance
) -> None:
    """Z-017, Z-029, T-10: with the same scope"""
    token = maskinporten.token(maskinporten.organisation("310000000", OWNERS))
    path = f"/storage/api/v1/instances/{submitted.owner_party_id}/{submitted.pk}"
    answer = Api(PLATFORM_HOST).get(path, headers=bearer(token))
    assert_problem(answer, 403, code="not-permitted")


def test_system_user_acts_by_what_is_delegated_to_it(
    maskinporten: ForeignIssuer, instance: Instance
) -> None:
    """Z-029"""
    path = f"/storage/api/v1/instances/{instance.owner_party_id}/{instance.pk}"
    token = maskinporten.token(raw_claims(SYSTEM_USER.claims))
    assert Api(PLATFORM_HOST).get(path, headers=bearer(token)).status_code == 200
    details = raw_claims(SYSTEM_USER.claims)["authorization_details"]
    assert isinstance(details, list)
    unknown = {**details[0], "systemuser_id": ["00000000-0000-4000-8000-000000000000"]}
    token = maskinporten.token(
        {**raw_claims(SYSTEM_USER.claims), "authorization_details": [unknown]}
    )
    answer = Api(PLATFORM_HOST).get(path, headers=bearer(token))
    assert_problem(answer, 403, code="not-permitted")


def test_person_fills_in_a_form(idporten: ForeignIssuer) -> None:
    """Z-029"""
    before = stored()
    token = idporten.token(idporten.person(SIGNE))
    answer = Api(APP_HOST).post(CREATE, headers=bearer(token))
    assert answer.status_code == 201
    assert answer.json()["createdBy"] == "1337"
    assert stored() > before


def test_person_logged_in_too_weakly_is_refused(idporten: ForeignIssuer) -> None:
    """Z-007, Z-029, T-11: the level is what acr says"""
    before = stored()
    token = idporten.token(idporten.person(SIGNE, acr="level1"))
    answer = Api(APP_HOST).post(CREATE, headers=bearer(token))
    assert_problem(answer, 403, code="authentication-level-too-low")
    assert stored() == before


def test_foreign_session_is_refreshed_until_it_ends(idporten: ForeignIssuer) -> None:
    """Z-014, Z-018"""
    token = idporten.token(idporten.person(SIGNE))
    path = "/authentication/api/v1/refresh"
    answer = Api(PLATFORM_HOST).get(path, headers=bearer(token))
    principal = issuer.token_verifier().verify(answer.content.decode())
    assert (principal.user_id, principal.level) == (1337, 4)


# --- the same as the exchange ---------------------------------------------------------
def direct(token: str) -> Principal | None:
    try:
        found = issuer.token_verifier().verify(token)
    except TokenRefused:
        return None
    return replace(found, session_id="")


def by_exchange(provider: str, token: str) -> Principal | None:
    cache.clear()
    path = f"{EXCHANGE}/{provider}"
    answer = Api(PLATFORM_HOST).get(path, headers=bearer(token))
    assert answer.status_code in (200, 401, 403)
    if answer.status_code != 200:
        return None
    return direct(answer.content.decode())


_SCOPES = st.lists(
    st.sampled_from(
        [
            "openid",
            "altinn:serviceowner",
            "altinn:serviceowner/instances.read",
            "altinn:serviceowners",
            "altinn:instances.read",
            "altinn:portal/enduser",
        ]
    ),
    max_size=3,
).map(" ".join)
_NUMBERS = st.sampled_from([NAVS_NUMBER, "348987747", "310000000", "353801961", "x"])
_DETAILS = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["urn:altinn:systemuser", "other"]),
        "systemuser_id": st.sampled_from(
            [["0b7c9e2e-52d4-4c0a-9f6e-2d0a6f1c3e55"], [], ["x"]]
        ),
        "systemuser_org": _NUMBERS.map(
            lambda number: {
                "authority": "iso6523-actorid-upis",
                "ID": f"0192:{number}",
            }
        ),
        "system_id": st.sampled_from(["312009579_fakturaflyt", ""]),
    }
)
_INJECTED = st.dictionaries(
    st.sampled_from(
        ["urn:altinn:userid", "urn:altinn:org", "urn:altinn:authlevel", "sid", "pid"]
    ),
    st.sampled_from([1, "nav", "4", SIGNE]),
    max_size=2,
)


@examples(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_raw_token_of_maskinporten_is_what_is_exchanged_for_it(
    maskinporten: ForeignIssuer, data: st.DataObject
) -> None:
    """Z-029"""
    number = data.draw(_NUMBERS)
    claims = maskinporten.organisation(number, data.draw(_SCOPES))
    if data.draw(st.booleans()):
        claims["authorization_details"] = [data.draw(_DETAILS)]
    token = maskinporten.token({**claims, **data.draw(_INJECTED)})
    assert direct(token) == by_exchange("maskinporten", token)


@examples(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_raw_token_of_idporten_is_what_is_exchanged_for_it(
    idporten: ForeignIssuer, data: st.DataObject
) -> None:
    """Z-029"""
    claims = idporten.person(
        data.draw(st.sampled_from([SIGNE, "17919033037", "01010012356", "x", ""])),
        acr=data.draw(st.sampled_from(["level4", "idporten-loa-low", "x", ""])),
        amr=data.draw(st.sampled_from(["BankID", "x", "", ["TestID"], []])),
        scope=data.draw(_SCOPES),
    )
    token = idporten.token({**data.draw(_INJECTED), **claims})
    assert direct(token) == by_exchange("id-porten", token)


# --- cost -----------------------------------------------------------------------------
def test_second_use_asks_neither_the_issuer_nor_the_database(
    idporten: ForeignIssuer,
) -> None:
    """Z-020, Z-029: and a new token only who the person is"""
    verifier = issuer.token_verifier()
    verifier.verify(idporten.token(idporten.person(SIGNE)))
    token = idporten.token({**idporten.person(SIGNE), "jti": "other"})
    with CaptureQueriesContext(connection) as first:
        verifier.verify(token)
    with CaptureQueriesContext(connection) as second:
        verifier.verify(token)
    assert (len(first), len(second)) == (1, 0)
    assert idporten.fetches() == 1
