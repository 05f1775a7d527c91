"""Keys that are fetched: cached, kept, renewed, and never asked for too often."""

import threading
import time
from collections.abc import Iterator, Mapping
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone
from joserfc.jwk import RSAKey

from common.egress import EgressClient
from parties.issuers import Issuer, IssuerKind
from parties.models import IssuerKeySet
from parties.published import DocumentUnusable
from parties.remote_keys import RemoteKeys
from parties.tokens import TokenRefused, TokenVerifier
from tests.foreign_issuer import ForeignIssuer, serving

pytestmark = pytest.mark.django_db
MINUTE, HOUR = 60, 3600
DISCOVERY = "/.well-known/openid-configuration"


@pytest.fixture
def foreign() -> Iterator[ForeignIssuer]:
    with serving("maskinporten") as issuer:
        yield issuer


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(int(time.time()), tick=False) as traveller:
        yield traveller


def trusted(foreign: ForeignIssuer, **changes: object) -> Issuer:
    whole: Mapping[str, object] = {
        "iss": foreign.iss,
        "kind": IssuerKind.MASKINPORTEN,
        "discovery_url": f"{foreign.base}{DISCOVERY}",
        "max_lifetime": timedelta(days=1),
        **changes,
    }
    return Issuer(**whole)  # type: ignore[arg-type]  # put together above


def process(foreign: ForeignIssuer, **changes: object) -> TokenVerifier:
    """Return the verifier of a process that has just started."""
    client = EgressClient(internal_hosts=[foreign.host], timeout=60)
    return TokenVerifier([trusted(foreign, **changes)], remote_keys=RemoteKeys(client))


def raw(foreign: ForeignIssuer, **more: object) -> str:
    return foreign.token({**foreign.organisation("310000000"), **more})


def refusal(verifier: TokenVerifier, token: str) -> str:
    with pytest.raises(TokenRefused) as error:
        verifier.verify(token)
    return error.value.reason


# --- fetched once ---------------------------------------------------------------------
def test_keys_are_found_by_discovery_and_fetched_once(foreign: ForeignIssuer) -> None:
    """Z-022, Z-027"""
    verifier = process(foreign)
    for number in ("310000000", "310000001"):
        token = foreign.token(foreign.organisation(number))
        assert verifier.verify(token).org_number == number
    assert foreign.calls == [DISCOVERY, "/jwk"]


def test_keys_at_a_given_address_need_no_discovery(foreign: ForeignIssuer) -> None:
    """Z-027"""
    verifier = process(foreign, discovery_url="", jwks_url=f"{foreign.base}/jwk")
    assert verifier.verify(raw(foreign)).org_number == "310000000"
    assert foreign.calls == ["/jwk"]


def test_issuer_that_is_unknown_causes_no_call(foreign: ForeignIssuer) -> None:
    """Z-024"""
    verifier = process(foreign)
    for iss in (foreign.base, f"{foreign.iss}x", "https://attacker.example/", ""):
        assert "not trusted" in refusal(verifier, raw(foreign, iss=iss))
    assert foreign.calls == []
    assert not IssuerKeySet.objects.exists()


def test_algorithm_that_is_not_the_issuers_causes_no_call(
    foreign: ForeignIssuer,
) -> None:
    """Z-021, T-05: refused before any key is looked for"""
    verifier = process(foreign)
    token = foreign.token(foreign.organisation("310000000"), header={"alg": "PS256"})
    assert "not one of the issuer's" in refusal(verifier, token)
    assert foreign.calls == []


def test_token_without_kid_needs_one_key(foreign: ForeignIssuer) -> None:
    """Z-022"""
    bare = foreign.token(foreign.organisation("310000000"), header={"kid": None})
    assert process(foreign).verify(bare).org_number == "310000000"
    foreign.rotate()
    IssuerKeySet.objects.all().delete()
    assert "not just one key" in refusal(process(foreign), bare)


# --- kept -----------------------------------------------------------------------------
def test_set_counts_for_an_hour_and_is_then_fetched_again(
    foreign: ForeignIssuer, clock: time_machine.Traveller
) -> None:
    """Z-022"""
    verifier = process(foreign)
    verifier.verify(raw(foreign))
    clock.shift(HOUR - 1)
    verifier.verify(raw(foreign))
    assert foreign.fetches() == 1
    clock.shift(2)
    verifier.verify(raw(foreign))
    assert foreign.fetches() == 2


