"""The application document: the app's own metadata, unknown members included."""

from rest_framework import serializers

from apps_registry.definition import AppDefinition


class DataTypeSerializer(serializers.Serializer[object]):
    """A kind of data element that the application declares."""

    id = serializers.CharField()
    allowedContentTypes = serializers.ListField(
        child=serializers.CharField(), required=False, allow_null=True
    )
    maxSize = serializers.IntegerField(
        required=False, allow_null=True, help_text="MiB."
    )
    maxCount = serializers.IntegerField(required=False)
    minCount = serializers.IntegerField(required=False)
    taskId = serializers.CharField(required=False, allow_null=True)


class ApplicationSerializer(serializers.Serializer[object]):
    """A form application."""

    id = serializers.CharField(help_text="org/app")
    org = serializers.CharField()
    title = serializers.DictField(child=serializers.CharField())
    dataTypes = DataTypeSerializer(many=True)
    versionId = serializers.CharField(
        help_text="Number of the deployment that is served."
    )


def application_document(definition: AppDefinition) -> dict[str, object]:
    """Return the metadata as the app's owner wrote it, with the deployment's number."""
    return {
        "title": {},
        "dataTypes": [],
        **definition.metadata,
        "org": definition.org,
        "versionId": str(definition.number),
    }
