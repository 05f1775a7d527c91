"""Importing Tenor's downloads of made-up people and their organisations (Z-045)."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from apps_registry.models import Application
from authorization.models import RoleAssignment, SystemUser
from authorization.seeding import import_seed_folder
from parties.choices import PartyType, UserType
from parties.errors import SeedFolderRefused
from parties.models import Party, Profile

pytestmark = pytest.mark.django_db
KARI, OLA, STRANGER = "17858296439", "08829698278", "14864830162"
BAKERY, ESTATE = "974760673", "910423185"


@pytest.fixture(autouse=True)
def empty_register(db: None) -> None:
    """Start with nobody: the suite's database holds our own set already."""
    Application.objects.update(current=None)
    for table in (SystemUser, Application, RoleAssignment, Profile, Party):
        table.objects.all().delete()


def person(folder: Path, ssn: str, **members: object) -> Path:
    """Put a download of the population register into the folder."""
    document = {
        "identifikasjonsnummer": [
            {"erGjeldende": False, "foedselsEllerDNummer": "1" * 11},
            {"erGjeldende": True, "foedselsEllerDNummer": ssn, "status": "iBruk"},
        ],
        "navn": [
            {"erGjeldende": False, "fornavn": "Gammel", "etternavn": "Gran"},
            {
                "erGjeldende": True,
                "fornavn": "Kari",
                "mellomnavn": "Lys",
                "etternavn": "Ås",
            },
        ],
        "bostedsadresse": [
            {
                "erGjeldende": True,
                "vegadresse": {
                    "kommunenummer": "4640",
                    "adressenavn": "Fjordvegen",
                    "adressenummer": {"husnummer": "7", "husbokstav": "B"},
                    "adressekode": "1234",
                    "poststed": {"poststedsnavn": "SOGNDAL", "postnummer": "6856"},
                },
            }
        ],
        "kjoenn": [{"kjoenn": "kvinne"}],
    }
    file = folder / f"freg.{ssn}.kildedata.json"
    file.write_text(json.dumps(document | members), encoding="utf-8")
    return file


def organisation(folder: Path, number: str, **members: object) -> Path:
    """Put a download of the business register into the folder."""
    document = {
        "organisasjonsnummer": number,
        "navn": "BRØD AS",
        "organisasjonsform": {"kode": "AS", "beskrivelse": "Aksjeselskap"},
        "forretningsadresse": {
            "adresse": ["c/o Ås", None, "Fjordvegen 7B"],
            "postnummer": "6856",
            "poststed": "SOGNDAL",
        },
        "postadresse": {"adresse": [], "postnummer": "6851"},
        "slettetIEnhetsregisteret": "N",
        "rollegrupper": [
            {
                "type": {"kode": "DAGL"},
                "roller": [
                    _role("DAGL", KARI),
                    _role("DAGL", OLA) | {"fratraadt": "J"},
                ],
            },
            {
                "type": {"kode": "STYR"},
                "roller": [
                    _role("MEDL", OLA),
                    _role("MEDL", STRANGER),
                    {"type": {"kode": "REVI"}, "virksomhet": {}},
                ],
            },
        ],
    }
    file = folder / f"brreg-er-fr.{number}.kildedata.json"
    file.write_text(json.dumps(document | members), encoding="utf-8")
    return file


def _role(code: str, ssn: str) -> dict[str, object]:
    return {
        "type": {"kode": code},
        "person": {"foedselsnummer": ssn},
        "fratraadt": "N",
    }


def roles() -> set[tuple[int, int, str]]:
    """Return who holds which role for whom."""
    rows = RoleAssignment.objects.values_list("user_id", "party_id", "role_code")
    return set(rows)


def test_persons_organisations_and_their_roles_are_stored(tmp_path: Path) -> None:
    """Z-045"""
    for ssn in (KARI, OLA):
        person(tmp_path, ssn)
    organisation(tmp_path, BAKERY)
    organisation(
        tmp_path,
        ESTATE,
        organisasjonsform={"kode": "KBO"},
        slettetIEnhetsregisteret="J",
        rollegrupper=[{"roller": [_role("BOBE", OLA)]}],
    )
    report = import_seed_folder(tmp_path)
    assert (report.parties.parties, report.parties.profiles, report.roles) == (4, 2, 5)
    # In the order of the files' names, as the local test platform numbers them.
    ola, kari = (Party.objects.get(ssn=ssn) for ssn in (OLA, KARI))
    assert (ola.pk, kari.pk) == (600000, 600001)
    assert (kari.type, kari.name) == (PartyType.PERSON, "Kari Lys Ås")
    assert kari.register_details["person"] == {
        "firstName": "Kari",
        "middleName": "Lys",
        "lastName": "Ås",
        "addressMunicipalNumber": "4640",
        "addressStreetName": "Fjordvegen",
        "addressHouseNumber": "7",
        "addressHouseLetter": "B",
        "addressPostalCode": "6856",
        "addressCity": "SOGNDAL",
    }
    user = Profile.objects.get(party=kari)
    assert (user.pk, user.user_name) == (10001, f"user-{99999999999 - int(KARI)}")
    assert user.user_type == UserType.SSN_IDENTIFIED
    estate, bakery = (Party.objects.get(org_number=one) for one in (ESTATE, BAKERY))
    assert (estate.pk, bakery.pk) == (700000, 700001)
    assert (estate.type, estate.is_deleted) == (PartyType.BANKRUPTCY_ESTATE, True)
    assert (bakery.type, bakery.unit_type) == (PartyType.ORGANISATION, "AS")
    assert (bakery.name, bakery.is_deleted) == ("BRØD AS", False)
    assert bakery.register_details["organization"] == {
        "businessAddress": "c/o Ås\nFjordvegen 7B",
        "businessPostalCode": "6856",
        "businessPostalCity": "SOGNDAL",
        "mailingPostalCode": "6851",
    }
    assert roles() == {
        (10000, ola.pk, "priv"),
        (10001, kari.pk, "priv"),
        (10001, bakery.pk, "dagl"),
        (10000, bakery.pk, "medl"),
        (10000, estate.pk, "bobe"),
    }


