"""The exchange for persons: raw tokens of ID-porten."""

from pathlib import Path

import pytest
from django.conf import LazySettings

from parties.choices import PartyType
from parties.models import Party, Profile
from tests.api.foreign_tokens import SIGNE
from tests.api.platform.exchanges import altinns, exchange, exchanged
from tests.client import assert_problem
from tests.foreign_issuer import ForeignIssuer, serving

pytestmark = pytest.mark.usefixtures("sandbox", "no_calls_yet")


def test_person(idporten: ForeignIssuer) -> None:
    """Z-014, Z-018, Z-007"""
    claims = exchanged("id-porten", idporten.token(idporten.person(SIGNE)))
    profile = Profile.objects.get(pk=1337)
    assert altinns(claims) == {
        "urn:altinn:userid": 1337,
        "urn:altinn:username": profile.user_name,
        "urn:altinn:partyid": 501337,
        "urn:altinn:party:uuid": str(profile.party.uuid),
        "urn:altinn:authlevel": 4,
        "urn:altinn:authenticatemethod": "BankID",
    }
    assert claims["nameid"] == "1337"
    assert not {"aud", "at_hash", "sid", "sub"} & claims.keys()


@pytest.mark.parametrize(
    ("acr", "level"),
    [
        ("level0", 0),
        ("selfregistered-email", 0),
        ("idporten-loa-low", 0),
        ("level1", 1),
        ("level2", 2),
        ("level3", 3),
        ("idporten-loa-substantial", 3),
        ("Level4", 4),
        ("idporten-loa-high", 4),
        ("level5", 0),
        ("idporten-loa-highest", 0),
        ("4", 0),
    ],
)
def test_level_follows_acr(idporten: ForeignIssuer, acr: str, level: int) -> None:
    """Z-007: and what is not known proves nothing"""
    token = idporten.token(idporten.person(SIGNE, acr=acr))
    assert exchanged("id-porten", token)["urn:altinn:authlevel"] == level


@pytest.mark.parametrize(
    ("amr", "method"),
    [
        ("Minid-PIN", "MinIDPin"),
        ("Minid-OTC", "MinIDOTC"),
        ("Minid-APP", "MinIDApp"),
        ("Commfides", "Commfides"),
        ("Buypass", "BuyPass"),
        ("BankID", "BankID"),
        ("bankid mobil", "BankIDMobil"),
        ("eIDAS", "EIDAS"),
        ("TestID", "IdportenTestId"),
        ("Selfregistered-email", "IdportenEpost"),
        (["BankID", "Minid-PIN"], "BankID"),
        ([], "NotDefined"),
        ("something", "NotDefined"),
    ],
    ids=str,
)
def test_method_follows_amr(
    idporten: ForeignIssuer, amr: str | list[str], method: str
) -> None:
    """Z-007"""
    token = idporten.token(idporten.person(SIGNE, amr=amr))
    claims = exchanged("id-porten", token)
    assert claims["urn:altinn:authenticatemethod"] == method


@pytest.mark.parametrize(
    "scope", ["openid", "openid profile", "xaltinn:instances.read", "ALTINN:x"]
)
def test_persons_token_that_is_not_for_altinn(
    idporten: ForeignIssuer, scope: str
) -> None:
    """Z-018"""
    token = idporten.token(idporten.person(SIGNE, scope=scope))
    assert_problem(exchange("id-porten", token), 403, code="altinn-scope-missing")


def test_scope_of_a_partner_lets_a_person_in(
    settings: LazySettings, tmp_path: Path
) -> None:
    """Z-018"""
    with serving("idporten") as idporten:
        idporten.trust(settings, tmp_path, partner_scopes=["partner:forms"])
        good = idporten.token(idporten.person(SIGNE, scope="openid partner:forms"))
        assert exchanged("id-porten", good)["urn:altinn:userid"] == 1337
        bad = idporten.token(idporten.person(SIGNE, scope="openid partner:forms2"))
        assert_problem(exchange("id-porten", bad), 403, code="altinn-scope-missing")


@pytest.mark.parametrize(
    "changes",
    [
        {"pid": None},
        {"pid": ""},
        {"pid": "17919033038"},
        {"pid": "1791903303"},
        {"pid": "1791903303\0"},
        {"pid": "' or 1=1 --"},
        {"pid": 13838441100},
        {"acr": None},
        {"acr": ""},
        {"acr": 4},
        {"aud": None},
        {"aud": "another"},
        {"token_type": None},
        {"scope": None},
        {"urn:altinn:userid": "x"},
    ],
    ids=str,
)
def test_person_whom_nobody_knows(
    idporten: ForeignIssuer, changes: dict[str, object]
) -> None:
    """Z-018, Z-025: one text, whatever the reason"""
    token = idporten.token({**idporten.person(SIGNE), **changes})
    problem = assert_problem(exchange("id-porten", token), 401, code="invalid-token")
    assert SIGNE[:7] not in str(problem)


@pytest.mark.parametrize("change", [{"is_deleted": True}, {"type": PartyType.SUB_UNIT}])
def test_person_whom_the_register_has_no_more(
    idporten: ForeignIssuer, change: dict[str, object]
) -> None:
    """Z-018"""
    Party.objects.filter(pk=501337).update(**change)
    token = idporten.token(idporten.person(SIGNE))
    assert_problem(exchange("id-porten", token), 401, code="invalid-token")
