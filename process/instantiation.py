"""A new instance with its first task and first data, in one transaction."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils import timezone

from apps_registry.definition import AppDefinition, DataType
from authorization import party_types
from common import prepared_writes
from common.errors import Forbidden
from common.transactions import atomic
from data_elements import scanning
from data_elements.models import DataElement
from data_elements.services import Content, new_element
from events.cloudevents import INSTANCE_CREATED
from instances import services as instances
from instances import values
from instances.choices import InstanceEventType, ReadStatus
from instances.history import HistoryEntry
from instances.models import Instance
from instances.services import NewInstance
from parties.identity import Principal
from parties.models import Party
from process import (
    data_changes,
    engine,
    hook_calls,
    task_chain,
    task_hooks,
    transitions,
)
from process.announcements import of_event
from process.auto_creation import forms_for
from process.calculations import Calculating, calculating_in
from process.data import Accepted, accepted
from process.engine import Move
from process.form_data import Form, Projected, projected
from process.hook_refusals import InstantiationRefusedByApp
from process.hook_views import caller_of, owner_of
from process.hooks import ChangeKind, InstanceView, NewInstanceView
from process.instance_owners import registered_owner
from process.positions import history_of, position_of
from process.prefill import Beginning
from process.task_registry import service_of


class PartyNotAllowed(Forbidden):
    """The application is not for parties of this type."""

    code = "party-type-not-allowed"
    detail = "Party {party_id} is not allowed to instantiate this application {app_id}"


@dataclass(frozen=True, slots=True)
class Template:
    """What the caller may set of a new instance."""

    due_before: datetime | None = None
    visible_after: datetime | None = None
    presentation_texts: dict[str, str] | None = None
    data_values: dict[str, str] | None = None
    external_reference: str | None = None


@dataclass(frozen=True, slots=True)
class FirstData:
    """A data element that comes with the instance; its bytes are stored already."""

    data_type: DataType
    content: Content


def instantiate(
    principal: Principal,
    *,
    definition: AppDefinition,
    owner: Party,
    template: Template,
    data: Sequence[FirstData] = (),
    prefill: Mapping[str, str] | None = None,
) -> tuple[Instance, list[DataElement]]:
    """Make an instance that stands in its first task, with the data that came along.

    The forms that the app makes itself are there too, filled in with ``prefill``, but
    for types that came along. The app's own code is asked before anything is written.
    Raises PartyNotAllowed, InstantiationRefusedByApp, DataRefusedByApp,
    StepRefusedByApp, HookFailed, ExternalReferenceTaken and what filling in raises.
    """
    if not party_types.is_allowed(definition, owner):
        raise PartyNotAllowed(party_id=owner.pk, app_id=definition.app_id)
    now = timezone.now()
    move = engine.start(
        definition.process, now=now, pick=task_hooks.pick_for(definition)
    )
    first = engine.find_task(definition.process, move.entered)
    new = NewInstance(
        org=definition.org,
        app=definition.app,
        owner=registered_owner(owner),
        position=position_of(
            move.state, waiting_since=now if service_of(definition, first) else None
        ),
        read_status=ReadStatus.UNREAD if principal.org else ReadStatus.READ,
        due_before=template.due_before,
        visible_after=template.visible_after,
        presentation_texts=template.presentation_texts,
        data_values=template.data_values if principal.org else None,
        external_reference=template.external_reference,
    )
    new = _prefilled(principal, definition=definition, new=new, data=data)
    beginning = Beginning(
        principal=principal,
        definition=definition,
        owner=lambda: owner,
        instance=lambda: _view(definition, new),
    )
    calculating = _calculating(principal, definition, new) if data else None
    with ExitStack() as stack:
        accepted_ = [
            (item, stack.enter_context(_accepting(beginning, item, calculating)))
            for item in data
        ]
        own = replace(beginning, external=prefill or {})
        task, present = new.position.current_task, {item.data_type.id for item in data}
        made = stack.enter_context(forms_for(own, task=task, present=present))
        kept = [
            *(replace(item, content=one.content) for item, one in accepted_),
            *(FirstData(one.data_type, one.content) for one in made),
        ]
        for item, one in accepted_:
            new = _with_fields_of(new, definition, item.data_type, one.form)
        for mine in made:
            new = _with_fields_of(new, definition, mine.data_type, mine.form)
        return _create(
            principal,
            definition=definition,
            new=new,
            move=move,
            data=kept,
            sent=len(data),
            now=now,
        )


@atomic()
def _create(
    principal: Principal,
    *,
    definition: AppDefinition,
    new: NewInstance,
    move: Move,
    data: Sequence[FirstData],
    sent: int,
    now: datetime,
) -> tuple[Instance, list[DataElement]]:
    """Write the instance, its data, history and outbox; then its first task begins.

    The first ``sent`` of its data came with the call.
    """
    elements = _unsaved(principal, definition=definition, data=data, now=now)
    saved = [
        HistoryEntry(InstanceEventType.CREATED, data_id=element.id)
        for element in elements
    ]
    instance = instances.create(
        principal,
        new=new,
        history=[*history_of(move), *saved],
        announce=lambda made: of_event(made, INSTANCE_CREATED, now=now),
        now=now,
    )
    for element in elements:
        element.instance = instance
    prepared_writes.insert(elements)
    scanning.order(elements, now=now)
    data_changes.follow(
        principal,
        definition=definition,
        instance=instance,
        changed=elements[:sent],
        kind=ChangeKind.ADDED,
    )
    task_chain.run(
        principal,
        definition=definition,
        instance=instance,
        move=move,
        elements=lambda: elements,
        now=now,
        is_new=True,
    )
    task = engine.find_task(definition.process, move.entered)
    if task is not None and service_of(definition, task) is not None:
        transitions.begin(
            principal, instance=instance, task=task, in_call=False, now=now
        )
    return instance, elements


def _unsaved(
    principal: Principal,
    *,
    definition: AppDefinition,
    data: Sequence[FirstData],
    now: datetime,
) -> list[DataElement]:
    """Return the elements of an instance that is still to be made."""
    if not data:
        return []
    instance = Instance(org=definition.org, app_id=definition.app_id)
    return [
        new_element(
            principal,
            instance=instance,
            data_type=item.data_type,
            content=item.content,
            now=now,
        )
        for item in data
    ]


def _prefilled(
    principal: Principal,
    *,
    definition: AppDefinition,
    new: NewInstance,
    data: Sequence[FirstData],
) -> NewInstance:
    """Ask the app's own code whether it may be, and what it has from the start."""

    def view() -> NewInstanceView:
        return NewInstanceView(
            app_id=definition.app_id,
            caller=caller_of(principal),
            owner=owner_of(new.owner),
            due_before=new.due_before,
            visible_after=new.visible_after,
            presentation_texts=dict(new.presentation_texts or {}),
            data_values=dict(new.data_values or {}),
            data_types=tuple(item.data_type.id for item in data),
        )

    hook_calls.call(
        definition,
        "validate_instantiation",
        view,
        refusal=InstantiationRefusedByApp,
        accept=hook_calls.nothing,
    )
    changes = hook_calls.call(
        definition,
        "prefill_instance",
        view,
        refusal=InstantiationRefusedByApp,
        accept=hook_calls.changes,
    )
    if changes is None:
        return new
    texts, held = new.presentation_texts, new.data_values
    return replace(
        new,
        presentation_texts=values.merged(texts, changes.presentation_texts),
        data_values=values.merged(held, changes.data_values),
        settled_by_app=True,
    )


