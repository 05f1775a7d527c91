"""Importing a folder that says little, or too much."""

from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection
from django.forms.models import model_to_dict
from django.test.utils import CaptureQueriesContext

from authorization.models import SystemUser
from authorization.seeding import import_seed_folder
from authorization.system_users import import_system_users
from parties.models import Party, Profile
from parties.seed_folder import SystemUserSeed, read_seed_folder
from tests.parties.test_seed_folder import findings, write

pytestmark = pytest.mark.usefixtures("sandbox")


def test_what_a_folder_leaves_out_is_not_wiped(tmp_path: Path) -> None:
    """Z-045: neither numbers nor flags nor the language"""
    Party.objects.filter(pk=500600).update(is_deleted=True, external_urn="urn:x")
    Profile.objects.filter(pk=1337).update(is_reserved=True, language="en")
    party, profile = Party.objects.get(pk=500600), Profile.objects.get(pk=1337)
    write(
        tmp_path,
        "Register/Party/500600.json",
        {"partyId": 500600, "partyTypeName": party.type, "name": "Renamed"},
    )
    write(
        tmp_path,
        "Profile/User/1337.json",
        {"userId": 1337, "partyId": profile.party_id, "phoneNumber": "+4700000000"},
    )
    import_seed_folder(tmp_path)
    renamed, called = Party.objects.get(pk=500600), Profile.objects.get(pk=1337)
    assert (renamed.name, called.phone) == ("Renamed", "+4700000000")
    renamed.name, called.phone = party.name, profile.phone
    assert model_to_dict(renamed) == model_to_dict(party)
    assert model_to_dict(called) == model_to_dict(profile)


@pytest.mark.parametrize(
    ("file", "document", "code"),
    [
        ("Register/Party/1.json", '{"partyId": 99999999999999999999}', "wrong-type"),
        ("Register/Party/1.json", '{"partyId": "2147483648"}', "wrong-type"),
        ("Register/Party/9999999999.json", '{"name": "x"}', "id-missing"),
        ("Register/Party/1.json", f'{{"partyId": {"9" * 5000}}}', "json-malformed"),
        (
            f"authorization/roles/User_{'9' * 20}/party_1/roles.json",
            '[{"value": "dagl"}]',
            "roles-path-unexpected",
        ),
    ],
    ids=["integer", "text", "file-name", "many-digits", "roles"],
)
def test_an_id_that_no_column_holds_is_reported(
    tmp_path: Path, file: str, document: str, code: str
) -> None:
    """Z-045: listed with its place, like every other finding"""
    write(tmp_path, file, document)
    assert code in {found for _, found in findings(read_seed_folder(tmp_path))}


def test_any_number_of_system_users_takes_the_same_statements() -> None:
    """performance.md §4"""
    organisation = Party.objects.exclude(org_number="").first()
    assert organisation is not None
    counts = []
    for number in (2, 20):
        seeds = [
            SystemUserSeed(
                id=UUID(int=index + 1),
                system_id="system",
                name=f"{number} {index}",
                org_number=organisation.org_number,
                actions=("read",),
                source="",
            )
            for index in range(number)
        ]
        with CaptureQueriesContext(connection) as captured:
            import_system_users(seeds)
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert SystemUser.objects.get(pk=UUID(int=1)).name == "20 0"
