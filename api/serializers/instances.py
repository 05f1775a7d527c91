"""The instance document (storage-api.md §3.1) and what creating one reads."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import orjson
from django.core.validators import RegexValidator
from drf_spectacular.utils import extend_schema_field
from orjson import Fragment
from rest_framework import serializers

from api.links import Links
from api.rows import ElementRow, InstanceRow, Row
from api.serializers.data_elements import (
    DataElementSerializer,
    ResourceLinksSerializer,
    element_documents,
)
from api.serializers.documents import DocumentSerializer, RowDocument, WireTimeField
from api.serializers.limits import (
    NAME,
    REFERENCE,
    TEXT,
    TextChangesField,
    TextsField,
    stated,
)
from api.serializers.parties import PartySerializer
from api.serializers.process import (
    ProcessStateSerializer,
    process_document,
    stored_process,
)
from api.serializers.query_plans import QueryPlanSerializer
from api.serializers.spelling import Spelling
from data_elements.models import DataElement
from instances.choices import ReadStatus
from instances.models import Instance


def _time(source: str) -> WireTimeField:
    return WireTimeField(allow_null=True, required=False, source=source)


class ReferenceField(serializers.CharField):
    """What the caller calls the instance: 1 to 128 characters, none of them control."""

    def __init__(self, **kwargs: Any) -> None:
        """Take the options of a text."""
        super().__init__(max_length=REFERENCE, **kwargs)
        self.validators.append(
            RegexValidator(r"\A[^\x00-\x1f\x7f]+\Z", "It has a control character.")
        )


class InstanceOwnerSerializer(serializers.Serializer[object]):
    """The party on whose behalf the instance is.

    One of its names is enough on input.
    """

    partyId = stated(NAME)
    personNumber = stated(11)
    organisationNumber = stated(9)
    username = stated(NAME)
    externalIdentifier = stated(NAME)


def _party_id(owner_party_id: int) -> str:
    return str(owner_party_id)


def _party(owner_party: object) -> object:
    return owner_party


class InstanceOwnerDocumentSerializer(DocumentSerializer, InstanceOwnerSerializer):
    """The instance owner as answered; the application API adds the register's entry."""

    model = Instance
    computed = {"partyId": _party_id, "party": _party}

    personNumber = stated(11, source="owner_person_no")
    organisationNumber = stated(9, source="owner_org_no")
    username = stated(NAME, source="owner_username")
    externalIdentifier = stated(NAME, source="owner_external_id")
    party = PartySerializer(required=False, allow_null=True)


@extend_schema_field(
    {
        "oneOf": [
            {"type": "string", "enum": ReadStatus.labels},
            {"type": "integer", "enum": ReadStatus.values},
        ]
    }
)
class ReadStatusField(serializers.JSONField):
    """A name in the platform API and the proposal's calls, a number in the other."""


class SubstatusSerializer(serializers.Serializer[object]):
    """The owner's own word on how the case stands; usually text resource keys."""

    label = serializers.CharField(  # type: ignore[assignment]  # the wire's name
        max_length=NAME, trim_whitespace=False
    )
    description = serializers.CharField(
        allow_null=True,
        allow_blank=True,
        required=False,
        max_length=TEXT,
        trim_whitespace=False,
    )


def _is_archived(archived_at: str | None) -> bool:
    return archived_at is not None


def _is_soft_deleted(soft_deleted_at: str | None) -> bool:
    return soft_deleted_at is not None


def _is_hard_deleted(hard_deleted_at: str | None) -> bool:
    return hard_deleted_at is not None


_READ_STATUSES = {status.value: status.label for status in ReadStatus}


def _read_status(read_status: int, spelling: Spelling) -> int | str:
    if spelling is Spelling.APPLICATION:
        return read_status
    return _READ_STATUSES[read_status]


class InstanceStatusSerializer(DocumentSerializer):
    """Archived, deleted, read."""

    model = Instance
    computed = {
        "isArchived": _is_archived,
        "isSoftDeleted": _is_soft_deleted,
        "isHardDeleted": _is_hard_deleted,
        "readStatus": _read_status,
    }

    isArchived = serializers.BooleanField()
    archived = _time("archived_at")
    isSoftDeleted = serializers.BooleanField()
    softDeleted = _time("soft_deleted_at")
    isHardDeleted = serializers.BooleanField()
    hardDeleted = _time("hard_deleted_at")
    readStatus = ReadStatusField(
        help_text="A name in the platform API and the proposal's calls, a number in the"
        " application API."
    )
    substatus = SubstatusSerializer(allow_null=True, required=False)


class CompleteConfirmationSerializer(serializers.Serializer[object]):
    """A stakeholder has the instance and needs it no longer."""

    stakeholderId = serializers.CharField()
    confirmedOn = serializers.DateTimeField()


def _instance_id(owner_party_id: int, id: str) -> str:
    return f"{owner_party_id}/{id}"


def _links(links: Mapping[str, str]) -> Mapping[str, str]:
    return links


def _data(elements: Sequence[object]) -> Sequence[object]:
    return elements


