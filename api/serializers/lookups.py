"""Bodies and answers of look-ups in the register (authorization.md §3.3)."""

from collections.abc import Mapping

from rest_framework import serializers

from parties.models import Party
from parties.numbers import ORG_NUMBER_LENGTH, SSN_LENGTH
from parties.register_details import PERSON_NAMES

MOST_NAMES = 1000
MOST_LISTED = 1000
MOST_IDENTIFIED = 100


def ssn_field(*, optional: bool = False) -> serializers.RegexField:
    """Return a field for a national identity number, its check digits not judged."""
    return _digits(SSN_LENGTH, optional=optional)


def org_number_field(*, optional: bool = False) -> serializers.RegexField:
    """Return a field for an organisation number, its check digit not judged."""
    return _digits(ORG_NUMBER_LENGTH, optional=optional)


def _digits(length: int, *, optional: bool) -> serializers.RegexField:
    return serializers.RegexField(
        rf"\A[0-9]{{{length}}}\Z",
        required=not optional,
        allow_null=optional,
        error_messages={"invalid": f"Give the {length} digits of the number."},
    )


class PartyLookupSerializer(serializers.Serializer[object]):
    """The number of one party: a person's or an organisation's, not both."""

    ssn = ssn_field(optional=True)
    orgNo = org_number_field(optional=True)

    def validate(self, attrs: dict[str, str | None]) -> dict[str, str]:
        """Refuse none and both."""
        given = {name: number for name, number in attrs.items() if number}
        if len(given) != 1:
            raise serializers.ValidationError(
                "Give either ssn or orgNo.", code="one-number"
            )
        return given


class PartyNamesLookupSerializer(serializers.Serializer[object]):
    """Numbers whose names are wanted."""

    parties = serializers.ListField(
        child=PartyLookupSerializer(), max_length=MOST_NAMES, allow_null=True
    )


class PersonNameSerializer(serializers.Serializer[object]):
    """A person's name, taken apart."""

    firstName = serializers.CharField(allow_null=True)
    middleName = serializers.CharField(allow_null=True)
    lastName = serializers.CharField(allow_null=True)


class PartyNameSerializer(serializers.Serializer[object]):
    """The name that goes with a number."""

    ssn = serializers.CharField(allow_null=True)
    orgNo = serializers.CharField(allow_null=True)
    name = serializers.CharField(
        allow_null=True, help_text="null when the register does not have the number."
    )
    personName = PersonNameSerializer(
        required=False,
        allow_null=True,
        help_text="Only with `partyComponentOption=person-name`.",
    )


class PartyNamesSerializer(serializers.Serializer[object]):
    """Names, in the order of the numbers."""

    partyNames = PartyNameSerializer(many=True)


class PartyIdentifiersSerializer(serializers.Serializer[object]):
    """What a party is known by."""

    partyId = serializers.IntegerField()
    partyUuid = serializers.UUIDField(allow_null=True)
    orgNumber = serializers.CharField(required=False)


class PersonQuerySerializer(serializers.Serializer[object]):
    """Whom an application looks up for its user."""

    socialSecurityNumber = ssn_field()
    lastName = serializers.CharField(max_length=255)


class PersonDetailsSerializer(serializers.Serializer[object]):
    """Who was found."""

    ssn = serializers.CharField(help_text="As it was sent, in full.")
    name = serializers.CharField()
    firstName = serializers.CharField(allow_null=True)
    middleName = serializers.CharField(allow_null=True)
    lastName = serializers.CharField(allow_null=True)


class PersonFoundSerializer(serializers.Serializer[object]):
    """Whether a person was found, and who it is."""

    success = serializers.BooleanField()
    personDetails = PersonDetailsSerializer(allow_null=True)


class OrganisationDetailsSerializer(serializers.Serializer[object]):
    """Which organisation was found."""

    orgNr = serializers.CharField()
    name = serializers.CharField()


class OrganisationFoundSerializer(serializers.Serializer[object]):
    """Whether an organisation was found, and which it is."""

    success = serializers.BooleanField()
    organisationDetails = OrganisationDetailsSerializer(allow_null=True)


def name_document(
    asked: Mapping[str, str], party: Party | None, *, taken_apart: bool
) -> dict[str, object]:
    """Return the name of what was asked for, null when nobody has the number."""
    document: dict[str, object] = {
        "ssn": asked.get("ssn"),
        "orgNo": asked.get("orgNo"),
        "name": party.name if party else None,
    }
    if taken_apart:
        person = party.register_details.get("person") if party else None
        document["personName"] = names_of(person) if isinstance(person, dict) else None
    return document


def identifiers_document(party: Party) -> dict[str, object]:
    """Return the ids of a party; an identity number is not among them."""
    document: dict[str, object] = {
        "partyId": party.pk,
        "partyUuid": None if party.uuid is None else str(party.uuid),
    }
    if party.org_number:
        document["orgNumber"] = party.org_number
    return document


def person_found_document(person: Party | None) -> dict[str, object]:
    """Return the answer to an application's look-up."""
    if person is None:
        return {"success": False, "personDetails": None}
    details = person.register_details.get("person")
    names = names_of(details if isinstance(details, dict) else {})
    found = {"ssn": person.ssn, "name": person.name, **names}
    return {"success": True, "personDetails": found}


def organisation_found_document(organisation: Party | None) -> dict[str, object]:
    """Return the answer to an application's look-up."""
    if organisation is None:
        return {"success": False, "organisationDetails": None}
    found = {"orgNr": organisation.org_number, "name": organisation.name}
    return {"success": True, "organisationDetails": found}


def names_of(person: Mapping[str, object]) -> dict[str, object]:
    """Return first, middle and last name, null where the register has none."""
    return {name: person.get(name) for name in PERSON_NAMES}
