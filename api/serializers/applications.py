"""The application document: the app's own metadata, unknown members included."""

from collections.abc import Iterable, Mapping

from rest_framework import serializers

from api.serializers.spelling import Spelling
from apps_registry.definition import AppDefinition
from parties.identity import DESIGNER_APP, PrincipalKind

# The version of Altinn's app library whose behaviour the application API has; its user
# interface asks for a least one.
LIBRARY_VERSION = "8.6.0.0"


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


class ApplicationMetadataSerializer(ApplicationSerializer):
    """The same as the application API has it."""

    features = serializers.DictField(child=serializers.BooleanField())
    altinnNugetVersion = serializers.CharField(
        help_text="Version of Altinn's app library that this behaves as."
    )
    externalApiIds = serializers.ListField(child=serializers.CharField())


class ApplicationListSerializer(serializers.Serializer[object]):
    """Applications."""

    applications = ApplicationSerializer(many=True)


class TextVariableSerializer(serializers.Serializer[object]):
    """What stands for a place in a text."""

    key = serializers.CharField(allow_null=True, required=False)
    dataSource = serializers.CharField(allow_null=True, required=False)
    defaultValue = serializers.CharField(
        allow_null=True, allow_blank=True, required=False, trim_whitespace=False
    )


class TextSerializer(serializers.Serializer[object]):
    """One text of an application."""

    id = serializers.CharField()
    value = serializers.CharField(
        allow_null=True, allow_blank=True, required=False, trim_whitespace=False
    )
    variables = TextVariableSerializer(many=True, allow_null=True, required=False)


class TextResourceSerializer(serializers.Serializer[object]):
    """All texts of an application in one language."""

    id = serializers.CharField(help_text="org-app-language", read_only=True)
    org = serializers.CharField(read_only=True)
    language = serializers.CharField()
    resources = TextSerializer(many=True)


class LanguageSerializer(serializers.Serializer[object]):
    """A language that an application has texts in."""

    language = serializers.CharField()


class OptionSerializer(serializers.Serializer[object]):
    """What can be chosen; ``value`` is a text, a number, true, false or null."""

    value = serializers.JSONField()
    label = serializers.CharField(allow_null=True)  # type: ignore[assignment]  # the wire's name
    description = serializers.CharField(required=False)
    helpText = serializers.CharField(required=False)
    tags = serializers.DictField(child=serializers.CharField(), required=False)


class DataListMetaSerializer(serializers.Serializer[object]):
    """Where a page of a data list stands in the whole."""

    page = serializers.IntegerField()
    pageCount = serializers.IntegerField()
    pageSize = serializers.IntegerField()
    totaltItemsCount = serializers.IntegerField(help_text="Spelled as clients know it.")
    links = serializers.ListField(child=serializers.CharField())


class DataListSerializer(serializers.Serializer[object]):
    """A page of a data list."""

    listItems = serializers.ListField(child=serializers.DictField())
    _metaData = DataListMetaSerializer()


def application_document(definition: AppDefinition) -> dict[str, object]:
    """Return the metadata as the app's owner wrote it, with the deployment's number."""
    return {
        "title": {},
        "dataTypes": [],
        **definition.metadata,
        "org": definition.org,
        "versionId": str(definition.number),
    }


def application_metadata_document(
    definition: AppDefinition, *, external_apis: Iterable[str] = ()
) -> dict[str, object]:
    """Return the metadata as the application API has it.

    What the server can do, and the members that clients test for, are in it always.
    """
    return {
        "onEntry": None,
        "logo": None,
        **application_document(definition),
        "features": {
            "footer": True,
            "processActions": True,
            "jsonObjectInDataResponse": False,
        },
        "altinnNugetVersion": LIBRARY_VERSION,
        "externalApiIds": sorted(external_apis),
    }


def stored_application_document(
    definition: AppDefinition, times: Mapping[str, str]
) -> dict[str, object]:
    """Return the metadata as storage has it: who made it and when, and no nulls.

    When it was made is what its owner wrote there, if anything; when it was changed is
    what the server knows. Anyone reads it: who did it by an account of the server or by
    a command is left out.
    """
    known = {
        name: one
        for name, one in times.items()
        if not name.endswith("By") or _is_caller(one)
    }
    changed = {
        name: one for name, one in known.items() if name.startswith("lastChanged")
    }
    document = {**known, **application_document(definition), **changed}
    return Spelling.STORAGE.apply(document)


def _is_caller(author: str) -> bool:
    """Whether it was a caller of the API, by the names that those are written under."""
    # With a blank, which no account's name has.
    service_owner = f"{PrincipalKind.SERVICE_OWNER.value} "
    return author == DESIGNER_APP or author.startswith(service_owner)
