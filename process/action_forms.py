"""Forms of an instance as the app's code reads them in a change, and leaves them."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from uuid import UUID

from apps_registry.definition import AppDefinition
from common.errors import Invalid
from data_elements.models import DataElement
from data_elements.services import WriteRules
from forms import json_data, rows
from instances.models import Instance
from parties.identity import Principal
from process import form_data, hook_calls
from process.calculations import calculating_in
from process.form_data import MAX_FORM_BYTES, Form
from process.form_writes import Written, write_form
from process.hooks import ActionResult


class ActionForms:
    """The forms around one action, or one change of data; each is read once."""

    def __init__(
        self,
        principal: Principal,
        *,
        definition: AppDefinition,
        instance: Instance,
        elements: Sequence[DataElement],
    ) -> None:
        self._principal = principal
        self._definition = definition
        self._instance = instance
        self._elements = {one.pk: one for one in elements if one.deleted_at is None}
        self._read: dict[UUID, Form | None] = {}
        self._wanted: dict[UUID, Form] = {}

    def copy_of(self, element_id: UUID) -> Mapping[str, object] | None:
        """Return what a form holds, for the app's code to change; None for no form."""
        form = self._form(element_id)
        return None if form is None else deepcopy(form.document)

    def accept(self, answer: object) -> ActionResult:
        """Accept a result, and keep the forms that it leaves, which fit their models.

        Raises TypeError and ValueError for what code may not return.
        """
        result = hook_calls.result(answer)
        self.keep(result.forms)
        return result

    def keep(self, forms: Mapping[UUID, Mapping[str, object]]) -> None:
        """Keep forms to be written; raises TypeError and ValueError for odd ones."""
        for element_id, document in forms.items():
            form = self._form(element_id)
            if form is None:
                raise ValueError(f"{element_id!r:.60} is no form with a schema here")
            found = json_data.by_hook(document, form.model.type)
            if found is None:
                raise TypeError(f"the form {element_id} is None")
            rows.fill(found, form.model.type)
            self._wanted[element_id] = Form(form.model, found)
            self._ensure_size(element_id)

    def write(self) -> dict[DataElement, Written]:
        """Write what changes, with what is calculated of it; return the forms changed.

        Part of the caller's transaction, which holds the instance. Raises
        DataElementLocked and DataElementChanged.
        """
        if not self._wanted:
            return {}
        principal, instance = self._principal, self._instance
        rules = WriteRules(in_task=instance.current_task or "")
        calculating = calculating_in(
            principal,
            definition=self._definition,
            instance=instance,
            elements=list(self._elements.values()),
        )
        if calculating is not None:
            for element_id, form in self._wanted.items():
                calculating.know(self._elements[element_id], form)
        changed: dict[DataElement, Written] = {}
        for element_id, form in self._wanted.items():
            element = self._elements[element_id]
            data_type = self._definition.data_types[element.data_type]
            if calculating is not None:
                calculating.of(data_type, element)(form)
            before = self._read[element_id]
            if before is None or before.document == form.document:
                continue
            write_form(
                principal,
                definition=self._definition,
                instance=instance,
                element=element,
                data_type=data_type,
                form=form,
                rules=rules,
            )
            changed[element] = Written(form, before.document)
        if calculating is not None and changed:
            changed |= calculating.write_others(rules=rules)
        return changed

    def _ensure_size(self, element_id: UUID) -> None:
        element = self._elements[element_id]
        size = len(self._wanted[element_id].to_bytes(element.content_type))
        most = self._definition.data_types[element.data_type].max_bytes
        if size > min(most or MAX_FORM_BYTES, MAX_FORM_BYTES):
            raise ValueError(f"{size} bytes are more than {element_id} may have")

    def _form(self, element_id: UUID) -> Form | None:
        if element_id not in self._read:
            self._read[element_id] = self._stored(element_id)
        return self._read[element_id]

    def _stored(self, element_id: UUID) -> Form | None:
        element = self._elements.get(element_id)
        if element is None:
            return None
        try:
            form = form_data.read_element(self._definition, element)
        except Invalid:
            return None  # storage takes any bytes, and so may hold what is no form
        if form is not None:
            rows.fill(form.document, form.model.type)
        return form
