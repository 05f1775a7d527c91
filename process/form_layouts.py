"""A task's pages over an instance's forms: what is shown, hidden and required."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from apps_registry.definition import AppDefinition
from common.errors import DomainError
from data_elements.models import DataElement
from forms.contexts import Contexts
from forms.errors import ExpressionFailed
from forms.form_scope import Around, Place
from forms.layouts import layout_of, layout_set
from forms.scope import BareScope
from forms.task_data import data_type_of
from forms.texts import Texts
from forms.values import Value
from instances.models import Instance
from process.errors import FormNotEvaluable
from process.form_data import Form
from process.form_scope import Forms, InstanceScope

FormOf = Callable[[DataElement], Form | None]


class ElementForms:
    """The forms of elements, by the elements' ids as texts."""

    def __init__(
        self,
        definition: AppDefinition,
        elements: Sequence[DataElement],
        form_of: FormOf,
    ) -> None:
        self._definition = definition
        self._elements = {str(one.pk): one for one in elements}
        self._form_of = form_of

    def ids_of(self, data_type: str) -> Sequence[str]:
        """Return the ids of the elements of a type."""
        return [i for i, one in self._elements.items() if one.data_type == data_type]

    def data_of(self, element_id: str) -> Value:
        """Return what an element holds; raises ExpressionFailed."""
        element = self._elements[element_id]
        try:
            form = self._form_of(element)
        except DomainError as error:
            raise ExpressionFailed(
                f"The form {element_id} does not fit its model: {error}"
            ) from None
        if form is None:
            raise ExpressionFailed(f"The data type {element.data_type} has no schema")
        return form.document

    def is_single(self, data_type: str) -> bool:
        """Whether there is one element of the type at most."""
        found = self._definition.data_types.get(data_type)
        if found is None:
            raise ExpressionFailed(f"The data type {data_type!r:.100} is not declared")
        return found.max_count == 1


def around_of(
    definition: AppDefinition,
    *,
    instance: Instance,
    elements: Sequence[DataElement],
    form_of: FormOf,
    language: str = BareScope.language,
) -> Around:
    """Return what is the same everywhere in an instance's forms."""
    kept = [one for one in elements if one.deleted_at is None]
    facts = Forms(definition=definition, instance=instance, elements=kept)
    return Around(
        forms=ElementForms(definition, kept, form_of),
        scope=InstanceScope(facts, data_type=None, language=language),
        texts=Texts(definition, language),
    )


def contexts_of(
    definition: AppDefinition, around: Around, *, task: str
) -> Contexts | None:
    """Return the task's pages over the forms, None for a task without pages.

    Raises ExpressionFailed.
    """
    pages = layout_of(definition, task)
    if pages is None:
        return None
    return Contexts(
        around,
        pages,
        data_type=pages.data_type or data_type_of(definition, task) or "",
        sets=lambda set_id: layout_set(definition, set_id),
    )


class AskedPages:
    """The components of a task's pages, which are read when one is asked for."""

    def __init__(self, definition: AppDefinition, around: Around, task: str) -> None:
        self._read = partial(contexts_of, definition, around, task=task)
        self._contexts: Contexts | None = None

    def value_of(
        self, component_id: str, place: Place, page: str | None = None
    ) -> Value:
        """Return what a component shows; raises ExpressionFailed."""
        if self._contexts is None:
            self._contexts = self._read()
        if self._contexts is None:
            raise ExpressionFailed("The task has no pages")
        return self._contexts.value_of(component_id, place, page)

    def forget(self) -> None:
        """Look anew at what is hidden."""
        if self._contexts is not None:
            self._contexts.forget()


@contextmanager
def evaluating(task: str) -> Iterator[None]:
    """Tell what cannot be evaluated in a task as a problem: FormNotEvaluable."""
    try:
        yield
    except ExpressionFailed as error:
        raise FormNotEvaluable(task=task, reason=str(error)) from None
