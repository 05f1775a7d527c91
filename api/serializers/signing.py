"""What signing reads: of what, as what, and by whom."""

from rest_framework import serializers

from api.serializers.limits import stated

_MOST_ELEMENTS = 1000


class SignedElementSerializer(serializers.Serializer[object]):
    """A data element, and whether it is signed or only named."""

    dataElementId = serializers.UUIDField()
    signed = serializers.BooleanField(required=False, default=False)


class SigneeSerializer(serializers.Serializer[object]):
    """Who signs: the caller."""

    userId = stated(20)
    systemUserId = serializers.UUIDField(required=False, allow_null=True)
    personNumber = stated(11)
    organisationNumber = stated(9)


class SignRequestSerializer(serializers.Serializer[object]):
    """A signature to be made."""

    signatureDocumentDataType = serializers.CharField(max_length=128)
    generatedFromTask = stated(128)
    dataElementSignatures = serializers.ListField(
        child=SignedElementSerializer(), max_length=_MOST_ELEMENTS
    )
    signee = SigneeSerializer(required=False, allow_null=True)
