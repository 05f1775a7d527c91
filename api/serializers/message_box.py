"""Documents of the message box (storage-api.md §3.13)."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from api.serializers.history import PlatformUserSerializer, RelatedUserSerializer
from api.serializers.instances import SubstatusSerializer
from api.serializers.limits import NAME
from api.serializers.spelling import Spelling
from apps_registry import catalogue
from apps_registry.presentation import Presentation, presentation_of
from common.times import optional_wire_time, wire_time
from instances.message_box import Rights, Search
from instances.models import Instance, InstanceEvent
from parties.numbers import LARGEST_ID

_MOST_PARTIES = 10_000
_NOT_DELETED, _SOFT_DELETED = 0, 1


def _flag() -> serializers.BooleanField:
    return serializers.BooleanField(required=False, allow_null=True)


def _time() -> serializers.DateTimeField:
    return serializers.DateTimeField(required=False, allow_null=True)


def _text() -> serializers.CharField:
    return serializers.CharField(
        required=False, allow_null=True, allow_blank=True, max_length=NAME
    )


class MessageBoxQuerySerializer(serializers.Serializer[object]):
    """What to look for. Without states, or with all, instances of every state."""

    instanceOwnerPartyIdList = serializers.ListField(
        child=serializers.IntegerField(min_value=-LARGEST_ID - 1, max_value=LARGEST_ID),
        max_length=_MOST_PARTIES,
    )
    appId = _text()
    includeActive = _flag()
    includeArchived = _flag()
    includeDeleted = _flag()
    fromLastChanged = _time()
    toLastChanged = _time()
    fromCreated = _time()
    toCreated = _time()
    searchString = _text()
    archiveReference = _text()
    language = _text()
    filterMigrated = _flag()


class MessageBoxInstanceSerializer(serializers.Serializer[object]):
    """An instance as the message box shows it; nulls are written."""

    id = serializers.UUIDField(help_text="The guid alone.")
    instanceOwnerId = serializers.CharField()
    org = serializers.CharField()
    appName = serializers.CharField()
    title = serializers.CharField()
    processCurrentTask = serializers.CharField()
    createdDateTime = serializers.DateTimeField()
    lastChangedBy = serializers.CharField()
    dueDateTime = serializers.DateTimeField(allow_null=True)
    deleteStatus = serializers.ChoiceField(choices=[_NOT_DELETED, _SOFT_DELETED])
    readStatus = serializers.CharField()
    substatus = SubstatusSerializer(allow_null=True)
    allowDelete = serializers.BooleanField()
    allowNewCopy = serializers.BooleanField()
    authorizedForWrite = serializers.BooleanField()
    authorizedForSign = serializers.BooleanField()
    archivedDateTime = serializers.DateTimeField(allow_null=True)
    deletedDateTime = serializers.DateTimeField(allow_null=True)
    presentationText = serializers.CharField(allow_null=True)
    dataValues = serializers.DictField(
        child=serializers.CharField(allow_null=True), allow_null=True
    )


class MessageBoxEventSerializer(serializers.Serializer[object]):
    """Something that happened to an instance, as the message box tells it."""

    id = serializers.UUIDField()
    createdDateTime = serializers.DateTimeField()
    eventType = serializers.CharField()
    user = PlatformUserSerializer(required=False)
    relatedUser = RelatedUserSerializer(required=False)
    additionalInfo = serializers.CharField(required=False)


def search_of(body: Mapping[str, Any]) -> Search:
    """Return what the body looks for."""
    return Search(
        party_ids=tuple(body["instanceOwnerPartyIdList"]),
        app_id=body.get("appId") or "",
        active=bool(body.get("includeActive")),
        archived=bool(body.get("includeArchived")),
        deleted=bool(body.get("includeDeleted")),
        from_last_changed=body.get("fromLastChanged"),
        to_last_changed=body.get("toLastChanged"),
        from_created=body.get("fromCreated"),
        to_created=body.get("toCreated"),
        text=body.get("searchString") or "",
        reference=body.get("archiveReference") or "",
    )


def message_box_document(
    instance: Instance, rights: Rights, *, language: str, in_search: bool
) -> dict[str, object]:
    """Return an instance as the message box shows it, its texts in the language.

    A search shows no date by which what is sent in or deleted is due.
    """
    definition = catalogue.definition_of(instance.org, instance.app)
    shown = presentation_of(definition)
    texts = (instance.presentation_texts or {}).values()
    presented = ", ".join(str(text) for text in texts if text)
    title = shown.title(language)
    closed = in_search and not instance.is_active
    visible_after = instance.visible_after or instance.created
    return {
        "id": str(instance.id),
        "instanceOwnerId": str(instance.owner_party_id),
        "org": instance.org,
        "appName": instance.app,
        "title": f"{title}, {presented}" if presented.strip() else title,
        "processCurrentTask": _task(instance),
        "createdDateTime": wire_time(max(instance.created, visible_after)),
        "lastChangedBy": instance.last_changed_by,
        "dueDateTime": None if closed else optional_wire_time(instance.due_before),
        "deleteStatus": _SOFT_DELETED if instance.soft_deleted_at else _NOT_DELETED,
        "readStatus": instance.get_read_status_display(),
        "substatus": _substatus(instance.substatus, shown, language),
        "allowDelete": rights.delete,
        "allowNewCopy": rights.copy,
        "authorizedForWrite": rights.write,
        "authorizedForSign": rights.sign,
        "archivedDateTime": optional_wire_time(instance.archived_at),
        "deletedDateTime": optional_wire_time(instance.soft_deleted_at),
        "presentationText": presented or None,
        "dataValues": instance.data_values,
    }


def message_box_event_document(event: InstanceEvent) -> dict[str, object]:
    """Return an event as the message box tells it; nulls are left out."""
    return Spelling.STORAGE.apply(
        {
            "id": str(event.id),
            "createdDateTime": wire_time(event.created),
            "eventType": event.event_type,
            "user": event.actor or None,
            "relatedUser": event.related_user,
            "additionalInfo": event.additional_info,
        }
    )


_TASKS = {
    "confirmation": "Confirmation",
    "feedback": "Feedback",
    "signing": "Signing",
}


def _task(instance: Instance) -> str:
    if not instance.process:
        return "default"
    if instance.process_ended is not None:
        return "Archived" if instance.archived_at else "Submit"
    return _TASKS.get(instance.task_type.lower(), "FormFilling")


def _substatus(
    stored: Mapping[str, Any] | None, shown: Presentation, language: str
) -> dict[str, object] | None:
    if not stored:
        return None
    found: dict[str, object] = {}
    for member in ("label", "description"):
        key = stored.get(member)
        found[member] = None if key is None else shown.text(str(key), language)
    return found
