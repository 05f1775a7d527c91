"""Tokens: what each step of verification refuses, and what is remembered."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc.jwk import ECKey, RSAKey
from joserfc.jws import JWSRegistry

from parties.identity import PrincipalKind
from parties.issued_claims import user_claims
from parties.issuers import Issuer, IssuerKind
from parties.key_sets import Key
from parties.tokens import TokenRefused, TokenVerifier

NOW = 1_800_000_000
ISS = "https://altinn.example/authentication/api/v1/openid/"
PLATFORM = "platform"
KEY, OTHER_KEY = RSAKey.generate_key(2048), RSAKey.generate_key(2048)
EC_KEY = ECKey.generate_key("P-256")
ALL = JWSRegistry(algorithms=["RS256", "RS512", "PS256", "ES256"])
USER = user_claims(user_id=1337, party_id=501337, username="sophie", level=2)
TIMES = {"iat": NOW, "nbf": NOW, "exp": NOW + 600}
CLAIMS = {**USER, **TIMES, "iss": ISS}
HEADER: dict[str, object] = {"alg": "RS256", "kid": "one", "typ": "JWT"}
Sign = Callable[[bytes], bytes]


def signed_by(key: Key, algorithm: str = "RS256") -> Sign:
    return lambda content: ALL.get_alg(algorithm).sign(content, key)


def segment(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def token(
    claims: Mapping[str, object] | bytes | None = None,
    header: Mapping[str, object] | bytes | None = None,
    sign: Sign | None = None,
) -> str:
    parts = [HEADER if header is None else header, CLAIMS if claims is None else claims]
    texts = [p if isinstance(p, bytes) else json.dumps(p).encode() for p in parts]
    signing_input = ".".join(segment(text) for text in texts)
    signature = (sign or signed_by(KEY))(signing_input.encode())
    return f"{signing_input}.{segment(signature)}"


def claiming(**changes: object) -> str:
    return token({**CLAIMS, **changes})


def lacking(name: str) -> str:
    return token({other: value for other, value in CLAIMS.items() if other != name})


def heading(**changes: object) -> str:
    return token(header={**HEADER, **changes})


def issuer(iss: str = ISS, kind: str = "altinn", **rules: object) -> Issuer:
    keys = {"one": KEY}
    return Issuer(**{"iss": iss, "kind": IssuerKind(kind), "keys": keys, **rules})  # type: ignore[arg-type]  # made wrong on purpose


ISSUERS = [issuer(), issuer(PLATFORM, "platform")]


class CountedKeys(dict[str, Key]):
    """Keys that count how often a token was verified with one of them.

    A token that is answered from memory asks for none.
    """

    used = 0

    def __getitem__(self, kid: str) -> Key:
        self.used += 1
        return super().__getitem__(kid)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def keys() -> CountedKeys:
    return CountedKeys(one=KEY)


@pytest.fixture
def verifier(keys: CountedKeys) -> TokenVerifier:
    return TokenVerifier([issuer(keys=keys), issuer(PLATFORM, "platform")])


def refusal(verifier: TokenVerifier, refused: str) -> str:
    with pytest.raises(TokenRefused) as error:
        verifier.verify(refused)
    problem = error.value
    assert problem.code == "invalid-token"
    assert problem.detail == (
        "The access token is not valid; get a new one and send it as a Bearer token."
    )
    assert problem.reason not in str(problem)
    return problem.reason


# --- what is accepted -----------------------------------------------------------------
@pytest.mark.parametrize(
    ("algorithm", "key"), [("RS256", KEY), ("PS256", KEY), ("ES256", EC_KEY)]
)
def test_algorithm_that_the_issuer_has_is_accepted(algorithm: str, key: Key) -> None:
    """Z-020, Z-021"""
    its_own = issuer(keys={"one": key}, algorithms=frozenset({algorithm}))
    good = token(header={**HEADER, "alg": algorithm}, sign=signed_by(key, algorithm))
    principal = TokenVerifier([its_own]).verify(good)
    assert (principal.kind, principal.user_id) == (PrincipalKind.USER, 1337)


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "RS256"},
        {**HEADER, "typ": "at+jwt"},
        {**HEADER, "typ": "jwt"},
        {**HEADER, "x5t": "abc", "cty": "JWT", "extra": {"a": [1]}},
        {**HEADER, "jku": "https://attacker.example/jwks", "x5u": "file:///dev/null"},
        {**HEADER, "jwk": OTHER_KEY.as_dict(private=False), "x5c": ["A" * 900]},
        {**HEADER, "b64": False},
    ],
    ids=lambda header: ",".join(header),
)
def test_header_members_that_are_not_used_change_nothing(
    verifier: TokenVerifier, header: dict[str, object]
) -> None:
    """Z-022, Z-023, T-06"""
    assert verifier.verify(token(header=header)).user_id == 1337


def test_claim_given_twice_with_one_value_is_one_claim(verifier: TokenVerifier) -> None:
    """Z-001"""
    twice = json.dumps(CLAIMS)[:-1] + f',"exp":{NOW + 600}}}'
    assert verifier.verify(token(twice.encode())).user_id == 1337


# --- what is refused, step by step ----------------------------------------------------
def hs256_with_the_public_key() -> str:
    secret = KEY.as_pem(private=False)
    return token(
        header={**HEADER, "alg": "HS256"},
        sign=lambda content: hmac.digest(secret, content, hashlib.sha256),
    )


def unsigned(algorithm: str) -> str:
    return token(header={**HEADER, "alg": algorithm}, sign=lambda _: b"")


GOOD = token()
HEAD, BODY, SIGNATURE = GOOD.split(".")
DUPLICATE_ALG = b'{"alg":"RS256","alg":"RS256","kid":"one"}'
REFUSED: list[tuple[str, str, str]] = [
    # 1: shape
    ("empty", "", "three segments"),
    ("two segments", f"{HEAD}.{BODY}", "three segments"),
    ("four segments", f"{GOOD}.{SIGNATURE}", "three segments"),
    ("JWE", ".".join([HEAD, "a2V5", "aXY", BODY, SIGNATURE]), "three segments"),
    ("oversize", claiming(padding="x" * 16_384), "too long"),
    ("oversize header", heading(padding="x" * 2048), "header is too long"),
    ("not ASCII", f"{GOOD}ø", "not ASCII"),
    ("lone surrogate", f"{GOOD}\ud800", "not ASCII"),
    ("padding", f"{HEAD}.{BODY}.{SIGNATURE}==", "not base64url"),
    ("white space", f"{HEAD}.{BODY}.{SIGNATURE} ", "not base64url"),
    ("standard alphabet", f"{HEAD}.{BODY}.+/{SIGNATURE[2:]}", "not base64url"),
    ("loose last bits", f"{HEAD}.{BODY}.{SIGNATURE[:-1]}_", "not base64url"),
    ("header no JSON", token(header=b"RS256"), "JSON cannot be read"),
    ("header no object", token(header=b"[]"), "not an object"),
    ("header not UTF-8", token(header=b'{"alg":"\xff"}'), "JSON cannot be read"),
    ("header member twice", token(header=DUPLICATE_ALG), "twice"),
    ("deep header", token(header=b'{"a":' + b"[" * 1500), "nested too deep"),
    ("claims no JSON", token(b"x"), "JSON cannot be read"),
    ("claims no object", token(b"[1]"), "not an object"),
    ("deep claims", token(b'{"a":' + b"[" * 9000), "nested too deep"),
    ("NaN", token(b'{"exp":NaN}'), "NaN"),
    # 2: algorithm, before any key
    ("no alg", token(header={"kid": "one"}), "algorithm is never used"),
    ("alg no text", heading(alg=["RS256"]), "algorithm is never used"),
    ("none", unsigned("none"), "algorithm is never used"),
    ("nOnE", unsigned("nOnE"), "algorithm is never used"),
    ("HS256", hs256_with_the_public_key(), "algorithm is never used"),
    ("HS512", unsigned("HS512"), "algorithm is never used"),
    ("none, kid unknown", heading(alg="none", kid="x"), "algorithm is never used"),
    ("RS512", heading(alg="RS512"), "algorithm is never used"),
    ("PS256", heading(alg="PS256"), "not one of the issuer's"),
    ("ES256", heading(alg="ES256"), "not one of the issuer's"),
    # 3: header members
    ("crit", heading(crit=["exp"], exp=NOW), "never done"),
    ("empty crit", heading(crit=[]), "never done"),
    ("crit with b64", heading(crit=["b64"], b64=False), "never done"),
    ("zip", heading(zip="DEF"), "never done"),
    ("enc", heading(enc="A256GCM"), "never done"),
    # 4: issuer
    ("no iss", lacking("iss"), "issuer is not trusted"),
    ("iss no text", claiming(iss=[ISS]), "iss is not a string"),
    ("foreign iss", claiming(iss="https://other.example/"), "issuer is not trusted"),
    ("longer iss", claiming(iss=f"{ISS}x"), "issuer is not trusted"),
    ("shorter iss", claiming(iss=ISS[:-1]), "issuer is not trusted"),
    ("iss in host", claiming(iss=f"{ISS[:-1]}.evil/"), "issuer is not trusted"),
    ("iss upper case", claiming(iss=ISS.upper()), "issuer is not trusted"),
    ("iss within", claiming(iss=f"https://e.example/?{ISS}"), "issuer is not trusted"),
    ("platform token", claiming(iss=PLATFORM), "platform access token"),
    # 5: key
    ("unknown kid", heading(kid="two"), "no such key"),
    ("path as kid", heading(kid="../../dev/null"), "no such key"),
    ("SQL as kid", heading(kid="' or 1=1 --"), "no such key"),
    ("URL as kid", heading(kid="https://attacker.example/k"), "no such key"),
    ("long kid", heading(kid="one" * 43), "no such key"),
    ("empty kid", heading(kid=""), "no such key"),
    ("kid no text", heading(kid=1), "no such key"),
    ("kid null", heading(kid=None), "no such key"),
    # 7: signature
    ("other key", token(sign=signed_by(OTHER_KEY)), "signature does not hold"),
    ("no signature", f"{HEAD}.{BODY}.", "signature does not hold"),
    ("short signature", f"{HEAD}.{BODY}.AAAA", "signature does not hold"),
    ("other algorithm", token(sign=signed_by(KEY, "RS512")), "signature does not hold"),
    (
        "other body",
        f"{HEAD}.{claiming(**{'urn:altinn:userid': 1}).split('.')[1]}.{SIGNATURE}",
        "signature does not hold",
    ),
    (
        "key in the header",
        token(
            header={**HEADER, "jwk": OTHER_KEY.as_dict(private=False)},
            sign=signed_by(OTHER_KEY),
        ),
        "signature does not hold",
    ),
    # 8: times
    ("no exp", lacking("exp"), "no exp"),
    ("exp null", claiming(exp=None), "exp is not an integer"),
    ("exp a fraction", claiming(exp=NOW + 0.5), "exp is not an integer"),
    ("exp true", claiming(exp=True), "exp is not an integer"),
    ("expired", claiming(exp=NOW - 10), "has expired"),
    ("exp in the past", claiming(exp=0), "has expired"),
    ("nbf in future", claiming(nbf=NOW + 11), "not valid yet"),
    ("iat in future", claiming(iat=NOW + 11), "in the future"),
    ("lives too long", claiming(exp=NOW + 3601), "lives longer"),
    (
        "lives too long from iat",
        claiming(iat=NOW - 3300, exp=NOW + 301),
        "lives longer",
    ),
    ("eternal", claiming(exp=10**18), "lives longer"),
    # 10: type
    ("id token", heading(typ="id+jwt"), "type is not"),
    ("other type", heading(typ="logout+jwt"), "type is not"),
    ("type no text", heading(typ=1), "type is not"),
    ("type null", heading(typ=None), "type is not"),
    ("id token by its nonce", claiming(nonce="n-0S6_WzA2Mj"), "an id token"),
    ("id token by its at_hash", claiming(at_hash="77QmUPtjPfzWtF2AnpK9RQ"), "an id"),
    # 11: claims
    ("level 5", claiming(**{"urn:altinn:authlevel": 5}), "out of range"),
    ("no party", lacking("urn:altinn:partyid"), "without a party"),
    ("scope a list", claiming(scope=["openid"]), "scope is not a string"),
    (
        "claim twice",
        token(json.dumps(CLAIMS)[:-1].encode() + b',"urn:altinn:userid":1}'),
        "twice with different values",
    ),
]


@pytest.mark.parametrize(
    ("refused", "reason"),
    [pytest.param(refused, reason, id=name) for name, refused, reason in REFUSED],
)
def test_each_step_refuses_what_fails_it(
    verifier: TokenVerifier, refused: str, reason: str
) -> None:
    """Z-020, Z-021, Z-022, Z-023, Z-024, Z-026, Z-032, T-05, T-06, T-08"""
    assert reason in refusal(verifier, refused)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.characters(codec="ascii"))
def test_token_with_any_character_changed_is_refused(place: int, other: str) -> None:
    """Z-020"""
    changed = GOOD[:place] + other + GOOD[place + 1 :]
    if changed != GOOD:
        assert refusal(TokenVerifier(ISSUERS), changed)


@settings(max_examples=100, deadline=None)
@given(st.text() | st.builds("{}.{}.{}".format, st.text(), st.text(), st.text()))
def test_whatever_is_sent_as_a_token_is_refused(text: str) -> None:
    """Z-020"""
    assert refusal(TokenVerifier(ISSUERS), text)


def test_clocks_may_differ_by_the_skew() -> None:
    """Z-026"""
    late, early = claiming(exp=NOW - 9), claiming(nbf=NOW + 10, iat=NOW + 10)
    for accepted in (late, early):
        assert TokenVerifier(ISSUERS).verify(accepted).user_id == 1337
        exact = TokenVerifier(ISSUERS, skew=timedelta(0))
        assert refusal(exact, accepted)
    for skew in (timedelta(seconds=11), timedelta(seconds=-1)):
        with pytest.raises(ValueError, match="skew"):
            TokenVerifier(ISSUERS, skew=skew)
