"""What a validator is, and what it is shown of an instance in its task."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeVar, cast
from uuid import UUID

from apps_registry.bpmn import Task
from apps_registry.definition import AppDefinition, DataType
from data_elements.models import DataElement
from forms.content import Document, is_json
from instances.models import Instance
from parties.identity import Principal
from process import form_data
from process.form_data import Form
from process.form_writes import Written
from process.validation.issues import Issue

T = TypeVar("T")

DEFAULT_LANGUAGE = "nb"


def everything(data_type: DataType) -> bool:
    """Let the caller read each data type."""
    return True


class TaskForms:
    """The forms of an instance, each read once, and only when a validator asks.

    ``known`` are those that the caller has at hand already, and ``sent`` the bytes of
    those that are stored nowhere.
    """

    def __init__(
        self,
        definition: AppDefinition,
        known: Mapping[UUID, Form] | None = None,
        sent: Mapping[UUID, bytes] | None = None,
    ) -> None:
        self._definition = definition
        self._read: dict[UUID, Form | None] = dict(known or {})
        self._sent = sent or {}
        self._made: dict[str, object] = {}

    def once(self, name: str, make: Callable[[], T]) -> T:
        """Return what is made of the forms, made once for all validators.

        It is kept with the forms, and goes with them.
        """
        if name not in self._made:
            self._made[name] = make()
        return cast(T, self._made[name])

    def of(self, element: DataElement) -> Form | None:
        """Return what the element holds, None where there is no model of it.

        Raises what reading a form raises. The form is shared: nobody changes it.
        """
        if element.pk not in self._read:
            self._read[element.pk] = form_data.read_element(self._definition, element)
        return self._read[element.pk]

    def by_content(self, elements: Iterable[DataElement]) -> dict[str, Form]:
        """Return those of the elements that were read, by the key of their content."""
        read = {one.blob_key: self._read.get(one.pk) for one in elements}
        return {key: form for key, form in read.items() if form is not None}

    def xml_of(self, element: DataElement, form: Form) -> bytes:
        """Return a form as the XML that its sender knows, or that it would be."""
        if element.pk in self._sent and not is_json(element.content_type):
            return self._sent[element.pk]
        return form_data.stored_xml(element, form)


@dataclass(frozen=True, slots=True)
class Subject:
    """An instance in a task, as validators are shown it.

    ``elements`` are those that are not deleted, and ``may_read`` says of which types
    the caller may know what is in them. ``action`` is what the task is left with.
    ``is_after_change`` is whether somebody is still at work on it.
    """

    principal: Principal
    definition: AppDefinition
    instance: Instance
    task: Task
    elements: tuple[DataElement, ...]
    forms: TaskForms
    language: str = DEFAULT_LANGUAGE
    action: str | None = None
    is_after_change: bool = False
    may_read: Callable[[DataType], bool] = everything

    def elements_of_task(self) -> list[tuple[DataType, DataElement]]:
        """Return the elements of the task's data types, in the order of the types."""
        return [
            (data_type, element)
            for data_type in self.definition.data_types.values()
            if data_type.task_id == self.task.id
            for element in self.elements
            if element.data_type == data_type.id
        ]

    def readable_forms(self) -> list[tuple[DataType, DataElement]]:
        """Return all form elements of the instance that the caller may read."""
        found = []
        for element in self.elements:
            data_type = self.definition.data_types.get(element.data_type)
            if data_type is not None and data_type.is_form and self.may_read(data_type):
                found.append((data_type, element))
        return found


@dataclass(frozen=True, slots=True)
class FormChange:
    """A form before and after; None where the element is new, or was deleted."""

    data_type: DataType
    before: Document | None
    after: Document | None

    @property
    def is_content(self) -> bool:
        """Whether what it holds is another than before."""
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Changes:
    """What an operation changed: forms by element, and the ids of other elements."""

    forms: Mapping[UUID, FormChange] = field(default_factory=dict)
    files: frozenset[UUID] = frozenset()

    def with_forms(
        self, definition: AppDefinition, written: Mapping[DataElement, Written]
    ) -> "Changes":
        """Return these with forms that were written, compared to what was at first."""
        forms = dict(self.forms)
        for element, one in written.items():
            known = forms.get(element.pk)
            forms[element.pk] = FormChange(
                definition.data_type(element.data_type),
                before=one.before if known is None else known.before,
                after=one.form.document,
            )
        return replace(self, forms=forms)


class Validator(Protocol):
    """Finds what is amiss in a task.

    ``source`` is the name that clients know it by and may ignore it under.
    ``is_incremental`` ones run after each change too. ``wants_hidden_removed`` ones are
    shown forms without what the layouts hide.
    """

    @property
    def source(self) -> str:
        """The name, as app-api.md §20.2 spells it."""

    @property
    def is_incremental(self) -> bool:
        """Whether it runs after each change, and not only when it is asked for all."""

    @property
    def wants_hidden_removed(self) -> bool:
        """Whether forms are shown to it without what the layouts hide."""

    def runs_for(self, subject: Subject) -> bool:
        """Whether it has anything to do in this task of this app."""

    def is_relevant(self, subject: Subject, changes: Changes) -> bool:
        """Whether the changes may have changed what it finds."""

    def issues(self, subject: Subject) -> Iterable[Issue]:
        """Yield what is amiss, in the subject's language."""


class TaskValidator:
    """What validators share that run when a task is validated as a whole."""

    source: str = ""
    is_incremental: bool = False
    wants_hidden_removed: bool = False

    def runs_for(self, subject: Subject) -> bool:
        """Run in every task."""
        return True

    def is_relevant(self, subject: Subject, changes: Changes) -> bool:
        """Take every change to matter."""
        return True

    def issues(self, subject: Subject) -> Iterable[Issue]:
        """Find nothing."""
        return ()