def _process(process: str, spelling: Spelling) -> Fragment | dict[str, object] | None:
    # The process is stored as storage writes it, absent members left out.
    if spelling is Spelling.STORAGE and "null" not in process:
        return None if process == "{}" else Fragment(stored_process(process))
    return process_document(orjson.loads(process), spelling)


class InstanceSerializer(DocumentSerializer):
    """A filled-in form of an application, on behalf of a party."""

    model = Instance
    computed = {
        "id": _instance_id,
        "selfLinks": _links,
        "process": _process,
        "data": _data,
    }

    id = serializers.CharField(help_text="{partyId}/{guid}")
    instanceOwner = InstanceOwnerDocumentSerializer(source="*")
    appId = serializers.CharField(source="app_id")
    org = serializers.CharField()
    selfLinks = ResourceLinksSerializer()
    dueBefore = _time("due_before")
    visibleAfter = _time("visible_after")
    process = ProcessStateSerializer(allow_null=True, required=False)
    status = InstanceStatusSerializer(source="*")
    completeConfirmations = CompleteConfirmationSerializer(
        many=True, allow_null=True, required=False, source="confirmations"
    )
    data = DataElementSerializer(many=True)  # type: ignore[assignment]  # the wire's name
    presentationTexts = TextsField(
        allow_null=True, required=False, source="presentation_texts"
    )
    dataValues = TextsField(allow_null=True, required=False, source="data_values")
    externalReference = serializers.CharField(
        allow_null=True,
        required=False,
        source="external_reference",
        help_text="What the caller who made it calls it.",
    )
    created = WireTimeField()
    createdBy = serializers.CharField(source="created_by")
    lastChanged = WireTimeField(source="last_changed")
    lastChangedBy = serializers.CharField(source="last_changed_by")


class InstanceTemplateSerializer(serializers.Serializer[object]):
    """What a new instance is made of; members that the server sets are ignored."""

    instanceOwner = InstanceOwnerSerializer(required=False, allow_null=True)
    dueBefore = serializers.DateTimeField(required=False, allow_null=True)
    visibleAfter = serializers.DateTimeField(required=False, allow_null=True)
    presentationTexts = TextsField(required=False, allow_null=True)
    dataValues = TextsField(required=False, allow_null=True)
    externalReference = ReferenceField(required=False, allow_null=True)


class PresentationTextsSerializer(serializers.Serializer[object]):
    """Texts to set; null or empty ones are removed, others stay."""

    texts = TextChangesField(required=False, allow_null=True)
    presentationTexts = TextChangesField(
        required=False,
        allow_null=True,
        help_text="The same by the name that the instance has for them.",
    )


class DataValuesSerializer(serializers.Serializer[object]):
    """Values to set; null or empty ones are removed, others stay."""

    values = TextChangesField(required=False, allow_null=True)
    dataValues = TextChangesField(
        required=False,
        allow_null=True,
        help_text="The same by the name that the instance has for them.",
    )


class QueryResponseSerializer(serializers.Serializer[object]):
    """A page of instances. Follow ``next`` until it is null."""

    count = serializers.IntegerField(help_text="Instances in this page.")
    self = serializers.CharField(allow_null=True)
    next = serializers.CharField(allow_null=True)
    instances = InstanceSerializer(many=True)
    totalHits = serializers.IntegerField(
        required=False, help_text="Instances in all pages, if `count` asked for it."
    )
    totalHitsRelation = serializers.ChoiceField(
        ["exact", "estimated"], required=False, help_text="How it was counted."
    )
    plan = QueryPlanSerializer(
        required=False, help_text="How the page was found, if `explain` asked for it."
    )


_KNOWN = (  # in the order in which a row has them
    "id",
    "org",
    "app_id",
    "owner_party_id",
    "current_task",
    "end_event",
    "read_status",
    "last_changed",
    "visible_after",
)
INSTANCES = RowDocument(
    InstanceSerializer,
    given=("links", "elements", "owner_party"),
    besides=("current_task", "end_event"),
    changing=("id", "last_changed", "read_status"),
)


def instance_row(values: Row, elements: Iterable[ElementRow] = ()) -> InstanceRow:
    """Return the row of these columns, and of the elements read with it."""
    row = InstanceRow(values, *_known()(values))
    row.elements.extend(elements)
    return row


def instance_as_row(instance: Instance | InstanceRow) -> InstanceRow:
    """Return an instance as if it had been read for an answer."""
    if isinstance(instance, InstanceRow):
        return instance
    return instance_row(INSTANCES.row_of(instance))


@cache
def _known() -> Callable[[Row], tuple[Any, ...]]:
    return INSTANCES.picked(*_KNOWN)


def instance_document(
    instance: Instance | InstanceRow,
    elements: Iterable[DataElement | ElementRow],
    links: Links,
    spelling: Spelling,
    *,
    owner_party: Mapping[str, object] | None = None,
) -> dict[str, object]:
    """Return the document of an instance with the elements given.

    ``owner_party`` is the owner's register entry, which Altinn 3's application API
    adds.
    """
    place = links.instance(instance)
    data = element_documents(elements, instance, place, spelling)
    build = INSTANCES.build(spelling)
    return build(INSTANCES.row_of(instance), place, data, owner_party)
