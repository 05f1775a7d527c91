"""Reading a folder of test identities (Z-045); no database."""

import json
from pathlib import Path
from uuid import UUID

import pytest

from parties import numbers
from parties.choices import PartyType, UserType
from parties.seed_folder import RoleRow, SeedFolder, read_seed_folder
from tests.shared import PARTIES

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
STANDARD_PARTIES = {
    *(501337, 512345, 510001, 510002, 510003, 510004),
    *(500000, 500001, 500002, 500003, 500004, 500005),
    *(500600, 500700, 500800, 500801, 500802),
}
STANDARD_USERS = {1337: 501337, 12345: 512345, 1001: 510001, 1002: 510002, 1003: 510003}


def write(folder: Path, name: str, content: object) -> None:
    """Put a file into the folder; text as it is, anything else as JSON."""
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    text = content if isinstance(content, str) else json.dumps(content)
    file.write_text(text, encoding="utf-8")


def findings(folder: SeedFolder) -> list[tuple[str, str]]:
    """Return the place and code of every finding."""
    return [(issue.pointer, issue.code) for issue in folder.issues]


def test_public_set_is_read_whole() -> None:
    """Z-045: numbers with wrong check digits load."""
    folder = read_seed_folder(PARTIES)
    parties = {party.id: party for party in folder.parties}
    assert folder.issues == ()
    assert set(parties) == STANDARD_PARTIES
    assert parties[501337].ssn == "01039012345"
    assert parties[500000].org_number == "897069650"
    assert parties[500000].name == "DDG Fitness"  # its own file, not the party lists
    assert {parties[i].parent_id for i in (500001, 500002, 500003)} == {500000}
    assert parties[500005].uuid is None
    assert parties[510004].type is PartyType.SELF_IDENTIFIED
    assert parties[501337].details["person"]["lastName"] == "Salt"
    assert (
        parties[500802].details["organization"]["eMailAddress"] == "lofoten@eashealt.no"
    )
    assert {profile.id: profile.party_id for profile in folder.profiles} == {
        **STANDARD_USERS,
        1004: 510004,
    }
    assert RoleRow(1337, 500000, "dagl") in folder.roles
    assert RoleRow(1004, 510004, "seln") in folder.roles
    assert folder.not_read == ("authorization/claims", "authorization/resources")


def test_system_users_of_the_public_set_are_read() -> None:
    """Z-045, Z-055: with its organisation, and every action of the list."""
    (system_user,) = read_seed_folder(PARTIES).system_users
    assert system_user.system_id == "913312465_sbs"
    assert system_user.name == "Sluttbrukersystem"
    assert system_user.org_number == "950474084"
    assert str(system_user.id) == "d111dbab-d619-4f15-bf29-58fe570a9ae6"
    assert set(system_user.actions) == {
        "read",
        "write",
        "instantiate",
        "sign",
        "confirm",
        "reject",
        "delete",
    }


def test_our_own_set_keeps_the_standard_ids_and_has_valid_numbers() -> None:
    """Z-045, Z-046, Z-047: all persons synthetic, all organisation numbers invented."""
    folder = read_seed_folder(SAMPLES / "parties")
    parties = {party.id: party for party in folder.parties}
    assert folder.issues == ()
    assert folder.not_read == ()
    assert set(parties) == STANDARD_PARTIES | {12345}
    for party in parties.values():
        assert (party.type is PartyType.PERSON) == numbers.is_synthetic_ssn(party.ssn)
        assert (party.type is PartyType.ORGANISATION) == numbers.is_valid_org_number(
            party.org_number
        )
        assert party.org_number[:1] in ("", "2", "3")
        assert party.uuid is not None
    for person in (p for p in parties.values() if p.ssn):
        assert person.details["person"]["name"] == person.name
    for unit in (p for p in parties.values() if p.org_number):
        assert unit.details["organization"]["name"] == unit.name
    assert {parties[i].parent_id for i in (500001, 500002, 500003)} == {500000}
    assert {p.id: p.party_id for p in folder.profiles} == {
        **STANDARD_USERS,
        1004: 510004,
    }
    assert {org.code for org in folder.orgs} == {"nav", "skd", "ttd"}
    for org in folder.orgs:
        assert numbers.is_valid_org_number(org.org_number)
        assert org.org_number not in {party.org_number for party in parties.values()}
        assert set(org.name) == {"nb", "nn", "en"}


def test_our_own_set_lets_both_users_act_for_the_proposals_party() -> None:
    """The proposal's calls print ``instanceOwnerId=12345``."""
    roles = read_seed_folder(SAMPLES / "parties").roles
    for row in (
        RoleRow(12345, 12345, "priv"),
        RoleRow(1337, 12345, "priv"),
        RoleRow(12345, 512345, "priv"),
        RoleRow(1337, 500000, "dagl"),
        RoleRow(1001, 500000, "regna"),
    ):
        assert row in roles


