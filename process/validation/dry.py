"""What would be amiss in a form that no instance has; nothing of it is stored."""

from dataclasses import replace
from typing import Final

from django.utils import timezone

from apps_registry.bpmn import Task
from common.ids import uuid7
from data_elements.models import DataElement
from instances.models import Instance
from parties.identity import Principal
from parties.models import Party
from process import engine
from process.form_data import Form
from process.stateless import Asked
from process.validation import order
from process.validation.app_code import task_source
from process.validation.issues import Issue
from process.validation.run import validate
from process.validation.validators import Subject, TaskForms

_NO_TASK: Final = Task("", "", "data", "Task", (), (), ())


def validate_form(
    principal: Principal,
    asked: Asked,
    form: Form,
    *,
    owner: Party,
    content: bytes,
    content_type: str | None,
) -> list[Issue]:
    """Return what is amiss in the form, as it would be in a new instance of the owner.

    What only a whole task can tell is left out: how many elements there are, and what
    the app's code says of it.
    """
    app, data_type, now = asked.definition, asked.data_type, timezone.now()
    task = engine.find_task(app.process, data_type.task_id) or _NO_TASK
    instance = Instance(
        org=app.org,
        app_id=app.app_id,
        owner_party_id=owner.pk,
        owner_person_no=owner.ssn or None,
        owner_org_no=owner.org_number or None,
        owner_external_id=owner.external_urn or None,
        current_task=task.id or None,
        created=now,
        last_changed=now,
    )
    element = DataElement(
        id=uuid7(),
        instance=instance,
        data_type=data_type.id,
        content_type=content_type,
        size=len(content),
        created=now,
        last_changed=now,
    )
    subject = Subject(
        principal=principal,
        definition=app,
        instance=instance,
        task=task,
        elements=(element,),
        forms=TaskForms(app, {element.pk: form}, {element.pk: content}),
        language=asked.language,
    )
    of_tasks = [one.source for one in order.OF_TASKS]
    found = validate(subject, ignored=(*of_tasks, task_source(subject)))
    return [replace(issue, element_id=None) for issue in found]
