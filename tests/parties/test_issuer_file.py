"""The file that names trusted issuers: what is read, and what is refused."""

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from joserfc.jwk import ECKey, OKPKey, RSAKey

from parties.issuer_file import load_issuers
from parties.issuers import (
    DEFAULT_MAX_LIFETIME,
    Issuer,
    IssuerConfigInvalid,
    IssuerKind,
    issuers_by_name,
)

ISS = "https://platform.altinn.example/authentication/api/v1/openid/"
RSA = RSAKey.generate_key(2048)
EC, P384 = ECKey.generate_key("P-256"), ECKey.generate_key("P-384")
Write = Callable[..., Path]


def public(key: RSAKey | ECKey | OKPKey, **members: object) -> dict[str, object]:
    return {**key.as_dict(private=False), **members}


def entry(**members: object) -> dict[str, object]:
    jwks = {"keys": [public(RSA, kid="one")]}
    return {"iss": ISS, "kind": "altinn", "jwks": jwks, **members}


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_issuers(*entries: object) -> Path:
        path = tmp_path / "issuers.json"
        path.write_text(json.dumps({"issuers": list(entries)}), "utf-8")
        return path

    return write_issuers


def findings(path: Path) -> list[tuple[str, str]]:
    with pytest.raises(IssuerConfigInvalid) as refused:
        load_issuers(path)
    problem = refused.value
    assert problem.code == "issuer-config-invalid"
    assert all(issue.detail in problem.detail for issue in problem.issues)
    return [(issue.pointer, issue.code) for issue in problem.issues]


# --- what is read ---------------------------------------------------------------------
def test_entry_with_the_least_gets_strict_defaults(write: Write) -> None:
    """Z-021, Z-026, Z-027"""
    (issuer,) = load_issuers(write(entry()))
    assert issuer.iss == ISS
    assert issuer.kind is IssuerKind.ALTINN
    assert issuer.algorithms == {"RS256"}
    assert issuer.audiences == frozenset()
    assert issuer.max_lifetime == DEFAULT_MAX_LIFETIME == timedelta(hours=1)
    assert issuer.names == {ISS}
    assert issuer.keys.keys() == {"one"}
    assert issuer.keys["one"].thumbprint() == RSA.thumbprint()


def test_entry_with_everything_is_read_whole(write: Write) -> None:
    """Z-027"""
    jwks = {"keys": [public(RSA, kid="one"), public(EC, kid="two")]}
    whole = entry(
        kind="idporten",
        jwks=jwks,
        algorithms=["ES256", "PS256"],
        audiences=["client", "https://api.example"],
        max_lifetime=120,
        trailing_slash_tolerant=True,
    )
    (issuer,) = load_issuers(write(whole))
    assert issuer.kind is IssuerKind.IDPORTEN
    assert issuer.algorithms == {"ES256", "PS256"}
    assert issuer.audiences == {"client", "https://api.example"}
    assert issuer.max_lifetime == timedelta(minutes=2)
    assert issuer.names == {ISS, ISS.removesuffix("/")}
    assert issuer.keys.keys() == {"one", "two"}


def test_keys_can_lie_in_a_file_beside(write: Write, tmp_path: Path) -> None:
    """Z-027"""
    (tmp_path / "keys.json").write_text(json.dumps({"keys": [public(RSA, kid="one")]}))
    beside = {"iss": ISS, "kind": "altinn", "jwks_file": "keys.json"}
    (issuer,) = load_issuers(write(beside))
    assert issuer.keys.keys() == {"one"}


def test_numbers_in_standard_base64_are_the_same_key(write: Write) -> None:
    """Z-012"""
    number = RSA.public_key.public_numbers().n
    while True:  # until both letters in which the two alphabets differ are there
        standard = base64.b64encode(number.to_bytes(256, "big")).decode()
        if "+" in standard and "/" in standard and standard.endswith("="):
            break
        number = RSAKey.generate_key(2048).public_key.public_numbers().n
    jwks = {"keys": [{"kty": "RSA", "kid": "one", "n": standard, "e": "AQAB=="}]}
    (issuer,) = load_issuers(write(entry(jwks=jwks)))
    key = issuer.keys["one"]
    assert isinstance(key, RSAKey)
    assert key.public_key.public_numbers().n == number


def test_key_without_kid_is_named_by_its_thumbprint(write: Write) -> None:
    """Z-022"""
    (issuer,) = load_issuers(write(entry(jwks={"keys": [public(RSA)]})))
    assert issuer.keys.keys() == {RSA.thumbprint()}


