"""What is told of a task to sign in: signees, organisations, and what is signed."""

from rest_framework import serializers

from api.serializers.data_elements import DataElementSerializer
from common.times import optional_wire_time
from parties.models import Party
from signing.signees import Signee


class SigneeStateSerializer(serializers.Serializer[object]):
    """Somebody who is to sign, or has; an organisation by itself has no ``name``."""

    name = serializers.CharField(allow_null=True)
    organization = serializers.CharField(allow_null=True)
    delegationSuccessful = serializers.BooleanField()
    notificationStatus = serializers.ChoiceField(choices=["NotSent", "Sent", "Failed"])
    partyId = serializers.IntegerField()
    signedTime = serializers.DateTimeField(allow_null=True)


class SigneesSerializer(serializers.Serializer[object]):
    """Who is to sign in a task, and who has."""

    signeeStates = SigneeStateSerializer(many=True)


class OrganisationToSignForSerializer(serializers.Serializer[object]):
    """An organisation that the caller may sign for."""

    orgNumber = serializers.CharField()
    orgName = serializers.CharField()
    partyId = serializers.IntegerField()


class OrganisationsToSignForSerializer(serializers.Serializer[object]):
    """The organisations that the caller may sign for."""

    organizations = OrganisationToSignForSerializer(many=True)


class SignedElementsSerializer(serializers.Serializer[object]):
    """What is signed in a task."""

    dataElements = DataElementSerializer(many=True)


def signee_document(signee: Signee) -> dict[str, object]:
    """Return the wire's SigneeState; this server itself sends no message."""
    return {
        "name": signee.name,
        "organization": signee.organisation,
        "delegationSuccessful": signee.is_delegated,
        "notificationStatus": "NotSent",
        "partyId": signee.party_id,
        "signedTime": optional_wire_time(signee.signed_time),
    }


def organisation_document(party: Party) -> dict[str, object]:
    """Return an organisation that the caller may sign for."""
    return {
        "orgNumber": party.org_number,
        "orgName": party.name,
        "partyId": party.pk,
    }