def test_old_set_counts_for_a_day_while_the_issuer_is_out_of_reach(
    foreign: ForeignIssuer, clock: time_machine.Traveller
) -> None:
    """Z-027: and the issuer is not asked with every token"""
    verifier = process(foreign)
    verifier.verify(raw(foreign))
    foreign.is_down = True
    clock.shift(HOUR + 1)
    for _ in range(5):
        assert verifier.verify(raw(foreign)).org_number == "310000000"
    assert foreign.fetches(DISCOVERY) == 2
    clock.shift(23 * HOUR - 2)
    assert verifier.verify(raw(foreign)).org_number == "310000000"
    clock.shift(1)
    assert "no such key" in refusal(verifier, raw(foreign))
    assert "503" in IssuerKeySet.objects.get().failure
    foreign.is_down = False
    clock.shift(5 * MINUTE)
    assert verifier.verify(raw(foreign)).org_number == "310000000"
    assert IssuerKeySet.objects.get().failure == ""


def test_server_starts_without_the_issuer(
    foreign: ForeignIssuer, clock: time_machine.Traveller
) -> None:
    """Z-027: with the last good set, for a day"""
    process(foreign).verify(raw(foreign))
    foreign.is_down = True
    clock.shift(2 * HOUR)
    assert process(foreign).verify(raw(foreign)).org_number == "310000000"
    clock.shift(22 * HOUR)
    assert "no such key" in refusal(process(foreign), raw(foreign))


def test_another_process_takes_the_set_that_one_fetched(
    foreign: ForeignIssuer,
) -> None:
    """Z-027"""
    process(foreign).verify(raw(foreign))
    process(foreign).verify(raw(foreign))
    assert foreign.fetches() == 1


def test_set_of_another_address_does_not_count(
    foreign: ForeignIssuer, clock: time_machine.Traveller
) -> None:
    """Z-027, T-07: the configuration says where the keys are, not the table"""
    process(foreign).verify(raw(foreign))
    elsewhere = {"discovery_url": "", "jwks_url": f"{foreign.base}/nothing"}
    clock.shift(6 * MINUTE)
    assert "no such key" in refusal(process(foreign, **elsewhere), raw(foreign))
    assert foreign.calls[-1] == "/nothing"


# --- renewed --------------------------------------------------------------------------
def test_new_key_of_the_issuer_is_picked_up(
    foreign: ForeignIssuer, clock: time_machine.Traveller
) -> None:
    """Z-022: by the first token that it signed, in the process that knows it not"""
    one, other = process(foreign), process(foreign)
    old = raw(foreign)
    one.verify(old)
    other.verify(old)
    clock.shift(6 * MINUTE)
    foreign.rotate()
    assert one.verify(raw(foreign)).org_number == "310000000"
    assert other.verify(raw(foreign)).org_number == "310000000"
    assert foreign.fetches() == 2


def test_key_that_the_issuer_withdrew_counts_an_hour_at_most(
    foreign: ForeignIssuer, clock: time_machine.Traveller
) -> None:
    """Z-022, T-39"""
    verifier = process(foreign)
    verifier.verify(raw(foreign))
    old = foreign.keys[0]
    foreign.rotate(keep_old=False)
    clock.shift(HOUR + 1)
    leaked = foreign.token(
        foreign.organisation("310000000"), header={"kid": old.kid}, key=old
    )
    assert "no such key" in refusal(verifier, leaked)


@pytest.mark.parametrize(
    "kid", ["unknown", "../../dev/null", "' or 1=1 --", "https://attacker.example/k"]
)
def test_unknown_kid_asks_the_issuer_once_in_five_minutes(
    foreign: ForeignIssuer, clock: time_machine.Traveller, kid: str
) -> None:
    """Z-022, T-06"""
    verifier = process(foreign)
    verifier.verify(raw(foreign))
    clock.shift(5 * MINUTE)
    claims = foreign.organisation("310000000")
    for number in range(5):
        bad = foreign.token(claims, header={"kid": f"{kid}{number}"})
        assert "no such key" in refusal(verifier, bad)
    assert foreign.fetches() == 2
    assert foreign.calls[2:] == [DISCOVERY, "/jwk"]
    clock.shift(5 * MINUTE)
    assert "no such key" in refusal(verifier, bad)
    assert foreign.fetches() == 3
    assert verifier.verify(raw(foreign)).org_number == "310000000"


