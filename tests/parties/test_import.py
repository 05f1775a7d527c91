"""Importing test identities: parties, users, roles and service owners (Z-045)."""

import json
import shutil
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from apps_registry.models import Application, Org
from authorization.models import Delegation, RoleAssignment, SystemUser
from authorization.seeding import import_seed_folder
from common.errors import DomainError
from parties import services
from parties.choices import PartyType
from parties.errors import ProfileNotFound, SeedFolderRefused
from parties.models import Party, Profile
from tests.shared import PARTIES

SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "parties"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty_register(db: None) -> None:
    """Start with nobody: the suite's database holds our own set already."""
    Application.objects.update(current=None)
    for table in (SystemUser, Application, Org, RoleAssignment, Profile, Party):
        table.objects.all().delete()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of our own set, to change."""
    return Path(shutil.copytree(SAMPLE, tmp_path / "parties"))


def change(folder: Path, name: str, /, **members: object) -> None:
    """Change members of a JSON file."""
    file = folder / name
    document = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(document | members), encoding="utf-8")


def everything() -> list[object]:
    """Return every row that an import writes."""
    tables = (Party, Profile, RoleAssignment, SystemUser, Delegation, Org)
    return [list(table.objects.order_by("pk").values()) for table in tables]


def refusal(folder: Path) -> list[tuple[str, str]]:
    """Import a folder that is refused; return the findings, once nothing was stored."""
    before = everything()
    with pytest.raises(SeedFolderRefused) as caught:
        import_seed_folder(folder)
    assert everything() == before
    return [(issue.pointer, issue.code) for issue in caught.value.issues]


@pytest.mark.parametrize(
    ("path", "parties", "roles", "orgs"), [(SAMPLE, 18, 145, 3), (PARTIES, 17, 151, 0)]
)
def test_import_stores_a_set_and_again_changes_nothing(
    path: Path, parties: int, roles: int, orgs: int
) -> None:
    """Z-045: the public set, wrong check digits and all, and our own."""
    first = import_seed_folder(path)
    stored = everything()
    second = import_seed_folder(path)
    assert (first.parties.parties, first.parties.parties_written) == (parties, parties)
    assert (first.parties.profiles, first.parties.profiles_written) == (6, 6)
    assert (first.roles, first.roles_added, first.orgs) == (roles, roles, orgs)
    assert Party.objects.count() == parties
    assert RoleAssignment.objects.count() == roles
    assert Org.objects.count() == orgs
    assert (second.parties.parties_written, second.parties.profiles_written) == (0, 0)
    assert second.roles_added == 0
    assert everything() == stored


def test_one_set_over_the_other_changes_the_same_identities_in_place() -> None:
    """Z-045: both sets have the standard ids."""
    import_seed_folder(PARTIES)
    report = import_seed_folder(SAMPLE)
    assert report.parties.parties_written == 18
    assert Party.objects.count() == 18
    assert Profile.objects.count() == 6
    assert Party.objects.get(pk=501337).name == "Signe Tindlund"


def test_stored_set_can_be_looked_up() -> None:
    """Z-039, Z-045"""
    import_seed_folder(SAMPLE)
    person = Party.objects.get(pk=501337)
    organisation = Party.objects.get(pk=500000)
    assert person.type == PartyType.PERSON
    assert Party.objects.with_ssn(person.ssn).get() == person
    assert Party.objects.with_org_number(organisation.org_number).get() == organisation
    assert services.profile_by_id(1337).party == person
    assert Profile.objects.with_ssn(person.ssn).get().pk == 1337
    assert Profile.objects.with_user_name("fjelltrost").get().pk == 1004
    assert [p.pk for p in Party.objects.sub_units_of_any([organisation])] == [
        500001,
        500002,
        500003,
    ]
    assert person.register_details["person"]["lastName"] == "Tindlund"
    assert "ssn" not in person.register_details["person"]


def test_an_empty_number_or_name_is_nobodys() -> None:
    """Although many rows have one."""
    import_seed_folder(SAMPLE)
    assert not Party.objects.with_ssn("").exists()
    assert not Party.objects.with_org_number("").exists()
    with pytest.raises(ProfileNotFound):
        services.profile_by_id(1)
    assert not Profile.objects.with_user_name("").exists()


def test_roles_are_found_in_any_case() -> None:
    """Z-048"""
    import_seed_folder(SAMPLE)
    held = RoleAssignment.objects.held_by(1337).with_role_in(["DAGL", "lede"])
    assert set(held.values_list("party_id", "role_code")) == {
        (500000, "dagl"),
        (500001, "dagl"),
        (500002, "dagl"),
        (500003, "dagl"),
        (500004, "dagl"),
        (500600, "lede"),
    }
    assert (
        RoleAssignment.objects.held_by(1004).for_party(510004).get().role_code == "seln"
    )
    assert not RoleAssignment.objects.for_party(500005).exists()


def test_changed_file_changes_one_row(folder: Path) -> None:
    """Z-045"""
    import_seed_folder(folder)
    change(folder, "Register/Party/500600.json", name="Åtte Lavvoer SA", isDeleted=True)
    change(folder, "Profile/User/1002.json", email="new@example.com")
    report = import_seed_folder(folder)
    party = Party.objects.get(pk=500600)
    assert (report.parties.parties_written, report.parties.profiles_written) == (1, 1)
    assert (party.name, party.is_deleted) == ("Åtte Lavvoer SA", True)
    assert Party.objects.filter(is_deleted=True).get() == party
    assert services.profile_by_id(1002).email == "new@example.com"


def test_values_that_a_partial_folder_does_not_state_stay(folder: Path) -> None:
    """Z-045"""
    import_seed_folder(folder)
    before = Party.objects.get(pk=500001)
    shutil.rmtree(folder / "authorization")
    shutil.rmtree(folder / "Register/Org")
    change(folder, "Register/Party/500001.json", partyUuid=None, name="Renamed")
    import_seed_folder(folder)
    after = Party.objects.get(pk=500001)
    assert after.name == "Renamed"
    assert (after.uuid, after.parent_id) == (before.uuid, 500000)
    assert after.register_details == before.register_details
    assert RoleAssignment.objects.exists()


def test_numbers_and_names_can_change_hands(folder: Path) -> None:
    """Z-045: at no moment do two rows have the same number."""
    import_seed_folder(folder)
    first, second = (Party.objects.get(pk=key) for key in (500800, 500801))
    change(folder, "Register/Party/500800.json", orgNumber=second.org_number)
    change(folder, "Register/Party/500801.json", orgNumber=first.org_number)
    shutil.rmtree(folder / "authorization/partylist")
    import_seed_folder(folder)
    assert Party.objects.with_org_number(first.org_number).get().pk == 500801
    assert Party.objects.with_org_number(second.org_number).get().pk == 500800


def test_broken_files_are_reported_with_their_paths_and_nothing_is_stored(
    folder: Path,
) -> None:
    """Z-045"""
    (folder / "Register/Party/500000.json").write_text(
        '{\n"partyId": 500000\n', encoding="utf-8"
    )
    change(folder, "Profile/User/1337.json", userType="Nobody")
    assert refusal(folder) == [
        ("Register/Party/500000.json:3", "json-malformed"),
        ("Profile/User/1337.json#/userType", "wrong-type"),
    ]


def test_value_that_a_column_cannot_hold_is_reported(folder: Path) -> None:
    """Z-045: SQLite would store it, PostgreSQL not say which file it came from."""
    change(folder, "Register/Party/500000.json", unitType="x" * 11)
    assert refusal(folder) == [("Register/Party/500000.json", "value-refused")]


def test_user_of_an_unknown_party_is_reported(folder: Path) -> None:
    """Z-045"""
    change(folder, "Profile/User/1337.json", partyId=77, party=None)
    assert refusal(folder) == [("Profile/User/1337.json", "party-unknown")]


def test_role_of_an_unknown_user_or_for_an_unknown_party_is_reported(
    folder: Path,
) -> None:
    """Z-045: found after the parties were stored, which is undone."""
    roles = folder / "authorization/roles"
    shutil.copytree(roles / "User_1337/party_500000", roles / "User_77/party_500000")
    shutil.copytree(roles / "User_1337/party_500000", roles / "User_1337/party_77")
    assert sorted(refusal(folder)) == [
        ("authorization/roles/User_1337/party_77/roles.json", "party-unknown"),
        ("authorization/roles/User_77/party_500000/roles.json", "user-unknown"),
    ]


SYSTEM = "authorization/systems/310000000_books"
SYSTEM_USER_ID = "7c2a1f0e-4b1d-4c52-9a3f-0d5f8e6b7a11"


def add_system_user(folder: Path, **members: object) -> str:
    """Add a system and a user of it to the folder; return the user's file."""
    users = folder / SYSTEM / "systemusers"
    users.mkdir(parents=True)
    (folder / SYSTEM / "system.json").write_text(
        json.dumps({"Id": "310000000_books", "Name": "Books"}), encoding="utf-8"
    )
    record = {"Id": SYSTEM_USER_ID, "OrgNumber": "353801961", "Actions": ["read"]}
    (users / "a.json").write_text(json.dumps({**record, **members}), encoding="utf-8")
    return f"{SYSTEM}/systemusers/a.json"


