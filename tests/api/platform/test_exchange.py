"""The exchange: raw tokens of other issuers in, tokens of ours out."""

import time
from pathlib import Path

import pytest
import time_machine
from django.conf import LazySettings

from api import issuer
from parties.tokens import stated_claims
from tests.api.foreign_tokens import OWNERS, SIGNE
from tests.api.platform.exchanges import altinns, exchange, exchanged
from tests.client import PLATFORM_HOST, Api, assert_problem
from tests.foreign_issuer import ForeignIssuer, serving, trust

pytestmark = pytest.mark.usefixtures("sandbox", "no_calls_yet")
NAV = "nav"


# --- Altinn Studio --------------------------------------------------------------------
def test_designer(settings: LazySettings, tmp_path: Path) -> None:
    """Z-014: a token that names the studio, and nobody"""
    with serving("maskinporten") as studio:
        studio.trust(settings, tmp_path, kind="studio")
        forged = {"urn:altinn:org": NAV, "urn:altinn:userid": 1337, "scope": OWNERS}
        claims = exchanged("altinnstudio", studio.token(forged))
        assert altinns(claims) == {"urn:altinn:app": "studio.designer"}
        assert "scope" not in claims
        raw = {"Authorization": f"Bearer {studio.token(forged)}"}
        answer = Api(PLATFORM_HOST).get("/profile/api/v1/users/current", headers=raw)
        assert_problem(answer, 401, code="invalid-token")


# --- what is exchanged for what -------------------------------------------------------
INJECTED: dict[str, object] = {
    "urn:altinn:rolecode": "DAGL",
    "urn:altinn:accesspackage": "urn:altinn:accesspackage:alt",
    "urn:altinn:userid": 1,
    "urn:altinn:partyid": 1,
    "urn:altinn:org": "skd",
    "urn:altinn:orgNumber": "348987747",
    "urn:altinn:authlevel": 4,
    "urn:altinn:app": "studio.designer",
    "urn:altinn:scope": "altinn:serviceowner",
    "urn:altinn:party:external-identifier": "x",
    "urn:unknown": "x",
    "roles": ["admin"],
    "auth_time_": 1,
}


@pytest.mark.parametrize("kind", ["maskinporten", "idporten"])
def test_no_claim_is_taken_over_that_is_not_listed(
    request: pytest.FixtureRequest, kind: str
) -> None:
    """Z-016, T-09, D-04"""
    foreign: ForeignIssuer = request.getfixturevalue(kind)
    provider = "id-porten" if kind == "idporten" else kind
    honest = foreign.person(SIGNE)
    if kind == "maskinporten":
        honest = foreign.organisation("310000000", "altinn:serviceowner")
    times = {"iat", "nbf", "exp", "jti", "auth_time"}
    plain = exchanged(provider, foreign.token(honest))
    forged = exchanged(provider, foreign.token({**INJECTED, **honest}))
    assert {n: v for n, v in plain.items() if n not in times} == {
        n: v for n, v in forged.items() if n not in times
    }


@pytest.mark.parametrize("kind", ["maskinporten", "idporten"])
def test_new_token_ends_when_the_old_one_does(
    request: pytest.FixtureRequest, kind: str
) -> None:
    """Z-018, Z-019: also when it is refreshed"""
    foreign: ForeignIssuer = request.getfixturevalue(kind)
    provider = "id-porten" if kind == "idporten" else kind
    who = foreign.person(SIGNE)
    if kind == "maskinporten":
        who = foreign.organisation("310000000")
    with time_machine.travel(int(time.time()), tick=False) as clock:
        now = int(time.time())
        token = foreign.token({**who, "exp": now + 90})
        clock.shift(30)
        new = exchange(provider, token).content.decode()
        assert stated_claims(new)["exp"] == now + 90
        refreshed = Api(PLATFORM_HOST).get(
            "/authentication/api/v1/refresh", headers={"Authorization": f"Bearer {new}"}
        )
        assert stated_claims(refreshed.content.decode())["exp"] == now + 90
        clock.shift(60)  # expired, and within the skew: nothing is left of it
        assert_problem(exchange(provider, token), 401, code="invalid-token")


