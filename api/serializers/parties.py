"""The party document (authorization.md §3.1); identity numbers are masked in apps."""

from rest_framework import serializers

from parties.models import Party
from parties.numbers import mask_ssn


class PartySerializer(serializers.Serializer[object]):
    """A person, organisation or sub-unit of the register."""

    partyId = serializers.IntegerField()
    partyUuid = serializers.UUIDField(allow_null=True)
    externalUrn = serializers.CharField(allow_null=True)
    partyTypeName = serializers.IntegerField()
    orgNumber = serializers.CharField(allow_null=True)
    ssn = serializers.CharField(
        allow_null=True, help_text="Masked: six digits, five stars."
    )
    unitType = serializers.CharField(allow_null=True)
    name = serializers.CharField()
    isDeleted = serializers.BooleanField()
    onlyHierarchyElementWithNoAccess = serializers.BooleanField()


def party_document(party: Party) -> dict[str, object]:
    """Return the party as a browser may see it."""
    return {
        "partyId": party.pk,
        "partyUuid": None if party.uuid is None else str(party.uuid),
        "externalUrn": party.external_urn or None,
        "partyTypeName": party.type,
        "orgNumber": party.org_number or None,
        "ssn": mask_ssn(party.ssn) if party.ssn else None,
        "unitType": party.unit_type or None,
        "name": party.name,
        "isDeleted": party.is_deleted,
        "onlyHierarchyElementWithNoAccess": False,
    }
