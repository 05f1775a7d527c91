"""The data element document (storage-api.md §3.7), with the owner's ``appOwner``."""

from rest_framework import serializers

from api.links import Links
from api.serializers.limits import MOST, NAME, TEXT
from api.serializers.spelling import Spelling
from common.times import wire_time
from data_elements.choices import FileScanResult
from data_elements.models import DataElement
from instances.models import Instance


class ResourceLinksSerializer(serializers.Serializer[object]):
    """Absolute addresses of the same resource on both faces."""

    apps = serializers.URLField()
    platform = serializers.URLField()


class KeyValueSerializer(serializers.Serializer[object]):
    """A key with a value."""

    key = serializers.CharField(max_length=NAME)
    value = serializers.CharField(
        allow_null=True, allow_blank=True, required=False, max_length=TEXT
    )


class DeleteStatusSerializer(serializers.Serializer[object]):
    """Whether the element is marked deleted."""

    isHardDeleted = serializers.BooleanField()
    hardDeleted = serializers.DateTimeField(allow_null=True)


class ReferenceSerializer(serializers.Serializer[object]):
    """What the element was made from."""

    value = serializers.CharField(max_length=NAME)
    relation = serializers.ChoiceField(choices=["GeneratedFrom"], allow_null=True)
    valueType = serializers.ChoiceField(
        choices=["DataElement", "Task"], allow_null=True
    )


class AppOwnerSerializer(serializers.Serializer[object]):
    """When the app owner downloaded the element, and when it confirmed that."""

    downloaded = serializers.ListField(child=serializers.DateTimeField())
    downloadConfirmed = serializers.DateTimeField(allow_null=True, required=False)


class DataElementSerializer(serializers.Serializer[object]):
    """A file or form that belongs to an instance."""

    id = serializers.UUIDField()
    instanceGuid = serializers.UUIDField()
    dataType = serializers.CharField()
    filename = serializers.CharField(allow_null=True, required=False)
    contentType = serializers.CharField(allow_null=True, required=False)
    blobStoragePath = serializers.CharField()
    selfLinks = ResourceLinksSerializer()
    size = serializers.IntegerField(help_text="Bytes.")
    contentHash = serializers.CharField(allow_null=True, required=False)
    locked = serializers.BooleanField()
    refs = serializers.ListField(
        child=serializers.UUIDField(), allow_null=True, required=False
    )
    isRead = serializers.BooleanField()
    tags = serializers.ListField(child=serializers.CharField())
    userDefinedMetadata = KeyValueSerializer(many=True, allow_null=True, required=False)
    metadata = KeyValueSerializer(many=True, allow_null=True, required=False)
    deleteStatus = DeleteStatusSerializer(allow_null=True, required=False)
    fileScanResult = serializers.ChoiceField(choices=FileScanResult.labels)
    references = ReferenceSerializer(many=True, allow_null=True, required=False)
    appOwner = AppOwnerSerializer()
    created = serializers.DateTimeField()
    createdBy = serializers.CharField()
    lastChanged = serializers.DateTimeField()
    lastChangedBy = serializers.CharField()


class DataElementListSerializer(serializers.Serializer[object]):
    """All data elements of an instance."""

    dataElements = DataElementSerializer(many=True)


class DataElementMetadataSerializer(serializers.Serializer[object]):
    """What of an element's description a caller may replace; the rest is ignored."""

    id = serializers.UUIDField()
    instanceGuid = serializers.UUIDField()
    refs = serializers.ListField(
        child=serializers.UUIDField(), allow_null=True, required=False, max_length=MOST
    )
    references = serializers.ListField(
        child=ReferenceSerializer(), allow_null=True, required=False, max_length=MOST
    )
    tags = serializers.ListField(
        child=serializers.CharField(max_length=NAME),
        allow_null=True,
        required=False,
        max_length=MOST,
    )
    userDefinedMetadata = serializers.ListField(
        child=KeyValueSerializer(), allow_null=True, required=False, max_length=MOST
    )
    metadata = serializers.ListField(
        child=KeyValueSerializer(), allow_null=True, required=False, max_length=MOST
    )


class FileScanStatusSerializer(serializers.Serializer[object]):
    """What the scan of a data element found; the hash is not compared."""

    fileScanResult = serializers.ChoiceField(choices=FileScanResult.labels)
    contentHash = serializers.CharField(allow_null=True, required=False)


def data_element_document(
    element: DataElement, instance: Instance, links: Links, spelling: Spelling
) -> dict[str, object]:
    """Return the document of an element."""
    deleted = element.deleted_at
    confirmed = element.owner_confirmed_at
    app_owner = {
        "downloaded": element.owner_downloads,
        "downloadConfirmed": None if confirmed is None else wire_time(confirmed),
    }
    return spelling.apply(
        {
            "id": str(element.id),
            "instanceGuid": str(instance.id),
            "dataType": element.data_type,
            "filename": element.filename,
            "contentType": element.content_type,
            "blobStoragePath": f"{instance.app_id}/{instance.id}/data/{element.id}",
            "selfLinks": links.element(instance, element.id),
            "size": element.size,
            "contentHash": None,
            "locked": element.is_locked,
            "refs": element.refs,
            "isRead": element.is_read,
            "tags": element.tags,
            "userDefinedMetadata": element.user_defined_metadata,
            "metadata": element.metadata,
            "deleteStatus": (
                None
                if deleted is None
                else {"isHardDeleted": True, "hardDeleted": wire_time(deleted)}
            ),
            "fileScanResult": FileScanResult(element.scan_result).label,
            "references": element.references,
            "appOwner": spelling.apply(app_owner),
            "created": wire_time(element.created),
            "createdBy": element.created_by,
            "lastChanged": wire_time(element.last_changed),
            "lastChangedBy": element.last_changed_by,
        }
    )
