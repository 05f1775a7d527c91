"""The application's calculations, done once each around a write (app-api.md §18.2).

A form that is written is calculated after the application's own code and before it is
stored; the other forms of the task after that, in the same transaction.
"""

from collections.abc import Callable, Sequence
from copy import deepcopy

import structlog

from apps_registry.definition import AppDefinition, DataType
from authorization.services import RoleLookup
from common.errors import Invalid
from data_elements.models import DataElement
from data_elements.services import WriteRules
from forms import rows
from forms.calculation import calculate
from forms.form_scope import Around
from forms.rule_file import calculations_of
from forms.texts import Texts
from forms.values import Value
from instances.models import Instance
from parties.identity import Principal
from process import form_data
from process.form_data import Form
from process.form_layouts import AskedPages, ElementForms
from process.form_scope import Forms, InstanceScope
from process.form_writes import Written, write_form
from process.validation.subjects import readable_by

log = structlog.get_logger()


def calculating_in(
    principal: Principal,
    *,
    definition: AppDefinition,
    instance: Instance,
    elements: Sequence[DataElement] | None = None,
) -> "Calculating | None":
    """Return the calculations of the instance's task; None where it has none.

    ``elements`` are its data, which are looked up where they are not at hand.
    """
    types = definition.data_types.values() if instance.current_task else ()
    own = [one for one in types if one.task_id == instance.current_task]
    if not any(one.is_form and calculations_of(definition, one.id) for one in own):
        return None
    if elements is None:
        elements = list(DataElement.objects.of([instance.pk]))
    kept = [one for one in elements if one.deleted_at is None]
    return Calculating(principal, definition, instance, kept)


class Calculating:
    """The calculations of a task around one write, of one form or of several."""

    def __init__(
        self,
        principal: Principal,
        definition: AppDefinition,
        instance: Instance,
        elements: Sequence[DataElement],
    ) -> None:
        self._principal = principal
        self._definition = definition
        self._instance = instance
        self._elements = list(elements)
        self._forms = _Known(definition, elements)
        self._may_read = readable_by(RoleLookup(principal), instance)
        self._done: set[str] = set()
        self._new = 0

    def know(self, element: DataElement, form: Form) -> None:
        """Take a form to hold what it is about to hold."""
        self._forms.put(str(element.pk), element.data_type, form)

    def take_in(self, element: DataElement) -> None:
        """Take a new element to be there, which is calculated already if it is one."""
        self._elements.append(element)
        self._done.add(str(element.pk))
        self._forms.name(f"new {self._new}", element)

    def of(
        self, data_type: DataType, element: DataElement | None = None
    ) -> Callable[[Form], bool]:
        """Return what calculates a form that is about to be written.

        It says whether that changed the form. A new one has no element yet.
        """
        self._new += element is None
        element_id = f"new {self._new}" if element is None else str(element.pk)

        def calculate_it(form: Form) -> bool:
            self._forms.put(element_id, data_type.id, form)
            return self._calculate(data_type, element_id, form)

        return calculate_it

    def write_others(self, *, rules: WriteRules) -> dict[DataElement, Written]:
        """Calculate and write the forms that nobody has written; return those changed.

        A locked one stays as it is. It is part of the write's transaction.
        """
        changed: dict[DataElement, Written] = {}
        for element in self._elements:
            data_type = self._definition.data_types.get(element.data_type)
            if data_type is None or str(element.pk) in self._done or element.is_locked:
                continue
            if not self._is_calculated(data_type):
                continue
            form = self._readable(element)
            if form is None:
                continue
            before = deepcopy(form.document)
            if self._calculate(data_type, str(element.pk), form):
                rows.fill(form.document, form.model.type)  # the answer tells the ids
                write_form(
                    self._principal,
                    definition=self._definition,
                    instance=self._instance,
                    element=element,
                    data_type=data_type,
                    form=form,
                    rules=rules,
                )
                changed[element] = Written(form, before)
        return changed

    def _readable(self, element: DataElement) -> Form | None:
        try:
            return self._forms.form_of(element)
        except Invalid as error:  # a form that nobody touched refuses no write
            reason = str(error)
            log.warning("calculation_failed", element=str(element.pk), reason=reason)
            return None

    def _is_calculated(self, data_type: DataType) -> bool:
        return (
            data_type.is_form
            and data_type.task_id == self._instance.current_task
            and bool(calculations_of(self._definition, data_type.id))
        )

    def _calculate(self, data_type: DataType, element_id: str, form: Form) -> bool:
        self._done.add(element_id)
        if not (self._is_calculated(data_type) and self._may_read(data_type)):
            return False
        facts = Forms(
            definition=self._definition,
            instance=self._instance,
            elements=self._elements,
        )
        around = Around(
            forms=self._forms,
            scope=InstanceScope(facts, data_type=None),
            texts=Texts(self._definition, InstanceScope.language),
        )
        return calculate(
            around,
            data_type=data_type.id,
            element_id=element_id,
            model=form.model,
            calculations=calculations_of(self._definition, data_type.id),
            components=AskedPages(
                self._definition, around, self._instance.current_task or ""
            ),
        )


class _Known(ElementForms):
    """Forms as they are about to be; others as they are stored, each read once."""

    def __init__(
        self, definition: AppDefinition, elements: Sequence[DataElement]
    ) -> None:
        super().__init__(definition, elements, self.form_of)
        self._types = {str(one.pk): one.data_type for one in elements}
        self._known: dict[str, Form | None] = {}

    def put(self, element_id: str, data_type: str, form: Form) -> None:
        """Take an element, perhaps a new one, to hold this."""
        self._types[element_id] = data_type
        self._known[element_id] = form

    def name(self, new_id: str, element: DataElement) -> None:
        """Know a new element by its own id from now on."""
        self._types.pop(new_id, None)
        self._types[str(element.pk)] = element.data_type
        self._elements[str(element.pk)] = element
        if new_id in self._known:
            self._known[str(element.pk)] = self._known.pop(new_id)

    def form_of(self, element: DataElement) -> Form | None:
        """Return what an element holds; raises what reading a form does."""
        key = str(element.pk)
        if key not in self._known:
            self._known[key] = form_data.read_element(self._definition, element)
        return self._known[key]

    def ids_of(self, data_type: str) -> Sequence[str]:
        """Return the ids of the elements of a type, a new one last."""
        return [key for key, one in self._types.items() if one == data_type]

    def data_of(self, element_id: str) -> Value:
        """Return what an element holds; raises ExpressionFailed."""
        known = self._known.get(element_id)
        return super().data_of(element_id) if known is None else known.document
