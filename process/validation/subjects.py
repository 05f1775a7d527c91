"""Makes what validators are shown, for a caller who asks about an instance."""

from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

from apps_registry.bpmn import Task
from apps_registry.definition import AppDefinition, DataType
from authorization import services as authorization
from authorization.services import RoleLookup
from data_elements.models import DataElement
from instances.models import Instance
from process.form_data import Form
from process.validation.validators import DEFAULT_LANGUAGE, Subject, TaskForms


def subject_of(
    roles: RoleLookup,
    *,
    definition: AppDefinition,
    instance: Instance,
    task: Task,
    elements: Iterable[DataElement],
    action: str | None = None,
    language: str = DEFAULT_LANGUAGE,
    known: Mapping[UUID, Form] | None = None,
    is_after_change: bool = False,
) -> Subject:
    """Return the instance in the task; ``known`` are forms that are read already."""
    return Subject(
        principal=roles.principal,
        definition=definition,
        instance=instance,
        task=task,
        elements=tuple(one for one in elements if one.deleted_at is None),
        forms=TaskForms(definition, known),
        language=language,
        action=action,
        is_after_change=is_after_change,
        may_read=readable_by(roles, instance),
    )


def readable_by(roles: RoleLookup, instance: Instance) -> Callable[[DataType], bool]:
    """Return whether the caller may read a type; it may demand a right of its own."""

    def may_read(data_type: DataType) -> bool:
        action = data_type.action_required_to_read
        return not action or (
            authorization.decide(
                roles, resource=instance.resource, action=action
            ).permitted
        )

    return may_read
