"""Importing register files, in CSV and in JSON (Z-045)."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from authorization import register_import
from authorization.models import RoleAssignment
from authorization.register_import import Progress, import_register
from parties.choices import PartyType, UserType
from parties.models import Party, Profile
from parties.register_files import register_files
from tests.parties.register_rows import (
    ALL,
    BOTH,
    ORG,
    ORGANISATION,
    OTHER_SSN,
    PERSON,
    ROLE,
    SSN,
    SUB_UNIT,
    USER,
    WRONG_SSN,
    as_csv,
    as_json,
    everything,
    many,
    run,
)

pytestmark = pytest.mark.django_db


@BOTH
def test_both_forms_store_the_same_and_again_change_nothing(
    write: object, tmp_path: Path
) -> None:
    """Z-045"""
    path = write(tmp_path, ALL)  # type: ignore[operator]  # one of two functions
    report, found = run(path)
    assert not found
    assert (report.rows, report.parties, report.parties_written) == (5, 3, 3)
    assert (report.profiles_written, report.roles_added) == (1, 1)
    person = Party.objects.get(pk=600001)
    assert (person.type, person.name, person.ssn) == (PartyType.PERSON, "Kari Ås", SSN)
    assert person.register_details == {
        "person": {"firstName": "Kari", "lastName": "Ås"}
    }
    unit = Party.objects.get(pk=700002)
    assert (unit.type, unit.parent_id) == (PartyType.SUB_UNIT, 700001)
    profile = Profile.objects.get(pk=10001)
    assert (profile.party_id, profile.user_name, profile.language) == (
        600001,
        "kari",
        "nn",
    )
    assert RoleAssignment.objects.get(user_id=10001).role_code == "dagl"
    stored = everything()
    again, _ = run(path)
    assert (again.parties_written, again.profiles_written, again.roles_added) == (
        0,
        0,
        0,
    )
    assert everything() == stored


def test_sub_units_stand_inside_their_organisation_in_json(tmp_path: Path) -> None:
    """Z-045"""
    run(
        as_json(tmp_path, {"organisations": [{**ORGANISATION, "subUnits": [SUB_UNIT]}]})
    )
    assert Party.objects.get(pk=700002).parent_id == 700001


def test_a_person_may_be_a_user_in_the_same_row(tmp_path: Path) -> None:
    """Z-045"""
    run(
        as_csv(tmp_path, {"persons": [{**PERSON, "userId": 10001, "userName": "kari"}]})
    )
    profile = Profile.objects.get(pk=10001)
    assert (profile.party_id, profile.user_type) == (600001, UserType.SSN_IDENTIFIED)


def test_a_person_without_number_identified_himself(tmp_path: Path) -> None:
    """Z-045"""
    run(as_csv(tmp_path, {"persons": [{"partyId": 600002, "name": "fjelltrost"}]}))
    assert Party.objects.get(pk=600002).type == PartyType.SELF_IDENTIFIED


def test_the_order_of_rows_and_files_does_not_matter(tmp_path: Path) -> None:
    """Z-045: what a row refers to may come later"""
    rows = {
        "roles": [ROLE],
        "organisations": [{**SUB_UNIT, "parentPartyId": 700001}, ORGANISATION],
        "users": [USER],
        "persons": [PERSON],
    }
    _, found = run(as_json(tmp_path, rows))
    assert not found
    assert Party.objects.get(pk=700002).parent_id == 700001


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_what_spreadsheets_write_is_read(tmp_path: Path, delimiter: str) -> None:
    """Z-045: a byte order mark, semicolons, line ends, quotes, any case, empty lines"""
    lines = [
        delimiter.join(["PARTYID", " ssn ", "name"]),
        "",
        delimiter.join(["600001", SSN, '"Ås, Kari; ""K""\r\nog co"']),
        delimiter * 2,
        delimiter.join(["600002", OTHER_SSN, "Ola"]),
    ]
    (tmp_path / "persons.csv").write_bytes(
        b"\xef\xbb\xbf" + "\r\n".join(lines).encode()
    )
    _, found = run(tmp_path / "persons.csv")
    assert not found
    names = Party.objects.filter(pk__in=(600001, 600002)).values_list("name", flat=True)
    assert list(names) == ['Ås, Kari; "K"\r\nog co', "Ola"]


def test_what_a_row_does_not_state_stays(tmp_path: Path) -> None:
    """Z-045"""
    run(as_csv(tmp_path, {"organisations": [{**ORGANISATION, "faxNumber": "22"}]}))
    changed = {"partyId": 700001, "orgNumber": ORG, "name": "Nytt navn"}
    report, _ = run(as_csv(tmp_path, {"organisations": [changed]}))
    party = Party.objects.get(pk=700001)
    assert report.parties_written == 1
    assert (party.name, party.unit_type) == ("Nytt navn", "AS")
    assert party.register_details["organization"]["faxNumber"] == "22"


# --- test users that an application brings along --------------------------------------
TEST_USERS = {
    "$schema": "https://altinncdn.no/schemas/json/test-users/test-users.schema.v1.json",
    "persons": [
        {
            "userId": 1337,
            "partyId": 501337,
            "ssn": "01039012345",
            "firstName": "Ola",
            "middleName": "",
            "lastName": "Nordmann",
            "userName": "OlaNordmann",
            "language": "nb",
            "partyRoles": {
                "500000": [{"type": "altinn", "value": "DAGL"}],
                "501337": [],
            },
            "customClaims": [{"type": "a", "value": "b"}],
        }
    ],
    "orgs": [
        {"partyId": 500000, "orgNumber": "897069650", "name": "DDG", "unitType": "AS"},
        {
            "partyId": 500001,
            "orgNumber": "897069651",
            "parentPartyId": 500000,
            "name": "DDG",
        },
    ],
    "systems": [{"id": "1_x"}],
}


def test_the_test_users_of_an_application_are_imported(tmp_path: Path) -> None:
    """Z-045: wrong check digits and all"""
    Profile.objects.filter(user_name="OlaNordmann").delete()
    report, found = run(as_json(tmp_path, TEST_USERS))
    assert not found
    assert (report.parties, report.profiles, report.roles) == (3, 1, 1)
    person = Party.objects.get(pk=501337)
    assert (person.ssn, person.name) == ("01039012345", "Ola Nordmann")
    assert Profile.objects.get(pk=1337).user_name == "OlaNordmann"
    assert Party.objects.get(pk=500001).parent_id == 500000
    assert RoleAssignment.objects.filter(
        user_id=1337, party_id=500000, role_code="dagl"
    ).exists()


# --- any number of rows ---------------------------------------------------------------
def test_the_statements_grow_with_batches_alone(tmp_path: Path) -> None:
    """Z-045: no statement a row"""
    counts = []
    for count in (1000, 3000):
        with CaptureQueriesContext(connection) as captured:
            _, found = run(many(tmp_path, count), dry_run=True)
        assert not found
        counts.append(len(captured))
    assert counts[1] <= counts[0] + 2 * 12


def test_progress_is_told_while_reading(tmp_path: Path) -> None:
    """Z-045: rows are stored before the file is read to its end"""
    shown: list[Progress] = []
    files = register_files(many(tmp_path, 3000))
    import_register(files, dry_run=True, note=print, show=shown.append)
    assert [progress.rows for progress in shown] == [1000, 2000, 3000, 3000]
    reads = [progress.read for progress in shown]
    assert reads == sorted(reads)
    assert reads[0] < shown[0].size == reads[-1]


def test_a_change_by_somebody_else_takes_everything_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Z-045"""

    def collide(*args: object) -> None:
        raise IntegrityError("UNIQUE constraint failed")

    monkeypatch.setattr(register_import, "write_rows", collide)
    before = everything()
    with pytest.raises(register_import.RegisterChanged):
        run(as_csv(tmp_path, ALL))
    assert everything() == before


