"""The data element document (storage-api.md §3.7), with the owner's ``appOwner``."""

import base64
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import cache
from hashlib import sha256
from typing import Any

from rest_framework import serializers

from api.links import Links
from api.rows import Addressed, ElementRow, Row
from api.serializers.documents import DocumentSerializer, RowDocument, WireTimeField
from api.serializers.enums import EnumField
from api.serializers.limits import MOST, NAME, TEXT
from api.serializers.spelling import Spelling
from data_elements.choices import FileScanResult
from data_elements.models import DataElement

_HEX = re.compile("[0-9a-fA-F]{64}")


class ResourceLinksSerializer(serializers.Serializer[object]):
    """Absolute addresses of the same resource on both faces."""

    apps = serializers.URLField()
    platform = serializers.URLField()


class KeyValueSerializer(serializers.Serializer[object]):
    """A key with a value."""

    key = serializers.CharField(max_length=NAME)
    value = serializers.CharField(
        allow_null=True,
        allow_blank=True,
        default=None,
        max_length=TEXT,
        trim_whitespace=False,
    )


class DeleteStatusSerializer(serializers.Serializer[object]):
    """Whether the element is marked deleted."""

    isHardDeleted = serializers.BooleanField()
    hardDeleted = serializers.DateTimeField(allow_null=True)


class ReferenceSerializer(serializers.Serializer[object]):
    """What the element was made from."""

    value = serializers.CharField(max_length=NAME)
    relation = EnumField(["GeneratedFrom"], allow_null=True, default=None)
    valueType = EnumField(["DataElement", "Task"], allow_null=True, default=None)


def _storage_path(app_id: str, instance_id: str, id: str) -> str:
    return f"{app_id}/{instance_id}/data/{id}"


def _links(links: Mapping[str, str], id: str) -> dict[str, str]:
    tail = f"/data/{id}"
    return {"apps": links["apps"] + tail, "platform": links["platform"] + tail}


def _is_locked(locked_at: str | None) -> bool:
    return locked_at is not None


def _delete_status(deleted_at: str | None) -> dict[str, object] | None:
    if deleted_at is None:
        return None
    return {"isHardDeleted": True, "hardDeleted": deleted_at}


_SCAN_RESULTS = {result.value: result.label for result in FileScanResult}


def _scan_result(scan_result: int) -> str:
    return _SCAN_RESULTS[scan_result]


def _nothing() -> None:
    """Return what a member is that nobody is told."""


class AppOwnerSerializer(DocumentSerializer):
    """When the app owner downloaded the element, and when it confirmed that."""

    model = DataElement

    downloaded = serializers.ListField(
        child=serializers.DateTimeField(), source="owner_downloads"
    )
    downloadConfirmed = WireTimeField(
        allow_null=True, required=False, source="owner_confirmed_at"
    )


class DataElementSerializer(DocumentSerializer):
    """A file or form that belongs to an instance."""

    model = DataElement
    computed = {
        "blobStoragePath": _storage_path,
        "selfLinks": _links,
        "contentHash": _nothing,
        "locked": _is_locked,
        "deleteStatus": _delete_status,
        "fileScanResult": _scan_result,
    }

    id = serializers.UUIDField()
    instanceGuid = serializers.UUIDField(source="instance_id")
    dataType = serializers.CharField(source="data_type")
    filename = serializers.CharField(allow_null=True, required=False)
    contentType = serializers.CharField(
        allow_null=True, required=False, source="content_type"
    )
    blobStoragePath = serializers.CharField()
    selfLinks = ResourceLinksSerializer()
    size = serializers.IntegerField(help_text="Bytes.")
    contentHash = serializers.CharField(allow_null=True, required=False)
    locked = serializers.BooleanField()
    refs = serializers.ListField(
        child=serializers.UUIDField(), allow_null=True, required=False
    )
    isRead = serializers.BooleanField(source="is_read")
    tags = serializers.ListField(child=serializers.CharField())
    userDefinedMetadata = KeyValueSerializer(
        many=True, allow_null=True, required=False, source="user_defined_metadata"
    )
    metadata = KeyValueSerializer(many=True, allow_null=True, required=False)
    deleteStatus = DeleteStatusSerializer(allow_null=True, required=False)
    fileScanResult = serializers.ChoiceField(choices=FileScanResult.labels)
    references = ReferenceSerializer(many=True, allow_null=True, required=False)
    appOwner = AppOwnerSerializer(source="*")
    created = WireTimeField()
    createdBy = serializers.CharField(source="created_by")
    lastChanged = WireTimeField(source="last_changed")
    lastChangedBy = serializers.CharField(source="last_changed_by")


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
    """What the scan of a data element found, and of which content if it says so."""

    fileScanResult = EnumField(FileScanResult.labels)
    contentHash = serializers.CharField(
        allow_null=True,
        allow_blank=True,
        required=False,
        max_length=NAME,
        help_text="The SHA-256 of what was scanned, in hexadecimal or base64; another"
        " hash is passed over.",
    )


def sha256_of(stated: str | None) -> bytes | None:
    """Return the SHA-256 that a text says, None when it says none."""
    text = (stated or "").strip()
    if _HEX.fullmatch(text):
        return bytes.fromhex(text)
    with suppress(ValueError):
        decoded = base64.b64decode(text, validate=True)
        return decoded if len(decoded) == sha256().digest_size else None
    return None


ELEMENTS = RowDocument(
    DataElementSerializer,
    given=("app_id", "links"),
    besides=("blob_key",),
    changing=(
        "id",
        "blob_key",
        "last_changed",
        "is_read",
        "scan_result",
        "locked_at",
        "deleted_at",
        "owner_downloads",
        "owner_confirmed_at",
    ),
)


def element_row(values: Row) -> ElementRow:
    """Return the row of these columns."""
    instance_id, data_type, deleted_at = _known()(values)
    return ElementRow(values, instance_id, data_type, deleted_at is not None)


def element_as_row(element: DataElement | ElementRow) -> ElementRow:
    """Return an element as if it had been read for an answer."""
    if isinstance(element, ElementRow):
        return element
    return element_row(ELEMENTS.row_of(element))


@cache
def _known() -> Callable[[Row], tuple[Any, ...]]:
    return ELEMENTS.picked("instance_id", "data_type", "deleted_at")


def data_element_document(
    element: DataElement | ElementRow,
    instance: Addressed,
    links: Links,
    spelling: Spelling,
) -> dict[str, object]:
    """Return the document of an element of the instance."""
    return element_documents([element], instance, links.instance(instance), spelling)[0]


def element_documents(
    elements: Iterable[DataElement | ElementRow],
    instance: Addressed,
    links: Mapping[str, str],
    spelling: Spelling,
) -> list[dict[str, object]]:
    """Return the documents of elements of one instance, which has these links."""
    build, app_id = ELEMENTS.build(spelling), instance.app_id
    return [build(ELEMENTS.row_of(one), app_id, links) for one in elements]
