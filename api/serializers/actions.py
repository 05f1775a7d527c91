"""What a user action is asked with, and answered with."""

from collections.abc import Iterable, Mapping

from rest_framework import serializers

from api.serializers.instances import InstanceSerializer
from api.serializers.issues import ValidationIssueSerializer
from process.hooks import ActionResult
from process.validation.issues import SourceIssues, by_element_document


class UserActionRequestSerializer(serializers.Serializer[object]):
    """Which action, and what its button says of it."""

    action = serializers.CharField(
        allow_null=True, allow_blank=True, required=False, max_length=256
    )
    buttonId = serializers.CharField(
        allow_null=True, allow_blank=True, required=False, max_length=256
    )
    metadata = serializers.DictField(
        child=serializers.CharField(allow_blank=True), allow_null=True, required=False
    )
    ignoredValidators = serializers.ListField(
        child=serializers.CharField(), allow_null=True, required=False
    )
    onBehalfOf = serializers.CharField(
        allow_null=True, allow_blank=True, required=False, max_length=64
    )


class ClientActionSerializer(serializers.Serializer[object]):
    """What the client shall do next."""

    id = serializers.CharField()
    metadata = serializers.DictField(child=serializers.CharField())


class UserActionResponseSerializer(serializers.Serializer[object]):
    """The instance after the action, and what the client shall do next."""

    instance = InstanceSerializer()
    updatedDataModels = serializers.DictField(allow_null=True)
    updatedValidationIssues = serializers.DictField(
        child=serializers.DictField(child=ValidationIssueSerializer(many=True)),
        allow_null=True,
        help_text="By data element, and there by source; the empty name has what is of"
        " no element, and the sources that found nothing.",
    )
    clientActions = ClientActionSerializer(many=True, allow_null=True)
    error = serializers.DictField(allow_null=True)
    redirectUrl = serializers.CharField(allow_null=True)


def action_document(
    result: ActionResult,
    instance: dict[str, object],
    found: Iterable[SourceIssues],
    *,
    models: Mapping[str, object],
) -> dict[str, object]:
    """Return the wire's UserActionResponse of an action that succeeded.

    ``models`` are the forms that it changed, by the ids of their elements.
    """
    return {
        "instance": instance,
        "updatedDataModels": dict(models) or None,
        "updatedValidationIssues": by_element_document(found),
        "clientActions": [
            {"id": one.id, "metadata": dict(one.metadata)}
            for one in result.client_actions
        ],
        "error": None,
        "redirectUrl": result.redirect_url,
    }