@pytest.mark.parametrize(
    "other",
    [
        public(RSA, kid="two", use="enc"),
        public(RSA, kid="two", alg="RS512"),
        public(EC, kid="two"),
        public(OKPKey.generate_key("Ed25519"), kid="two"),
        {"kty": "oct", "kid": "two", "k": "c2VjcmV0"},
        {"kty": ["RSA"], "kid": "two"},
    ],
    ids=["encryption", "RS512", "EC", "OKP", "symmetric", "no kind"],
)
def test_keys_for_other_uses_are_passed_over(
    write: Write, other: dict[str, object]
) -> None:
    """Z-021, Z-027"""
    jwks = {"keys": [other, public(RSA, kid="one", alg="RS256", use="sig")]}
    (issuer,) = load_issuers(write(entry(jwks=jwks)))
    assert issuer.keys.keys() == {"one"}
    assert findings(write(entry(jwks={"keys": [other]}))) == [
        ("/issuers/0/jwks", "keys-missing")
    ]


# --- what is refused ------------------------------------------------------------------
@pytest.mark.parametrize(
    ("member", "value", "code"),
    [
        ("iss", None, "iss-missing"),
        ("iss", "", "iss-missing"),
        ("iss", f" {ISS}", "iss-missing"),
        ("iss", 1, "iss-missing"),
        ("kind", None, "kind-unknown"),
        ("kind", "Altinn", "kind-unknown"),
        ("kind", ["altinn"], "kind-unknown"),
        ("algorithms", [], "algorithm-not-allowed"),
        ("algorithms", ["none"], "algorithm-not-allowed"),
        ("algorithms", ["RS256", "HS256"], "algorithm-not-allowed"),
        ("algorithms", ["rs256"], "algorithm-not-allowed"),
        ("algorithms", "RS256", "not-a-list-of-strings"),
        ("audiences", "client", "not-a-list-of-strings"),
        ("audiences", [1], "not-a-list-of-strings"),
        ("max_lifetime", 0, "lifetime-invalid"),
        ("max_lifetime", -1, "lifetime-invalid"),
        ("max_lifetime", 86_401, "lifetime-invalid"),
        ("max_lifetime", True, "lifetime-invalid"),
        ("max_lifetime", "60", "lifetime-invalid"),
        ("trailing_slash_tolerant", "no", "not-a-boolean"),
        ("partner_scopes", "x", "not-a-list-of-strings"),
        ("enabled_in", ["prod"], "environment-unknown"),
        ("enabled_in", [], "environment-unknown"),
        ("allowed_claim_profile", "all", "member-unknown"),
        ("verify_signature", False, "member-unknown"),
        ("jwks", None, "keys-missing"),
        ("jwks", {}, "keys-missing"),
        ("jwks", {"keys": []}, "keys-missing"),
        ("jwks", [], "keys-missing"),
        ("jwks_file", "keys.json", "keys-missing"),
        ("jwks_url", "https://altinn.example/jwks", "keys-missing"),
        ("discovery_url", "https://altinn.example/x", "keys-missing"),
    ],
)
def test_member_that_cannot_be_used_is_found_with_its_place(
    write: Write, member: str, value: object, code: str
) -> None:
    """Z-019, Z-021, Z-027, Z-033"""
    place = "jwks" if code == "keys-missing" else member
    assert findings(write(entry(**{member: value}))) == [(f"/issuers/0/{place}", code)]