@pytest.mark.django_db(transaction=True)
def test_of_many_callers_in_many_processes_one_fetches(foreign: ForeignIssuer) -> None:
    """Z-022: the others wait for the set, and none is refused"""
    foreign.seconds = 0.2
    processes = [process(foreign) for _ in range(3)]
    numbers: list[str] = []
    token = raw(foreign)

    def call(verifier: TokenVerifier) -> None:
        try:
            numbers.append(verifier.verify(token).org_number)
        finally:
            connection.close()

    threads = [threading.Thread(target=call, args=(p,)) for p in processes * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert numbers == ["310000000"] * 6
    assert foreign.calls == [DISCOVERY, "/jwk"]


def test_fetch_that_was_killed_holds_nobody_up_for_long(
    foreign: ForeignIssuer, clock: time_machine.Traveller
) -> None:
    """Z-022"""
    row = IssuerKeySet(iss=foreign.iss, is_pending=True)
    row.attempted_at = timezone.now() - timedelta(minutes=1)
    row.save()
    assert "no such key" in refusal(process(foreign), raw(foreign))
    clock.shift(4 * MINUTE)
    assert process(foreign).verify(raw(foreign)).org_number == "310000000"


# --- not believed ---------------------------------------------------------------------
@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"issuer": "https://other.example/", "jwks_uri": "/jwk"}, "not of"),
        ({"jwks_uri": "{base}/jwk"}, "not of"),
        ({"issuer": "{iss}"}, "names keys at"),
        ({"issuer": "{iss}", "jwks_uri": ["{base}/jwk"]}, "names keys at"),
        ({"issuer": "{iss}", "jwks_uri": "https://attacker.example/"}, "not at"),
        ({"issuer": "{iss}", "jwks_uri": "http://localhost/jwk"}, "not at"),
        ({"issuer": "{iss}", "jwks_uri": "https://x127.0.0.1/jwk"}, "not at"),
        ({"issuer": "{iss}", "jwks_uri": "http://127.0.0.1:1/jwk"}, "https alone"),
        ({"issuer": "{iss}", "jwks_uri": "{base}/nothing"}, "404"),
        ({"issuer": "{iss}", "jwks_uri": "https://a@127.0.0.1/"}, "credentials"),
        ({"issuer": "{iss}", "jwks_uri": "https://[127.0.0.1/jwk"}, "not at"),
    ],
)
def test_discovery_document_that_leads_elsewhere_is_not_followed(
    foreign: ForeignIssuer, document: Mapping[str, object], reason: str
) -> None:
    """Z-027, Z-098, Z-118, T-24, T-48"""
    text = {"{base}": foreign.base, "{iss}": foreign.iss}

    def filled(value: object) -> object:
        if isinstance(value, list):
            return [filled(one) for one in value]
        for mark, meant in text.items():
            value = str(value).replace(mark, meant)
        return value

    foreign.discovery = {name: filled(value) for name, value in document.items()}
    keys = RemoteKeys(EgressClient(internal_hosts=[foreign.host]))
    with pytest.raises(DocumentUnusable, match=reason):
        keys.refresh(trusted(foreign))
    assert "no such key" in refusal(process(foreign), raw(foreign))
    assert foreign.fetches() == 0
    assert reason in IssuerKeySet.objects.get().failure


@pytest.mark.parametrize(
    "document",
    [
        {"keys": []},
        {"keys": "x"},
        {"other": 1},
        {"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "x"}]},
        {"keys": [RSAKey.generate_key(2048).as_dict(private=True)]},
    ],
    ids=["empty", "no list", "no keys", "symmetric", "private"],
)
def test_key_set_that_is_none_leaves_the_last_good_one(
    foreign: ForeignIssuer,
    clock: time_machine.Traveller,
    document: Mapping[str, object],
) -> None:
    """Z-027, T-05"""
    verifier = process(foreign)
    verifier.verify(raw(foreign))
    foreign.key_set = document
    clock.shift(HOUR + 1)
    assert verifier.verify(raw(foreign)).org_number == "310000000"
    assert foreign.fetches() == 2
    assert "key" in IssuerKeySet.objects.get().failure


def test_key_name_that_two_keys_have_is_nobodys(foreign: ForeignIssuer) -> None:
    """Z-022, T-07"""
    good = foreign.keys[0].as_dict(private=False)
    other = RSAKey.generate_key(2048).as_dict(private=False)
    foreign.key_set = {"keys": [good, {**other, "kid": good["kid"]}]}
    assert "no such key" in refusal(process(foreign), raw(foreign))