def test_what_the_register_has_keeps_its_ids(tmp_path: Path) -> None:
    """Z-045: again and again, with more files, beside parties of the same ids"""
    Party.objects.create(pk=600000, type=PartyType.SELF_IDENTIFIED, name="Nattergal")
    Profile.objects.create(pk=10000, party_id=600000, user_name="nattergal")
    known = Party.objects.create(pk=5, type=PartyType.PERSON, name="Ola", ssn=OLA)
    Profile.objects.create(pk=7, party=known, user_name="ola")
    person(tmp_path, KARI)
    organisation(tmp_path, BAKERY)
    import_seed_folder(tmp_path)
    assert Profile.objects.get(party__ssn=KARI).pk == 10001
    # Ola is in no file, and yet the register knows whose role it is.
    first = {(10001, 600001, "priv"), (10001, 700000, "dagl"), (7, 700000, "medl")}
    assert roles() == first
    person(tmp_path, OLA)
    organisation(tmp_path, ESTATE, rollegrupper=None)
    import_seed_folder(tmp_path)
    assert roles() == first | {(7, 5, "priv")}
    ola = Profile.objects.get(pk=7)
    assert (ola.user_name, ola.party_id, ola.party.name) == ("ola", 5, "Kari Lys Ås")
    assert Party.objects.get(org_number=BAKERY).pk == 700000
    assert Party.objects.get(org_number=ESTATE).pk == 700001
    third = import_seed_folder(tmp_path)
    assert (third.parties.parties_written, third.parties.profiles_written) == (0, 0)
    assert third.roles_added == 0
    assert Party.objects.get(pk=600000).name == "Nattergal"


def test_ids_that_others_have_are_never_given(tmp_path: Path) -> None:
    """Z-045: however many there are"""
    Party.objects.bulk_create(
        Party(pk=pk, type=PartyType.SELF_IDENTIFIED, name="a")
        for pk in range(600000, 602001)
        if pk != 600007
    )
    for ssn in (KARI, OLA):
        person(tmp_path, ssn)
    import_seed_folder(tmp_path)
    assert {Party.objects.get(ssn=ssn).pk for ssn in (OLA, KARI)} == {600007, 602001}


@pytest.mark.parametrize(
    ("members", "pointer", "code"),
    [
        ({"identifikasjonsnummer": []}, "", "party-incomplete"),
        ({"identifikasjonsnummer": "1"}, "/identifikasjonsnummer", "wrong-type"),
        ({"navn": [{"erGjeldende": True}]}, "", "party-incomplete"),
        (
            {"identifikasjonsnummer": [{"foedselsEllerDNummer": "123"}]},
            "/identifikasjonsnummer/0/foedselsEllerDNummer",
            "number-malformed",
        ),
        ({"bostedsadresse": [7]}, "/bostedsadresse/0", "wrong-type"),
    ],
)
def test_a_download_that_cannot_be_read_is_told_and_nothing_is_stored(
    tmp_path: Path, members: dict[str, object], pointer: str, code: str
) -> None:
    """Z-045"""
    person(tmp_path, KARI)
    file = person(tmp_path, OLA, **members)
    with pytest.raises(SeedFolderRefused) as caught:
        import_seed_folder(tmp_path)
    found = [(issue.pointer, issue.code) for issue in caught.value.issues]
    assert (f"{file.name}#{pointer}", code) in found
    assert not Party.objects.exists()
    assert not RoleAssignment.objects.exists()


def test_a_number_stands_in_one_file_alone(tmp_path: Path) -> None:
    """Z-045"""
    person(tmp_path, KARI).rename(tmp_path / "freg.copy.kildedata.json")
    person(tmp_path, KARI)
    with pytest.raises(CommandError, match=r"freg\.copy\.kildedata.*value-not-unique"):
        call_command("import_parties", tmp_path)
    assert not Party.objects.exists()


def test_the_command_tells_what_it_would_do(tmp_path: Path) -> None:
    """Z-045"""
    person(tmp_path, KARI)
    organisation(tmp_path, BAKERY)
    out = StringIO()
    call_command("import_parties", tmp_path, dry_run=True, stdout=out)
    assert out.getvalue().startswith(
        "Would import 2 parties (2 new or changed), 1 users (1 new or changed), 2 roles"
    )
    assert not Party.objects.exists()
