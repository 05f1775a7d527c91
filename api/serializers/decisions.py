"""The documents of XACML's JSON profile; they are read and written elsewhere."""

from rest_framework import serializers


class DecisionAttributeSerializer(serializers.Serializer[object]):
    """An attribute of a request."""

    AttributeId = serializers.CharField()
    Value = serializers.CharField()
    DataType = serializers.CharField(
        required=False, allow_null=True, help_text="`string` when absent."
    )
    Issuer = serializers.CharField(required=False, allow_null=True)
    IncludeInResult = serializers.BooleanField(required=False)


class DecisionCategorySerializer(serializers.Serializer[object]):
    """Attributes of one category; references name it by its id."""

    CategoryId = serializers.CharField(required=False, allow_null=True)
    Id = serializers.CharField(required=False, allow_null=True)
    Attribute = DecisionAttributeSerializer(many=True)


class RequestReferenceSerializer(serializers.Serializer[object]):
    """One request of several: the categories that it is made of."""

    ReferenceId = serializers.ListField(child=serializers.CharField())


class MultiRequestsSerializer(serializers.Serializer[object]):
    """Several requests at once; at most 1000."""

    RequestReference = RequestReferenceSerializer(many=True)


class DecisionRequestMembersSerializer(serializers.Serializer[object]):
    """What is asked; a category may have 64 attributes, a value 4 KiB."""

    AccessSubject = DecisionCategorySerializer(many=True, required=False)
    Action = DecisionCategorySerializer(many=True, required=False)
    Resource = DecisionCategorySerializer(many=True, required=False)
    Category = DecisionCategorySerializer(many=True, required=False)
    MultiRequests = MultiRequestsSerializer(required=False, allow_null=True)


class DecisionRequestSerializer(serializers.Serializer[object]):
    """A decision request in XACML's JSON profile."""

    Request = DecisionRequestMembersSerializer()


class DecisionStatusCodeSerializer(serializers.Serializer[object]):
    """Whether, and why, there is no decision."""

    Value = serializers.CharField()
    StatusCode = serializers.CharField(allow_null=True)


class DecisionStatusSerializer(serializers.Serializer[object]):
    """Whether, and why, there is no decision, in words too."""

    StatusMessage = serializers.CharField(allow_null=True)
    StatusDetails = serializers.CharField(allow_null=True)
    StatusCode = DecisionStatusCodeSerializer()


class AttributeAssignmentSerializer(serializers.Serializer[object]):
    """One value of an obligation; its category says what it means."""

    AttributeId = serializers.CharField()
    Value = serializers.CharField()
    Category = serializers.CharField()
    DataType = serializers.CharField()
    Issuer = serializers.CharField(allow_null=True)


class ObligationSerializer(serializers.Serializer[object]):
    """What must be fulfilled before a permit is acted on."""

    Id = serializers.CharField()
    AttributeAssignment = AttributeAssignmentSerializer(many=True)


class DecisionResultSerializer(serializers.Serializer[object]):
    """The decision on one request."""

    Decision = serializers.ChoiceField(
        ["Permit", "Deny", "NotApplicable", "Indeterminate"]
    )
    Status = DecisionStatusSerializer()
    Obligations = ObligationSerializer(many=True, allow_null=True)
    AssociateAdvice = serializers.CharField(allow_null=True)
    Category = DecisionCategorySerializer(
        many=True, allow_null=True, help_text="What was to be included in the result."
    )
    PolicyIdentifierList = serializers.CharField(allow_null=True)


class DecisionResponseSerializer(serializers.Serializer[object]):
    """A result for each reference, in their order."""

    Response = DecisionResultSerializer(many=True)
