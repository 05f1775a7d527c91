"""Forms that the server makes itself: those with ``autoCreate`` of a task's types.

They are made when the task is entered, the first with the instance, where there is no
element of their type yet. A form without a data model has no content to begin with, and
is not made; an import warns of that.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from apps_registry.definition import AppDefinition, DataType
from common import prepared_writes
from data_elements import blobs, scanning
from data_elements.blobs import Incoming
from data_elements.models import DataElement
from data_elements.services import Content, new_element
from forms import content as form_content
from instances.choices import InstanceEventType
from instances.history import HistoryEntry, record
from instances.models import Instance
from parties.identity import Principal
from process import form_data
from process.form_data import Form
from process.prefill import Beginning, begin, beginning_in


@dataclass(frozen=True, slots=True)
class Made:
    """A form that the server has made, and its bytes, which are stored."""

    data_type: DataType
    form: Form
    content: Content


@contextmanager
def new_form(beginning: Beginning, data_type: DataType) -> Iterator[Made | None]:
    """Store a form that holds what it begins with, for a block.

    It is None for a type without a data model. Raises what beginning a form does.
    """
    model = form_data.model_for(beginning.definition, data_type)
    if model is None:
        yield None
        return
    form = Form(model, {})
    begin(beginning, data_type=data_type, form=form)
    kept_as = form_content.storage_type(data_type)
    written = form.to_bytes(kept_as)
    with blobs.stored(Incoming(BytesIO(written), max_bytes=len(written))) as blob:
        yield Made(data_type, form, Content(blob, kept_as, None))


@contextmanager
def forms_for(
    beginning: Beginning, *, task: str | None, present: Collection[str]
) -> Iterator[list[Made]]:
    """Store the forms that the server makes in a task, for a block.

    ``present`` are the types of the elements that there are. Raises what beginning a
    form does.
    """
    with ExitStack() as stack:
        yield [
            made
            for data_type in wanted_in(beginning.definition, task)
            if data_type.id not in present
            and (made := stack.enter_context(new_form(beginning, data_type)))
        ]


@contextmanager
def entering(
    principal: Principal,
    *,
    definition: AppDefinition,
    instance: Instance,
    task: str,
    elements: Callable[[], Sequence[DataElement]],
    now: datetime,
) -> Iterator[list[DataElement]]:
    """Add the forms of a task that was entered, in the caller's transaction."""
    if not wanted_in(definition, task):
        yield []
        return
    beginning = beginning_in(principal, definition=definition, instance=instance)
    present = {one.data_type for one in elements() if one.deleted_at is None}
    with forms_for(beginning, task=task, present=present) as made:
        added = [
            new_element(
                principal,
                instance=instance,
                data_type=one.data_type,
                content=one.content,
                now=now,
            )
            for one in made
        ]
        prepared_writes.insert(added)
        scanning.order(added, now=now)
        for one in made:
            form_data.project(
                principal,
                definition=definition,
                instance=instance,
                data_type=one.data_type,
                form=one.form,
            )
        entries = [
            HistoryEntry(InstanceEventType.CREATED, data_id=one.id) for one in added
        ]
        record(principal, instance=instance, entries=entries, now=now)
        yield added


def wanted_in(definition: AppDefinition, task: str | None) -> list[DataType]:
    """Return the types of the forms that the server makes in a task."""
    types = definition.data_types.values() if task else ()
    forms = (one for one in types if one.auto_create and one.is_form)
    return [one for one in forms if one.task_id == task]
