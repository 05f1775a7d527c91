"""The history of an instance: its events, and the process that they tell of."""

from collections.abc import Iterable, Mapping
from typing import Any

from rest_framework import serializers

from api.serializers.limits import MOST, NAME, TEXT, stated
from api.serializers.process import (
    ProcessStateSerializer,
    StatedProcessSerializer,
    process_document,
)
from api.serializers.spelling import Spelling
from common.times import wire_time
from instances.models import InstanceEvent
from parties.numbers import LARGEST_ID

_PREFIX = "process_"


class PlatformUserSerializer(serializers.Serializer[object]):
    """Who did it."""

    userId = serializers.IntegerField(required=False, allow_null=True)
    orgId = serializers.CharField(required=False, allow_null=True)
    authenticationLevel = serializers.IntegerField()
    systemUserId = serializers.UUIDField(required=False, allow_null=True)
    systemUserOwnerOrgNo = serializers.CharField(required=False, allow_null=True)
    systemId = serializers.CharField(
        required=False,
        allow_null=True,
        help_text="The system of a system user; it begins with its vendor's number.",
    )


class RelatedUserSerializer(PlatformUserSerializer):
    """Whom it concerns besides, as whoever told of it named him."""

    endUserSystemId = serializers.IntegerField(required=False, allow_null=True)
    nationalIdentityNumber = serializers.CharField(required=False, allow_null=True)
    systemUserName = serializers.CharField(required=False, allow_null=True)
    systemId = None  # type: ignore[assignment]  # DRF's word for a field that is not


class InstanceEventSerializer(serializers.Serializer[object]):
    """Something that happened to an instance."""

    id = serializers.UUIDField(required=False, allow_null=True)
    instanceId = serializers.CharField()
    dataId = serializers.UUIDField(required=False, allow_null=True)
    created = serializers.DateTimeField(required=False, allow_null=True)
    eventType = serializers.CharField()
    instanceOwnerPartyId = serializers.CharField(required=False, allow_null=True)
    user = PlatformUserSerializer(required=False, allow_null=True)
    relatedUser = RelatedUserSerializer(required=False, allow_null=True)
    processInfo = ProcessStateSerializer(required=False, allow_null=True)
    additionalInfo = serializers.CharField(required=False, allow_null=True)


class StatedUserSerializer(serializers.Serializer[object]):
    """Whom a caller names as having done it, or as concerned."""

    userId = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=LARGEST_ID
    )
    orgId = stated(NAME)
    authenticationLevel = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=9
    )
    endUserSystemId = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=LARGEST_ID
    )
    nationalIdentityNumber = stated(NAME)
    systemUserId = serializers.UUIDField(required=False, allow_null=True)
    systemUserOwnerOrgNo = stated(NAME)
    systemUserName = stated(NAME)


class StatedEventSerializer(serializers.Serializer[object]):
    """An event as an application's backend states it with a step of the process."""

    instanceId = stated(NAME)
    dataId = serializers.UUIDField(required=False, allow_null=True)
    created = serializers.DateTimeField(required=False, allow_null=True)
    eventType = serializers.CharField(max_length=64)
    user = StatedUserSerializer(required=False, allow_null=True)
    relatedUser = StatedUserSerializer(required=False, allow_null=True)
    processInfo = StatedProcessSerializer(required=False, allow_null=True)
    additionalInfo = stated(TEXT)


class ProcessStepSerializer(serializers.Serializer[object]):
    """A state, and the events that led to it."""

    state = StatedProcessSerializer(required=False, allow_null=True)
    events = serializers.ListField(
        child=StatedEventSerializer(), required=False, allow_null=True, max_length=MOST
    )


class InstanceEventListSerializer(serializers.Serializer[object]):
    """The history of an instance, oldest first."""

    instanceEvents = InstanceEventSerializer(many=True)


def related_user(stated: Mapping[str, Any]) -> dict[str, object] | None:
    """Return whom a stated event concerns besides, as it is stored and told."""
    user = stated.get("relatedUser")
    if not user:
        return None
    known = {name: value for name, value in user.items() if value not in (None, "")}
    if (system_user := known.get("systemUserId")) is not None:
        known["systemUserId"] = str(system_user)
    return {**known, "authenticationLevel": known.get("authenticationLevel", 0)}


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
            "relatedUser": event.related_user,
            "processInfo": process_document(
                event.process or {}, Spelling.STORAGE, is_past=True
            ),
            "additionalInfo": event.additional_info,
        }
    )


def history_document(
    events: Iterable[InstanceEvent], spelling: Spelling
) -> dict[str, object]:
    """Return the process history (storage-api.md §4.6.3).

    Each task once, then its times.
    """
    items: dict[str, dict[str, object]] = {}
    for event in events:
        if event.event_type.startswith(_PREFIX):
            _add(items, event)
    return {"processHistory": [spelling.apply(item) for item in items.values()]}


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
        actor.get("nationalIdentityNumber")
        or actor.get("orgId")
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
