"""Claims: strict types, and which caller they make."""

import json
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parties.claims import ClaimInvalid, parse_object, principal_of, scopes_of
from parties.identity import Principal, PrincipalKind

SYSTEM_USER_ID = "a7f1c2d3-0000-4abc-8def-0123456789ab"
VENDOR = {"authority": "iso6523-actorid-upis", "ID": "0192:991825827"}
CUSTOMER = {"authority": "iso6523-actorid-upis", "ID": "0192:310000009"}
DETAILS = {
    "type": "urn:altinn:systemuser",
    "systemuser_id": [SYSTEM_USER_ID],
    "systemuser_org": CUSTOMER,
    "system_id": "991825827_tax",
}
USER = {
    "urn:altinn:userid": "1337",
    "urn:altinn:partyid": 501337,
    "urn:altinn:username": "sophie",
    "urn:altinn:party:uuid": "f58fe166-bc22-4899-beb7-c3e8e3332f43",
    "urn:altinn:authenticatemethod": "BankID",
    "urn:altinn:authlevel": 3,
    "sid": "session-1",
    "jti": "token-1",
    "scope": "altinn:portal/enduser openid",
}
OWNER = {
    "urn:altinn:org": "ttd",
    "urn:altinn:orgNumber": "405003309",
    "urn:altinn:authenticatemethod": "maskinporten",
    "urn:altinn:authlevel": "3",
    "consumer": VENDOR,
    "scope": "altinn:serviceowner/instances.read",
}
ORGANISATION = {
    name: value for name, value in OWNER.items() if name != "urn:altinn:org"
}
ENTERPRISE_USER = {**USER, "urn:altinn:orgNumber": "310000009"}
SYSTEM_USER = {"authorization_details": [DETAILS], "consumer": VENDOR}


def without(claims: Mapping[str, object], name: str) -> dict[str, object]:
    return {other: value for other, value in claims.items() if other != name}


def refusal(claims: dict[str, object]) -> str:
    with pytest.raises(ClaimInvalid) as refused:
        principal_of(claims)
    return refused.value.reason


# --- classification -------------------------------------------------------------------
@pytest.mark.parametrize(
    ("claims", "kind", "performed_by"),
    [
        ({}, PrincipalKind.UNKNOWN, ""),
        ({"urn:altinn:app": "studio.designer"}, PrincipalKind.UNKNOWN, ""),
        ({"scope": "altinn:serviceowner"}, PrincipalKind.UNKNOWN, ""),
        (USER, PrincipalKind.USER, "1337"),
        (ENTERPRISE_USER, PrincipalKind.USER, "1337"),
        (ORGANISATION, PrincipalKind.ORGANISATION, "405003309"),
        (
            {**ORGANISATION, "urn:altinn:org": ""},
            PrincipalKind.ORGANISATION,
            "405003309",
        ),
        (OWNER, PrincipalKind.SERVICE_OWNER, "405003309"),
        ({**USER, **OWNER}, PrincipalKind.SERVICE_OWNER, "405003309"),
        (SYSTEM_USER, PrincipalKind.SYSTEM_USER, "310000009"),
        ({**USER, **OWNER, **SYSTEM_USER}, PrincipalKind.SYSTEM_USER, "310000009"),
        (
            {**OWNER, "authorization_details": {"type": "urn:other"}},
            PrincipalKind.SERVICE_OWNER,
            "405003309",
        ),
    ],
)
def test_first_kind_that_fits_is_the_callers(
    claims: dict[str, object], kind: PrincipalKind, performed_by: str
) -> None:
    """Z-003, Z-004, Z-005, A-021"""
    principal = principal_of(claims)
    assert principal.kind is kind
    assert principal.id == performed_by


def test_user_is_read_whole() -> None:
    """Z-001, Z-003"""
    assert principal_of(USER) == Principal(
        kind=PrincipalKind.USER,
        level=3,
        method="BankID",
        user_id=1337,
        party_id=501337,
        party_uuid="f58fe166-bc22-4899-beb7-c3e8e3332f43",
        username="sophie",
        scopes=frozenset({"altinn:portal/enduser", "openid"}),
        session_id="session-1",
    )


def test_service_owner_is_read_whole() -> None:
    """Z-001, Z-003"""
    assert principal_of(OWNER) == Principal(
        kind=PrincipalKind.SERVICE_OWNER,
        level=3,
        method="maskinporten",
        org="ttd",
        org_number="405003309",
        scopes=frozenset({"altinn:serviceowner/instances.read"}),
    )


def test_system_user_acts_for_the_customer_and_keeps_nothing_of_the_vendor() -> None:
    """Z-002, Z-003"""
    assert principal_of({**USER, **OWNER, **SYSTEM_USER, "scope": "a"}) == Principal(
        kind=PrincipalKind.SYSTEM_USER,
        level=3,
        method="maskinporten",
        org_number="310000009",
        system_user_id=SYSTEM_USER_ID,
        system_id="991825827_tax",
        scopes=frozenset({"a"}),
        session_id="session-1",
    )