def short(bits: int) -> dict[str, object]:
    n = base64.urlsafe_b64encode(b"\xff" * (bits // 8)).decode().rstrip("=")
    return {"kty": "RSA", "kid": "one", "n": n, "e": "AQAB"}


@pytest.mark.parametrize(
    ("key", "place", "code"),
    [
        pytest.param("text", "", "key-invalid", id="text"),
        pytest.param(RSA.as_dict(private=True), "", "key-invalid", id="private"),
        pytest.param({"kty": "RSA"}, "", "key-invalid", id="empty"),
        pytest.param({**public(RSA), "n": 1}, "", "key-invalid", id="number"),
        pytest.param({**public(RSA), "n": "*"}, "", "key-invalid", id="no base64"),
        pytest.param({**public(RSA), "e": "AQ"}, "", "key-invalid", id="weak"),
        pytest.param(short(1024), "", "key-invalid", id="short"),
        pytest.param(short(16_384), "", "key-invalid", id="slow"),
        pytest.param(public(P384), "", "key-invalid", id="other curve"),
        pytest.param(public(RSA, kid=1), "/kid", "kid-invalid", id="kid no text"),
        pytest.param(public(RSA, kid="k" * 129), "/kid", "kid-invalid", id="long kid"),
        pytest.param(public(RSA, kid="first"), "/kid", "kid-ambiguous", id="same kid"),
    ],
)
def test_key_that_cannot_be_trusted_is_found_with_its_place(
    write: Write, key: object, place: str, code: str
) -> None:
    """T-05, T-07, Z-022"""
    jwks = {"keys": [public(EC, kid="first"), key]}
    path = write(entry(jwks=jwks, algorithms=["RS256", "ES256"]))
    assert findings(path) == [(f"/issuers/0/jwks/keys/1{place}", code)]


def test_idporten_needs_audiences(write: Write) -> None:
    """Z-025"""
    assert findings(write(entry(kind="idporten"))) == [
        ("/issuers/0/audiences", "audiences-missing")
    ]


def test_every_finding_is_reported_at_once(write: Write) -> None:
    """Z-027"""
    path = write(entry(kind="x"), "text", entry(iss=""), entry(max_lifetime=0))
    assert findings(path) == [
        ("/issuers/0/kind", "kind-unknown"),
        ("/issuers/1", "not-an-object"),
        ("/issuers/2/iss", "iss-missing"),
        ("/issuers/3/max_lifetime", "lifetime-invalid"),
    ]


@pytest.mark.parametrize(
    ("content", "finding"),
    [
        (b"", ("", "file-unreadable")),
        (b"[]", ("", "file-unreadable")),
        (b"\xff{}", ("", "file-unreadable")),
        (b'{"issuers":[],"issuers":[]}', ("", "file-unreadable")),
        (b'{"issuers":[]}' + b" " * 300_000, ("", "file-unreadable")),
        (b"{}", ("/issuers", "issuers-missing")),
        (b'{"issuers":{}}', ("/issuers", "issuers-missing")),
    ],
    ids=["empty", "array", "not UTF-8", "twice", "huge", "nothing", "object"],
)
def test_file_of_another_form_is_refused(
    tmp_path: Path, content: bytes, finding: tuple[str, str]
) -> None:
    """Z-027"""
    path = tmp_path / "issuers.json"
    path.write_bytes(content)
    assert findings(path) == [finding]


def test_files_that_are_not_there_are_named(write: Write, tmp_path: Path) -> None:
    """Z-027"""
    assert findings(tmp_path / "none.json") == [("", "file-unreadable")]
    missing = {"iss": ISS, "kind": "altinn", "jwks_file": "none.json"}
    assert findings(write(missing)) == [("/issuers/0/jwks_file", "file-unreadable")]


@pytest.mark.parametrize("source", ["discovery_url", "jwks_url"])
def test_keys_can_lie_at_an_address(write: Write, source: str) -> None:
    """Z-027"""
    url = "https://platform.altinn.example/keys"
    (found,) = load_issuers(write({"iss": ISS, "kind": "altinn", source: url}))
    assert found.key_source == url
    assert found.keys == {}


@pytest.mark.parametrize("source", ["discovery_url", "jwks_url"])
@pytest.mark.parametrize(
    "url",
    [
        "http://altinn.example/keys",
        "https://user:password@altinn.example/keys",
        "https://altinn.example:22/keys",
        "file:///etc/passwd",
        "",
        1,
        ["https://altinn.example/keys"],
    ],
)
def test_address_that_is_never_called_is_found(
    write: Write, source: str, url: object
) -> None:
    """Z-027, Z-098, T-24: before the server starts"""
    path = write({"iss": ISS, "kind": "altinn", source: url})
    assert findings(path) == [(f"/issuers/0/{source}", "url-not-allowed")]


def test_plain_http_is_for_internal_hosts(write: Write) -> None:
    """Z-098"""
    path = write({"iss": ISS, "kind": "altinn", "jwks_url": "http://idp:80/keys"})
    assert findings(path) == [("/issuers/0/jwks_url", "url-not-allowed")]
    (found,) = load_issuers(path, internal_hosts=["idp"])
    assert found.jwks_url == "http://idp:80/keys"


def test_discovery_needs_a_name_that_is_an_address(write: Write) -> None:
    """Z-027: there is no host to hold the keys' address against"""
    url = "https://altinn.example/x"
    path = write({"iss": "ttd", "kind": "platform", "discovery_url": url})
    assert findings(path) == [("/issuers/0/discovery_url", "discovery-impossible")]


# --- names ----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("first", "second", "tolerant"),
    [(ISS, ISS, False), (ISS, ISS[:-1], True), (ISS[:-1], ISS, True)],
)
def test_name_that_means_two_issuers_is_refused(
    write: Write, first: str, second: str, tolerant: bool
) -> None:
    """Z-024, T-07"""
    one = entry(iss=first, trailing_slash_tolerant=tolerant)
    found = findings(write(one, entry(iss=second)))
    assert found == [("/issuers/1/iss", "iss-ambiguous")]


def test_issuers_that_differ_by_a_slash_are_two_where_neither_tolerates_it() -> None:
    """Z-024"""
    bare = ISS.removesuffix("/")
    issuers = [Issuer(iss, IssuerKind.ALTINN, {}) for iss in (ISS, bare)]
    assert issuers_by_name(issuers) == {ISS: issuers[0], bare: issuers[1]}