def test_system_users_may_do_their_actions_in_every_app_for_their_own_party(
    folder: Path,
) -> None:
    """Z-045, Z-055: and importing again gives nothing twice"""
    add_system_user(folder, Actions=["read", "write", "read"])
    for _ in range(2):
        assert import_seed_folder(folder).system_users == 2
    system_user = SystemUser.objects.get(pk=SYSTEM_USER_ID)
    assert (system_user.party_id, system_user.name) == (500000, "Books")
    given = Delegation.objects.filter(system_user_id=SYSTEM_USER_ID).values_list(
        "from_party_id", "app_id", "action"
    )
    assert sorted(given) == [(500000, "", "read"), (500000, "", "write")]


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"OrgNumber": "999999999"}, "party-unknown"),
        ({"OrgNumber": ""}, "system-user-org-missing"),
        ({"Id": ""}, "system-user-id-missing"),
        ({"Actions": "read"}, "wrong-type"),
        ({"Actions": [""]}, "wrong-type"),
        ({"Actions": ["a" * 65]}, "value-too-long"),
    ],
)
def test_system_user_that_cannot_be_stored_is_reported(
    folder: Path, members: dict[str, object], code: str
) -> None:
    """Z-045, Z-055"""
    file = add_system_user(folder, **members)
    ((pointer, found),) = refusal(folder)
    assert (pointer.partition("#")[0], found) == (file, code)
    assert not Delegation.objects.exists()