def test_system_user_without_level_and_method_has_those_of_a_machine() -> None:
    """Z-003"""
    principal = principal_of(SYSTEM_USER)
    assert (principal.level, principal.method) == (3, "maskinporten")
    assert principal_of({**SYSTEM_USER, "urn:altinn:authlevel": 0}).level == 0


def test_missing_level_of_an_organisation_is_the_lowest() -> None:
    """Z-003"""
    assert principal_of(without(OWNER, "urn:altinn:authlevel")).level == 0
    assert principal_of(without(ORGANISATION, "urn:altinn:authlevel")).level == 0


@pytest.mark.parametrize(
    ("claims", "missing"),
    [
        (USER, "urn:altinn:partyid"),
        (USER, "urn:altinn:authenticatemethod"),
        (USER, "urn:altinn:authlevel"),
        (OWNER, "urn:altinn:orgNumber"),
        (OWNER, "urn:altinn:authenticatemethod"),
    ],
)
def test_caller_without_what_its_kind_must_have_is_refused(
    claims: dict[str, object], missing: str
) -> None:
    """Z-003"""
    principal_of(claims)
    assert "without" in refusal(without(claims, missing))


# --- types ----------------------------------------------------------------------------
@pytest.mark.parametrize("level", [0, 1, 2, 3, 4, "0", "4"])
def test_level_is_an_integer_or_a_decimal_string(level: object) -> None:
    """Z-001"""
    assert principal_of({**USER, "urn:altinn:authlevel": level}).level == int(
        str(level)
    )


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("authlevel", [-1, 5, "5", "-1", 10**30, "99999999999999999999"]),
        ("userid", [0, -1, "0", 2**31]),
        ("partyid", [2**31, -(2**31) - 1, str(2**31)]),
    ],
)
def test_number_outside_its_range_is_refused(name: str, values: list[object]) -> None:
    """Z-001"""
    for value in values:
        assert name in refusal({**USER, f"urn:altinn:{name}": value})


NUMERIC = ["exp", "iat", "nbf", "auth_time", "urn:altinn:userid", "urn:altinn:partyid"]
NO_NUMBERS: list[object] = [True, 1.0, 1e3, None, "", " 1", "1 ", "+1", "1\n", "0x1"]
NO_NUMBERS += ["1e3", "1.0", "١٢", "1_000", [1], {"value": 1}]


@pytest.mark.parametrize("value", NO_NUMBERS, ids=repr)
@pytest.mark.parametrize("name", [*NUMERIC, "urn:altinn:authlevel"])
def test_number_of_any_other_form_is_refused(name: str, value: object) -> None:
    """Z-001"""
    assert name in refusal({**USER, name: value})


TEXTS = ["iss", "sub", "jti", "sid", "nameid", "scope", "token_type", "pid", "acr"]
TEXTS += [f"urn:altinn:{name}" for name in ("org", "orgNumber", "scope", "username")]
TEXTS += ["urn:altinn:authenticatemethod", "urn:altinn:party:uuid", "urn:altinn:app"]


@pytest.mark.parametrize("value", [1, True, None, ["text"], {"text": "text"}], ids=repr)
@pytest.mark.parametrize("name", TEXTS)
def test_text_of_any_other_type_is_refused(name: str, value: object) -> None:
    """Z-001"""
    assert name in refusal({**USER, name: value})


@pytest.mark.parametrize("name", ["amr", "aud"])
def test_text_or_list_is_either_and_nothing_else(name: str) -> None:
    """Z-001"""
    for value in ("BankID", ["BankID", "Minid-PIN"], []):
        assert principal_of({**USER, name: value}) == principal_of(USER)
    for other in (1, None, [1], ["BankID", None], {"BankID": True}):
        assert name in refusal({**USER, name: other})


def test_claims_that_the_catalogue_does_not_have_are_ignored() -> None:
    """Z-001"""
    extra = {"urn:altinn:rolecode": "DAGL", "urn:altinn:developer": 1, "x": [None]}
    assert principal_of({**USER, **extra}) == principal_of(USER)


# --- objects --------------------------------------------------------------------------
def test_authorization_details_come_in_four_forms() -> None:
    """Z-002"""
    for form in (DETAILS, [DETAILS], json.dumps(DETAILS), json.dumps([DETAILS])):
        principal = principal_of({"authorization_details": form})
        assert principal.system_user_id == SYSTEM_USER_ID


def test_spelling_of_ids_makes_no_difference() -> None:
    """Z-002"""
    customer = {"authority": CUSTOMER["authority"], "id": CUSTOMER["ID"]}
    ids = {"systemuser_org": customer, "systemuser_id": [SYSTEM_USER_ID.upper()]}
    principal = principal_of({"authorization_details": {**DETAILS, **ids}})
    assert principal == principal_of({"authorization_details": DETAILS})


