"""What validation finds, as OpenAPI shows it (process/validation/issues.py)."""

from rest_framework import serializers


class ValidationIssueSerializer(serializers.Serializer[object]):
    """One finding in an instance's data, as Altinn's clients know it."""

    severity = serializers.IntegerField(
        help_text="1 is an error, 2 a warning, 3 information, 4 mended, 5 success."
    )
    dataElementId = serializers.UUIDField(required=False, allow_null=True)
    field = serializers.CharField(
        required=False,
        allow_null=True,
        help_text="A path in the form, or a data type's id.",
    )
    code = serializers.CharField()
    description = serializers.CharField(
        allow_blank=True, help_text="In the caller's language."
    )
    source = serializers.CharField(  # type: ignore[assignment]  # the wire's name
        help_text="Which validator; `ignoredValidators` takes this."
    )
    customTextKey = serializers.CharField(required=False)
    customTextParameters = serializers.DictField(
        child=serializers.CharField(), required=False
    )
    customTextParams = serializers.ListField(
        child=serializers.CharField(), required=False
    )
    noIncrementalUpdates = serializers.BooleanField(
        required=False,
        help_text="True, or not there: no answer to a change tells of it anew.",
    )
    pointer = serializers.CharField(
        required=False, help_text="Where in the form as JSON: a JSON pointer."
    )
    xpath = serializers.CharField(required=False, help_text="Where in its XML.")
    line = serializers.IntegerField(required=False, help_text="Of its XML.")
    column = serializers.IntegerField(required=False, help_text="Of its XML.")


class SourceIssuesSerializer(serializers.Serializer[object]):
    """What one validator found, perhaps nothing."""

    source = serializers.CharField()  # type: ignore[assignment]  # the wire's name
    issues = ValidationIssueSerializer(many=True)
