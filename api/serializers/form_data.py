"""Patches of form data, and what changes of it are answered with."""

from rest_framework import serializers

from api.serializers.instances import InstanceSerializer
from api.serializers.issues import SourceIssuesSerializer, ValidationIssueSerializer
from api.serializers.limits import MOST
from forms.patches import MOST_OPERATIONS


def _operations() -> serializers.ListField:
    """Return a field for the operations of a JSON Patch (RFC 6902)."""
    return serializers.ListField(
        child=serializers.DictField(), max_length=MOST_OPERATIONS
    )


class PatchSerializer(serializers.Serializer[object]):
    """A JSON Patch of one form."""

    patch = _operations()
    ignoredValidators = serializers.ListField(
        child=serializers.CharField(), allow_null=True, required=False
    )


class ElementPatchSerializer(serializers.Serializer[object]):
    """A JSON Patch of the form of one element."""

    dataElementId = serializers.UUIDField()
    patch = _operations()


class PatchesSerializer(serializers.Serializer[object]):
    """JSON Patches of several forms of one instance."""

    patches = serializers.ListField(
        child=ElementPatchSerializer(), allow_empty=False, max_length=MOST
    )
    ignoredValidators = serializers.ListField(
        child=serializers.CharField(), allow_null=True, required=False
    )


class NewDataModelSerializer(serializers.Serializer[object]):
    """A form as it is now, every member of its model there."""

    dataElementId = serializers.UUIDField()
    data = serializers.DictField()  # type: ignore[assignment]  # a member, no property


class FormsChangedSerializer(serializers.Serializer[object]):
    """The instance and the forms after a change."""

    instance = InstanceSerializer()
    validationIssues = SourceIssuesSerializer(many=True)
    newDataModels = NewDataModelSerializer(many=True)


class ElementMadeSerializer(FormsChangedSerializer):
    """The same, with the id of the element that was made."""

    newDataElementId = serializers.UUIDField()


class FormPatchedSerializer(serializers.Serializer[object]):
    """The instance and the one form after a patch."""

    instance = InstanceSerializer()
    validationIssues = serializers.DictField(
        child=ValidationIssueSerializer(many=True), help_text="By source."
    )
    newDataModel = serializers.DictField()
