"""What is wrong in register files is told, and nothing is stored (Z-045)."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from parties.models import Party
from tests.parties.register_rows import (
    ALL,
    BOTH,
    ORG,
    ORGANISATION,
    PERSON,
    ROLE,
    SSN,
    SUB_UNIT,
    UNIT,
    USER,
    WRONG_ORG,
    WRONG_SSN,
    as_csv,
    as_json,
    many,
    refused,
    run,
)

pytestmark = pytest.mark.django_db

_WRONG: list[tuple[str, Mapping[str, object], str, str]] = [
    ("persons", {**PERSON, "ssn": WRONG_SSN}, "ssn", "check-digits-wrong"),
    ("persons", {**PERSON, "ssn": "1785829643"}, "ssn", "number-malformed"),
    ("persons", {**PERSON, "partyId": ""}, "partyId", "value-missing"),
    ("persons", {**PERSON, "partyId": 0}, "partyId", "id-invalid"),
    ("persons", {**PERSON, "partyId": "x"}, "partyId", "id-invalid"),
    ("persons", {**PERSON, "partyId": 2**31}, "partyId", "id-invalid"),
    ("persons", {**PERSON, "partyUuid": "x"}, "partyUuid", "uuid-invalid"),
    ("persons", {**PERSON, "isDeleted": "maybe"}, "isDeleted", "flag-invalid"),
    ("persons", {"partyId": 600001, "ssn": SSN}, "name", "value-missing"),
    ("persons", {**PERSON, "name": "x" * 256}, "name", "value-too-long"),
    ("persons", {**PERSON, "name": "a\x00b"}, "name", "value-unstorable"),
    (
        "organisations",
        {**ORGANISATION, "orgNumber": WRONG_ORG},
        "orgNumber",
        "check-digits-wrong",
    ),
    (
        "organisations",
        {**ORGANISATION, "orgNumber": "97476067"},
        "orgNumber",
        "number-malformed",
    ),
    ("organisations", {**ORGANISATION, "orgNumber": ""}, "orgNumber", "value-missing"),
    (
        "organisations",
        {**ORGANISATION, "unitType": "x" * 11},
        "unitType",
        "value-too-long",
    ),
    (
        "organisations",
        {**ORGANISATION, "partyTypeName": "Person"},
        "partyTypeName",
        "choice-unknown",
    ),
    (
        "organisations",
        {**ORGANISATION, "parentPartyId": 700001},
        "parentPartyId",
        "parent-is-itself",
    ),
    ("organisations", {**ORGANISATION, "parentPartyId": 987654}, "", "party-unknown"),
    ("users", {**USER, "userType": "King"}, "userType", "choice-unknown"),
    ("users", {**USER, "language": "sv"}, "language", "choice-unknown"),
    ("users", {**USER, "email": "x" * 255}, "email", "value-too-long"),
    ("users", {**USER, "partyId": 987654}, "", "party-unknown"),
    ("roles", {**ROLE, "role": ""}, "role", "value-missing"),
    ("roles", {**ROLE, "role": "x" * 65}, "role", "value-too-long"),
    ("roles", {**ROLE, "userId": 987654}, "", "user-unknown"),
    ("roles", {**ROLE, "partyId": 987654}, "", "party-unknown"),
]


@BOTH
@pytest.mark.parametrize(("kind", "row", "column", "code"), _WRONG)
def test_each_wrong_value_is_found_at_its_place(
    write: object,
    tmp_path: Path,
    kind: str,
    row: Mapping[str, object],
    column: str,
    code: str,
) -> None:
    """Z-045, Z-046, Z-047: the same in both forms, and nothing is stored"""
    rows = {**ALL, kind: [row]}
    if kind in ("persons", "organisations"):
        rows = {kind: [row]}  # nobody refers to it
    found = refused(write(tmp_path, rows))  # type: ignore[operator]  # one of two
    is_csv = write is as_csv
    place = f"{kind}.csv:2" if is_csv else f"parties.json#/{kind}/0"
    sign = ":" if is_csv else "/"
    assert found[0] == (f"{place}{sign}{column}" if column else place, code)
    assert len(found) == 1


def test_every_finding_of_every_row_and_file_is_told(tmp_path: Path) -> None:
    """Z-045: no row that only refers to a wrong one is told of"""
    path = as_csv(
        tmp_path,
        {
            "persons": [
                {**PERSON, "ssn": WRONG_SSN, "isDeleted": "x"},
                {**PERSON, "partyId": 600002, "ssn": ""},
                {**PERSON, "partyId": 600003, "ssn": "1", "isDeleted": "true"},
            ],
            "users": [USER, {**USER, "userName": "ola"}],
            "roles": [{**ROLE, "partyId": 600001}, {**ROLE, "partyId": 1}],
        },
    )
    assert refused(path) == [
        ("persons.csv:2:ssn", "check-digits-wrong"),
        ("persons.csv:2:isDeleted", "flag-invalid"),
        ("persons.csv:4:ssn", "number-malformed"),
        ("users.csv:3", "value-not-unique"),
        ("roles.csv:3", "party-unknown"),
    ]


@BOTH
def test_what_only_one_may_have_stands_in_one_row(
    write: object, tmp_path: Path
) -> None:
    """Z-045"""
    rows = {
        "persons": [PERSON, {**PERSON, "partyId": 600002}],
        "organisations": [ORGANISATION, {**SUB_UNIT, "partyId": 700001}],
    }
    found = refused(write(tmp_path, rows))  # type: ignore[operator]  # one of two
    assert [code for _, code in found] == ["value-not-unique"] * 2


def test_a_number_that_another_party_has_already_is_told(tmp_path: Path) -> None:
    """Z-045: unless a row of the import gives it another"""
    run(as_csv(tmp_path, {"organisations": [ORGANISATION]}))
    taken = {**ORGANISATION, "partyId": 700009}
    path = as_csv(tmp_path, {"organisations": [taken]})
    assert refused(path) == [("organisations.csv:2", "value-taken")]
    moved = {**ORGANISATION, "orgNumber": UNIT}
    for rows in ([moved, taken], [taken, moved]):
        path = as_csv(tmp_path, {"organisations": rows})
        assert run(path, dry_run=True)[1] == []
    assert run(path)[1] == []
    assert Party.objects.get(org_number=ORG).pk == 700009


@pytest.mark.parametrize(
    ("content", "place", "code"),
    [
        (b"", "persons.csv:1", "header-malformed"),
        (b"partyId,,ssn\n", "persons.csv:1", "header-malformed"),
        (b"partyId,PartyID\n", "persons.csv:1", "header-malformed"),
        (b"partyId,surname,name\n1,x,y\n", "persons.csv:1:surname", "column-unknown"),
        (b"partyId,name\n1,Ola,x\n", "persons.csv:2", "row-length"),
        (b'partyId,name\n1,"O"la\n', "persons.csv:2", "csv-malformed"),
        (b"partyId,name\n1,\xe5\n", "persons.csv, after byte 17", "not-utf-8"),
        (b"partyId,name\n1," + b"x" * 1_000_001, "persons.csv:2", "line-too-long"),
    ],
)
def test_a_file_that_is_no_table_is_told_so(
    tmp_path: Path, content: bytes, place: str, code: str
) -> None:
    """Z-045"""
    (tmp_path / "persons.csv").write_bytes(content)
    assert refused(tmp_path) == [(place, code)]


@pytest.mark.parametrize(
    ("content", "place", "code"),
    [
        ("[]", "parties.json#", "wrong-type"),
        ("1", "parties.json#", "wrong-type"),
        ('{"people": [{"a": 1}]}', "parties.json#/people", "list-unknown"),
        ('{"persons": {"a": 1}}', "parties.json#/persons", "wrong-type"),
        ('{"persons": [[1, [2]]]}', "parties.json#/persons/0", "wrong-type"),
        (
            '{"persons": [{"partyId": 1, "name": "x", "ssn": [1]}]}',
            "parties.json#/persons/0/ssn",
            "wrong-type",
        ),
        (
            '{"persons": [{"partyId": 1, "name": "x", "sssn": ""}]}',
            "parties.json#/persons/0/sssn",
            "column-unknown",
        ),
        (
            '{"persons": [{"partyId": 1.5, "name": "x"}]}',
            "parties.json#/persons/0/partyId",
            "wrong-type",
        ),
        (
            '{"organisations": [{"partyId": 5, "orgNumber": "974760673", "name": "x",'
            ' "subUnits": {}}]}',
            "parties.json#/organisations/0/subUnits",
            "wrong-type",
        ),
        (
            '{"organisations": [{"partyId": 5, "orgNumber": "974760673", "name": "x",'
            ' "subUnits": [1]}]}',
            "parties.json#/organisations/0/subUnits/0",
            "wrong-type",
        ),
        (
            '{"persons": [{"partyId": 1, "name"',
            "parties.json, before byte 34",
            "json-malformed",
        ),
        ("", "parties.json, before byte 0", "json-malformed"),
    ],
)
def test_a_document_of_another_shape_is_told_so(
    tmp_path: Path, content: str, place: str, code: str
) -> None:
    """Z-045"""
    (tmp_path / "parties.json").write_text(content)
    assert refused(tmp_path)[0] == (place, code)


def test_roles_inside_a_person_are_checked_too(tmp_path: Path) -> None:
    """Z-045"""
    roles = {"x": [{"value": "DAGL"}], "987654": ["DAGL"], "600001": [{}]}
    person = {**PERSON, "userId": 10001, "partyRoles": roles}
    inside = "parties.json#/persons/0/partyRoles"
    assert refused(as_json(tmp_path, {"persons": [person]})) == [
        (f"{inside}/x/0/partyId", "id-invalid"),
        (f"{inside}/600001/0/role", "value-missing"),
        (f"{inside}/987654/0", "party-unknown"),
    ]


def test_a_finding_in_the_last_row_takes_everything_back(tmp_path: Path) -> None:
    """Z-045: all or nothing, also of batches that were written already"""
    path = many(tmp_path, 2500)
    with (path / "persons.csv").open("a") as file:
        file.write(f"\n7,,{WRONG_SSN},Last")
    assert refused(path) == [("persons.csv:2502:ssn", "check-digits-wrong")]
