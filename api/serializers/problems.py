"""Problem documents as OpenAPI shows them (api/problems.py)."""

from rest_framework import serializers

from api.explanations import ExplanationSerializer
from api.serializers.issues import ValidationIssueSerializer


class IssueSerializer(serializers.Serializer[object]):
    """One finding inside a problem, at a place in the input."""

    pointer = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()


class ProblemIssueSerializer(IssueSerializer):
    """One finding; those in an application's folder say more."""

    severity = serializers.ChoiceField(["error", "warning"], required=False)
    file = serializers.CharField(required=False, help_text="Its path in the folder.")
    line = serializers.IntegerField(required=False)
    mend = serializers.CharField(required=False, help_text="How to mend it.")


class ProblemSerializer(serializers.Serializer[object]):
    """Why a call was refused and what to do (RFC 9457)."""

    type = serializers.URLField(help_text="The page about this problem.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    instance = serializers.CharField(help_text="The path that was called.")
    traceId = serializers.CharField(help_text="Stands in the server's log too.")
    code = serializers.CharField(
        help_text="Stable; programs tell problems apart by it."
    )
    issues = ProblemIssueSerializer(many=True, required=False)
    errors = serializers.DictField(  # type: ignore[assignment]  # the wire's name
        child=serializers.ListField(child=serializers.CharField()), required=False
    )
    validationIssues = ValidationIssueSerializer(
        many=True,
        required=False,
        allow_null=True,
        help_text="What keeps an instance in its task.",
    )
    explanation = ExplanationSerializer(
        required=False, help_text="What was asked, and what would permit it."
    )
    strandedCount = serializers.IntegerField(
        required=False, help_text="How many running instances would be stranded."
    )
    strandedInstances = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="The first of them."
    )
    uploadValidationIssues = ValidationIssueSerializer(
        many=True, required=False, help_text="Why a file is refused."
    )
