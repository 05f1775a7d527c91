"""The instance document (storage-api.md §3.1) and what creating one reads."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.links import Links
from api.serializers.data_elements import (
    DataElementSerializer,
    ResourceLinksSerializer,
    data_element_document,
)
from api.serializers.limits import NAME, TEXT, TextsField
from api.serializers.parties import PartySerializer
from api.serializers.process import ProcessStateSerializer, process_document
from api.serializers.spelling import Spelling
from common.times import wire_time
from data_elements.models import DataElement
from instances.choices import ReadStatus
from instances.models import Instance


def _name(length: int) -> serializers.CharField:
    """Return a field that may also be left out, null or empty, as clients do."""
    return serializers.CharField(
        required=False, allow_null=True, allow_blank=True, max_length=length
    )


class InstanceOwnerSerializer(serializers.Serializer[object]):
    """The party on whose behalf the instance is.

    One of its names is enough on input.
    """

    partyId = _name(NAME)
    personNumber = _name(11)
    organisationNumber = _name(9)
    username = _name(NAME)
    externalIdentifier = _name(NAME)


class InstanceOwnerDocumentSerializer(InstanceOwnerSerializer):
    """The instance owner as answered; the application API adds the register's entry."""

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

    label = serializers.CharField(max_length=NAME)  # type: ignore[assignment]  # the wire's name
    description = serializers.CharField(
        allow_null=True, required=False, max_length=TEXT
    )


class InstanceStatusSerializer(serializers.Serializer[object]):
    """Archived, deleted, read."""

    isArchived = serializers.BooleanField()
    archived = serializers.DateTimeField(allow_null=True, required=False)
    isSoftDeleted = serializers.BooleanField()
    softDeleted = serializers.DateTimeField(allow_null=True, required=False)
    isHardDeleted = serializers.BooleanField()
    hardDeleted = serializers.DateTimeField(allow_null=True, required=False)
    readStatus = ReadStatusField(
        help_text="A name in the platform API and the proposal's calls, a number in the"
        " application API."
    )
    substatus = SubstatusSerializer(allow_null=True, required=False)


class CompleteConfirmationSerializer(serializers.Serializer[object]):
    """A stakeholder has the instance and needs it no longer."""

    stakeholderId = serializers.CharField()
    confirmedOn = serializers.DateTimeField()


class InstanceSerializer(serializers.Serializer[object]):
    """A filled-in form of an application, on behalf of a party."""

    id = serializers.CharField(help_text="{partyId}/{guid}")
    instanceOwner = InstanceOwnerDocumentSerializer()
    appId = serializers.CharField()
    org = serializers.CharField()
    selfLinks = ResourceLinksSerializer()
    dueBefore = serializers.DateTimeField(allow_null=True, required=False)
    visibleAfter = serializers.DateTimeField(allow_null=True, required=False)
    process = ProcessStateSerializer(allow_null=True, required=False)
    status = InstanceStatusSerializer()
    completeConfirmations = CompleteConfirmationSerializer(
        many=True, allow_null=True, required=False
    )
    data = DataElementSerializer(many=True)  # type: ignore[assignment]  # the wire's name
    presentationTexts = TextsField(allow_null=True, required=False)
    dataValues = TextsField(allow_null=True, required=False)
    created = serializers.DateTimeField()
    createdBy = serializers.CharField()
    lastChanged = serializers.DateTimeField()
    lastChangedBy = serializers.CharField()


class InstanceTemplateSerializer(serializers.Serializer[object]):
    """What a new instance is made of; members that the server sets are ignored."""

    instanceOwner = InstanceOwnerSerializer(required=False, allow_null=True)
    dueBefore = serializers.DateTimeField(required=False, allow_null=True)
    visibleAfter = serializers.DateTimeField(required=False, allow_null=True)
    presentationTexts = TextsField(required=False, allow_null=True)
    dataValues = TextsField(required=False, allow_null=True)


class QueryResponseSerializer(serializers.Serializer[object]):
    """A page of instances. Follow ``next`` until it is null."""

    count = serializers.IntegerField(help_text="Instances in this page.")
    self = serializers.CharField(allow_null=True)
    next = serializers.CharField(allow_null=True)
    instances = InstanceSerializer(many=True)


def instance_document(
    instance: Instance,
    elements: Iterable[DataElement],
    links: Links,
    spelling: Spelling,
    *,
    owner_party: Mapping[str, object] | None = None,
) -> dict[str, object]:
    """Return the document of an instance with the elements given.

    ``owner_party`` is the owner's register entry, which Altinn 3's application API
    adds.
    """
    owner: dict[str, object] = {
        "partyId": str(instance.owner_party_id),
        "personNumber": instance.owner_person_no,
        "organisationNumber": instance.owner_org_no,
        "username": instance.owner_username,
        "externalIdentifier": instance.owner_external_id,
    }
    if spelling is Spelling.APPLICATION:
        owner["party"] = owner_party
    return spelling.apply(
        {
            "id": instance.instance_id,
            "instanceOwner": spelling.apply(owner),
            "appId": instance.app_id,
            "org": instance.org,
            "selfLinks": links.instance(instance),
            "dueBefore": _time(instance.due_before),
            "visibleAfter": _time(instance.visible_after),
            "process": process_document(instance.process, spelling),
            "status": _status_document(instance, spelling),
            "completeConfirmations": instance.confirmations,
            "data": [
                data_element_document(element, instance, links, spelling)
                for element in elements
            ],
            "presentationTexts": instance.presentation_texts,
            "dataValues": instance.data_values,
            "created": wire_time(instance.created),
            "createdBy": instance.created_by,
            "lastChanged": wire_time(instance.last_changed),
            "lastChangedBy": instance.last_changed_by,
        }
    )


def _status_document(instance: Instance, spelling: Spelling) -> dict[str, object]:
    status = ReadStatus(instance.read_status)
    return spelling.apply(
        {
            "isArchived": instance.archived_at is not None,
            "archived": _time(instance.archived_at),
            "isSoftDeleted": instance.soft_deleted_at is not None,
            "softDeleted": _time(instance.soft_deleted_at),
            "isHardDeleted": instance.hard_deleted_at is not None,
            "hardDeleted": _time(instance.hard_deleted_at),
            "readStatus": status.value
            if spelling is Spelling.APPLICATION
            else status.label,
            "substatus": instance.substatus,
        }
    )


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else wire_time(moment)
