"""Documents of Altinn Studio's instance pages (storage-api.md §3.17)."""

from collections.abc import Iterable, Mapping

from rest_framework import serializers

from common.times import optional_wire_time, wire_time
from data_elements.choices import FileScanResult
from data_elements.models import DataElement
from instances.choices import ReadStatus
from instances.models import Instance


def _time(*, null: bool = True) -> serializers.DateTimeField:
    return serializers.DateTimeField(allow_null=null)


class SimpleInstanceSerializer(serializers.Serializer[object]):
    """An instance without what it holds; nulls are written."""

    id = serializers.UUIDField()
    org = serializers.CharField()
    app = serializers.CharField(help_text="The name alone.")
    isRead = serializers.BooleanField()
    currentTaskId = serializers.CharField(allow_null=True)
    currentTaskName = serializers.CharField(allow_null=True)
    completedAt = _time()
    archivedAt = _time()
    softDeletedAt = _time()
    hardDeletedAt = _time()
    confirmedAt = _time()
    createdAt = _time(null=False)
    lastChangedAt = _time(null=False)


class SimpleDataElementSerializer(serializers.Serializer[object]):
    """A data element without its file name."""

    id = serializers.UUIDField()
    dataType = serializers.CharField()
    contentType = serializers.CharField(allow_null=True)
    size = serializers.IntegerField()
    locked = serializers.BooleanField()
    isRead = serializers.BooleanField()
    fileScanResult = serializers.ChoiceField(choices=FileScanResult.labels)
    hardDeletedAt = _time()
    createdAt = _time(null=False)
    lastChangedAt = _time(null=False)


class SimpleInstanceDetailsSerializer(SimpleInstanceSerializer):
    """An instance with a line for each data element, deleted ones too."""

    data = SimpleDataElementSerializer(many=True)  # type: ignore[assignment]  # the wire's name


class SimpleInstancePageSerializer(serializers.Serializer[object]):
    """A page, the newest change first. ``next`` is the token of the next page."""

    count = serializers.IntegerField(help_text="Instances in this page.")
    self = serializers.CharField(allow_null=True)
    next = serializers.CharField(allow_null=True)
    instances = SimpleInstanceSerializer(many=True)


def simple_instance_document(instance: Instance) -> dict[str, object]:
    """Return the line of an instance."""
    task = instance.process.get("currentTask")
    name = task.get("name") if isinstance(task, Mapping) else None
    return {
        "id": str(instance.id),
        "org": instance.org,
        "app": instance.app,
        "isRead": instance.read_status != ReadStatus.UNREAD,
        "currentTaskId": instance.current_task,
        "currentTaskName": name,
        "completedAt": optional_wire_time(instance.process_ended),
        "archivedAt": optional_wire_time(instance.archived_at),
        "softDeletedAt": optional_wire_time(instance.soft_deleted_at),
        "hardDeletedAt": optional_wire_time(instance.hard_deleted_at),
        "confirmedAt": min(
            (one["confirmedOn"] for one in instance.confirmations or []), default=None
        ),
        "createdAt": wire_time(instance.created),
        "lastChangedAt": wire_time(instance.last_changed),
    }


def simple_details_document(
    instance: Instance, elements: Iterable[DataElement]
) -> dict[str, object]:
    """Return the line of an instance with those of its elements."""
    data = [_element(element) for element in elements]
    return {**simple_instance_document(instance), "data": data}


def _element(element: DataElement) -> dict[str, object]:
    return {
        "id": str(element.id),
        "dataType": element.data_type,
        "contentType": element.content_type,
        "size": element.size,
        "locked": element.locked_at is not None,
        "isRead": element.is_read,
        "fileScanResult": FileScanResult(element.scan_result).label,
        "hardDeletedAt": optional_wire_time(element.deleted_at),
        "createdAt": wire_time(element.created),
        "lastChangedAt": wire_time(element.last_changed),
    }
