"""The history of an instance: its events, and the process that they tell of."""

from collections.abc import Iterable, Mapping

from rest_framework import serializers

from api.serializers.limits import TEXT
from api.serializers.process import ProcessStateSerializer, process_document
from api.serializers.spelling import Spelling
from common.times import wire_time
from instances.models import InstanceEvent

_PREFIX = "process_"


class PlatformUserSerializer(serializers.Serializer[object]):
    """Who did it."""

    userId = serializers.IntegerField(required=False, allow_null=True)
    orgId = serializers.CharField(required=False, allow_null=True)
    authenticationLevel = serializers.IntegerField()
    systemUserId = serializers.UUIDField(required=False, allow_null=True)
    systemUserOwnerOrgNo = serializers.CharField(required=False, allow_null=True)


class InstanceEventSerializer(serializers.Serializer[object]):
    """Something that happened to an instance."""

    id = serializers.UUIDField(required=False, allow_null=True)
    instanceId = serializers.CharField()
    dataId = serializers.UUIDField(required=False, allow_null=True)
    created = serializers.DateTimeField(required=False, allow_null=True)
    eventType = serializers.CharField()
    instanceOwnerPartyId = serializers.CharField(required=False, allow_null=True)
    user = PlatformUserSerializer(required=False, allow_null=True)
    processInfo = ProcessStateSerializer(required=False, allow_null=True)
    additionalInfo = serializers.CharField(
        required=False, allow_null=True, allow_blank=True, max_length=TEXT
    )


class InstanceEventListSerializer(serializers.Serializer[object]):
    """The history of an instance, oldest first."""

    instanceEvents = InstanceEventSerializer(many=True)


def event_document(event: InstanceEvent) -> dict[str, object]:
    """Return the document of an event; nulls are left out."""
    return Spelling.STORAGE.apply(
        {
            "id": str(event.id),
            "instanceId": f"{event.owner_party_id}/{event.instance_id}",
            "dataId": None if event.data_id is None else str(event.data_id),
            "created": wire_time(event.created),
            "eventType": event.event_type,
            "instanceOwnerPartyId": str(event.owner_party_id),
            "user": event.actor,
            "processInfo": process_document(event.process or {}, Spelling.STORAGE),
            "additionalInfo": event.additional_info,
        }
    )


def history_document(events: Iterable[InstanceEvent]) -> dict[str, object]:
    """Return the process history (storage-api.md §4.6.3).

    Each task once, then its times.
    """
    items: dict[str, dict[str, object]] = {}
    for event in events:
        if event.event_type.startswith(_PREFIX):
            _add(items, event)
    return {"processHistory": list(items.values())}


def _add(items: dict[str, dict[str, object]], event: InstanceEvent) -> None:
    state = event.process or {}
    task = state.get("currentTask")
    happened = wire_time(event.created)
    element = str(task.get("elementId", "")) if isinstance(task, Mapping) else ""
    match event.event_type.removeprefix(_PREFIX):
        case "StartEvent":
            start = state.get("startEvent")
            occured = state.get("started") or happened
            items[f"start {start}"] = _item(event, start, occured=occured)
        case "EndEvent":
            end = state.get("endEvent")
            items[f"end {end}"] = _item(
                event, end, occured=state.get("ended") or happened
            )
        case "StartTask":
            item = items.setdefault(element, _item(event, element, occured=happened))
            item["started"] = happened
        case "EndTask":
            item = items.setdefault(element, _item(event, element, occured=happened))
            item["ended"] = happened


def _item(
    event: InstanceEvent, element: object, *, occured: object
) -> dict[str, object]:
    actor = event.actor or {}
    performed_by = (
        actor.get("orgId")
        or actor.get("systemUserOwnerOrgNo")
        or actor.get("userId")
        or ""
    )
    return {
        "eventType": event.event_type,
        "elementId": element,
        "occured": occured,
        "started": None,
        "ended": None,
        "performedBy": str(performed_by),
    }
