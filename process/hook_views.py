"""What the app's code is shown: frozen views of rows, made when a hook is called."""

from collections.abc import Callable, Iterable
from typing import IO

from apps_registry.definition import AppDefinition, DataType
from data_elements import blobs
from data_elements.models import DataElement
from data_elements.services import Content
from instances.models import Instance
from instances.services import InstanceOwner
from parties.identity import Principal
from process.hooks import (
    Caller,
    ContentView,
    DataAccess,
    InstanceView,
    Owner,
    TaskView,
)
from process.task_types import Step


def caller_of(principal: Principal) -> Caller:
    """Return who asks."""
    return Caller(
        kind=principal.kind.value,
        level=principal.level,
        user_id=principal.user_id,
        party_id=principal.party_id,
        org=principal.org,
        org_number=principal.org_number,
        system_user_id=principal.system_user_id,
    )


def owner_of(owner: InstanceOwner) -> Owner:
    """Return whom an instance that is being made is for."""
    return Owner(
        party_id=owner.party_id,
        person_number=owner.person_number,
        organisation_number=owner.organisation_number,
        external_identifier=owner.external_identifier,
    )


def instance_view(instance: Instance) -> InstanceView:
    """Return the instance as it was read."""
    return InstanceView(
        id=instance.id,
        app_id=instance.app_id,
        owner=Owner(
            party_id=instance.owner_party_id,
            person_number=instance.owner_person_no,
            organisation_number=instance.owner_org_no,
            external_identifier=instance.owner_external_id,
        ),
        task=instance.current_task,
        ended=instance.process_ended is not None,
        created=instance.created,
        due_before=instance.due_before,
        presentation_texts=dict(instance.presentation_texts or {}),
        data_values=dict(instance.data_values or {}),
    )


def element_view(definition: AppDefinition, element: DataElement) -> ContentView:
    """Return what a data element holds."""
    data_type = definition.data_types.get(element.data_type)
    return ContentView(
        id=element.id,
        data_type=element.data_type,
        is_form=data_type is not None and data_type.is_form,
        content_type=element.content_type,
        filename=element.filename,
        size=element.size,
        open=_opener(element.blob_key),
    )


def incoming_view(data_type: DataType, content: Content) -> ContentView:
    """Return content that no element has yet."""
    return ContentView(
        id=None,
        data_type=data_type.id,
        is_form=data_type.is_form,
        content_type=content.content_type,
        filename=content.filename,
        size=content.blob.size,
        open=_opener(content.blob.key),
    )


def task_view(
    principal: Principal,
    *,
    definition: AppDefinition,
    instance: Instance,
    elements: Iterable[DataElement],
    task: str,
    task_type: str,
    action: str | None = None,
) -> TaskView:
    """Return an instance in a task, with the data that is not deleted."""
    return TaskView(
        caller=caller_of(principal),
        instance=instance_view(instance),
        task=task,
        task_type=task_type,
        action=action,
        data=data_views(definition, elements),
    )


def step_view(step: Step, *, action: str | None = None) -> TaskView:
    """Return the task of a step, as the app's code sees it."""
    return task_view(
        step.principal,
        definition=step.definition,
        instance=step.instance,
        elements=step.elements(),
        task=step.task.id,
        task_type=step.task.task_type,
        action=action,
    )


def data_views(
    definition: AppDefinition, elements: Iterable[DataElement]
) -> tuple[ContentView, ...]:
    """Return what the elements hold that are not deleted."""
    return tuple(
        element_view(definition, one) for one in elements if one.deleted_at is None
    )


def access_view(
    principal: Principal, definition: AppDefinition, element: DataElement
) -> DataAccess:
    """Return a data element that somebody reads or deletes."""
    return DataAccess(
        caller=caller_of(principal),
        instance=instance_view(element.instance),
        content=element_view(definition, element),
    )


def _opener(key: str) -> Callable[[], IO[bytes]]:
    return lambda: blobs.open_blob(key)
