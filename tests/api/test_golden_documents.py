"""Party, Person, Organization and UserProfile, member by member (golden).

The files in ``golden`` are written by hand from authorization.md §3.1 and §3.2. Every
member is there, in its order, with a value of its type.
"""

from pathlib import Path
from uuid import UUID

import orjson
import pytest

from api.serializers.parties import (
    organization_document,
    party_document,
    person_document,
)
from api.serializers.profiles import profile_document
from parties.choices import PartyType, UserType
from parties.models import Party, Profile

GOLDEN = Path(__file__).parent / "golden"
TIMES = {
    "lastChangedInAltinn": "2025-03-01T10:00:00Z",
    "lastChangedInExternalRegister": "2025-02-28T23:59:59Z",
}
PERSON = Party(
    id=501337,
    uuid=UUID("a3b1c0de-0000-4000-8000-000000501337"),
    type=PartyType.PERSON,
    name="Kari Mo Ås",
    ssn="17858296439",
    external_urn="urn:altinn:person:example:1",
    register_details={
        "person": {
            "firstName": "Kari",
            "middleName": "Mo",
            "lastName": "Ås",
            "telephoneNumber": "22000000",
            "mobileNumber": "90000000",
            "mailingAddress": "Postboks 1",
            "mailingPostalCode": "0101",
            "mailingPostalCity": "OSLO",
            "addressMunicipalNumber": "0301",
            "addressMunicipalName": "Oslo",
            "addressStreetName": "Vikgata",
            "addressHouseNumber": "7",
            "addressHouseLetter": "B",
            "addressPostalCode": "0102",
            "addressCity": "OSLO",
            "dateOfDeath": "2025-01-31T00:00:00",
        },
        **TIMES,
    },
)
ORGANISATION = Party(
    id=500000,
    uuid=UUID("a3b1c0de-0000-4000-8000-000000500000"),
    type=PartyType.ORGANISATION,
    name="Bakeri AS",
    org_number="974760673",
    unit_type="AS",
    is_deleted=True,
    register_details={
        "organization": {
            "telephoneNumber": "22000001",
            "mobileNumber": "90000001",
            "faxNumber": "22000002",
            "eMailAddress": "post@example.no",
            "internetAddress": "example.no",
            "mailingAddress": "Postboks 2",
            "mailingPostalCode": "5003",
            "mailingPostalCity": "BERGEN",
            "businessAddress": "Vikgata 8",
            "businessPostalCode": "5004",
            "businessPostalCity": "BERGEN",
            "unitStatus": "N",
        },
        **TIMES,
    },
)
SUB_UNIT = Party(
    id=500001,
    type=PartyType.SUB_UNIT,
    name="Bakeri AS avdeling Vik",
    org_number="910423185",
    unit_type="BEDR",
    parent_id=500000,
)
SELF_IDENTIFIED = Party(id=510004, type=PartyType.SELF_IDENTIFIED, name="nattergal")
PROFILE = Profile(
    id=1337,
    uuid=UUID("a3b1c0de-0000-4000-8000-000000001337"),
    party=PERSON,
    user_name="kari",
    user_type=UserType.SSN_IDENTIFIED,
    external_identity="example:kari",
    is_reserved=True,
    email="kari@example.no",
    phone="90000000",
    language="nn",
    settings={
        "preSelectedPartyId": 500000,
        "preselectedPartyUuid": "a3b1c0de-0000-4000-8000-000000500000",
        "doNotPromptForParty": True,
        "showClientUnits": True,
        "shouldShowSubEntities": False,
        "shouldShowDeletedEntities": True,
    },
)
DOCUMENTS = {
    "person": person_document(PERSON),
    "organization": organization_document(ORGANISATION),
    "party-person": party_document(PERSON, masked=False),
    "party-person-masked": party_document(PERSON, masked=True),
    "party-organisation": party_document(
        ORGANISATION, masked=False, only_hierarchy=True, sub_units=[SUB_UNIT]
    ),
    "party-self-identified": party_document(SELF_IDENTIFIED, masked=False),
    "user-profile": profile_document(PROFILE, masked=False),
    "user-profile-masked": profile_document(PROFILE, masked=True),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_document_is_the_golden_one(name: str) -> None:
    """Z-039, Z-042: names, order, types and enum numbers"""
    written = orjson.dumps(
        DOCUMENTS[name], option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    )
    assert written.decode() == (GOLDEN / f"{name}.json").read_text("utf-8")


def test_enum_numbers_are_the_registers() -> None:
    """Z-039"""
    assert {kind.value: kind.label for kind in PartyType} == {
        1: "Person",
        2: "Organisation",
        3: "SelfIdentified",
        4: "SubUnit",
        5: "BankruptcyEstate",
    }
    assert {kind.value: kind.label for kind in UserType} == {
        0: "None",
        1: "SSNIdentified",
        2: "SelfIdentified",
        3: "EnterpriseIdentified",
        4: "AgencyUser",
        5: "PSAN",
        6: "PSA",
    }
