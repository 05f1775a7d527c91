"""What a task's forms are made into when it is completed (app-api.md §17.4).

Ids of rows go; what pages hide goes, where the application wants that; shadow fields
go, or stay behind while a form without them is made of another type.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from io import BytesIO
from uuid import UUID

from django.conf import settings

from apps_registry.app_settings import switches_of
from apps_registry.definition import AppDefinition, DataType
from authorization import services as authorization
from authorization.services import RoleLookup
from data_elements import blobs
from data_elements import services as data_elements
from data_elements.blobs import Incoming, StoredBlob
from data_elements.models import DataElement
from data_elements.services import Content
from forms import content as form_content
from forms import hidden, rows, shadows
from forms.form_scope import Reference
from instances.models import Instance
from parties.identity import Principal
from process import form_data
from process.form_data import Form
from process.form_layouts import around_of, contexts_of, evaluating


def finalize(
    principal: Principal,
    *,
    definition: AppDefinition,
    instance: Instance,
    task: str,
    elements: Sequence[DataElement],
    known: Mapping[str, Form],
) -> None:
    """Write the forms of a completed task as they are kept, in the move's transaction.

    ``known`` are forms that were read already, by the key of their content; they are
    changed in place. Those of types that the caller may not read stay as they are, and
    so does one that loses nothing, byte for byte. Raises FormNotEvaluable,
    DataElementLocked, and what reading a form that does not fit its model raises.
    """
    kept = [one for one in elements if one.deleted_at is None]
    _Finalizing(principal, definition, instance, task, kept, known).run()


@dataclass
class _Finalizing:
    """The end of a task; each form is read once, and changed in place."""

    principal: Principal
    definition: AppDefinition
    instance: Instance
    task: str
    elements: Sequence[DataElement]
    known: Mapping[str, Form]
    _read: dict[UUID, Form | None] = field(default_factory=dict)

    def run(self) -> None:
        """Read what may lose something, take that away, and write what has lost it."""
        wanted = [
            (data_type, element, form)
            for data_type, element in self._wanted()
            if (form := self._form_of(element)) is not None
        ]
        had_ids = {
            one.pk: rows.clear(form.document, form.model.type)
            for _, one, form in wanted
        }
        gone = self._hidden() if wanted and self._removes_hidden else []
        for data_type, element, form in wanted:
            own = [one for one in gone if one.element_id == str(element.pk)]
            had_hidden = hidden.remove(form.document, own, delete_rows=True)
            kept = self._without_shadows(data_type, form)
            had_shadows = kept is not form and kept.document != form.document
            if had_ids[element.pk] or had_hidden or had_shadows:
                self._replace(element, data_type, kept)

    def _form_of(self, element: DataElement) -> Form | None:
        if element.pk not in self._read:
            self._read[element.pk] = self.known.get(
                element.blob_key
            ) or form_data.read_element(self.definition, element)
        return self._read[element.pk]

    def _wanted(self) -> Iterator[tuple[DataType, DataElement]]:
        """Yield the forms of the task that may have something to lose."""
        for data_type in self.definition.data_types.values():
            if data_type.task_id != self.task:
                continue
            own = [one for one in self.elements if one.data_type == data_type.id]
            model = form_data.model_for(self.definition, data_type) if own else None
            if model is None:
                continue
            shadowed = bool(data_type.shadow_prefix)
            loses = self._removes_hidden or shadowed or rows.has_rows(model.type)
            if loses and self._may_read(data_type):
                yield from ((data_type, one) for one in own)

    def _hidden(self) -> list[Reference]:
        with evaluating(self.task):
            around = around_of(
                self.definition,
                instance=self.instance,
                elements=self.elements,
                form_of=self._form_of,
            )
            contexts = contexts_of(self.definition, around, task=self.task)
            if contexts is None:
                return []
            return hidden.hidden_fields(contexts, for_removal=True)

    def _without_shadows(self, data_type: DataType, form: Form) -> Form:
        """Return what the element keeps: all of it, where another gets the rest."""
        prefix = data_type.shadow_prefix
        if not prefix:
            return form
        rest = Form(form.model, shadows.without(form.document, prefix))
        target = self.definition.data_types.get(data_type.shadow_target)
        if target is None:
            return rest
        self._save_as(target, rest)
        return form

    def _save_as(self, target: DataType, form: Form) -> None:
        """Make an element of another type, or replace one where it may have no more."""
        there = [one for one in self.elements if one.data_type == target.id]
        if 0 < target.max_count <= len(there):
            self._replace(there[-1], target, form)
            return
        kept_as = form_content.storage_type(target)
        with _stored(form, kept_as) as blob:
            data_elements.add(
                self.principal,
                instance=self.instance,
                data_type=target,
                content=Content(blob, kept_as, None),
            )
        self._project(target, form)

    def _replace(self, element: DataElement, data_type: DataType, form: Form) -> None:
        element.instance = self.instance  # as the move has left it
        with _stored(form, element.content_type) as blob:
            data_elements.replace_content(
                self.principal,
                element=element,
                data_type=data_type,
                content=Content(
                    blob, element.content_type, element.filename, element.refs or ()
                ),
            )
        self._project(data_type, form)

    def _project(self, data_type: DataType, form: Form) -> None:
        form_data.project(
            self.principal,
            definition=self.definition,
            instance=self.instance,
            data_type=data_type,
            form=form,
        )

    def _may_read(self, data_type: DataType) -> bool:
        action = data_type.action_required_to_read
        if not action:
            return True
        roles = RoleLookup(self.principal)
        # The instance stands in the next task already.
        resource = replace(self.instance.resource, task=self.task, end_event="")
        return authorization.decide(roles, resource=resource, action=action).permitted

    @property
    def _removes_hidden(self) -> bool:
        environment = settings.ALTINN_ENVIRONMENT
        return switches_of(self.definition, environment=environment).remove_hidden_data


@contextmanager
def _stored(form: Form, content_type: str | None) -> Iterator[StoredBlob]:
    written = form.to_bytes(content_type)
    with blobs.stored(Incoming(BytesIO(written), max_bytes=len(written))) as blob:
        yield blob
