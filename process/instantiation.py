"""A new instance with its first task and first data, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from apps_registry.definition import AppDefinition, DataType
from authorization import party_types
from common.errors import Forbidden, Invalid
from data_elements.models import DataElement
from data_elements.services import Content, new_element
from events import services as events
from events.cloudevents import INSTANCE_CREATED
from instances import services as instances
from instances.choices import InstanceEventType, ReadStatus
from instances.history import HistoryEntry
from instances.models import Instance
from instances.services import InstanceOwner, NewInstance
from parties.choices import PartyType
from parties.errors import PartyNotFound
from parties.identity import Principal
from parties.models import Party, Profile
from process import engine
from process.announcements import envelope
from process.positions import history_of, position_of


class OwnerMissing(Invalid):
    """The call does not say for whom the instance is.

    Give ``instanceOwner`` in the body with a partyId, personNumber, organisationNumber
    or username, or the party id in the query.
    """

    code = "instance-owner-missing"
    detail = (
        "Cannot create an instance without an instanceOwner.partyId. Either provide"
        " instanceOwner party Id as a query parameter or an instanceTemplate object in"
        " the body."
    )


class OwnerNotFound(PartyNotFound):
    """The register knows no such party."""

    detail = "Cannot lookup party: {by} {value} is not in the register."


class PartyNotAllowed(Forbidden):
    """The application is not for parties of this type."""

    code = "party-type-not-allowed"
    detail = "Party {party_id} is not allowed to instantiate this application {app_id}"


@dataclass(frozen=True, slots=True)
class OwnerReference:
    """How a caller names the instance owner; the first that is given counts."""

    party_id: int | None = None
    external_identifier: str = ""
    person_number: str = ""
    organisation_number: str = ""
    username: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """What the caller may set of a new instance."""

    due_before: datetime | None = None
    visible_after: datetime | None = None
    presentation_texts: dict[str, str] | None = None
    data_values: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class FirstData:
    """A data element that comes with the instance; its bytes are stored already."""

    data_type: DataType
    content: Content


def find_owner(reference: OwnerReference) -> Party:
    """Return the party that the reference names.

    Raises OwnerMissing or OwnerNotFound.
    """
    if reference.party_id is not None:
        return _found(
            Party.objects.filter(pk=reference.party_id).first(),
            "partyId",
            reference.party_id,
        )
    if reference.external_identifier:
        urn = reference.external_identifier
        return _found(
            Party.objects.with_external_urn(urn).first(), "externalIdentifier", urn
        )
    if reference.person_number:
        rows = Party.objects.with_ssn(reference.person_number)
        return _found(
            rows.first(), "personNumber", f"{reference.person_number[:6]}*****"
        )
    if reference.organisation_number:
        number = reference.organisation_number
        return _found(
            Party.objects.with_org_number(number).first(), "organisationNumber", number
        )
    if reference.username:
        users = Profile.objects.with_party().with_user_name(reference.username)
        profile = users.first()
        return _found(
            profile.party if profile else None, "username", reference.username
        )
    raise OwnerMissing


@transaction.atomic
def instantiate(
    principal: Principal,
    *,
    definition: AppDefinition,
    owner: Party,
    template: Template,
    data: Sequence[FirstData] = (),
) -> tuple[Instance, list[DataElement]]:
    """Make an instance that stands in its first task, with the data that came along.

    Raises PartyNotAllowed.
    """
    if not party_types.is_allowed(definition, owner):
        raise PartyNotAllowed(party_id=owner.pk, app_id=definition.app_id)
    now = timezone.now()
    move = engine.start(definition.process, now=now)
    new = NewInstance(
        org=definition.org,
        app=definition.app,
        owner=_owner_of(owner),
        position=position_of(move.state),
        read_status=ReadStatus.UNREAD if principal.org else ReadStatus.READ,
        due_before=template.due_before,
        visible_after=template.visible_after,
        presentation_texts=template.presentation_texts,
        data_values=template.data_values,
    )
    elements: list[DataElement] = []
    placeholder = Instance(org=definition.org, app_id=definition.app_id)
    for item in data:
        element = new_element(
            principal,
            instance=placeholder,
            data_type=item.data_type,
            content=item.content,
            now=now,
        )
        elements.append(element)
    saved = [
        HistoryEntry(InstanceEventType.CREATED, data_id=element.id)
        for element in elements
    ]
    instance = instances.create(
        principal, new=new, history=[*history_of(move), *saved], now=now
    )
    for element in elements:
        element.instance = instance
    DataElement.objects.bulk_create(elements)
    events.publish([envelope(instance, INSTANCE_CREATED, now)])
    return instance, elements


def _owner_of(party: Party) -> InstanceOwner:
    username = None
    if party.type == PartyType.SELF_IDENTIFIED:
        username = party.name
    return InstanceOwner(
        party_id=party.pk,
        person_number=party.ssn or None,
        organisation_number=party.org_number or None,
        username=username,
        external_identifier=party.external_urn or None,
    )


def _found(party: Party | None, by: str, value: object) -> Party:
    if party is None:
        raise OwnerNotFound(by=by, value=value)
    return party
