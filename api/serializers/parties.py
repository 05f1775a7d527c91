"""The party document (authorization.md §3.1): for browsers, identity numbers masked."""

from collections.abc import Callable, Mapping, Sequence

from rest_framework import serializers

from authorization.representation import ListedParty
from parties.choices import PartyType
from parties.models import Party
from parties.numbers import mask_ssn
from parties.register_details import ORGANIZATION_MEMBERS, PERSON_MEMBERS

_ORGANISATIONS = frozenset(
    {PartyType.ORGANISATION, PartyType.SUB_UNIT, PartyType.BANKRUPTCY_ESTATE}
)


def _optional_text() -> serializers.CharField:
    return serializers.CharField(allow_null=True)


class PersonSerializer(serializers.Serializer[object]):
    """What the population register has on a person."""

    ssn = _optional_text()
    name = serializers.CharField()
    firstName = _optional_text()
    middleName = _optional_text()
    lastName = _optional_text()
    telephoneNumber = _optional_text()
    mobileNumber = _optional_text()
    mailingAddress = _optional_text()
    mailingPostalCode = _optional_text()
    mailingPostalCity = _optional_text()
    addressMunicipalNumber = _optional_text()
    addressMunicipalName = _optional_text()
    addressStreetName = _optional_text()
    addressHouseNumber = _optional_text()
    addressHouseLetter = _optional_text()
    addressPostalCode = _optional_text()
    addressCity = _optional_text()
    dateOfDeath = _optional_text()


class OrganizationSerializer(serializers.Serializer[object]):
    """What the business register has on an organisation."""

    orgNumber = _optional_text()
    name = serializers.CharField()
    unitType = _optional_text()
    telephoneNumber = _optional_text()
    mobileNumber = _optional_text()
    faxNumber = _optional_text()
    eMailAddress = _optional_text()
    internetAddress = _optional_text()
    mailingAddress = _optional_text()
    mailingPostalCode = _optional_text()
    mailingPostalCity = _optional_text()
    businessAddress = _optional_text()
    businessPostalCode = _optional_text()
    businessPostalCity = _optional_text()
    unitStatus = _optional_text()


class SubUnitSerializer(serializers.Serializer[object]):
    """A party inside the document of its organisation."""

    partyId = serializers.IntegerField()
    partyUuid = serializers.UUIDField(allow_null=True)
    externalUrn = _optional_text()
    partyTypeName = serializers.ChoiceField(
        choices=PartyType.values,
        help_text="1 person, 2 organisation, 3 self-identified, 4 sub-unit,"
        " 5 bankruptcy estate.",
    )
    orgNumber = _optional_text()
    ssn = serializers.CharField(
        allow_null=True,
        help_text="In the application API masked: six digits, five stars.",
    )
    unitType = _optional_text()
    name = serializers.CharField()
    isDeleted = serializers.BooleanField()
    onlyHierarchyElementWithNoAccess = serializers.BooleanField(
        help_text="It stands here for its sub-units' sake and cannot be represented."
    )
    person = PersonSerializer(allow_null=True)
    organization = OrganizationSerializer(allow_null=True)
    lastChangedInAltinn = _optional_text()
    lastChangedInExternalRegister = _optional_text()


class PartySerializer(SubUnitSerializer):
    """A person, organisation or sub-unit of the register."""

    childParties = SubUnitSerializer(
        many=True, allow_null=True, help_text="Sub-units that the list has."
    )


def party_document(
    party: Party,
    *,
    masked: bool,
    only_hierarchy: bool = False,
    sub_units: Sequence[Party] = (),
) -> dict[str, object]:
    """Return the party; ``masked`` as a browser may see it."""
    document = _members(party, mask_ssn if masked else str)
    document["onlyHierarchyElementWithNoAccess"] = only_hierarchy
    document["childParties"] = [
        _members(unit, mask_ssn if masked else str) for unit in sub_units
    ] or None
    return document


def party_list_document(
    listed: Sequence[ListedParty], *, masked: bool
) -> list[dict[str, object]]:
    """Return a list of parties, sub-units inside their organisations."""
    return [
        party_document(
            item.party,
            masked=masked,
            only_hierarchy=item.only_hierarchy,
            sub_units=item.sub_units,
        )
        for item in listed
    ]


def person_document(
    party: Party, *, shown: Callable[[str], str] = str
) -> dict[str, object]:
    """Return what the population register has; ``shown`` masks the number."""
    return {
        "ssn": shown(party.ssn) if party.ssn else None,
        "name": party.name,
        **_stated(party.register_details, "person", PERSON_MEMBERS),
    }


def organization_document(party: Party) -> dict[str, object]:
    """Return what the business register has."""
    return {
        "orgNumber": party.org_number or None,
        "name": party.name,
        "unitType": party.unit_type or None,
        **_stated(party.register_details, "organization", ORGANIZATION_MEMBERS),
    }


def _members(party: Party, shown: Callable[[str], str]) -> dict[str, object]:
    details: Mapping[str, object] = party.register_details
    ssn = shown(party.ssn) if party.ssn else None
    is_person = party.type == PartyType.PERSON
    is_organisation = party.type in _ORGANISATIONS
    return {
        "partyId": party.pk,
        "partyUuid": None if party.uuid is None else str(party.uuid),
        "externalUrn": party.external_urn or None,
        "partyTypeName": party.type,
        "orgNumber": party.org_number or None,
        "ssn": ssn,
        "unitType": party.unit_type or None,
        "name": party.name,
        "isDeleted": party.is_deleted,
        "onlyHierarchyElementWithNoAccess": False,
        "person": person_document(party, shown=shown) if is_person else None,
        "organization": organization_document(party) if is_organisation else None,
        "lastChangedInAltinn": details.get("lastChangedInAltinn"),
        "lastChangedInExternalRegister": details.get("lastChangedInExternalRegister"),
    }


def _stated(
    details: Mapping[str, object], kind: str, names: Sequence[str]
) -> dict[str, object]:
    """Return what the register states under each name, null where it does not."""
    stated = details.get(kind)
    members = stated if isinstance(stated, Mapping) else {}
    return {name: members.get(name) for name in names}