def _with_fields_of(
    new: NewInstance, definition: AppDefinition, data_type: DataType, form: Form | None
) -> NewInstance:
    """Put what the app projects from a form on the instance."""
    if form is None:
        return new
    present = Projected(new.presentation_texts, new.data_values)
    found = projected(definition, data_type=data_type, form=form, present=present)
    return replace(
        new,
        presentation_texts=found.presentation_texts,
        data_values=found.data_values,
        settled_by_app=new.settled_by_app or found != present,
    )


def _calculating(
    principal: Principal, definition: AppDefinition, new: NewInstance
) -> Calculating | None:
    """Return the calculations of the first task, for an instance that is to be."""
    instance = Instance(
        org=new.org,
        app_id=definition.app_id,
        owner_party_id=new.owner.party_id,
        owner_person_no=new.owner.person_number,
        owner_org_no=new.owner.organisation_number,
        owner_username=new.owner.username,
        current_task=new.position.current_task,
    )
    return calculating_in(
        principal, definition=definition, instance=instance, elements=()
    )


def _accepting(
    beginning: Beginning, item: FirstData, calculating: Calculating | None
) -> AbstractContextManager[Accepted]:
    return accepted(
        beginning.principal,
        definition=beginning.definition,
        instance=beginning.instance,
        data_type=item.data_type,
        content=item.content,
        beginning=beginning,
        calculate=calculating.of(item.data_type) if calculating else None,
    )


def _view(definition: AppDefinition, new: NewInstance) -> InstanceView:
    """Return the instance as it will be, for the app's own code."""
    return InstanceView(
        id=None,
        app_id=definition.app_id,
        owner=owner_of(new.owner),
        task=new.position.current_task,
        ended=new.position.ended is not None,
        created=None,
        due_before=new.due_before,
        presentation_texts=dict(new.presentation_texts or {}),
        data_values=dict(new.data_values or {}),
    )