@pytest.mark.parametrize(
    "details",
    [
        None,
        1,
        [],
        [DETAILS, DETAILS],
        ["urn:altinn:systemuser"],
        [[DETAILS]],
        "",
        "urn:altinn:systemuser",
        json.dumps(DETAILS) + ',"value":1',
        json.dumps(DETAILS) + ',"other":1',
        '{"type":"urn:other","type":"urn:altinn:systemuser"}',
        "[" * 2000 + "]" * 2000,
        json.dumps({**DETAILS, "padding": "x" * 4096}),
        json.dumps(json.dumps(DETAILS)),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_authorization_details_in_any_other_form_are_refused(details: object) -> None:
    """Z-002"""
    assert refusal({**USER, "authorization_details": details})


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("systemuser_id", None),
        ("systemuser_id", SYSTEM_USER_ID),
        ("systemuser_id", []),
        ("systemuser_id", [SYSTEM_USER_ID, SYSTEM_USER_ID]),
        ("systemuser_id", [1]),
        ("systemuser_id", ["not-a-uuid"]),
        ("systemuser_id", [f"{{{SYSTEM_USER_ID}}}"]),
        ("system_id", ""),
        ("system_id", None),
        ("systemuser_org", None),
        ("systemuser_org", "0192:310000009"),
        ("systemuser_org", {"authority": "other", "ID": "0192:310000009"}),
        ("systemuser_org", {"ID": "0192:310000009"}),
        ("systemuser_org", {**CUSTOMER, "ID": "310000009"}),
        ("systemuser_org", {**CUSTOMER, "ID": "0192:31000000"}),
        ("systemuser_org", {**CUSTOMER, "ID": "0192:310000009\n"}),
        ("systemuser_org", {**CUSTOMER, "ID": 310000009}),
    ],
)
def test_incomplete_system_user_is_refused_and_never_another_caller(
    member: str, value: object
) -> None:
    """S-031, Z-002, Z-003"""
    details = {**DETAILS, member: value}
    assert refusal({**OWNER, "authorization_details": details})


@pytest.mark.parametrize("name", ["consumer", "supplier"])
@pytest.mark.parametrize(
    "value",
    ["0192:991825827", 1, None, {}, [VENDOR, VENDOR], {**VENDOR, "ID": "991825827"}],
    ids=repr,
)
def test_organisation_claim_that_names_no_organisation_is_refused(
    name: str, value: object
) -> None:
    """Z-001, Z-002"""
    assert principal_of({**OWNER, name: json.dumps(VENDOR)}).org == "ttd"
    assert name in refusal({**OWNER, name: value})


# --- scopes ---------------------------------------------------------------------------
def test_scopes_of_both_claims_are_split_on_spaces_alone() -> None:
    """Z-034"""
    claims = {
        "scope": " altinn:serviceowner  Altinn:Portal\tx ",
        "urn:altinn:scope": "altinn:instances.read altinn:serviceowner",
    }
    assert scopes_of(claims) == {
        "altinn:serviceowner",
        "Altinn:Portal\tx",
        "altinn:instances.read",
    }
    assert scopes_of({"scope": ""}) == scopes_of({}) == frozenset()


# --- strict JSON ----------------------------------------------------------------------
@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "1",
        '{"a":1,"a":2}',
        '{"a":1,"a":1}',
        '{"b":{"a":1,"a":2}}',
        '{"a":NaN}',
        '{"a":-Infinity}',
        '{"a":' + "1" * 101 + "}",
        '{"a":1.' + "1" * 101 + "}",
        '{"a":[[[[1]]]]}',
        '{"a":"\\""' + ',"b":[[[[1]]]]}',
        '{"a":' + "[" * 100_000,
        '{"a":"' + '\\"' * 300_000 + "[" * 9,  # hours, if read in quadratic time
        '\ufeff{"a":1}',
        b'{"a":"\xff"}',
        '{"a":1}'.encode("utf-16"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_json_that_is_not_strict_is_refused(content: str | bytes) -> None:
    """Z-001, T-19"""
    with pytest.raises(ClaimInvalid):
        parse_object(content, max_depth=4)


def test_brackets_inside_strings_are_no_nesting() -> None:
    """T-19"""
    assert parse_object('{"a":"[[[[[[[[\\"{{{{{{{"}', max_depth=1) == {
        "a": '[[[[[[[["{{{{{{{'
    }


@pytest.mark.parametrize("other", ["2", '"1"', "1.0", "true", "[1]"])
def test_claim_given_twice_passes_only_with_one_value(other: str) -> None:
    """Z-001"""
    assert parse_object('{"a":1,"a":1}', max_depth=4, repeats=True) == {"a": 1}
    with pytest.raises(ClaimInvalid):
        parse_object(f'{{"a":1,"a":{other}}}', max_depth=4, repeats=True)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(st.text(), json_values))
def test_any_object_that_is_written_is_read_back(value: dict[str, object]) -> None:
    """Z-001"""
    assert parse_object(json.dumps(value), max_depth=64) == value


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([*USER, *OWNER, *SYSTEM_USER, "supplier", "amr", "exp"]),
        json_values | st.sampled_from([DETAILS, VENDOR, "1", "text"]),
    )
)
def test_whatever_is_claimed_is_a_caller_or_refused(claims: dict[str, object]) -> None:
    """Z-001, Z-003"""
    try:
        principal = principal_of(claims)
    except ClaimInvalid:
        return
    assert principal.level in range(5)
    assert (principal.kind is PrincipalKind.USER) == (principal.user_id is not None)