# --- the command ----------------------------------------------------------------------
def command(*args: object) -> tuple[str, str]:
    """Run the command; return what it said and what it complained of."""
    out, err = StringIO(), StringIO()
    call_command("import_parties", *map(str, args), stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_a_dry_run_says_what_would_change_and_stores_nothing(tmp_path: Path) -> None:
    """Z-045"""
    path = as_csv(tmp_path, ALL)
    before = everything()
    out, _ = command(path, "--dry-run")
    assert out == (
        "Would import 3 parties (3 new or changed), 1 users (1 new or changed) and 1"
        " roles (1 new) from 5 rows.\n"
    )
    assert everything() == before
    assert command(path)[0].startswith("Imported 3 parties (3 new or changed)")
    assert "(0 new or changed)" in command(path)[0]


def test_findings_are_listed_with_what_to_do_and_no_number(tmp_path: Path) -> None:
    """Z-045, T-34"""
    path = as_csv(tmp_path, {"persons": [{**PERSON, "ssn": WRONG_SSN}]})
    err = StringIO()
    with pytest.raises(CommandError, match=r"1 error\(s\) in 1 rows; nothing was"):
        call_command("import_parties", path, stderr=err)
    assert err.getvalue().startswith(
        "  persons.csv:2:ssn: check-digits-wrong: The check"
    )
    assert "--any-check-digits" in err.getvalue()
    assert WRONG_SSN not in err.getvalue()
    assert not Party.objects.filter(pk=600001).exists()
    command(path, "--any-check-digits")
    assert Party.objects.get(pk=600001).ssn == WRONG_SSN


@pytest.mark.parametrize("name", ["people.csv", "missing/persons.csv", "none.json"])
def test_a_path_that_cannot_be_read_is_told(tmp_path: Path, name: str) -> None:
    """Z-045"""
    with pytest.raises(CommandError) as caught:
        command(tmp_path / name)
    assert Path(name).name in str(caught.value)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("nowhere", "There is nothing at .*nowhere"),
        ("notes.txt", r"notes\.txt is neither \.csv nor \.json, nor a folder"),
        ("", "nor a file that docs/parties.md names"),
    ],
)
def test_a_path_that_holds_no_register_is_told(
    tmp_path: Path, name: str, expected: str
) -> None:
    """Z-045: the caller reads what was wrong with the path, not what a folder lacks"""
    (tmp_path / "notes.txt").write_text("no register")
    before = everything()
    with pytest.raises(CommandError, match=expected):
        command(tmp_path / name)
    assert everything() == before
