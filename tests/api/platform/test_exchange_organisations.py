"""The exchange for organisations: raw tokens of Maskinporten."""

import pytest

from api import issuer
from apps_registry.services import register_org
from parties.identity import PrincipalKind
from tests.api.foreign_tokens import NAVS_NUMBER, OWNERS
from tests.api.platform.exchanges import altinns, exchange, exchanged
from tests.foreign_issuer import ForeignIssuer

pytestmark = pytest.mark.usefixtures("sandbox", "no_calls_yet")
NAV = "nav"
SYSTEM_USER = "0b7c9e2e-52d4-4c0a-9f6e-2d0a6f1c3e55"
SYSTEM = "312009579_fakturaflyt"


def test_service_owner(maskinporten: ForeignIssuer) -> None:
    """Z-014, Z-017"""
    claims = exchanged(
        "maskinporten",
        maskinporten.token(maskinporten.organisation(NAVS_NUMBER, OWNERS)),
    )
    assert altinns(claims) == {
        "urn:altinn:org": NAV,
        "urn:altinn:orgNumber": NAVS_NUMBER,
        "urn:altinn:authenticatemethod": "maskinporten",
        "urn:altinn:authlevel": 3,
        "urn:altinn:scope": OWNERS,
    }
    assert claims["scope"] == OWNERS
    assert claims["iss"] == issuer.issuer_name()
    assert claims["originaliss"] == maskinporten.iss
    assert not {"aud", "client_amr", "sid"} & claims.keys()


@pytest.mark.parametrize(
    ("number", "scope", "org"),
    [
        (NAVS_NUMBER, "altinn:serviceowner", NAV),
        (NAVS_NUMBER, "openid altinn:serviceowner/instances.read", NAV),
        (NAVS_NUMBER, "altinn:serviceowners", None),
        (NAVS_NUMBER, "altinn:serviceowner.read", None),
        (NAVS_NUMBER, "xaltinn:serviceowner/instances.read", None),
        (NAVS_NUMBER, "ALTINN:SERVICEOWNER", None),
        (NAVS_NUMBER, "altinn:instances.read", None),
        (NAVS_NUMBER, "", None),
        ("310000000", OWNERS, None),
        ("310000009", OWNERS, None),
    ],
)
def test_org_is_for_service_owners_of_the_register_with_their_scope(
    maskinporten: ForeignIssuer, number: str, scope: str, org: str | None
) -> None:
    """Z-017, T-10"""
    token = maskinporten.token(maskinporten.organisation(number, scope))
    claims = exchanged("maskinporten", token)
    assert claims.get("urn:altinn:org") == org
    assert claims["urn:altinn:orgNumber"] == number


def test_number_that_two_service_owners_have_makes_none(
    maskinporten: ForeignIssuer,
) -> None:
    """Z-017: nobody can tell which is meant"""
    register_org(code="other", name={}, org_number=NAVS_NUMBER)
    token = maskinporten.token(maskinporten.organisation(NAVS_NUMBER, OWNERS))
    assert "urn:altinn:org" not in exchanged("maskinporten", token)


def test_system_user(maskinporten: ForeignIssuer) -> None:
    """Z-002, Z-014: the vendor's number gives no rights, and no org"""
    raw = maskinporten.system_user(
        SYSTEM_USER,
        system_id=SYSTEM,
        org_number="353801961",
        vendor_number=NAVS_NUMBER,
        scope=OWNERS,
    )
    claims = exchanged("maskinporten", maskinporten.token(raw))
    assert "urn:altinn:org" not in claims
    assert claims["authorization_details"] == raw["authorization_details"]
    principal = issuer.token_verifier().verify(
        exchange("maskinporten", maskinporten.token(raw)).content.decode()
    )
    assert principal.kind is PrincipalKind.SYSTEM_USER
    assert principal.org_number == "353801961"


@pytest.mark.parametrize(
    ("query", "org"),
    [
        ("?test=true", "ttd"),
        ("?test=TRUE", "ttd"),
        ("?test=false", "digdir"),
        ("", "digdir"),
    ],
)
def test_agency_of_altinn_becomes_the_org_of_tests_when_it_asks(
    maskinporten: ForeignIssuer, query: str, org: str
) -> None:
    """Z-014"""
    register_org(code="digdir", name={}, org_number="310000009")
    token = maskinporten.token(maskinporten.organisation("310000009", OWNERS))
    assert exchanged("maskinporten", token, query)["urn:altinn:org"] == org
    other = maskinporten.token(maskinporten.organisation(NAVS_NUMBER, OWNERS))
    assert exchanged("maskinporten", other, query)["urn:altinn:org"] == NAV