@pytest.mark.parametrize("code", ["storage", "n-v"])
def test_org_code_that_cannot_stand_in_an_address_is_reported(
    folder: Path, code: str
) -> None:
    """A reserved code would hide addresses of the server."""
    owner = {"name": {"nb": "Etat"}, "orgnr": "308926281"}
    (folder / "orgs.json").write_text(
        json.dumps({"orgs": {code: owner}}), encoding="utf-8"
    )
    assert refusal(folder) == [(f"orgs.json#/orgs/{code}", "org-code-unusable")]


def test_number_of_somebody_outside_the_folder_is_reported(folder: Path) -> None:
    """Z-045: a number is never taken from a party that the folder does not name."""
    number = json.loads(
        (folder / "Register/Party/500000.json").read_text(encoding="utf-8")
    )
    Party.objects.create(
        pk=77, type=PartyType.ORGANISATION, name="Other", org_number=number["orgNumber"]
    )
    assert refusal(folder) == [("Register/Party/500000.json", "value-taken")]


def test_service_owners_are_registered_with_number_and_names() -> None:
    """Z-017: a token of a service owner names a registered one."""
    import_seed_folder(SAMPLE)
    nav = Org.objects.get(code="nav")
    assert nav.org_number == "308926281"
    assert nav.name["en"] == "Norwegian Labour and Welfare Administration"
    assert set(nav.name) == {"nb", "nn", "en"}