def test_own_users_may_act_for_all_that_their_party_list_shows() -> None:
    """A list shows exactly the parties for which the user holds a role."""
    folder = SAMPLES / "parties"
    shown = set()
    for file in (folder / "authorization" / "partylist").glob("*.json"):
        for party in json.loads(file.read_text(encoding="utf-8")):
            listed = [party, *(party["childParties"] or [])]
            shown |= {(int(file.stem), entry["partyId"]) for entry in listed}
    roles = read_seed_folder(folder).roles
    assert shown == {(row.user_id, row.party_id) for row in roles}


def test_names_in_any_case_and_numbers_as_text_are_read(tmp_path: Path) -> None:
    """Z-045"""
    write(
        tmp_path,
        "Register/Party/700.json",
        '\ufeff{"PARTYID": "700", "PartyTypeName": "SubUnit", "OrgNumber": 305388807,'
        ' "NAME": "Unit", "IsDeleted": "true", "ExternalUrn": "urn:x",'
        ' "organisation": {"EMAILADDRESS": "a@example.com", "unknown": 1}}',
    )
    write(
        tmp_path,
        "Profile/User/7.json",
        {
            "UserID": "7",
            "USERNAME": "unit",
            "usertype": "EnterpriseIdentified",
            "party": {"partyId": "700"},
            "ProfileSettingPreference": {
                "Language": "en",
                "DoNotPromptForParty": "false",
            },
        },
    )
    folder = read_seed_folder(tmp_path)
    (party,), (profile,) = folder.parties, folder.profiles
    assert folder.issues == ()
    assert (party.id, party.type, party.org_number) == (
        700,
        PartyType.SUB_UNIT,
        "305388807",
    )
    assert party.is_deleted
    assert party.external_urn == "urn:x"
    assert party.details == {"organization": {"eMailAddress": "a@example.com"}}
    assert (profile.id, profile.party_id, profile.language) == (7, 700, "en")
    assert profile.user_type is UserType.ENTERPRISE_IDENTIFIED
    assert profile.settings == {"doNotPromptForParty": False}


def test_partial_files_are_completed_from_each_other(tmp_path: Path) -> None:
    """Z-045: the party's own file is believed before a list, that before a profile."""
    write(tmp_path, "Register/Party/1.json", {"ssn": "01899699552"})
    write(tmp_path, "Register/Person/01899699552.json", {"Name": "From Person"})
    write(
        tmp_path,
        "authorization/partylist/9.json",
        [
            {"partyId": 1, "partyUuid": "186aaeb4-97e6-40f4-8d48-31782a66782b"},
            {
                "partyId": 2,
                "partyTypeName": 2,
                "name": "Listed",
                "childParties": [{"partyId": 3, "partyTypeName": 2, "name": "Child"}],
            },
        ],
    )
    write(
        tmp_path,
        "Profile/User/9.json",
        {"partyId": 2, "party": {"partyId": 2, "name": "Of profile", "unitType": "AS"}},
    )
    folder = read_seed_folder(tmp_path)
    first, second, child = folder.parties
    assert folder.issues == ()
    assert (first.id, first.type, first.name) == (1, PartyType.PERSON, "From Person")
    assert first.uuid == UUID("186aaeb4-97e6-40f4-8d48-31782a66782b")
    assert (second.name, second.unit_type) == ("Listed", "AS")
    assert (child.id, child.name, child.parent_id) == (3, "Child", 2)


def test_roles_are_read_in_lower_case_and_once(tmp_path: Path) -> None:
    """Z-045, Z-048: test data mixes DAGL and dagl."""
    write(
        tmp_path,
        "authorization/roles/user_7/Party_700/roles.json",
        [
            {"Type": "altinn", "value": "FFØR"},
            {"Value": "ffør"},
            {"type": "Altinn", "value": "x"},
        ],
    )
    assert read_seed_folder(tmp_path).roles == (
        RoleRow(7, 700, "ffør"),
        RoleRow(7, 700, "x"),
    )