def test_token_of_one_provider_is_none_of_another(
    settings: LazySettings, tmp_path: Path
) -> None:
    """Z-014, T-07"""
    with serving("maskinporten") as machine, serving("idporten") as person:
        trust(settings, tmp_path, machine, person)
        of_machine = machine.token(machine.organisation("310000000"))
        of_person = person.token(person.person(SIGNE))
        ours = issuer.token_issuer().issue({"scope": "altinn:x"})
        for provider, token in (
            ("id-porten", of_machine),
            ("maskinporten", of_person),
            ("altinnstudio", of_machine),
            ("maskinporten", ours),
            ("id-porten", ours),
            ("altinnstudio", ours),
        ):
            assert_problem(exchange(provider, token), 401, code="invalid-token")
        assert exchange("maskinporten", of_machine).status_code == 200
        assert exchange("id-porten", of_person).status_code == 200


# --- statuses -------------------------------------------------------------------------
def test_provider_that_is_none(maskinporten: ForeignIssuer) -> None:
    """Z-014"""
    token = maskinporten.token(maskinporten.organisation("310000000"))
    for provider in ("feide", "idporten", "maskinporten2"):
        problem = assert_problem(
            exchange(provider, token), 400, code="provider-unknown"
        )
        assert "maskinporten, id-porten, altinnstudio" in problem["detail"]
    assert maskinporten.calls == []


def test_name_of_the_provider_is_taken_in_any_case(maskinporten: ForeignIssuer) -> None:
    """Z-014"""
    token = maskinporten.token(maskinporten.organisation("310000000"))
    assert exchange("Maskinporten", token).status_code == 200


def test_without_a_token(maskinporten: ForeignIssuer) -> None:
    """Z-014"""
    assert_problem(exchange("maskinporten", ""), 401, code="token-missing")
    basic = exchange("maskinporten", "", Authorization="Basic dTpw")
    assert_problem(basic, 401, code="invalid-token")
    assert maskinporten.calls == []


@pytest.mark.parametrize("value", ["dXNlcjpwYXNzd29yZA==", "", "x"])
def test_enterprise_users_have_no_login(
    maskinporten: ForeignIssuer, value: str
) -> None:
    """Z-015: whether or not the token is good"""
    header = {"X_Altinn_EnterpriseUser_Authentication": value}
    token = maskinporten.token(maskinporten.organisation("310000000"))
    for sent in (token, "x", ""):
        answer = exchange("maskinporten", sent, **header)
        problem = assert_problem(answer, 410, code="enterprise-user-gone")
        assert not value or len(value) < 2 or value not in problem["detail"]
    assert maskinporten.calls == []


def test_json_is_answered_to_those_who_ask_for_it(maskinporten: ForeignIssuer) -> None:
    """Z-014"""
    token = maskinporten.token(maskinporten.organisation("310000000"))
    answer = exchange("maskinporten", token, Accept="application/json")
    assert answer["Content-Type"] == "application/json"
    assert issuer.token_verifier().verify(answer.json()).org_number == "310000000"


@pytest.mark.parametrize("query", ["?test=1", "?test=yes", "?test=true&test=false"])
def test_parameter_that_cannot_be_read(maskinporten: ForeignIssuer, query: str) -> None:
    """Z-014"""
    token = maskinporten.token(maskinporten.organisation("310000000"))
    answer = exchange("maskinporten", token, query)
    assert_problem(answer, 400, code="parameter-invalid")


def test_calls_are_counted_by_address(
    maskinporten: ForeignIssuer, settings: LazySettings
) -> None:
    """Z-014, Z-110, T-36: whatever they lead to, and told when to come again"""
    settings.ALTINN_EXCHANGES_PER_MINUTE = 3
    token = maskinporten.token(maskinporten.organisation("310000000"))
    assert exchange("maskinporten", token).status_code == 200
    assert exchange("maskinporten", "x").status_code == 401
    assert exchange("feide", "x").status_code == 400
    answer = exchange("maskinporten", token)
    assert_problem(answer, 429, code="rate-limited")
    assert 0 < int(answer["Retry-After"]) <= 60
    elsewhere = exchange("maskinporten", token, X_Forwarded_For="1.1.1.1")
    assert elsewhere.status_code == 429  # what a caller says of himself counts nothing