def test_parties_alone_can_be_imported() -> None:
    """Without roles and service owners."""
    report = services.store_parties(services.load_seed_folder(SAMPLE))
    assert (report.parties, report.profiles) == (18, 6)
    assert not RoleAssignment.objects.exists()
    with pytest.raises(SeedFolderRefused):
        services.load_seed_folder(SAMPLE / "Register" / "Party")


def test_command_prints_one_line_that_says_what_it_did_not_read() -> None:
    """Z-045"""
    out = StringIO()
    call_command("import_parties", str(PARTIES), stdout=out)
    assert out.getvalue() == (
        "Imported 17 parties (17 new or changed), 6 users (6 new or changed),"
        " 151 roles (151 new), 1 system users and 0 service owners. Not read:"
        " authorization/claims, authorization/resources.\n"
    )


def test_command_lists_every_bad_file(folder: Path) -> None:
    """Z-045"""
    for name in ("Register/Party/500000.json", "Profile/User/1002.json"):
        (folder / name).write_text("{", encoding="utf-8")
    with pytest.raises(CommandError) as caught:
        call_command("import_parties", str(folder))
    first, *findings = str(caught.value).splitlines()
    assert first == "The folder of test identities has 2 error(s); nothing was stored."
    assert [finding.split(": ")[0].strip() for finding in findings] == [
        "Register/Party/500000.json:1",
        "Profile/User/1002.json:1",
    ]


@pytest.mark.parametrize(
    "values",
    [
        {"ssn": "01899699552"},
        {"org_number": "305388807"},
        {"external_urn": "urn:altinn:person:idporten-email:nobody@example.com"},
        {"uuid": "186aaeb4-97e6-40f4-8d48-31782a66782b"},
    ],
)
def test_database_refuses_an_identifier_twice_but_not_an_empty_one(
    values: dict[str, str],
) -> None:
    """The rule lives in the table."""
    for pk in (1, 2):
        Party.objects.create(pk=pk, type=PartyType.PERSON, name="Nobody")
    Party.objects.create(pk=3, type=PartyType.PERSON, name="One", **values)
    with pytest.raises(IntegrityError), transaction.atomic():
        Party.objects.create(pk=4, type=PartyType.PERSON, name="Two", **values)


def test_database_refuses_rows_that_contradict_themselves() -> None:
    """The rules live in the tables."""
    party = Party.objects.create(pk=1, type=PartyType.PERSON, name="One")
    user = Profile.objects.create(pk=1, party=party)
    with pytest.raises(IntegrityError), transaction.atomic():
        Party.objects.filter(pk=1).update(ssn="01899699552", org_number="305388807")
    with pytest.raises(IntegrityError), transaction.atomic():
        Party.objects.filter(pk=1).update(parent_id=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleAssignment.objects.create(user=user, party=party, role_code="DAGL")
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleAssignment.objects.create(user=user, party=party, role_code="")


def test_refusal_is_an_error_that_callers_can_be_told_about() -> None:
    """It has a code, and a page by that code."""
    assert issubclass(SeedFolderRefused, DomainError)
    assert SeedFolderRefused.code == "seed-folder-refused"


def test_a_dry_run_of_a_folder_stores_nothing(folder: Path) -> None:
    """Z-045"""
    before = everything()
    out = StringIO()
    call_command("import_parties", folder, "--dry-run", stdout=out)
    assert out.getvalue().startswith("Would import 18 parties (18 new or changed)")
    assert everything() == before