def test_every_bad_file_is_reported_and_the_good_ones_are_read(tmp_path: Path) -> None:
    """Z-045: reading does not stop at the first finding."""
    write(
        tmp_path,
        "Register/Party/1.json",
        {"partyId": 1, "partyTypeName": 1, "name": "Good"},
    )
    write(tmp_path, "Register/Party/2.json", '{\n  "partyId": 2,\n')
    write(
        tmp_path,
        "Register/Party/3.json",
        {"partyId": 4, "partyTypeName": 1, "name": "Other"},
    )
    write(tmp_path, "Register/Party/5.json", {"partyId": 5, "partyTypeName": 1})
    write(
        tmp_path,
        "Register/Party/6.json",
        {"partyTypeName": 9, "name": "Six", "ssn": "12"},
    )
    write(tmp_path, "Register/Party/x.json", {"name": "No id"})
    write(tmp_path, "Register/Person/7.json", "[]")
    write(
        tmp_path, "Profile/User/8.json", {"userId": 8, "userUuid": "no", "partyId": 1}
    )
    write(tmp_path, "Profile/User/9.json", {"userId": 9})
    write(tmp_path, "authorization/partylist/8.json", {"partyId": 1})
    write(tmp_path, "authorization/partylist/9.json", [7])
    write(tmp_path, "authorization/roles/8/1/roles.json", [])
    write(
        tmp_path,
        "authorization/roles/User_8/party_1/roles.json",
        [{"type": "altinn"}, {"type": "other", "value": "dagl"}, {"value": "priv"}],
    )
    write(tmp_path, "orgs.json", {"orgs": {"nav": {"orgnr": "1"}, "skd": 3}})
    (tmp_path / "Register/Org").mkdir()
    (tmp_path / "Register/Org/1.json").write_bytes(b'{"name": "\xf8"}')
    folder = read_seed_folder(tmp_path)
    assert sorted(findings(folder)) == [
        ("Profile/User/8.json#/userUuid", "wrong-type"),
        ("Profile/User/9.json#", "party-id-missing"),
        ("Register/Org/1.json", "not-utf-8"),
        ("Register/Party/2.json:3", "json-malformed"),
        ("Register/Party/3.json#/partyId", "id-mismatch"),
        ("Register/Party/5.json", "party-incomplete"),
        ("Register/Party/6.json", "party-incomplete"),
        ("Register/Party/6.json#/partyTypeName", "wrong-type"),
        ("Register/Party/6.json#/ssn", "number-malformed"),
        ("Register/Party/x.json#", "id-missing"),
        ("Register/Person/7.json#", "wrong-type"),
        ("authorization/partylist/8.json#", "wrong-type"),
        ("authorization/partylist/9.json#/0", "wrong-type"),
        ("authorization/roles/8/1/roles.json", "roles-path-unexpected"),
        ("authorization/roles/User_8/party_1/roles.json#/0", "role-code-missing"),
        ("authorization/roles/User_8/party_1/roles.json#/1/type", "role-type-unknown"),
        ("orgs.json#/orgs/nav/orgnr", "number-malformed"),
        ("orgs.json#/orgs/skd", "wrong-type"),
    ]
    assert 1 in {party.id for party in folder.parties}
    assert folder.roles == (RoleRow(8, 1, "priv"),)


@pytest.mark.parametrize("member", ["orgNumber", "ssn", "partyUuid", "externalUrn"])
def test_value_that_two_parties_share_is_reported_at_both(
    tmp_path: Path, member: str
) -> None:
    """Z-045: and no finding repeats an identity number."""
    value = {
        "orgNumber": "305388807",
        "ssn": "01899699552",
        "partyUuid": "186aaeb4-97e6-40f4-8d48-31782a66782b",
        "externalUrn": "urn:altinn:person:idporten-email:nobody@example.com",
    }[member]
    for number in (1, 2):
        party = {"partyTypeName": 2, "name": f"Party {number}", member: value}
        write(tmp_path, f"Register/Party/{number}.json", party)
    folder = read_seed_folder(tmp_path)
    assert findings(folder) == [
        ("Register/Party/1.json", "value-not-unique"),
        ("Register/Party/2.json", "value-not-unique"),
    ]
    assert not any(value in issue.detail for issue in folder.issues)


def test_party_with_both_numbers_is_refused(tmp_path: Path) -> None:
    """Z-045"""
    party = {
        "partyTypeName": 1,
        "name": "Both",
        "ssn": "01899699552",
        "orgNumber": "305388807",
    }
    write(tmp_path, "Register/Party/1.json", party)
    assert findings(read_seed_folder(tmp_path)) == [
        ("Register/Party/1.json", "party-two-numbers")
    ]


@pytest.mark.parametrize("name", ["", "no-such-folder"])
def test_folder_without_anything_to_read_is_one_finding(
    tmp_path: Path, name: str
) -> None:
    """Z-045"""
    folder = read_seed_folder(tmp_path / name)
    assert findings(folder) == [(str(tmp_path / name), "seed-folder-empty")]


def test_json_nested_without_end_is_a_finding(tmp_path: Path) -> None:
    """Z-095"""
    write(tmp_path, "Register/Party/1.json", "[" * 100_000)
    assert findings(read_seed_folder(tmp_path)) == [
        ("Register/Party/1.json", "json-too-deep")
    ]
